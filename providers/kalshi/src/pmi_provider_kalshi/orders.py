"""Orders and their fills."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from math import ceil, floor
from typing import Any, Final

from pmi_core.capabilities import Capability
from pmi_core.errors import (
    Duplicate,
    MarketNotOpen,
    NotFound,
    OffGrid,
    PmiError,
    UncertainError,
    UnexpectedAnswer,
)
from pmi_core.identifiers import OrderRef
from pmi_core.models import (
    Fill,
    FillQuery,
    Order,
    OrderQuery,
    OrderRequest,
    OrderStatus,
    Page,
)
from pmi_core.numbers import ZERO
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.finding import Finder
from pmi_provider_kalshi.limits import MOST_ACCOUNT_ROWS
from pmi_provider_kalshi.listing import Part, Rows, page_of
from pmi_provider_kalshi.memory import Known, OrderMemory
from pmi_provider_kalshi.nearest import name_nearest
from pmi_provider_kalshi.placing import created, size_of, written
from pmi_provider_kalshi.portfolio import Portfolio
from pmi_provider_kalshi.translate.blame import field, reading
from pmi_provider_kalshi.translate.numbers import contracts, milliseconds
from pmi_provider_kalshi.translate.orders import fill_of
from pmi_provider_kalshi.translate.sides import side_of, turned
from pmi_provider_kalshi.wire.order import Canceled, Created

__all__ = ["Orders", "is_the_same", "taken_off"]

_CAPABILITY: Final = Capability.ORDERS
_WORKING: Final = frozenset({OrderStatus.PENDING, OrderStatus.OPEN, OrderStatus.PARTIAL})
_LAG: Final = 5.0
"""Seconds after which a listing shows what was acknowledged; 0.4 s were recorded."""
_PAUSES: Final = (0.3, 0.6, 1.2, 2.4)
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LISTS: Final = {
    OrderStatus.OPEN: "resting",
    OrderStatus.PARTIAL: "resting",
    OrderStatus.PENDING: "resting",
    OrderStatus.FILLED: "executed",
    OrderStatus.CANCELED: "canceled",
    OrderStatus.EXPIRED: "canceled",
}
"""The venue's word by neutral status; it keeps no other orders."""


