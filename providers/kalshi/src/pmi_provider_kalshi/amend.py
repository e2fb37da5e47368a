"""Changing resting orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from pmi_core.capabilities import Capability
from pmi_core.errors import NotFound, OffGrid, RequestError, UncertainError, UnexpectedAnswer
from pmi_core.identifiers import OrderRef
from pmi_core.models import Order, OrderStatus
from pmi_core.numbers import ZERO
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.finding import Finder
from pmi_provider_kalshi.memory import Known, OrderMemory
from pmi_provider_kalshi.nearest import name_nearest
from pmi_provider_kalshi.placing import amended, count_text, price_text
from pmi_provider_kalshi.portfolio import Portfolio
from pmi_provider_kalshi.translate.blame import field, reading
from pmi_provider_kalshi.translate.numbers import contracts, milliseconds
from pmi_provider_kalshi.translate.orders import status_of
from pmi_provider_kalshi.translate.sides import side_of
from pmi_provider_kalshi.wire.order import Decreased
from pmi_provider_kalshi.wire.sent import AmendOrder, DecreaseOrder

__all__ = ["Amend"]

_CAPABILITY: Final = Capability.AMEND


class Amend:
    """The slot ``amend``."""

    def __init__(
        self, portfolio: Portfolio, archive: Archive, finder: Finder, memory: OrderMemory, venue: str
    ) -> None:
        self._portfolio = portfolio
        self._archive = archive
        self._finder = finder
        self._memory = memory
        self._venue = venue

    @placed(_CAPABILITY)
    async def amend_order(self, order: OrderRef | str, *, price: Decimal, size: Decimal) -> Order:
        """Move a resting order to a new limit price and total size; it may fill on the way.

        Raises:
            NotFound: the venue knows no such order.
            RequestError: the order works no more, or price or size cannot be.
            UncertainError: it is not known whether the change was carried out.
        """
        ref, known = await self._working(order)
        before = known.order
        body = AmendOrder(
            ticker=known.ticker,
            side=side_of(before.outcome, before.action),
            price=price_text(price, before.outcome),
            count=count_text(size),
        )
        try:
            answer = await self._portfolio.amend(
                ref.native, body, self._whose(known), _name(before), capability=_CAPABILITY
            )
        except NotFound:
            await self._refuse_ended(ref)
            raise
        except OffGrid as error:
            error.hint = "take a price of the market's price grid"
            of = (before.market_ref, before.outcome, price)
            await name_nearest(self._archive, *of, error, capability=_CAPABILITY)
            raise
        try:
            after = amended(before, answer, self._venue, limit=price, size=size)
        except UnexpectedAnswer as error:
            raise _unclear(error, before) from None
        if after.is_terminal and after.status is not OrderStatus.FILLED:
            return await self._finder.final(after, known.subaccount, capability=_CAPABILITY)
        told = self._memory.told(after, known.subaccount)
        if answer.fill_count is None or not after.filled or after.filled == before.filled:
            return told
        return await self._finder.with_fills(told, capability=_CAPABILITY)

    @placed(_CAPABILITY)
    async def decrease_order(self, order: OrderRef | str, *, by: Decimal) -> Order:
        """Take contracts off what remains; taking off everything cancels the order.

        Raises:
            NotFound: the venue knows no such order.
            RequestError: the order works no more, or the number cannot be.
            UncertainError: it is not known whether the change was carried out.
        """
        ref, known = await self._working(order)
        body = DecreaseOrder(reduce_by=count_text(by), market_ticker=known.ticker)
        try:
            answer = await self._portfolio.decrease(
                ref.native, body, self._whose(known), _name(known.order), capability=_CAPABILITY
            )
        except NotFound:
            await self._refuse_ended(ref)
            raise
        try:
            after = _decreased(known.order, answer, self._venue, by)
        except UnexpectedAnswer as error:
            raise _unclear(error, known.order) from None
        if after.is_terminal:
            return await self._finder.final(after, known.subaccount, capability=_CAPABILITY)
        told = self._memory.told(after, known.subaccount)
        if after.filled == known.order.filled:
            return told
        return await self._finder.with_fills(told, capability=_CAPABILITY)

    async def _working(self, order: OrderRef | str) -> tuple[OrderRef, Known]:
        """The order and what is known of it; one that ended is refused."""
        ref = OrderRef(order)
        known = await self._finder.known(ref, capability=_CAPABILITY)
        if known.order.is_terminal:
            raise _ended(known.order)
        return ref, known

    async def _refuse_ended(self, ref: OrderRef) -> None:
        """Say what became of an order that the venue does not find among the resting ones.

        Raises:
            RequestError: it ended.
            NotFound: the venue knows no such order.
        """
        raise _ended(await self._finder.ended(ref, capability=_CAPABILITY))

    def _whose(self, known: Known) -> int | None:
        return self._portfolio.subaccount if self._portfolio.subaccount is not None else known.subaccount


def _ended(order: Order) -> RequestError:
    return RequestError(
        f"order {order.ref} is {order.status.value} and cannot be changed", hint="place a new one"
    )


def _name(order: Order) -> str:
    return order.client_order_id or str(order.ref)


def _unclear(error: UnexpectedAnswer, order: Order) -> UncertainError:
    return UncertainError(
        f"{error.message}, so it is not known what the order is now",
        client_order_id=order.client_order_id,
        hint="read the order before doing anything else",
    )


def _decreased(order: Order, answer: Decreased, venue: str, by: Decimal) -> Order:
    with reading(f"order {answer.order_id}", venue):
        remaining = field("remaining_count", contracts, answer.remaining_count)
        at = field("ts_ms", milliseconds, answer.ts_ms)
        size = (order.size or order.filled + remaining + by) - by
        filled = max(size - remaining, order.filled) if remaining else order.filled
        return order.model_copy(
            update={
                "size": filled + remaining if remaining else max(size, order.filled),
                "filled": filled,
                "remaining": remaining,
                "status": status_of(filled, remaining, ended=remaining == ZERO),
                "updated_time": at,
            }
        )
