"""Changing a resting order."""

from __future__ import annotations

from decimal import Decimal

from pmi_core.identifiers import OrderRef
from pmi_core.models import Order
from pmi_provider_paper import wording
from pmi_provider_paper.counter import Counter
from pmi_provider_paper.house import House

__all__ = ["PaperAmend"]


class PaperAmend:
    """Keeps :class:`pmi_core.capabilities.OrderAmender`."""

    def __init__(self, house: House, counter: Counter) -> None:
        self._house = house
        self._counter = counter

    async def amend_order(self, order: OrderRef | str, *, price: Decimal, size: Decimal) -> Order:
        with self._house.turn("amend", "amend_order") as now:
            record = self._counter.amend(self._counter.find(order), price, size, now)
            return wording.order(self._house.name, record)

    async def decrease_order(self, order: OrderRef | str, *, by: Decimal) -> Order:
        with self._house.turn("amend", "decrease_order") as now:
            record = self._counter.decrease(self._counter.find(order), by, now)
            return wording.order(self._house.name, record)
