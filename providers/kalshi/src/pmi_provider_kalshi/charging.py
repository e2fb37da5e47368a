"""What one fill is charged, to the last digit: trade fee, alignment of the balance, rebate.

1. The trade fee is ``multiplier x rate x contracts x p x (1 - p)``, rounded up to the step.
2. The balance changes by what the fill brings less the trade fee, brought down to the member's
   precision; the part that is cut off is a rounding fee.
3. Rounding fees add up over the fills of one order.  Once they exceed the precision, the fill gives
   back at most that precision, and never more than its own fees.

Source: docs.kalshi.com, getting_started/fee_rounding, as of October 2026.  Until September 2026 the
step was $0.0001.  What becomes of a rest when an order ends is not documented.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pmi_core.numbers import ONE, WIDE, ZERO, Rounding, round_to

__all__ = ["Charge", "FeeMeter", "model_fee"]

_STEP: Final = Decimal("0.000001")
_PRECISION: Final = Decimal("0.0001")


def model_fee(price: Decimal, size: Decimal, rate: Decimal, multiplier: Decimal = ONE) -> Decimal:
    """The formula before any rounding; the same for either leg of the trade."""
    volume = WIDE.multiply(size, WIDE.multiply(price, WIDE.subtract(ONE, price)))
    return WIDE.multiply(WIDE.multiply(rate, multiplier), volume)


@dataclass(frozen=True, slots=True)
class Charge:
    """The parts of one fill's fee."""

    trade_fee: Decimal
    rounding_fee: Decimal
    rebate: Decimal

    @property
    def fee(self) -> Decimal:
        """What the venue states as the fill's fee; never below 0."""
        return self.trade_fee + self.rounding_fee - self.rebate


class FeeMeter:
    """Charges the fills of one order, one after the other, makers' and takers' alike.

    Args:
        step: trade fees are rounded up to a multiple of this.
        precision: balances are kept to a multiple of this: 0.0001 for direct members, 0.01 behind
            a broker.
        carried: rounding fees of earlier fills of the order.
    """

    def __init__(
        self, *, step: Decimal = _STEP, precision: Decimal = _PRECISION, carried: Decimal = ZERO
    ) -> None:
        self._step = step
        self._precision = precision
        self.carried = carried
        """Rounding fees that were not given back yet."""

    def charge(
        self, *, revenue: Decimal, price: Decimal, size: Decimal, rate: Decimal, multiplier: Decimal = ONE
    ) -> Charge:
        """Charge one fill.

        Args:
            revenue: what the fill brings before fees, negative for what is paid.
            price: dollars per contract, of either leg.
            size: contracts.
            rate: the taker's or maker's rate of the fee type.
            multiplier: the series' or the event's.
        """
        trade_fee = round_to(model_fee(price, size, rate, multiplier), self._step, Rounding.UP)
        moved = WIDE.subtract(revenue, trade_fee)
        rounding_fee = WIDE.subtract(moved, round_to(moved, self._precision, Rounding.FLOOR))
        self.carried = WIDE.add(self.carried, rounding_fee)
        rebate = ZERO
        if self.carried > self._precision:
            rebate = min(self._precision, WIDE.add(trade_fee, rounding_fee))
            self.carried = WIDE.subtract(self.carried, rebate)
        return Charge(trade_fee, rounding_fee, rebate)
