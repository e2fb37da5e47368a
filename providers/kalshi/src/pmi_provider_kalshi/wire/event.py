"""Events (OpenAPI 3.34.0, schema EventData)."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from pmi_provider_kalshi.wire.market import Market
from pmi_provider_kalshi.wire.told import Told

__all__ = ["Event", "EventAnswer", "EventsAnswer", "SettlementSource"]


class SettlementSource(msgspec.Struct, frozen=True, gc=False):
    """Where a result is read."""

    name: str = ""
    url: str = ""


class Event(Told, frozen=True):
    """An event; ``markets`` stands inside it only where the question asked for that."""

    event_ticker: str
    series_ticker: str
    title: str
    sub_title: str
    mutually_exclusive: bool
    category: str = ""
    settlement_sources: list[SettlementSource] | None = None
    markets: list[Market] | None = None
    fee_type_override: str | None = None
    fee_multiplier_override: Decimal | None = None


class EventAnswer(msgspec.Struct):
    """Of GET /events/{event_ticker}; by default the markets stand beside the event."""

    event: Event
    markets: list[Market] | None = None


class EventsAnswer(msgspec.Struct):
    """Of GET /events and GET /events/multivariate."""

    events: list[Event]
    cursor: str | None = None
