"""What is traded: events, markets, pools, collections, and the exchange's own settings."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from pmi_core.exchange.units import to_money, to_units
from pmi_core.models.fees import FeeSchedule, FeeTime, FlatFee, NoFee, ProfitFee, QuadraticFee
from pmi_core.models.grid import PriceGrid, cent_grid
from pmi_core.models.market import Execution
from pmi_core.models.model import Model, Time
from pmi_core.money import currency_of
from pmi_core.numbers import ONE, Price, Quantity

__all__ = ["CollectionSpec", "EventSpec", "ExchangeSettings", "MarketSpec", "PoolSpec", "Retention"]

_ID = r"^[!-~]{1,120}$"


class Retention(Model):
    """How much history stays in memory; None keeps everything.

    What goes beyond a bound is dropped, oldest first.  ``Exchange.drain`` hands history out
    before that happens.
    """

    events: int | None = Field(default=None, ge=1)
    orders: int | None = Field(default=None, ge=0)
    """Terminal orders of the whole exchange."""
    fills: int | None = Field(default=None, ge=0)
    """Per account."""
    trades: int | None = Field(default=None, ge=0)
    """Per market."""
    client_ids: int | None = Field(default=None, ge=1)
    """Client order ids of dropped orders; with a bound they are unique only as far back."""


class ExchangeSettings(Model):
    """The rules that hold for every market of an exchange."""

    group_window: int = Field(default=15, gt=0)
    """Seconds over which an order group counts, unless the group says otherwise."""
    confirm_seconds: int = Field(default=30, gt=0)
    """Time that a maker has to confirm an accepted quote."""
    execution_delay: timedelta = Field(default=timedelta(0), ge=timedelta(0))
    """Time between a quote's confirmation and its execution."""
    max_open_rfqs: int = Field(default=100, ge=1)
    """Per account."""
    retention: Retention = Retention()


class PoolSpec(Model):
    """An automated market maker whose loss is bounded.

    The curve is the logarithmic market scoring rule: after net sales of ``q`` YES contracts the
    price is ``1 / (1 + (1 - initial) / initial * exp(-q / liquidity))``.  Its house account is
    funded with the largest loss the curve can make.
    """

    liquidity: Quantity = Field(gt=0, le=1_000_000_000)
    """In contracts; the price moves by about ``0.25 / liquidity`` a contract at even odds."""
    initial_price: Price = Field(default=Decimal("0.5"), ge=Decimal("0.001"), le=Decimal("0.999"))


class _Tradable(Model):
    """The trading rules of a market or of a collection's markets."""

    price_grid: PriceGrid = Field(default_factory=cent_grid)
    size_step: Quantity = Field(default=ONE, gt=0)
    min_size: Quantity | None = None
    """The step, unless said."""
    fees: FeeSchedule = NoFee()
    fee_rebates: bool = False
    """Whether what aligns balances is given back over the fills of one order, once it exceeds the alignment."""
    currency: str = "USD"
    settlement_delay: timedelta | None = None
    """Time from determination to settlement; None settles by command only."""

    @model_validator(mode="after")
    def _can_be_run(self) -> Self:
        currency_of(self.currency)
        for number in (self.size_step, self.min_size):
            if number is not None and to_units(number) is None:
                raise ValueError("sizes finer than 0.000001 contracts are not traded here")
        if isinstance(self.fees, QuadraticFee | FlatFee) and None in (
            to_money(self.fees.step),
            to_money(self.fees.alignment),
        ):
            raise ValueError("fees are rounded to 0.000000000001 or coarser here")
        if isinstance(self.fees, FlatFee) and to_money(self.fees.minimum) is None:
            raise ValueError("the smallest fee is a multiple of 0.000000000001 here")
        if self.fees.paid_in != "money":
            raise ValueError("fees paid in shares are not charged here; use a schedule paid in money")
        due = (FeeTime.CLOSE, FeeTime.SETTLEMENT)
        if isinstance(self.fees, ProfitFee) and self.fees.when not in due:
            raise ValueError("a fee on profit falls due at close or settlement")
        if not isinstance(self.fees, ProfitFee) and self.fees.when is FeeTime.SETTLEMENT:
            raise ValueError("at settlement only a fee on profit is charged; use ProfitFee")
        return self


class MarketSpec(_Tradable):
    """A two-outcome market as it is listed."""

    id: str = Field(pattern=_ID)
    event_id: str | None = None
    execution: Execution = Execution.CLOB
    pool: PoolSpec | None = None
    """Required with execution ``amm``, refused otherwise."""
    open_time: Time | None = None
    """None opens the market when it is added."""
    close_time: Time | None = None
    """None closes by command only."""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.execution not in (Execution.CLOB, Execution.AMM):
            raise ValueError(f"execution {self.execution} is not run here; use clob or amm")
        if (self.execution is Execution.AMM) != (self.pool is not None):
            raise ValueError("pool goes with execution amm, and only with it")
        if self.open_time is not None and self.close_time is not None and self.close_time <= self.open_time:
            raise ValueError("a market closes after it opens")
        return self


class EventSpec(Model):
    """A happening that several markets may belong to."""

    id: str = Field(pattern=_ID)
    mutually_exclusive: bool | None = None
    """Determined values of its markets together never exceed 1."""
    exhaustive: bool | None = None


class CollectionSpec(_Tradable):
    """From which events combos may be built; the trading rules are those of the combos."""

    id: str = Field(pattern=_ID)
    event_ids: tuple[str, ...] = Field(min_length=1)
    min_legs: int = Field(default=2, ge=1)
    max_legs: int = Field(default=10, ge=1)
    yes_only: bool = False
    ordered: bool = False
    """Whether the order of the legs makes a different market."""
    one_market_per_event: bool = True

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.max_legs < self.min_legs:
            raise ValueError("max_legs is not below min_legs")
        return self