class Orders:
    """The slot ``orders``."""

    def __init__(
        self, portfolio: Portfolio, archive: Archive, finder: Finder, memory: OrderMemory, venue: str
    ) -> None:
        self._portfolio = portfolio
        self._archive = archive
        self._finder = finder
        self._memory = memory
        self._venue = venue

    @placed(_CAPABILITY)
    async def place_order(self, request: OrderRequest) -> Order:
        """Send one order, once; one that the venue has already is given as it stands.

        Raises:
            RequestError: certainly no order exists.
            Duplicate: the client order id belongs to another order.
            UncertainError: an order may exist.
        """
        body = written(request, self._venue, self._portfolio.subaccount)
        self._memory.asked(request)
        try:
            answer = await self._portfolio.create(body, capability=_CAPABILITY)
        except Duplicate as error:
            return await self.already_placed(request, error)
        except OffGrid as error:
            await self.name_nearest(request, error)
            raise
        except NotFound as error:
            raise await self._without_market(request, error) from None
        row = answer.decode(Created)
        try:
            order = created(request, row, self._venue)
        except UnexpectedAnswer as error:
            raise UncertainError(
                f"{error.message}, so it is not known what became of it",
                client_order_id=request.client_order_id,
                hint="look it up at the venue before doing anything else",
            ) from None
        told = self._memory.told(order, self._portfolio.subaccount)
        return await self._finder.with_fills(told, capability=_CAPABILITY)

    async def already_placed(self, request: OrderRequest, error: Duplicate) -> Order:
        """The order that has the client order id, if it is the one that was asked for.

        Raises:
            Duplicate: it is another one, or cannot be found.
        """
        error.message = f"{error.message}: client order id {request.client_order_id!r} was used before"
        try:
            found = await self._finder.by_client_id(request.client_order_id, capability=_CAPABILITY)
        except PmiError as failure:
            error.hint = f"the order that has it could not be looked up ({failure.message})"
            raise error from None
        if found is None or not is_the_same(found, request):
            error.hint = f"it belongs to order {found.ref}" if found is not None else None
            raise error
        return found

    async def _without_market(self, request: OrderRequest, error: NotFound) -> PmiError:
        """The better reason, where the market is there and only takes no orders any more."""
        ticker = request.market_ref.native
        try:
            row = await self._archive.market(ticker, capability=_CAPABILITY)
        except PmiError:
            return error
        if row.status == "active":
            return error
        return MarketNotOpen(f"market {ticker} takes no orders: it is {row.status}", code=error.code)

    async def name_nearest(
        self, request: OrderRequest, error: OffGrid, *, capability: str = _CAPABILITY
    ) -> None:
        """Say which prices of the market are nearest; a failure to read them changes nothing."""
        wanted = (request.market_ref, request.outcome, request.price)
        await name_nearest(self._archive, *wanted, error, capability=capability)

    @placed(_CAPABILITY)
    async def cancel_order(self, order: OrderRef | str) -> Order:
        """Cancel; an order that ended already is given in its final state.

        Raises:
            NotFound: the venue knows no such order.
        """
        ref = OrderRef(order)
        known = await self._finder.known(ref, capability=_CAPABILITY)
        try:
            row = await self._portfolio.cancel(
                ref.native, known.ticker, self._whose(known), capability=_CAPABILITY
            )
        except NotFound:
            return await self._finder.ended(ref, capability=_CAPABILITY)
        return await taken_off(self._memory, self._finder, ref, row, self._venue)

    @placed(_CAPABILITY)
    async def get_order(self, order: OrderRef | str) -> Order:
        """Read one order, archived ones included.

        Raises:
            NotFound: the venue knows no such order.
        """
        return await self._finder.look(OrderRef(order), capability=_CAPABILITY)

    @placed(_CAPABILITY)
    async def list_orders(self, query: OrderQuery) -> Page[Order]:
        """List orders, newest first; a page may hold fewer rows than asked for and go on."""
        ticker = query.market_ref.at(self._venue) if query.market_ref is not None else None
        event = query.event_ref.at(self._venue) if query.event_ref is not None else None
        words = {_LISTS.get(status) for status in query.statuses}
        if words == {None}:
            return Page[Order](items=())
        fixed = {
            "ticker": ticker,
            "event_ticker": event,
            "status": next(iter(words)) if len(words) == 1 else None,
            **_window(query.start, query.end),
        }
        parts = [Part("live", partial(self._orders, query, fixed, archived=False))]
        if not query.statuses or not query.statuses <= _WORKING:
            cutoff = (await self._archive.cutoffs(capability=_CAPABILITY)).ordered
            if query.start is None or query.start < cutoff:
                narrow = {
                    name: value for name, value in fixed.items() if name in {"ticker", "min_ts", "max_ts"}
                }
                parts.append(Part("archive", partial(self._orders, query, narrow, archived=True)))
        return await self._page(query, parts)

    async def _orders(
        self, query: OrderQuery, fixed: dict[str, Any], limit: int, cursor: str | None, *, archived: bool
    ) -> Rows[Order]:
        filters = {**fixed, "limit": limit, "cursor": cursor}
        answer = await self._portfolio.orders(filters, capability=_CAPABILITY, archived=archived)
        rows = self._archive.faults.translated(answer.orders, self._finder.taken_in, _CAPABILITY)
        kept = [row for row in rows if _keeps(query, row)]
        if cursor is None and not archived:
            kept += self._unlisted(query, rows, limit - len(kept), ended=not answer.cursor)
        kept.sort(key=lambda row: row.created_time or _BEGINNING, reverse=True)
        return kept, answer.cursor

    def _unlisted(self, query: OrderQuery, rows: Sequence[Order], room: int, *, ended: bool) -> list[Order]:
        """Orders acknowledged a moment ago that the listing does not show yet, and no later page will."""
        listed = {row.ref for row in rows}
        newest = max((row.created_time for row in rows if row.created_time is not None), default=_BEGINNING)
        missing = [
            order
            for order in self._memory.fresh(_LAG)
            if order.ref not in listed
            and (ended or (order.created_time is not None and order.created_time > newest))
            and _keeps(query, order)
        ]
        return missing[: max(room, 0)]

    @placed(_CAPABILITY)
    async def list_fills(self, query: FillQuery) -> Page[Fill]:
        """List fills, newest first; those of orders placed here carry their client order ids.

        The fills of an order that was acknowledged with them a moment ago are waited for.
        """
        ticker = query.market_ref.at(self._venue) if query.market_ref is not None else None
        order = query.order_ref.at(self._venue) if query.order_ref is not None else None
        fixed = {"ticker": ticker, "order_id": order, **_window(query.start, query.end)}
        parts = [Part("live", partial(self._fills, query, fixed, archived=False))]
        cutoff = (await self._archive.cutoffs(capability=_CAPABILITY)).traded
        since = query.start
        known = self._memory.get(query.order_ref) if query.order_ref is not None else None
        if known is not None:
            fixed["ticker"] = known.ticker
            since = max(since or _BEGINNING, known.order.created_time or _BEGINNING)
        if since is None or since < cutoff:
            narrow = {name: value for name, value in fixed.items() if name != "order_id"}
            parts.append(Part("archive", partial(self._fills, query, narrow, archived=True)))
        page: Page[Fill] = await self._page(query, parts)
        whole = query.cursor is None and page.cursor is None and query.start is None and query.end is None
        if query.order_ref is not None and whole:
            for pause in _PAUSES:
                if not self._lacks(query.order_ref, page):
                    break
                await self._finder.wait(pause)
                page = await self._page(query, parts)
        return page

    def _lacks(self, ref: OrderRef, page: Page[Fill]) -> bool:
        """Whether an order was acknowledged a moment ago with more fills than are listed."""
        known = self._memory.get(ref)
        if known is None or not self._memory.is_fresh(known, _LAG):
            return False
        return sum((fill.size for fill in page.items), ZERO) < known.order.filled

    async def _fills(
        self, query: FillQuery, fixed: dict[str, Any], limit: int, cursor: str | None, *, archived: bool
    ) -> Rows[Fill]:
        filters = {**fixed, "limit": limit, "cursor": cursor}
        answer = await self._portfolio.fills(filters, capability=_CAPABILITY, archived=archived)
        rows = self._archive.faults.translated(
            answer.fills, lambda row: self._memory.fill(fill_of(row, self._venue)), _CAPABILITY
        )
        kept = [
            row
            for row in rows
            if query.order_ref in (None, row.order_ref)
            and (query.market_ref is None or row.market_ref == query.market_ref.market)
            and (query.start is None or query.start <= row.time)
            and (query.end is None or row.time <= query.end)
        ]
        kept.sort(key=lambda row: row.time, reverse=True)
        return kept, answer.cursor

    @placed(_CAPABILITY)
    async def find_by_client_id(self, client_order_id: str) -> Order | None:
        """Find an order by the id that was made before sending; None only if certainly there is none.

        The venue cannot be asked by that id, so its listings are read to the end, and readings that
        lag behind this moment are waited for.

        Raises:
            VenueError: readings lag so far behind that nobody can tell.
        """
        return await self._finder.by_client_id(client_order_id, capability=_CAPABILITY)

    async def _page(self, query: Any, parts: list[Part[Any]]) -> Page[Any]:
        limit = min(query.limit, MOST_ACCOUNT_ROWS)
        rows, cursor = await page_of(query, limit, query.cursor, parts, self._venue)
        return Page[Any].trusted({"items": tuple(rows), "cursor": cursor})

    def _whose(self, known: Known) -> int | None:
        return self._portfolio.subaccount if self._portfolio.subaccount is not None else known.subaccount


