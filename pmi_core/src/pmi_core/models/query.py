"""Questions to a venue: one object each, so that a new filter breaks no provider."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from pmi_core.identifiers import EventRef, MarketRef, OrderRef, RfqRef, SeriesRef
from pmi_core.models.market import MarketStatus
from pmi_core.models.model import Time
from pmi_core.models.order import OrderStatus
from pmi_core.models.question import Question

__all__ = [
    "CandleInterval",
    "CandleQuery",
    "CollectionQuery",
    "EventQuery",
    "FillQuery",
    "MarketQuery",
    "MilestoneQuery",
    "OrderQuery",
    "PositionQuery",
    "QuoteListQuery",
    "RfqQuery",
    "SearchQuery",
    "SeriesQuery",
    "SettlementQuery",
    "TradeQuery",
]

_MOST = 1000


class _Paged(Question):
    limit: int = Field(default=100, ge=1, le=_MOST)
    """Rows at most; a venue with a smaller maximum gives fewer and a cursor."""
    cursor: str | None = None


class _Window(_Paged):
    start: Time | None = None
    """Included."""
    end: Time | None = None
    """Included."""

    @model_validator(mode="after")
    def _runs_forward(self) -> _Window:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError("the window ends before it starts")
        return self


class MarketQuery(_Paged):
    """Which markets; filters combine with and."""

    status: MarketStatus | None = None
    event_ref: EventRef | None = None
    series_ref: SeriesRef | None = None
    market_refs: tuple[MarketRef, ...] = ()
    closes_after: Time | None = None
    closes_before: Time | None = None


class EventQuery(_Paged):
    """Which events."""

    status: MarketStatus | None = None
    series_ref: SeriesRef | None = None
    category: str | None = None
    with_markets: bool = False


class SeriesQuery(_Paged):
    """Which series."""

    category: str | None = None
    tag: str | None = None


class SearchQuery(_Paged):
    """Free text, answered in the venue's own ranking."""

    text: str = Field(min_length=1, max_length=400)
    status: MarketStatus | None = MarketStatus.OPEN


class TradeQuery(_Window):
    """Public trades, newest first; of one market or of the whole venue."""

    market_ref: MarketRef | None = None


class CandleInterval(StrEnum):
    """Length of a candle."""

    MINUTE = "1m"
    HOUR = "1h"
    DAY = "1d"

    @property
    def seconds(self) -> int:
        """The length in seconds."""
        return {"1m": 60, "1h": 3600, "1d": 86400}[self.value]


class CandleQuery(Question):
    """Candles of one market, oldest first."""

    market_ref: MarketRef
    interval: CandleInterval = CandleInterval.HOUR
    start: Time
    end: Time

    @model_validator(mode="after")
    def _runs_forward(self) -> CandleQuery:
        if self.end <= self.start:
            raise ValueError("the candles' window must end after it starts")
        if (self.end - self.start).total_seconds() / self.interval.seconds > 10_000:
            raise ValueError("more than 10,000 candles; take a longer interval or less time")
        return self


class MilestoneQuery(_Paged):
    """Which milestones."""

    event_ref: EventRef | None = None
    category: str | None = None
    starts_after: Time | None = None


class PositionQuery(_Paged):
    """Which positions."""

    market_ref: MarketRef | None = None
    event_ref: EventRef | None = None
    include_closed: bool = False


class SettlementQuery(_Window):
    """Which settlements, newest first."""

    market_ref: MarketRef | None = None


class OrderQuery(_Window):
    """Which of the account's orders, newest first."""

    market_ref: MarketRef | None = None
    event_ref: EventRef | None = None
    statuses: frozenset[OrderStatus] = frozenset()
    """Empty means all."""


class FillQuery(_Window):
    """Which of the account's fills, newest first."""

    market_ref: MarketRef | None = None
    order_ref: OrderRef | None = None


class RfqQuery(_Paged):
    """Which requests for quotes."""

    market_ref: MarketRef | None = None
    mine: bool | None = None
    open_only: bool = True


class QuoteListQuery(_Paged):
    """Which quotes that the account gave or received."""

    rfq_ref: RfqRef | None = None
    open_only: bool = False


class CollectionQuery(_Paged):
    """Which collections."""

    event_ref: EventRef | None = None
    open_only: bool = True
