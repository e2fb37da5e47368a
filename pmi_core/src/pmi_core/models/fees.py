"""What a venue charges: a tagged union, and an estimate that says how sure it is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from pmi_core.models.model import Model, Time
from pmi_core.numbers import ONE, WIDE, ZERO, Amount, Number, Rounding, round_to

__all__ = [
    "FeeBasis",
    "FeeCertainty",
    "FeeEstimate",
    "FeeSchedule",
    "FeeTime",
    "FlatFee",
    "Liquidity",
    "NoFee",
    "ProfitFee",
    "QuadraticFee",
]


class Liquidity(StrEnum):
    """Whether a fill took a resting order or was one."""

    MAKER = "maker"
    TAKER = "taker"


class FeeTime(StrEnum):
    """When a fee falls due."""

    TRADE = "trade"
    CLOSE = "close"
    SETTLEMENT = "settlement"


class FeeBasis(StrEnum):
    """What a rate is multiplied with."""

    QUADRATIC = "quadratic"
    """Contracts x p x (1 - p)."""
    MINIMUM = "minimum"
    """Contracts x min(p, 1 - p)."""
    CONTRACTS = "contracts"
    NOTIONAL = "notional"
    """Contracts x p."""
    PROFIT = "profit"


class FeeCertainty(StrEnum):
    """How an estimate relates to what will be charged."""

    EXACT = "exact"
    UPPER_BOUND = "upper_bound"


class FeeEstimate(Model):
    """An amount in the market's currency; negative is a rebate to the account."""

    amount: Amount
    certainty: FeeCertainty


class _Schedule(Model):
    """What all schedules say beside their rates."""

    when: FeeTime = FeeTime.TRADE
    paid_in: Literal["money", "shares"] = "money"
    valid_from: Time | None = None
    valid_until: Time | None = None

    def applies_at(self, moment: datetime) -> bool:
        """Whether the schedule is in force at ``moment``; the end is excluded."""
        return (self.valid_from is None or self.valid_from <= moment) and (
            self.valid_until is None or moment < self.valid_until
        )


class NoFee(_Schedule):
    """Nothing is charged."""

    kind: Literal["none"] = "none"

    def estimate(self, price: Decimal, size: Decimal, liquidity: Liquidity) -> FeeEstimate:
        """Nothing, exactly."""
        return FeeEstimate(amount=ZERO, certainty=FeeCertainty.EXACT)


class _Rated(_Schedule):
    taker_rate: Number
    maker_rate: Number = ZERO
    """Negative rates are rebates."""
    multiplier: Number = ONE
    step: Number = Field(default=Decimal("0.000001"), gt=0)
    """The fee of one fill is rounded to a multiple of this."""
    rounding: Rounding = Rounding.UP
    alignment: Number = Field(default=ZERO, ge=0)
    """After a fill the venue brings the balance down to a multiple of this and calls the rest a
    fee too; 0 where it does not."""
    certainty: FeeCertainty = FeeCertainty.EXACT
    """``upper_bound`` where the venue rounds or rebates over several fills."""

    def _charge(self, volume: Decimal, price: Decimal, size: Decimal, liquidity: Liquidity) -> FeeEstimate:
        rate = self.taker_rate if liquidity is Liquidity.TAKER else self.maker_rate
        raw = WIDE.multiply(WIDE.multiply(rate, self.multiplier), volume)
        fee = round_to(raw, self.step, self.rounding)
        if self.alignment:
            # Which of the four moves the balance is not said here, so the dearest one counts.
            paid = WIDE.multiply(size, price)
            moves = (paid, -paid, size - paid, paid - size)
            fee = max(move - round_to(move - fee, self.alignment, Rounding.FLOOR) for move in moves)
        return FeeEstimate(amount=fee, certainty=self.certainty)


class QuadraticFee(_Rated):
    """``rate x multiplier x contracts x p x (1 - p)``, highest at even odds."""

    kind: Literal["quadratic"] = "quadratic"

    def estimate(self, price: Decimal, size: Decimal, liquidity: Liquidity) -> FeeEstimate:
        """The fee of one fill of ``size`` contracts at ``price``."""
        return self._charge(
            WIDE.multiply(size, WIDE.multiply(price, WIDE.subtract(ONE, price))), price, size, liquidity
        )


class FlatFee(_Rated):
    """A rate on contracts, on notional, or on the smaller side of the price."""

    kind: Literal["flat"] = "flat"
    basis: Literal[FeeBasis.CONTRACTS, FeeBasis.NOTIONAL, FeeBasis.MINIMUM] = FeeBasis.CONTRACTS
    minimum: Amount = ZERO
    """The least that is charged for one fill."""

    def estimate(self, price: Decimal, size: Decimal, liquidity: Liquidity) -> FeeEstimate:
        """The fee of one fill of ``size`` contracts at ``price``."""
        volume = size
        if self.basis is FeeBasis.NOTIONAL:
            volume = WIDE.multiply(size, price)
        elif self.basis is FeeBasis.MINIMUM:
            volume = WIDE.multiply(size, min(price, ONE - price))
        charged = self._charge(volume, price, size, liquidity)
        if charged.amount < 0 or charged.amount >= self.minimum:  # a rebate is not raised to a minimum
            return charged
        return FeeEstimate(amount=self.minimum, certainty=charged.certainty)


class ProfitFee(_Schedule):
    """A share of what is won, due at settlement or when the position is closed."""

    kind: Literal["profit"] = "profit"
    when: FeeTime = FeeTime.SETTLEMENT
    rate: Number

    def estimate(self, price: Decimal, size: Decimal, liquidity: Liquidity) -> FeeEstimate:
        """What is due if the position of ``size`` contracts bought at ``price`` wins."""
        profit = WIDE.multiply(size, ONE - price)
        return FeeEstimate(amount=WIDE.multiply(self.rate, profit), certainty=FeeCertainty.UPPER_BOUND)


FeeSchedule = Annotated[NoFee | QuadraticFee | FlatFee | ProfitFee, Field(discriminator="kind")]
"""What a market charges; ``kind`` says by which formula."""
