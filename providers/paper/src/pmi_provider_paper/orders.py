"""Orders and their fills."""

from __future__ import annotations

from collections.abc import Iterator

from pmi_core.identifiers import OrderRef
from pmi_core.models import Fill, FillQuery, Order, OrderQuery, OrderRequest, Page
from pmi_provider_paper import wording
from pmi_provider_paper.counter import Counter
from pmi_provider_paper.house import House
from pmi_provider_paper.paging import cut_page
from pmi_provider_paper.records import FillRecord, OrderRecord

__all__ = ["PaperOrders"]


class PaperOrders:
    """Keeps :class:`pmi_core.capabilities.OrderPlacer`."""

    def __init__(self, house: House, counter: Counter) -> None:
        self._house = house
        self._counter = counter

    async def place_order(self, request: OrderRequest) -> Order:
        with self._house.turn("orders", "place_order") as now:
            record = self._counter.place(request, now)
            return wording.order(self._house.name, record, request.client_order_id)

    async def cancel_order(self, order: OrderRef | str) -> Order:
        with self._house.turn("orders", "cancel_order") as now:
            return self._show(self._counter.cancel(self._counter.find(order), now))

    async def get_order(self, order: OrderRef | str) -> Order:
        with self._house.turn("orders", "get_order"):
            return self._show(self._counter.find(order))

    def _show(self, record: OrderRecord) -> Order:
        return wording.order(self._house.name, record)

    async def list_orders(self, query: OrderQuery) -> Page[Order]:
        with self._house.turn("orders", "list_orders"):
            return cut_page(
                self._rows(query), query.limit, query.cursor, key=lambda row: row.id, show=self._show
            )

    def _rows(self, query: OrderQuery) -> Iterator[OrderRecord]:
        house = self._house
        market = None if query.market_ref is None else house.native(query.market_ref)
        event = None if query.event_ref is None else house.native(query.event_ref)
        for row in reversed(list(house.memory.orders.values())):
            if (
                (market is None or row.market == market)
                and (event is None or row.event == event)
                and (not query.statuses or row.status in query.statuses)
                and (query.start is None or row.created >= query.start)
                and (query.end is None or row.created <= query.end)
            ):
                yield row

    async def list_fills(self, query: FillQuery) -> Page[Fill]:
        with self._house.turn("orders", "list_fills"):
            return cut_page(
                self._fills(query),
                query.limit,
                query.cursor,
                key=lambda row: row.id,
                show=lambda row: wording.fill(self._house.name, row),
            )

    def _fills(self, query: FillQuery) -> Iterator[FillRecord]:
        house = self._house
        market = None if query.market_ref is None else house.native(query.market_ref)
        order = None if query.order_ref is None else house.native(query.order_ref)
        for row in reversed(list(house.memory.fills.values())):
            if (
                (market is None or row.market == market)
                and (order is None or row.order == order)
                and (query.start is None or row.time >= query.start)
                and (query.end is None or row.time <= query.end)
            ):
                yield row

    async def find_by_client_id(self, client_order_id: str) -> Order | None:
        with self._house.turn("orders", "find_by_client_id"):
            found = self._house.memory.order_of(client_order_id)
            return None if found is None else self._show(found)
