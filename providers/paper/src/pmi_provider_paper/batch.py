"""Several orders in one call; each stands or falls alone."""

from __future__ import annotations

from collections.abc import Sequence

from pmi_core.errors import RequestError
from pmi_core.identifiers import MarketRef, OrderRef
from pmi_core.models import BatchResult, Order, OrderRequest, OrderStatus
from pmi_provider_paper import wording
from pmi_provider_paper.counter import Counter
from pmi_provider_paper.house import House
from pmi_provider_paper.memory import WORKING

__all__ = ["PaperBatch"]


class PaperBatch:
    """Keeps :class:`pmi_core.capabilities.BatchTrader`."""

    def __init__(self, house: House, counter: Counter) -> None:
        self._house = house
        self._counter = counter

    async def place_orders(self, requests: Sequence[OrderRequest]) -> tuple[BatchResult, ...]:
        results: list[BatchResult] = []
        with self._house.turn("batch", "place_orders") as now:
            for request in requests:
                name = request.client_order_id
                try:
                    record = self._counter.place(request, now)
                except RequestError as error:
                    results.append(_refusal(error, client_order_id=name))
                else:
                    order = wording.order(self._house.name, record, name)
                    results.append(BatchResult(client_order_id=name, order_ref=order.ref, order=order))
        return tuple(results)

    async def cancel_orders(self, orders: Sequence[OrderRef | str]) -> tuple[BatchResult, ...]:
        results: list[BatchResult] = []
        with self._house.turn("batch", "cancel_orders") as now:
            for ref in orders:
                try:
                    record = self._counter.cancel(self._counter.find(ref), now)
                except RequestError as error:
                    results.append(_refusal(error))
                else:
                    order = wording.order(self._house.name, record)
                    name = order.client_order_id
                    results.append(BatchResult(client_order_id=name, order_ref=order.ref, order=order))
        return tuple(results)

    async def cancel_all(self, market: MarketRef | str | None = None) -> tuple[Order, ...]:
        with self._house.turn("batch", "cancel_all") as now:
            code = None if market is None else self._house.listing(market).code
            working = [
                record
                for record in self._house.memory.orders.values()
                if record.status in (*WORKING, OrderStatus.PENDING)
                and (code is None or record.market == code)
            ]
            return tuple(
                wording.order(self._house.name, self._counter.cancel(record, now)) for record in working
            )


def _refusal(error: RequestError, *, client_order_id: str | None = None) -> BatchResult:
    return BatchResult(client_order_id=client_order_id, error=type(error).__name__, message=str(error))
