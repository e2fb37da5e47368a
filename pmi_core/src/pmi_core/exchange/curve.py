"""An automated market maker: the logarithmic market scoring rule in exact decimal arithmetic.

With ``q`` YES contracts sold net, what takers have paid is ``b * ln(1 + odds * exp(q / b))``, less
the same at the start.  Selling NO is buying YES, so one number is the whole state, and the house
holds the opposite of what takers hold.  Decimal's ``exp`` and ``ln`` are correctly rounded, so the
same trades cost the same everywhere; what is left of rounding goes to the house.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

from pmi_core.exchange.sides import BID
from pmi_core.exchange.specs import PoolSpec
from pmi_core.exchange.units import MONEY, SCALE, from_money, from_units
from pmi_core.models.market import OutcomeSide

__all__ = ["Curve", "curve_price"]

_EXACT = Context(prec=50)
_STEP = MONEY // SCALE
"""Trades cost whole millionths of a dollar."""


_PLACES = Decimal("1e-12")


def curve_price(value: int, size: int) -> Decimal:
    """The average YES price of a trade, to 12 places, the nearest even on a tie."""
    return _EXACT.divide(from_money(value), from_units(size)).quantize(_PLACES, ROUND_HALF_EVEN)


def _up(dollars: Decimal) -> int:
    return int((dollars * SCALE).to_integral_value(ROUND_CEILING)) * _STEP


def _down(dollars: Decimal) -> int:
    return int((dollars * SCALE).to_integral_value(ROUND_FLOOR)) * _STEP


class Curve:
    """The curve and where on it the market stands; sizes in units, values in money units."""

    __slots__ = ("_b", "_log_odds", "_lot", "sold", "subsidy")

    def __init__(self, pool: PoolSpec, lot: int) -> None:
        initial = pool.initial_price
        self._b = pool.liquidity
        self._lot = lot
        self._log_odds = _EXACT.subtract(initial.ln(_EXACT), (1 - initial).ln(_EXACT))
        self.sold = 0
        """YES contracts sold to takers, net."""
        worst = min(initial, 1 - initial).ln(_EXACT)
        self.subsidy = _up(_EXACT.multiply(self._b, -worst)) + _STEP
        """The most the house can lose."""

    def _paid(self, sold: int) -> Decimal:
        moved = _EXACT.divide(Decimal(sold), _EXACT.multiply(self._b, Decimal(SCALE)))
        weight = _EXACT.add(1, _EXACT.add(self._log_odds, moved).exp(_EXACT))
        return _EXACT.multiply(self._b, weight.ln(_EXACT))

    def price(self) -> Decimal:
        """The marginal YES price, to 12 places."""
        return self.price_after(BID, 0)

    def price_after(self, side: int, size: int) -> Decimal:
        """The marginal YES price after a trade, to 12 places."""
        sold = self.sold + (size if side == BID else -size)
        moved = _EXACT.divide(Decimal(sold), _EXACT.multiply(self._b, Decimal(SCALE)))
        odds = _EXACT.add(self._log_odds, moved).exp(_EXACT)
        return _EXACT.divide(odds, 1 + odds).quantize(_PLACES)

    def value(self, side: int, size: int) -> int:
        """What the YES leg of a trade is worth: paid by a taker who bids, raised by one who asks."""
        now = self._paid(self.sold)
        if side == BID:
            return _up(_EXACT.subtract(self._paid(self.sold + size), now))
        return max(_down(_EXACT.subtract(now, self._paid(self.sold - size))), 0)

    def reach(self, side: int, price: Decimal) -> int:
        """Contracts until the marginal YES price is ``price``; 0 when it is past it already."""
        log_odds = _EXACT.subtract(price.ln(_EXACT), (1 - price).ln(_EXACT))
        target = _EXACT.multiply(self._b * SCALE, _EXACT.subtract(log_odds, self._log_odds))
        away = target - self.sold if side == BID else self.sold - target
        size = int(away.to_integral_value(ROUND_FLOOR))
        return max(size - size % self._lot, 0)

    def within(self, side: int, price: int, most: int) -> int:
        """The most contracts, up to ``most``, that neither the marginal nor the average YES price
        takes past ``price`` (in units).
        """
        size = min(most, self.reach(side, Decimal(price) / SCALE))
        while size:
            value = self.value(side, size)
            if value <= price * size if side == BID else value >= price * size:
                return size
            size = size // 2 - (size // 2) % self._lot  # rounding weighs too much on so few contracts
        return 0

    def affordable(self, side: int, outcome: OutcomeSide, most: int, budget: int) -> int:
        """The most contracts, up to ``most``, that cost or raise no more than ``budget``."""
        yes = outcome is OutcomeSide.YES
        low, high = 0, most // self._lot
        while low < high:
            middle = (low + high + 1) // 2
            size = middle * self._lot
            value = self.value(side, size)
            if (value if yes else SCALE * size - value) <= budget:
                low = middle
            else:
                high = middle - 1
        return low * self._lot
