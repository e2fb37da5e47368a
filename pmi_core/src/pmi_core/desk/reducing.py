"""What only takes risk away: never blocked, never asked about, written down afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from pmi_core.capabilities import Capability
from pmi_core.desk.facts import open_orders
from pmi_core.desk.intents import Intent
from pmi_core.desk.journal import EntryKind, Journal
from pmi_core.desk.reconcile import Reconciler
from pmi_core.errors import NotFound, PmiError, UnexpectedAnswer
from pmi_core.identifiers import GroupRef, MarketRef, OrderRef, QuoteRef, RfqRef
from pmi_core.models import BatchResult, Order, OrderGroup, Quote, Rfq
from pmi_core.provider import Venue, require

__all__ = ["Reductions"]

Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)

_AT_ONCE = 4
"""Orders that are cancelled at the same time where each needs a call."""


class Reductions:
    """Cancelling and its relatives.  Mode, caps, kill switch and approvals do not touch them, and a
    journal that fails does not hold them up.
    """

    def __init__(
        self,
        open_venue: Callable[[str], Awaitable[Venue]],
        reconciler: Reconciler,
        journal: Journal,
    ) -> None:
        self._open = open_venue
        self._reconciler = reconciler
        self._journal = journal

    async def cancel(self, order: OrderRef | str, by: str = "") -> Order:
        """Cancel one order, named by its ref or by the client order id under which the desk sent it.

        An order in doubt is looked for first.

        Raises:
            NotFound: there is no such order, or it is in doubt and does not show yet.
        """
        ref = order if isinstance(order, OrderRef) else await self._ref_of(order)
        venue = await self._open(ref.venue)
        orders = require(venue.orders, Capability.ORDERS, venue)
        return await self._do("cancel", str(ref), by, orders.cancel_order(ref))

    async def cancel_orders(self, orders: Sequence[OrderRef | str], by: str = "") -> tuple[BatchResult, ...]:
        """Cancel several, each named as for `cancel`; one that fails keeps none of the others.

        Each result stands where its order stood.  A venue that takes several in one call is given them
        so; where that call fails, and at other venues, they are cancelled one by one.
        """
        results: dict[int, BatchResult] = {}
        places: dict[str, dict[int, OrderRef]] = {}
        for place, order in enumerate(orders):
            try:
                ref = order if isinstance(order, OrderRef) else await self._ref_of(order)
            except PmiError as error:
                results[place] = _failed(None, error)
            else:
                places.setdefault(ref.venue, {})[place] = ref
        told = await asyncio.gather(*[self._cancel_at(name, refs, by) for name, refs in places.items()])
        for rows in told:
            results.update(rows)
        return tuple(results[place] for place in range(len(orders)))

    async def venue_of(self, order: OrderRef | str) -> str:
        """The venue of an order, named as for `cancel`; no venue is asked.

        Raises:
            NotFound: nothing was sent under that client order id.
        """
        if isinstance(order, OrderRef) or ":" in order:
            return OrderRef(order).venue
        return (await self._intent(order)).venue

    async def cancel_all(
        self, venue_name: str, market: MarketRef | None = None, by: str = ""
    ) -> tuple[BatchResult, ...]:
        """Cancel every working order at a venue, or in one of its markets."""
        venue = await self._open(venue_name)
        if venue.batch is not None:
            gone = await self._do("cancel_all", venue_name, by, venue.batch.cancel_all(market))
            return tuple(BatchResult(order_ref=order.ref, order=order) for order in gone)
        working = await open_orders(venue)
        if working is None:
            raise UnexpectedAnswer(f"{venue_name} lists more open orders than can be read", venue=venue_name)
        refs = [one.ref for one in working if one.ref and market in (None, one.market_ref)]
        return await self.cancel_orders(refs, by)

    async def decrease(self, order: OrderRef | str, size: Decimal, by: str = "") -> Order:
        """Take contracts off what remains of a resting order."""
        ref = OrderRef(order)
        venue = await self._open(ref.venue)
        part = require(venue.amend, Capability.AMEND, venue)
        return await self._do("decrease", str(ref), by, part.decrease_order(ref, by=size))

    async def trigger_group(self, group: GroupRef | str, by: str = "") -> OrderGroup:
        """Cancel a group's orders and refuse new ones."""
        ref = GroupRef(group)
        venue = await self._open(ref.venue)
        groups = require(venue.groups, Capability.GROUPS, venue)
        return await self._do("trigger_group", str(ref), by, groups.trigger_group(ref))

    async def delete_group(self, group: GroupRef | str, by: str = "") -> None:
        """Delete a group and cancel its orders."""
        ref = GroupRef(group)
        venue = await self._open(ref.venue)
        groups = require(venue.groups, Capability.GROUPS, venue)
        await self._do("delete_group", str(ref), by, groups.delete_group(ref))

    async def cancel_rfq(self, rfq: RfqRef | str, by: str = "") -> Rfq:
        """Withdraw an own request for quotes."""
        ref = RfqRef(rfq)
        venue = await self._open(ref.venue)
        quotes = require(venue.quotes, Capability.QUOTES, venue)
        return await self._do("cancel_rfq", str(ref), by, quotes.cancel_rfq(ref))

    async def cancel_quote(self, quote: QuoteRef | str, by: str = "") -> Quote:
        """Withdraw an own quote."""
        ref = QuoteRef(quote)
        venue = await self._open(ref.venue)
        quotes = require(venue.quotes, Capability.QUOTES, venue)
        return await self._do("cancel_quote", str(ref), by, quotes.cancel_quote(ref))

    async def _cancel_at(self, name: str, refs: dict[int, OrderRef], by: str) -> dict[int, BatchResult]:
        """Cancel orders of one venue; by the places that they and their results have."""
        if len(refs) > 1 and (told := await self._cancel_batch(name, tuple(refs.values()), by)) is not None:
            return dict(zip(refs, told, strict=True))
        turn = asyncio.Semaphore(_AT_ONCE)

        async def one(ref: OrderRef) -> BatchResult:
            async with turn:
                try:
                    return BatchResult(order_ref=ref, order=await self.cancel(ref, by))
                except PmiError as error:
                    return _failed(ref, error)

        return dict(zip(refs, await asyncio.gather(*[one(ref) for ref in refs.values()]), strict=True))

    async def _cancel_batch(
        self, name: str, refs: tuple[OrderRef, ...], by: str
    ) -> tuple[BatchResult, ...] | None:
        """Cancel orders in one call; None where the venue takes no such call, or it failed."""
        try:
            venue = await self._open(name)
            if venue.batch is None:
                return None
            told = await venue.batch.cancel_orders(refs)
        except PmiError as error:
            _log.warning("%s: orders are cancelled one by one, because together failed: %s", name, error)
            return None
        if len(told) != len(refs):
            _log.warning("%s: told of %d orders when %d were cancelled", name, len(told), len(refs))
            return None
        for ref, result in zip(refs, told, strict=True):
            how = {"done": True} if result.order is not None else {"error": result.error}
            await self._note(str(ref), {"what": "cancel", "by": by, **how})
        return tuple(
            result.model_copy(update={"order_ref": ref}) for ref, result in zip(refs, told, strict=True)
        )

    async def _intent(self, name: str) -> Intent:
        intent = await self._reconciler.read(name)
        if intent is None:
            raise NotFound(f"nothing was sent under the id {name[:64]!r}", hint="give the order's ref")
        return intent

    async def _ref_of(self, name: str) -> OrderRef:
        if ":" in name:
            return OrderRef(name)
        intent = await self._intent(name)
        if intent.order_ref is None and not intent.settled:
            await self._reconciler.resolve(await self._open(intent.venue), intent)
            intent = await self._reconciler.read(name) or intent
        if intent.order_ref is None:
            raise NotFound(
                f"{intent.venue} shows no order {name} yet ({intent.state.value})",
                hint="try again, or cancel everything in its market",
                venue=intent.venue,
            )
        return OrderRef(intent.order_ref)

    async def _do(self, what: str, subject: str, by: str, call: Awaitable[Answer]) -> Answer:
        body: dict[str, Any] = {"what": what, "by": by}
        try:
            answer = await call
        except PmiError as error:
            await self._note(subject, {**body, "error": type(error).__name__})
            raise
        await self._note(subject, {**body, "done": True})
        return answer

    async def _note(self, subject: str, body: dict[str, Any]) -> None:
        try:
            await self._journal.note(EntryKind.REDUCTION, subject[:80], {"subject": subject, **body})
        except PmiError as error:
            _log.warning("%s of %s was not written down: %s", body["what"], subject, error)


def _failed(ref: OrderRef | None, error: PmiError) -> BatchResult:
    return BatchResult(order_ref=ref, error=type(error).__name__, message=str(error))
