"""Places in the queue."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pmi_core.identifiers import OrderRef
from pmi_provider_paper.counter import Counter
from pmi_provider_paper.house import House

__all__ = ["PaperQueue"]


class PaperQueue:
    """Keeps :class:`pmi_core.capabilities.QueueReader`."""

    def __init__(self, house: House, counter: Counter) -> None:
        self._house = house
        self._counter = counter

    async def get_queue_positions(self, orders: Sequence[OrderRef | str]) -> dict[OrderRef, Decimal]:
        house = self._house
        found: dict[OrderRef, Decimal] = {}
        with house.turn("queue", "get_queue_positions") as now:
            for ref in orders:
                record = self._counter.find(ref)
                listing = house.lookup(record.market)
                if listing is not None and record.id in house.books.engine_of:
                    step = house.crowd.step_of(now)
                    house.books.absorb(house.floor.bring_to(listing, step, max(now, house.floor.now)))
                engine_id = house.books.engine_of.get(record.id)
                ahead = None if engine_id is None else house.floor.exchange.queue_ahead(engine_id)
                if ahead is not None:
                    found[OrderRef(ref)] = ahead
        return found
