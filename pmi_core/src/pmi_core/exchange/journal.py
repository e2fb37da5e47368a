"""Commands and events as JSON, one object a line, and back without losing a digit."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
from pydantic import BaseModel, ValidationError

from pmi_core.errors import RequestError
from pmi_core.exchange.commands import AnyCommand, Command
from pmi_core.exchange.events import AnyEvent, Event

__all__ = ["from_json", "from_json_lines", "to_json", "to_json_lines"]


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise NotImplementedError(f"{type(value).__name__} does not travel as JSON")


def _model(kind: type, value: Any) -> Any:
    if issubclass(kind, BaseModel):
        return kind.model_validate(value)
    raise NotImplementedError(f"{kind.__name__} does not travel as JSON")


_ENCODER = msgspec.json.Encoder(enc_hook=_plain, decimal_format="string")


@cache
def _decoder() -> msgspec.json.Decoder[AnyEvent | AnyCommand]:
    """Made when first needed: it looks at every command and event."""
    return msgspec.json.Decoder(AnyEvent | AnyCommand, dec_hook=_model)


def to_json(item: Event | Command) -> bytes:
    """One event or command as a JSON object; ``type`` names its class."""
    return _ENCODER.encode(item)


def from_json(line: bytes | str) -> AnyEvent | AnyCommand:
    """Read an event or command back, equal to what was written.

    Raises:
        RequestError: the text is not one of them.
    """
    try:
        return _decoder().decode(line)
    except (msgspec.DecodeError, ValidationError) as error:
        raise RequestError(
            f"the line is not an event or command of the exchange: {error}",
            hint="give back lines exactly as to_json wrote them",
        ) from None


def to_json_lines(items: Iterable[Event | Command]) -> bytes:
    """Many of them, one a line."""
    return _ENCODER.encode_lines(items)


def from_json_lines(text: bytes) -> list[AnyEvent | AnyCommand]:
    """Read what ``to_json_lines`` wrote.

    Raises:
        RequestError: a line is not an event or command.
    """
    return [from_json(line) for line in text.splitlines() if line]
