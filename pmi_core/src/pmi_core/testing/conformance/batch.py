"""Rules of the capability ``batch``."""

from __future__ import annotations

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.models import BatchResult, MarketQuery, MarketStatus, OrderStatus
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs
from pmi_core.testing.conformance.recognition import check_named, finds_again
from pmi_core.testing.conformance.soundness import check_refs, check_sound
from pmi_core.testing.conformance.stage import Contract
from pmi_core.testing.conformance.trader import BUY, NO, YES, a_trader, check_rejected, size_at

__all__ = ["BatchRules"]


class BatchRules(Contract):
    """Several orders in one call."""

    async def test_batch_results_stand_in_order(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Each result stands where its request stood, with its order."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.BATCH)
        batch = needs(venue.batch, Capability.BATCH, venue)
        wanted = [trader.request(side, BUY, await trader.behind(side, BUY)) for side in (YES, NO, YES)]
        results = await batch.place_orders(wanted)
        assert [one.client_order_id for one in results] == [one.client_order_id for one in wanted]
        for request, result in zip(wanted, results, strict=True):
            check_sound(result, BatchResult)
            check_refs(result, venue.name)
            assert result.error is None
            assert result.order is not None
            assert (result.order.outcome, result.order.price) == (request.outcome, request.price)
            check_named(result.order, request.client_order_id, venue)
            await trader.arrived(result.order)
            assert (await trader.again(result.order)).status is OrderStatus.OPEN

    async def test_batch_one_refusal_stops_nobody(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A refused request has its error and message, or its order ends rejected; the others stand."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.BATCH)
        batch = needs(venue.batch, Capability.BATCH, venue)
        price = await trader.behind(YES, BUY)
        wanted = [
            trader.request(YES, BUY, price),
            trader.request(YES, BUY, price, trader.unit * 10**9),
            trader.request(YES, BUY, price),
        ]
        first, refused, last = await batch.place_orders(wanted)
        if refused.order is not None and refused.order.status is OrderStatus.PENDING:
            check_rejected(await trader.arrived(refused.order))
        else:
            assert refused.order is None or refused.order.status is OrderStatus.REJECTED
            assert refused.error
            assert refused.message
        for result in (first, last):
            assert result.order is not None
            await trader.arrived(result.order)
            assert (await trader.again(result.order)).status is OrderStatus.OPEN

    async def test_batch_never_doubles_an_order(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """The same client order id twice in one batch is one order; elsewhere, as many as are told."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.BATCH)
        batch = needs(venue.batch, Capability.BATCH, venue)
        price = await trader.behind(YES, BUY)
        before = size_at((await trader.book()).bids, price)
        wanted = trader.request(YES, BUY, price)
        results = await batch.place_orders([wanted, wanted])
        told = [await trader.arrived(one.order) for one in results if one.order is not None]
        refs = {one.ref for one in told if one.status is not OrderStatus.REJECTED}
        assert refs, "none of two orders stands"
        if finds_again(venue):
            assert len(refs) == 1, "a second order exists"
        assert size_at((await trader.book()).bids, price) == before + trader.unit * len(refs)

    async def test_batch_of_nothing_is_nothing(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """An empty batch has no results and sends nothing."""
        await a_trader(venue, clock, may_trade, capability=Capability.BATCH)
        batch = needs(venue.batch, Capability.BATCH, venue)
        assert await batch.place_orders([]) == ()
        assert await batch.cancel_orders([]) == ()

    async def test_batch_cancels_each(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Each cancel has its own result; an unknown order among them is named and stops nobody."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.BATCH)
        batch = needs(venue.batch, Capability.BATCH, venue)
        price = await trader.behind(YES, BUY)
        orders = [await trader.place(YES, BUY, price) for _ in range(2)]
        asked = [trader.ref(orders[0]), trader.absent_order(), trader.ref(orders[1])]
        first, unknown, last = await batch.cancel_orders(asked)
        assert unknown.error == "NotFound"
        for result, order in ((first, orders[0]), (last, orders[1])):
            assert result.order is not None
            assert (result.order.ref, result.order.status) == (order.ref, OrderStatus.CANCELED)
            assert (await trader.again(order)).status is OrderStatus.CANCELED

    async def test_batch_cancel_all_keeps_to_the_market(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """Cancelling all of one market ends every open order there and none elsewhere."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.BATCH)
        batch = needs(venue.batch, Capability.BATCH, venue)
        orders = [await trader.place(side, BUY, await trader.behind(side, BUY)) for side in (YES, NO)]
        assert venue.markets is not None
        others = [
            market.ref
            for market in (
                await venue.markets.list_markets(MarketQuery(status=MarketStatus.OPEN, limit=20))
            ).items
            if market.ref != trader.market.ref
        ]
        if others:
            assert not {one.ref for one in await batch.cancel_all(others[0])} & {one.ref for one in orders}
            assert (await trader.again(orders[0])).status is OrderStatus.OPEN
        ended = await batch.cancel_all(trader.market.ref)
        assert {one.ref for one in orders} <= {one.ref for one in ended}
        for order in orders:
            assert (await trader.again(order)).status is OrderStatus.CANCELED

    async def test_batch_cancel_all_ends_everything(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """Cancelling all ends every open order of the account; a second time there is nothing."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.BATCH)
        batch = needs(venue.batch, Capability.BATCH, venue)
        order = await trader.place(YES, BUY, await trader.behind(YES, BUY))
        assert order.ref in {one.ref for one in await batch.cancel_all()}
        assert all(one.is_terminal for one in await trader.mine())
        assert await batch.cancel_all() == ()
