"""One row of a recording: what was said, by which venue, in which place of the order."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal, NamedTuple

from pydantic import TypeAdapter

from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    BookUpdate,
    Channel,
    ConnectionUpdate,
    LifecycleUpdate,
    Market,
    TickerUpdate,
    Update,
)
from pmi_core.models.model import Model, Time

__all__ = ["CHANNELS", "MarketSeen", "Row", "as_row", "channel_of", "concerned", "market_of"]


class MarketSeen(Model):
    """A market as it was read when a recording began."""

    type: Literal["market"] = "market"
    received_time: Time
    market: Market


class Row(NamedTuple):
    """One row, in the order in which the rows were received: by session, then by serial."""

    session: str
    serial: int
    venue: str
    said: Update | MarketSeen


CHANNELS: Final = {
    "book": "book",
    "ticker": "ticker",
    "trade": "trade",
    "order": "order",
    "fill": "fill",
    "fill_reversed": "fill",
    "position": "position",
    "lifecycle": "lifecycle",
    "connection": "connection",
    "market": "market",
}
"""The folder of each type of update."""


@cache
def _said() -> TypeAdapter[Any]:
    return TypeAdapter(Update)


def as_row(session: str, serial: int, venue: str, plain: dict[str, Any]) -> Row:
    """Build a row again from plain data; ValueError where the data make no update."""
    said = MarketSeen.model_validate(plain) if plain["type"] == "market" else _said().validate_python(plain)
    return Row(session, serial, venue, said)


def channel_of(update: Update) -> Channel | None:
    """The channel that brings an update; None for the state of the connection."""
    return None if isinstance(update, ConnectionUpdate) else Channel(CHANNELS[update.type])


def market_of(plain: dict[str, Any]) -> str | None:
    """The ref of the market that plain data speak of."""
    if "market_ref" in plain:
        return str(plain["market_ref"])
    noun = plain.get(CHANNELS[plain["type"]])
    if not isinstance(noun, dict):
        return None
    return noun.get("market_ref") or noun.get("ref")


def concerned(update: Update) -> tuple[MarketRef, ...]:
    """The markets that an update concerns, without an outcome; empty means all."""
    if isinstance(update, ConnectionUpdate):
        return tuple(ref.market for ref in update.market_refs)
    if isinstance(update, BookUpdate | TickerUpdate | LifecycleUpdate):
        return (update.market_ref.market,)
    noun = getattr(update, CHANNELS[update.type])
    return (noun.market_ref.market,)