async def taken_off(memory: OrderMemory, finder: Finder, ref: OrderRef, row: Canceled, venue: str) -> Order:
    """The final state of an order that the venue says it took off the book now."""
    known = memory.get(ref)
    if known is None:
        return await finder.ended(ref, capability=_CAPABILITY)
    order = known.order
    with reading(f"order {row.order_id}", venue):
        gone = field("reduced_by", contracts, row.reduced_by)
        at = field("ts_ms", milliseconds, row.ts_ms)
    left = order.filled if order.size is None else order.size - gone
    filled = max(left, order.filled)
    ended = order.model_copy(
        update={
            "status": OrderStatus.CANCELED,
            "filled": filled,
            "remaining": ZERO,
            "updated_time": at,
            "client_order_id": row.client_order_id or order.client_order_id,
        }
    )
    if left == order.filled:
        return memory.told(ended, known.subaccount)
    # It filled further, or somebody else changed its size: arithmetic alone cannot tell which.
    return await finder.final(ended, known.subaccount, capability=_CAPABILITY)


def is_the_same(order: Order, request: OrderRequest) -> bool:
    """Whether an order is what was asked for: market, side of the book, and price.

    Its size may have been amended since.
    """
    same_side = side_of(order.outcome, order.action) == side_of(request.outcome, request.action)
    same_price = turned(order.price, order.outcome) == turned(request.price, request.outcome)
    same_size = order.size is None or order.is_terminal or order.size == size_of(request)
    return order.market_ref == request.market_ref and same_side and same_price and same_size


def _window(start: datetime | None, end: datetime | None) -> dict[str, int | None]:
    """Whole seconds around a window: the venue does not say whether it includes the ends."""
    return {
        "min_ts": floor(start.timestamp()) - 1 if start is not None else None,
        "max_ts": ceil(end.timestamp()) + 1 if end is not None else None,
    }


def _keeps(query: OrderQuery, order: Order) -> bool:
    made = order.created_time
    if query.market_ref is not None and order.market_ref != query.market_ref.market:
        return False
    if query.event_ref is not None and not order.market_ref.native.startswith(f"{query.event_ref.native}-"):
        return False
    return (
        (not query.statuses or order.status in query.statuses)
        and (query.start is None or (made is not None and query.start <= made))
        and (query.end is None or (made is not None and made <= query.end))
    )
