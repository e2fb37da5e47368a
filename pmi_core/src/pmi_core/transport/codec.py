"""Bytes to wire models and back, exactly.

A field declared as ``Decimal`` takes a JSON number digit by digit from the text, or a JSON string;
it never passes through a binary float.  Text such as ``"NaN"`` is a Decimal too, so a number that
the venue sends as text is checked by :func:`pmi_core.numbers.exact` where it becomes a price.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec

from pmi_core.errors import RequestError, UnexpectedAnswer
from pmi_core.numbers import plain

__all__ = ["decode", "encode", "reader"]

Wire = TypeVar("Wire")

_QUOTING: Final = re.compile(r"^(Invalid (?:enum )?value|Object contains unknown field) .*?(?= - at |$)")
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
        wrong = _QUOTING.sub(r"\1", str(error))
        sentence = f"the answer does not have the documented shape of {name}: {wrong}"
    except msgspec.DecodeError as error:
        sentence = _not_json(body, error)
    raise UnexpectedAnswer(sentence, venue=venue, capability=capability)


def reader(kind: type[Wire]) -> Callable[[bytes], Wire]:
    """A function that reads as :func:`decode` does, for a stream whose every message is of one model (or union).

    Raises:
        UnexpectedAnswer: by the function given, as :func:`decode` does.
    """
    read_it = _decoder(kind).decode

    def read(body: bytes) -> Wire:
        try:
            return read_it(body)
        except msgspec.MsgspecError:
            return decode(kind, body)  # fails again, and says what is wrong

    return read


def _not_json(body: bytes, error: msgspec.DecodeError) -> str:
    if not body.strip():
        return "the answer is empty where JSON was expected"
    if "truncated" in str(error):
        return f"the answer breaks off after {len(body)} bytes of JSON"
    return f"the answer is not JSON ({len(body)} bytes)"


def encode(value: object) -> bytes:
    """Write a wire model or plain data as JSON; a Decimal becomes a string without exponent.

    Raises:
        RequestError: a part has no JSON form.
    """
    try:
        return msgspec.json.encode(_written(msgspec.to_builtins(value, builtin_types=(Decimal,))))
    except TypeError as error:
        raise RequestError(f"the request has no JSON form: {error}") from None


def _written(value: Any) -> Any:
    match value:
        case Decimal():
            return plain(value)
        case dict():
            return {key: _written(part) for key, part in value.items()}
        case list() | tuple():
            return [_written(part) for part in value]
        case _:
            return value
