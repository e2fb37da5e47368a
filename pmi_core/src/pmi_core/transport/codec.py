"""Bytes to wire models and back, exactly.

A field declared as ``Decimal`` takes a JSON number digit by digit from the text, or a JSON string;
it never passes through a binary float.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec

from pmi_core.errors import UnexpectedAnswer
from pmi_core.numbers import plain
from pmi_core.transport.redaction import excerpt

__all__ = ["decode", "encode"]

Wire = TypeVar("Wire")


_decoders: Final[dict[Any, msgspec.json.Decoder[Any]]] = {}
"""One decoder per wire model, made when it is first met; the models are few and fixed."""


def _decoder(kind: type[Wire]) -> msgspec.json.Decoder[Wire]:
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = msgspec.json.Decoder(kind)
    return found


def decode(kind: type[Wire], body: bytes, *, venue: str | None = None, capability: str | None = None) -> Wire:
    """Read JSON into a wire model.

    Raises:
        UnexpectedAnswer: the bytes are not JSON, or a field is missing or of another type; the
            message names the field's path, never its content.
    """
    try:
        return _decoder(kind).decode(body)
    except msgspec.ValidationError as error:
        name = getattr(kind, "__name__", str(kind))
        raise UnexpectedAnswer(
            f"the answer does not have the documented shape of {name}: {error}",
            venue=venue,
            capability=capability,
        ) from None
    except msgspec.DecodeError as error:
        raise UnexpectedAnswer(_not_json(body, error), venue=venue, capability=capability) from None


def _not_json(body: bytes, error: msgspec.DecodeError) -> str:
    if not body.strip():
        return "the answer is empty where JSON was expected"
    if "truncated" in str(error):
        return f"the answer breaks off after {len(body)} bytes of JSON"
    return f"the answer is not JSON; it begins with {excerpt(body)[:60]!r}"


def _plain_decimal(value: object) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_ENCODER = msgspec.json.Encoder(enc_hook=_plain_decimal, decimal_format="string")


def encode(value: object) -> bytes:
    """Write a wire model or plain data as JSON; a Decimal becomes a string without exponent."""
    return _ENCODER.encode(value)
