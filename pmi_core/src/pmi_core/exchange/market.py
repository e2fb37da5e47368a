"""A market inside the engine."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from decimal import Decimal

from pmi_core.errors import BelowMinimum, InvalidOrder, OffGrid
from pmi_core.exchange.charges import Charges
from pmi_core.exchange.commands import Leg
from pmi_core.exchange.curve import Curve
from pmi_core.exchange.events import Traded
from pmi_core.exchange.sides import BID
from pmi_core.exchange.specs import MarketSpec
from pmi_core.exchange.units import SCALE, from_units, to_units
from pmi_core.models.market import MarketResult, MarketStatus, Trading
from pmi_core.numbers import counted, plain

__all__ = ["Market"]

_MEMORY = 50_000
"""Prices, sizes and holds remembered for a market; beyond it they are worked out anew."""


class Market:
    """Its rules compiled, its status, and its money."""

    __slots__ = (
        "_holds",
        "_prices",
        "_sizes",
        "charges",
        "clearing",
        "close_time",
        "collection_id",
        "combos",
        "currency",
        "curve",
        "event_id",
        "id",
        "last",
        "least",
        "legs",
        "lot",
        "open_interest",
        "result",
        "sequence",
        "settle_at",
        "settled_time",
        "spec",
        "status",
        "trades",
        "trading",
        "value",
        "volume",
    )

    def __init__(self, spec: MarketSpec, trades: int | None) -> None:
        self.id = spec.id
        self.spec = spec
        self.event_id = spec.event_id
        self.currency = spec.currency
        self.status = MarketStatus.UNOPENED
        self.trading = Trading.NONE
        self.close_time = spec.close_time
        self.lot = to_units(spec.size_step) or 1
        self.least = to_units(spec.min_size or spec.size_step) or 1
        self.charges = Charges(spec.fees)
        self.curve = Curve(spec.pool, self.lot) if spec.pool is not None else None
        self.clearing = 0
        """Money that backs the contracts outstanding: exactly 1 for each pair."""
        self.open_interest = 0
        self.volume = 0
        self.last: Decimal | None = None
        self.trades: deque[Traded] = deque(maxlen=trades)
        self.sequence = 0
        self.result: MarketResult | None = None
        self.value: int | None = None
        self.settle_at: datetime | None = None
        self.settled_time: datetime | None = None
        self.legs: tuple[Leg, ...] = ()
        self.collection_id: str | None = None
        self.combos: list[str] = []
        """Markets that have this one as a leg."""
        self._prices: dict[Decimal, int] = {}
        self._sizes: dict[Decimal, int] = {}
        self._holds: dict[tuple[int, int, int], int] = {}

    def price_of(self, price: Decimal) -> int:
        """Read a limit price.

        Raises:
            InvalidOrder: it is no Decimal.
            OffGrid: it is not tradable here.
        """
        if type(price) is not Decimal or not price.is_finite():
            raise InvalidOrder(f"{price!r} is not a price", hint="give a Decimal", code="price")
        units = self._prices.get(price)
        if units is None:
            units = to_units(price) if 0 < price < 1 else None
            grid = self.spec.price_grid
            # NO prices mirror the grid, which describes YES prices
            if units is None or not (grid.contains(price) or grid.contains(1 - price)):
                raise OffGrid(
                    f"{plain(price)} is not a tradable price of {self.id}",
                    hint="round it to the market's price grid",
                    code="price",
                )
            if len(self._prices) > _MEMORY:
                self._prices.clear()
            self._prices[price] = units
        return units

    def size_of(self, size: Decimal) -> int:
        """Read a size of at least one step.

        Raises:
            InvalidOrder: it is no Decimal.
            BelowMinimum: it is not a positive multiple of the size step.
        """
        if type(size) is not Decimal or not size.is_finite():
            raise InvalidOrder(f"{size!r} is not a size", hint="give a Decimal", code="size")
        units = self._sizes.get(size)
        if units is None:
            units = to_units(size)
            if units is None or units <= 0 or units % self.lot:
                raise BelowMinimum(
                    f"{counted(size, 'contract')} cannot be traded in {self.id}",
                    hint=f"give a positive multiple of {plain(self.spec.size_step)}",
                    code="size",
                )
            if len(self._sizes) > _MEMORY:
                self._sizes.clear()
            self._sizes[size] = units
        return units

    def new_size_of(self, size: Decimal) -> int:
        """Read the size of a new order.

        Raises:
            BelowMinimum: it is below the market's minimum.
        """
        units = self.size_of(size)
        if units < self.least:
            raise BelowMinimum(
                f"{counted(size, 'contract')}: too few for {self.id}",
                hint=f"the minimum is {plain(from_units(self.least))}",
                code="size",
            )
        return units

    def hold_of(self, side: int, price: int, own_price: int) -> int:
        """Money that one lot of an order needs when it opens: its cost at the limit and the most
        that fees can be.
        """
        key = (side, price, own_price)
        hold = self._holds.get(key)
        if hold is None:
            cost = price if side == BID else SCALE - price
            hold = cost * self.lot + self.charges.most(own_price, self.lot)
            if len(self._holds) > _MEMORY:
                self._holds.clear()
            self._holds[key] = hold
        return hold
