"""Prices given on request: a computed cost, and requests for quotes among members."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from pmi_core.identifiers import MarketRef, OrderRef, QuoteRef, RfqRef
from pmi_core.models.fees import FeeCertainty
from pmi_core.models.market import OutcomeSide
from pmi_core.models.model import Model, Time
from pmi_core.models.order import Action
from pmi_core.models.question import Question
from pmi_core.numbers import ASKED, Amount, Price, Quantity

__all__ = [
    "PriceQuote",
    "Quote",
    "QuoteQuery",
    "QuoteRequest",
    "QuoteStatus",
    "Rfq",
    "RfqRequest",
    "RfqStatus",
]


class QuoteQuery(Question):
    """What would it cost to take now?"""

    market_ref: MarketRef
    outcome: OutcomeSide
    action: Action
    size: Quantity | None = Field(default=None, gt=0, lt=ASKED)
    notional: Amount | None = Field(default=None, gt=0, lt=ASKED)
    """Money to spend or raise, fees excluded."""

    @model_validator(mode="after")
    def _has_one_measure(self) -> QuoteQuery:
        if (self.size is None) == (self.notional is None):
            raise ValueError("give exactly one of size and notional")
        return self


class PriceQuote(Model):
    """The answer: what taking would give, if nothing moves before."""

    market_ref: MarketRef
    outcome: OutcomeSide
    action: Action
    size: Quantity
    """Contracts that can be had; less than asked when the book is too thin."""
    average_price: Price | None = None
    """VWAP in terms of ``outcome``; None when nothing can be had."""
    worst_price: Price | None = None
    cost: Amount
    """Paid (buy) or received (sell), fees excluded."""
    fees: Amount
    fees_certainty: FeeCertainty = FeeCertainty.EXACT
    price_after: Price | None = None
    """Best price left on the same side afterwards; None when nothing is left."""
    complete: bool
    """Whether all that was asked for can be had."""
    firm: bool
    """Whether the venue stands behind it."""
    currency: str = "USD"
    as_of: Time


class RfqStatus(StrEnum):
    """Where a request for quotes is in its life."""

    OPEN = "open"
    CLOSED = "closed"


class RfqRequest(Question):
    """Ask other members for a two-sided price."""

    market_ref: MarketRef
    size: Quantity | None = Field(default=None, gt=0, lt=ASKED)
    notional: Amount | None = Field(default=None, gt=0, lt=ASKED)
    rest_remainder: bool = False
    """Whether what is left after a partial fill rests in the book."""

    @model_validator(mode="after")
    def _has_one_measure(self) -> RfqRequest:
        if (self.size is None) == (self.notional is None):
            raise ValueError("give exactly one of size and notional")
        return self


class Rfq(Model):
    """A request for quotes."""

    ref: RfqRef
    market_ref: MarketRef
    size: Quantity | None = None
    notional: Amount | None = None
    status: RfqStatus
    mine: bool
    """Whether this account asked."""
    rest_remainder: bool = False
    created_time: Time
    closed_time: Time | None = None


class QuoteStatus(StrEnum):
    """Where a quote is in its life."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    EXECUTED = "executed"
    CANCELED = "canceled"


class QuoteRequest(Question):
    """Answer a request with a two-sided price; None means no bid on that side."""

    rfq_ref: RfqRef
    yes_bid: Price | None = None
    no_bid: Price | None = None
    rest_remainder: bool = False

    @model_validator(mode="after")
    def _bids_something(self) -> QuoteRequest:
        if self.yes_bid is None and self.no_bid is None:
            raise ValueError("a quote bids for at least one side")
        if self.yes_bid is not None and self.no_bid is not None and self.yes_bid + self.no_bid > 1:
            raise ValueError("the two bids together would pay more than 1")
        return self


class Quote(Model):
    """A maker's answer: it buys YES at ``yes_bid`` or NO at ``no_bid``."""

    ref: QuoteRef
    rfq_ref: RfqRef
    market_ref: MarketRef
    yes_bid: Price | None = None
    no_bid: Price | None = None
    size: Quantity | None = None
    status: QuoteStatus
    mine: bool
    """Whether this account quoted."""
    accepted_side: OutcomeSide | None = None
    """The side the maker gets."""
    order_ref: OrderRef | None = None
    """This account's order that came of it, once executed."""
    created_time: Time
    updated_time: Time | None = None
