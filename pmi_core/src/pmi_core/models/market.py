"""A market with two outcomes: the atom of everything else."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from pmi_core.identifiers import EventRef, MarketRef
from pmi_core.models.fees import FeeSchedule, NoFee
from pmi_core.models.grid import PriceGrid
from pmi_core.models.model import Model, Time
from pmi_core.numbers import Amount, Number, Price, Quantity

__all__ = [
    "Execution",
    "Market",
    "MarketResult",
    "MarketStatus",
    "Outcome",
    "OutcomeSide",
    "ResolutionSource",
    "Resolver",
    "Strike",
    "StrikeKind",
    "Trading",
]


class OutcomeSide(StrEnum):
    """The two outcomes of a market."""

    YES = "yes"
    NO = "no"

    @property
    def opposite(self) -> OutcomeSide:
        """The other outcome."""
        return OutcomeSide.NO if self is OutcomeSide.YES else OutcomeSide.YES


class MarketStatus(StrEnum):
    """Where a market is in its life; it may move back from closed or determined."""

    UNOPENED = "unopened"
    OPEN = "open"
    CLOSED = "closed"
    """Trading ended, the result is not known."""
    DETERMINED = "determined"
    """The result is known, money has not moved and the result may be disputed."""
    SETTLED = "settled"
    VOIDED = "voided"
    """Stakes went back at cost."""


class Trading(StrEnum):
    """What the market takes right now, within its status."""

    OPEN = "open"
    PAUSED = "paused"
    CANCEL_ONLY = "cancel_only"
    AUCTION = "auction"
    NONE = "none"


class Execution(StrEnum):
    """How orders meet."""

    CLOB = "clob"
    AMM = "amm"
    HYBRID = "hybrid"
    POOL = "pool"
    FORECAST = "forecast"
    """Nothing is traded; the numbers are opinions."""


class MarketResult(StrEnum):
    """How a market ended; ``settlement_value`` is the primary number."""

    YES = "yes"
    NO = "no"
    FRACTION = "fraction"
    VOID = "void"


class Resolver(StrEnum):
    """Who decides the result."""

    EXCHANGE = "exchange"
    ORACLE = "oracle"
    CREATOR = "creator"


class StrikeKind(StrEnum):
    """How the strike is compared with the measured value."""

    GREATER = "greater"
    GREATER_OR_EQUAL = "greater_or_equal"
    LESS = "less"
    LESS_OR_EQUAL = "less_or_equal"
    BETWEEN = "between"
    """Both ends included."""
    OTHER = "other"
    """Described in ``text`` only."""


class Strike(Model):
    """The threshold that the rules speak of."""

    kind: StrikeKind
    floor: Number | None = None
    cap: Number | None = None
    text: str | None = None


class ResolutionSource(Model):
    """Where the result is read."""

    name: str
    url: str | None = None


class Outcome(Model):
    """One side of a market with its best prices, in its own terms."""

    label: str
    polarity: OutcomeSide
    bid: Price | None = None
    ask: Price | None = None
    bid_size: Quantity | None = None
    ask_size: Quantity | None = None
    last: Price | None = None


class Market(Model):
    """A question with two outcomes that pay 1 together."""

    ref: MarketRef
    event_ref: EventRef | None = None
    title: str
    subtitle: str | None = None
    rules: str = ""
    """The venue's own words; untrusted text."""
    resolution_sources: tuple[ResolutionSource, ...] = ()
    outcomes: tuple[Outcome, Outcome]
    """YES first, NO second."""
    status: MarketStatus
    trading: Trading
    execution: Execution = Execution.CLOB
    strike: Strike | None = None
    open_time: Time | None = None
    close_time: Time | None = None
    expected_expiration_time: Time | None = None
    settled_time: Time | None = None
    price_grid: PriceGrid | None = None
    """Which limit prices are tradable; None where the venue does not say."""
    size_step: Quantity | None = None
    min_size: Quantity | None = None
    fees: FeeSchedule | None = NoFee()
    """None where this answer of the venue does not say; then ask for the event or series."""
    currency: str = "USD"
    volume: Quantity | None = None
    """Contracts traded over the market's life."""
    volume_24h: Quantity | None = None
    open_interest: Quantity | None = None
    """Contracts outstanding."""
    liquidity: Amount | None = None
    result: MarketResult | None = None
    settlement_value: Price | None = None
    """What one YES contract was paid; None until determined, and None when void."""
    resolution_final: bool = False
    """Whether the result can no longer change."""
    resolver: Resolver | None = None
    taker_delay: Number | None = Field(default=None, ge=0)
    """Seconds that the venue holds a taking order back, where it does."""
    pool_ref: str | None = None
    """Markets that name the same pool share liquidity."""
    as_of: Time
    """When this was received."""

    @model_validator(mode="after")
    def _yes_comes_first(self) -> Market:
        if [outcome.polarity for outcome in self.outcomes] != [OutcomeSide.YES, OutcomeSide.NO]:
            raise ValueError("the outcomes of a market are given YES first, NO second")
        return self

    @property
    def yes(self) -> Outcome:
        """The YES outcome."""
        return self.outcomes[0]

    @property
    def no(self) -> Outcome:
        """The NO outcome."""
        return self.outcomes[1]

    @property
    def is_open(self) -> bool:
        """Whether orders can be placed now, as far as this answer knows."""
        return self.status is MarketStatus.OPEN and self.trading in _TAKES_ORDERS

    def outcome(self, side: OutcomeSide | Literal["yes", "no"]) -> Outcome:
        """The outcome of that side."""
        return self.outcomes[0] if side == "yes" else self.outcomes[1]


_TAKES_ORDERS = (Trading.OPEN, Trading.AUCTION)
