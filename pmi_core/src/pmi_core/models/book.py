"""Order books, best first on both sides."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from pydantic import Field, model_validator

from pmi_core.identifiers import MarketRef
from pmi_core.models.market import OutcomeSide
from pmi_core.models.model import Model, Time
from pmi_core.numbers import ONE, WIDE, Price, Quantity

__all__ = ["BookSource", "BookState", "Level", "OrderBook"]


class BookState(StrEnum):
    """Whether a book can be acted on."""

    SNAPSHOT = "snapshot"
    """True when it was received; ages from then on."""
    LIVE = "live"
    """Kept true by a stream."""
    STALE = "stale"
    """Was live; updates no longer arrive."""
    RESYNCING = "resyncing"
    """Updates were lost; a new snapshot is on its way."""


class BookSource(StrEnum):
    """Where the levels come from."""

    VENUE = "venue"
    """The venue states this outcome's book itself."""
    MIRROR = "mirror"
    """The exact complement of the other outcome's book."""
    CURVE = "curve"
    """Computed from a market maker's formula; nobody's resting orders."""


class Level(Model):
    """Contracts that rest at one price."""

    price: Price
    size: Quantity = Field(gt=0)


class OrderBook(Model):
    """The resting interest in one outcome, in that outcome's own prices."""

    market_ref: MarketRef
    outcome: OutcomeSide = OutcomeSide.YES
    bids: tuple[Level, ...] = ()
    """Highest price first."""
    asks: tuple[Level, ...] = ()
    """Lowest price first."""
    sequence: int | None = None
    venue_time: Time | None = None
    received_time: Time
    state: BookState = BookState.SNAPSHOT
    source: BookSource = BookSource.VENUE
    firm: bool = True
    """Whether an order at these prices meets these sizes."""

    @model_validator(mode="after")
    def _is_in_order(self) -> OrderBook:
        bids = [level.price for level in self.bids]
        asks = [level.price for level in self.asks]
        if any(high <= low for high, low in pairwise(bids)):
            raise ValueError("bids must be given best (highest) first, one level a price")
        if any(low >= high for low, high in pairwise(asks)):
            raise ValueError("asks must be given best (lowest) first, one level a price")
        if bids and asks and bids[0] >= asks[0]:
            raise ValueError(f"the book is crossed: bid {bids[0]} against ask {asks[0]}")
        return self

    @property
    def best_bid(self) -> Level | None:
        """The highest bid."""
        return self.bids[0] if self.bids else None

    @property
    def best_ask(self) -> Level | None:
        """The lowest ask."""
        return self.asks[0] if self.asks else None

    @property
    def mid(self) -> Decimal | None:
        """Half way between best bid and best ask; None when a side is empty."""
        if not self.bids or not self.asks:
            return None
        return (self.bids[0].price + self.asks[0].price) / 2

    @property
    def spread(self) -> Decimal | None:
        """Best ask less best bid; None when a side is empty."""
        if not self.bids or not self.asks:
            return None
        return self.asks[0].price - self.bids[0].price

    def mirror(self) -> OrderBook:
        """The other outcome's book: bids become asks at ``1 - price``; twice is the book itself."""
        return OrderBook(
            market_ref=self.market_ref,
            outcome=self.outcome.opposite,
            bids=tuple(Level(price=WIDE.subtract(ONE, level.price), size=level.size) for level in self.asks),
            asks=tuple(Level(price=WIDE.subtract(ONE, level.price), size=level.size) for level in self.bids),
            sequence=self.sequence,
            venue_time=self.venue_time,
            received_time=self.received_time,
            state=self.state,
            source=_MIRRORED[self.source],
            firm=self.firm,
        )


_MIRRORED = {
    BookSource.VENUE: BookSource.MIRROR,
    BookSource.MIRROR: BookSource.VENUE,
    BookSource.CURVE: BookSource.CURVE,
}
