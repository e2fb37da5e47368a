"""Several orders in one call, in as many calls as the write budget asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from pmi_core.capabilities import Capability
from pmi_core.errors import (
    Duplicate,
    NotFound,
    OffGrid,
    PermissionDenied,
    PmiError,
    RequestError,
    UncertainError,
    UnexpectedAnswer,
    VenueError,
)
from pmi_core.identifiers import MarketRef, OrderRef
from pmi_core.models import BatchResult, Order, OrderQuery, OrderRequest, OrderStatus
from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.errors import error_of, placed
from pmi_provider_kalshi.finding import Finder
from pmi_provider_kalshi.limits import MOST_ACCOUNT_ROWS, WRITE
from pmi_provider_kalshi.memory import OrderMemory
from pmi_provider_kalshi.orders import Orders, taken_off
from pmi_provider_kalshi.placing import created, written
from pmi_provider_kalshi.portfolio import Portfolio
from pmi_provider_kalshi.wire import order as wire
from pmi_provider_kalshi.wire.sent import CancelItem

__all__ = ["Batch"]

_CAPABILITY: Final = Capability.BATCH
_PATH: Final = "/portfolio/events/orders/batched"
_WORKING: Final = frozenset({OrderStatus.OPEN, OrderStatus.PARTIAL})
_LOOK: Final = "look the order up before doing anything else"

Item = TypeVar("Item")


class Batch:
    """The slot ``batch``."""

    def __init__(
        self,
        caller: Caller,
        portfolio: Portfolio,
        orders: Orders,
        finder: Finder,
        memory: OrderMemory,
        venue: str,
    ) -> None:
        self._caller = caller
        self._portfolio = portfolio
        self._orders = orders
        self._finder = finder
        self._memory = memory
        self._venue = venue

    @placed(_CAPABILITY)
    async def place_orders(self, requests: Sequence[OrderRequest]) -> tuple[BatchResult, ...]:
        """Send several orders, each once; a refused one stops nobody.

        A call that fails as a whole leaves its orders with that error, and those after it unsent;
        where it is the first one, the error is raised.
        """
        results: dict[int, BatchResult] = {}
        bodies: list[tuple[int, wire.CreateOrder]] = []
        for at, request in enumerate(requests):
            try:
                bodies.append((at, written(request, self._venue, self._portfolio.subaccount)))
                self._memory.asked(request)
            except RequestError as error:
                results[at] = _refused(error, request.client_order_id)
        failed: PmiError | None = None
        first = True
        for chunk in self._chunks("POST", bodies):
            if failed is None:
                try:
                    answer = await self._portfolio.create_many(
                        [body for _, body in chunk], capability=_CAPABILITY
                    )
                    rows = answer.decode(wire.BatchCreated).orders
                except PmiError as error:
                    if first and len(chunk) == len(bodies):
                        raise
                    failed = error
                    results |= {at: _refused(error, body.client_order_id) for at, body in chunk}
                else:
                    for (at, body), row in zip(chunk, _in_place(chunk, rows), strict=True):
                        results[at] = await self._placed(requests[at], body, row)
            else:
                unsent = RequestError(f"it was not sent, because a batch before it failed: {failed.message}")
                results |= {at: _refused(unsent, body.client_order_id) for at, body in chunk}
            first = False
        return tuple(results[at] for at in range(len(requests)))

    async def _placed(
        self, request: OrderRequest, body: wire.CreateOrder, row: wire.CreatedItem | None
    ) -> BatchResult:
        name = body.client_order_id
        try:
            if row is None:
                raise _doubt(name, "the answer to the batch does not tell of it")
            if row.error is not None:
                error = error_of(row.error.code, row.error.message, row.error.details)
                raise _doubt(name, error.message) if isinstance(error, VenueError) else error
            if (
                row.order_id is None
                or row.fill_count is None
                or row.remaining_count is None
                or row.ts_ms is None
            ):
                raise _doubt(name, "the answer to the batch tells neither an order nor an error")
            made = wire.Created(
                order_id=row.order_id,
                fill_count=row.fill_count,
                remaining_count=row.remaining_count,
                ts_ms=row.ts_ms,
                client_order_id=row.client_order_id,
                average_fill_price=row.average_fill_price,
                average_fee_paid=row.average_fee_paid,
            )
            order = self._memory.told(created(request, made, self._venue), self._portfolio.subaccount)
            order = await self._finder.with_fills(order, capability=_CAPABILITY)
        except Duplicate as error:
            try:
                order = await self._orders.already_placed(request, error)
            except PmiError as refusal:
                return _refused(refusal, name)
        except UnexpectedAnswer as error:
            return _refused(_doubt(name, error.message), name)
        except PmiError as error:
            if isinstance(error, OffGrid):
                await self._orders.name_nearest(request, error, capability=_CAPABILITY)
            return _refused(error, name)
        return BatchResult(client_order_id=name, order_ref=order.ref, order=order)

    @placed(_CAPABILITY)
    async def cancel_orders(self, orders: Sequence[OrderRef | str]) -> tuple[BatchResult, ...]:
        """Cancel several orders; those that ended already are given in their final states."""
        results: dict[int, BatchResult] = {}
        items: list[tuple[int, CancelItem]] = []
        for at, order in enumerate(orders):
            ref = OrderRef(order)
            try:
                known = await self._finder.known(ref, capability=_CAPABILITY)
            except RequestError as error:
                results[at] = _refused(error, None, ref)
                continue
            whose = self._portfolio.subaccount if self._portfolio.subaccount is not None else known.subaccount
            items.append((at, CancelItem(order_id=ref.native, market_ticker=known.ticker, subaccount=whose)))
        for chunk in self._chunks("DELETE", items):
            try:
                answer = await self._portfolio.cancel_many(
                    [item for _, item in chunk], capability=_CAPABILITY
                )
            except PmiError as error:
                results |= {at: _refused(error, None, OrderRef(orders[at])) for at, _ in chunk}
                continue
            told = {row.order_id: row for row in answer.orders}
            for at, item in chunk:
                results[at] = await self._canceled(OrderRef(orders[at]), told.get(item.order_id))
        return tuple(results[at] for at in range(len(orders)))

    async def _canceled(self, ref: OrderRef, row: wire.CanceledItem | None) -> BatchResult:
        try:
            if row is None or (row.error is None and row.ts_ms is None):
                order = await self._finder.look(ref, capability=_CAPABILITY)
                if not order.is_terminal:
                    raise UnexpectedAnswer("the answer to the batch does not tell of the order")
            elif row.error is None:
                assert row.ts_ms is not None
                gone = wire.Canceled(
                    order_id=row.order_id,
                    reduced_by=row.reduced_by,
                    ts_ms=row.ts_ms,
                    client_order_id=row.client_order_id,
                )
                order = await taken_off(self._memory, self._finder, ref, gone, self._venue)
            else:
                error = error_of(row.error.code, row.error.message, row.error.details)
                if not isinstance(error, NotFound):
                    raise error
                order = await self._finder.ended(ref, capability=_CAPABILITY)
        except PmiError as error:
            return _refused(error, None, ref)
        return BatchResult(client_order_id=order.client_order_id, order_ref=ref, order=order)

    @placed(_CAPABILITY)
    async def cancel_all(self, market: MarketRef | str | None = None) -> tuple[Order, ...]:
        """Cancel every open order, or those of one market; gives the final states.

        Without a market the venue's own call is used, which may also end orders that are placed in
        the minute after it; it is left out where nothing rests.
        """
        ref = None if market is None else MarketRef(market).market
        refs = await self._resting(ref)
        if not refs:
            return ()
        if ref is None:
            try:
                await self._portfolio.cancel_everything(capability=_CAPABILITY)
            except (PermissionDenied, NotFound):
                pass  # the call is for direct members; one by one everybody may
            else:
                return await self._finder.all_ended(refs, capability=_CAPABILITY)
        results = await self.cancel_orders(refs)
        failed = [one for one in results if one.order is None and one.error != "NotFound"]
        if failed:
            raise UncertainError(
                f"{len(failed)} of {len(results)} orders could not be canceled: {failed[0].message}",
                hint="list the open orders and cancel again",
            )
        return tuple(one.order for one in results if one.order is not None)

    async def _resting(self, market: MarketRef | None) -> list[OrderRef]:
        """Orders that rest as far as readings tell, and those that were acknowledged here."""
        query = OrderQuery(market_ref=market, statuses=_WORKING, limit=MOST_ACCOUNT_ROWS)
        found: dict[OrderRef, None] = {}
        while True:
            page = await self._orders.list_orders(query)
            found |= dict.fromkeys(order.ref for order in page.items if order.ref is not None)
            if page.cursor is None:
                break
            query = query.model_copy(update={"cursor": page.cursor})
        for known in self._memory.working():
            if known.order.ref is not None and market in (None, known.order.market_ref):
                found[known.order.ref] = None
        return list(found)

    def _chunks(self, method: str, items: Sequence[Item]) -> Iterator[Sequence[Item]]:
        budget = next(one.capacity for one in self._caller.http.budgets() if one.name == WRITE)
        cost = max(self._caller.costs.of(method, _PATH), 1.0)
        size = max(int(budget // cost), 1)
        for at in range(0, len(items), size):
            yield items[at : at + size]


def _in_place(
    chunk: Sequence[tuple[int, wire.CreateOrder]], rows: Sequence[wire.CreatedItem]
) -> list[wire.CreatedItem | None]:
    """The rows in the order of the requests.

    By place where the venue answered each and no row names another order than its request, else by name.
    """
    names = [body.client_order_id for _, body in chunk]
    if len(rows) == len(names) and all(
        row.client_order_id in (None, "", name) for row, name in zip(rows, names, strict=True)
    ):
        return list(rows)
    named = {
        row.client_order_id: row
        for row in rows
        if row.client_order_id and names.count(row.client_order_id) == 1
    }
    return [named.get(name) for name in names]


def _doubt(name: str, why: str) -> UncertainError:
    return UncertainError(f"{why}, so order {name!r} may or may not exist", client_order_id=name, hint=_LOOK)


def _refused(error: PmiError, name: str | None, ref: OrderRef | None = None) -> BatchResult:
    return BatchResult(client_order_id=name, order_ref=ref, error=type(error).__name__, message=str(error))
