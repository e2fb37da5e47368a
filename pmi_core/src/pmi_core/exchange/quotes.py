"""Requests for quotes and quotes inside the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pmi_core.exchange.account import Account
from pmi_core.exchange.market import Market
from pmi_core.models.market import OutcomeSide
from pmi_core.models.quote import QuoteStatus, RfqStatus

__all__ = ["Quote", "Rfq"]


@dataclass(slots=True, eq=False)
class Rfq:
    """A request: a size in units, or a sum in money units."""

    id: str
    account: Account
    market: Market
    size: int | None
    notional: int | None
    rest_remainder: bool
    created: datetime
    status: RfqStatus = RfqStatus.OPEN
    closed: datetime | None = None
    quotes: list[Quote] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Quote:
    """An answer: what its maker bids for YES and for NO, in units."""

    id: str
    rfq: Rfq
    account: Account
    yes_bid: int | None
    no_bid: int | None
    rest_remainder: bool
    created: datetime
    updated: datetime
    status: QuoteStatus = QuoteStatus.OPEN
    side: OutcomeSide | None = None
    size: int | None = None
    reason: str | None = None
    accepted: datetime | None = None
    confirmed: datetime | None = None
    maker_order: str | None = None
    asker_order: str | None = None

    @property
    def price(self) -> int:
        """The maker's bid for the accepted side."""
        price = self.yes_bid if self.side is OutcomeSide.YES else self.no_bid
        assert price is not None
        return price
