"""Fee schedules compiled to whole numbers: the same amounts as ``FeeSchedule.estimate``, quicker."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from pmi_core.exchange.units import MONEY, SCALE
from pmi_core.models.fees import (
    FeeBasis,
    FeeSchedule,
    FeeTime,
    FlatFee,
    Liquidity,
    NoFee,
    ProfitFee,
    QuadraticFee,
)
from pmi_core.numbers import ZERO, Rounding

__all__ = ["Charges"]

_CENT_OF_CENT = 1_000_000
"""Profit fees are cut to millionths of a dollar: never more than the schedule's upper bound."""


def _rounded(whole: int, divisor: int, rounding: Rounding) -> int:
    if rounding is Rounding.CEILING or (rounding is Rounding.UP and whole > 0):
        return -(-whole // divisor)
    if rounding is Rounding.FLOOR or (rounding is Rounding.DOWN and whole >= 0):
        return whole // divisor
    if rounding is Rounding.HALF_EVEN:
        return round(Fraction(whole, divisor))
    return whole // divisor if rounding is Rounding.UP else -(-whole // divisor)


class Charges:
    """What a market charges; prices and sizes in units, amounts in money units."""

    __slots__ = (
        "_basis",
        "_common",
        "_divisor",
        "_maker",
        "_minimum",
        "_profit",
        "_rounding",
        "_schedule",
        "_step",
        "_taker",
        "_unaligned",
        "alignment",
        "at_settlement",
        "bounded",
        "on_close",
        "on_trade",
    )

    def __init__(self, schedule: FeeSchedule) -> None:
        self._schedule = schedule
        self.bounded = schedule.valid_from is not None or schedule.valid_until is not None
        self.on_trade = not isinstance(schedule, NoFee | ProfitFee)
        self.on_close = schedule.when is FeeTime.CLOSE
        self.at_settlement = schedule.when is FeeTime.SETTLEMENT
        self._basis = FeeBasis.QUADRATIC
        self._taker = self._maker = self.alignment = 0
        self._unaligned: FeeSchedule | None = None
        self._minimum: int | None = None
        self._divisor = self._step = self._common = 1
        self._rounding = Rounding.UP
        self._profit = Fraction(0)
        if isinstance(schedule, ProfitFee):
            self._profit = Fraction(schedule.rate)
        elif isinstance(schedule, QuadraticFee | FlatFee):
            self._compile(schedule)

    def _compile(self, schedule: QuadraticFee | FlatFee) -> None:
        taker = Fraction(schedule.taker_rate) * Fraction(schedule.multiplier)
        maker = Fraction(schedule.maker_rate) * Fraction(schedule.multiplier)
        self._common = taker.denominator * maker.denominator
        self._taker = int(taker * self._common)
        self._maker = int(maker * self._common)
        self._step = int(schedule.step * MONEY)
        # a volume is counted in units x units x units, of which one money unit has SCALE
        self._divisor = self._common * SCALE * self._step
        self._rounding = schedule.rounding
        self.alignment = int(schedule.alignment * MONEY)
        if isinstance(schedule, FlatFee):
            self._basis = schedule.basis
            self._minimum = int(schedule.minimum * MONEY)
        self.on_trade = bool(self._taker or self._maker or self._minimum or self.alignment)

    def _volume(self, price: int, size: int) -> int:
        if self._basis is FeeBasis.QUADRATIC:
            return size * price * (SCALE - price)
        if self._basis is FeeBasis.CONTRACTS:
            return size * MONEY
        if self._basis is FeeBasis.NOTIONAL:
            return size * price * SCALE
        return size * min(price, SCALE - price) * SCALE

    def applies(self, now: datetime) -> bool:
        """Whether the schedule is in force."""
        return not self.bounded or self._schedule.applies_at(now)

    def of_trade(self, price: int, size: int, *, maker: bool, cash: int | None = None) -> int:
        """The fee of one fill; ``price`` in terms of the order's own outcome.

        ``cash`` is what the fill moves the balance by, for schedules that align balances; without
        it the alignment is left out.
        """
        rate = self._maker if maker else self._taker
        charged = 0
        if rate:
            charged = _rounded(rate * self._volume(price, size), self._divisor, self._rounding) * self._step
        return self._raised(charged, cash)

    def at_most(self, price: int, size: int) -> int:
        """The most that a taker is charged for one fill."""
        return max(self.of_trade(price, size, maker=False), 0) + self.alignment

    def at_curve(self, price: Decimal, size: Decimal, cash: int | None = None) -> int:
        """The taker's fee of one fill at a price that is on no grid."""
        if self._unaligned is None:
            unaligned = {"alignment": ZERO}
            self._unaligned = (
                self._schedule.model_copy(update=unaligned) if self.alignment else self._schedule
            )
        amount = self._unaligned.estimate(price, size, Liquidity.TAKER).amount
        return self._raised(int(amount * MONEY), cash)

    def _raised(self, charged: int, cash: int | None) -> int:
        alignment, minimum = self.alignment, self._minimum
        if alignment and cash is not None:
            charged = cash - (cash - charged) // alignment * alignment
        if minimum is None or charged < 0 or charged >= minimum:
            return charged
        return minimum

    def of_profit(self, profit: int) -> int:
        """The fee on money that was won; nothing on a loss."""
        if profit <= 0 or not self._profit:
            return 0
        fee = profit * self._profit.numerator // self._profit.denominator
        return fee - fee % _CENT_OF_CENT

    def most(self, price: int, size: int) -> int:
        """The most that fills of ``size`` contracts in all, each one this small, are charged.

        It holds for limit ``price`` and for every better one together with what they save, since
        rates below one never take the whole of a better price.
        """
        if not self.on_trade:
            return 0
        rate = max(self._taker, self._maker, 0)
        volume = self._volume(price, size)
        if rate >= self._common:
            volume = max(volume, self._volume(SCALE // 2, size), self._volume(SCALE, size))
        raw = -(-rate * volume // (self._common * SCALE))
        return max(raw + self._step + self.alignment, self._minimum or 0)
