"""Rules of the capabilities ``amend`` and ``queue``: changing a resting order, and its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import NotFound, OffGrid, RequestError
from pmi_core.identifiers import OrderRef
from pmi_core.models import Order, OrderStatus
from pmi_core.numbers import ZERO
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.recognition import nameless
from pmi_core.testing.conformance.soundness import check_sound
from pmi_core.testing.conformance.stage import Contract
from pmi_core.testing.conformance.trader import BUY, YES, Trader, a_trader, size_at

__all__ = ["AmendRules", "QueueRules"]


async def lower(trader: Trader, price: Decimal) -> Decimal:
    """The next tick below a price."""
    grid = trader.market.price_grid
    tick = grid.tick_at(price) if grid else None
    if tick is None or price - tick <= 0:
        return skip(f"{trader.market.ref} has no tick below {price}")
    return price - tick


class AmendRules(Contract):
    """Changing a resting order."""

    async def test_amend_moves_the_order(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """An amended order rests at its new price and size, and nowhere else."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.AMEND)
        amender = needs(venue.amend, Capability.AMEND, venue)
        price = await trader.behind(YES, BUY)
        target = await lower(trader, price)
        before = await trader.book()
        order = await trader.place(YES, BUY, price)
        amended = check_sound(
            await amender.amend_order(trader.ref(order), price=target, size=trader.unit * 2), Order
        )
        known = await trader.again(amended)
        for seen in (amended, known):
            assert (seen.price, seen.size, seen.remaining) == (target, trader.unit * 2, trader.unit * 2)
            assert seen.status is OrderStatus.OPEN
        after = await trader.book()
        assert size_at(after.bids, price) == size_at(before.bids, price)
        assert size_at(after.bids, target) == size_at(before.bids, target) + trader.unit * 2

    async def test_amend_counts_the_filled_part(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """The new size is the total, what was filled included."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.AMEND)
        amender = needs(venue.amend, Capability.AMEND, venue)
        level = await trader.best(YES, BUY)
        order = await trader.place(YES, BUY, level.price, level.size + trader.unit)
        amended = await amender.amend_order(
            trader.ref(order), price=level.price, size=level.size + trader.unit * 2
        )
        assert (amended.filled, amended.remaining) == (level.size, trader.unit * 2)

    async def test_amend_off_grid_changes_nothing(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A refused change leaves the order as it was."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.AMEND)
        amender = needs(venue.amend, Capability.AMEND, venue)
        price = await trader.behind(YES, BUY)
        between = price - (price - await lower(trader, price)) / 2
        order = await trader.place(YES, BUY, price)
        with pytest.raises(OffGrid):
            await amender.amend_order(trader.ref(order), price=between, size=trader.unit)
        assert nameless(await trader.again(order), venue) == nameless(order, venue)

    async def test_amend_of_a_finished_order_is_refused(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """A canceled order cannot be changed back to life."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.AMEND)
        amender = needs(venue.amend, Capability.AMEND, venue)
        price = await trader.behind(YES, BUY)
        order = await trader.place(YES, BUY, price)
        await trader.placer.cancel_order(trader.ref(order))
        with pytest.raises(RequestError):
            await amender.amend_order(trader.ref(order), price=price, size=trader.unit * 2)
        with pytest.raises(RequestError):
            await amender.decrease_order(trader.ref(order), by=trader.unit)
        assert (await trader.again(order)).status is OrderStatus.CANCELED

    async def test_amend_unknown_is_not_found(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Changing an unknown order is NotFound."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.AMEND)
        amender = needs(venue.amend, Capability.AMEND, venue)
        price = await trader.behind(YES, BUY)
        with pytest.raises(NotFound):
            await amender.amend_order(trader.absent_order(), price=price, size=trader.unit)
        with pytest.raises(NotFound):
            await amender.decrease_order(trader.absent_order(), by=trader.unit)

    async def test_amend_decrease_takes_off_the_remainder(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """A decrease takes contracts off what remains; the price stays."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.AMEND)
        amender = needs(venue.amend, Capability.AMEND, venue)
        price = await trader.behind(YES, BUY)
        order = await trader.place(YES, BUY, price, trader.unit * 3)
        less = check_sound(await amender.decrease_order(trader.ref(order), by=trader.unit), Order)
        assert (less.price, less.remaining, less.status) == (price, trader.unit * 2, OrderStatus.OPEN)
        assert (await trader.again(less)).remaining == trader.unit * 2


class QueueRules(Contract):
    """Places in the queue."""

    async def test_queue_counts_what_is_ahead(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A new order stands behind everything that rests at its price."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.QUEUE)
        reader = needs(venue.queue, Capability.QUEUE, venue)
        price = await trader.behind(YES, BUY)
        ahead = size_at((await trader.book()).bids, price)
        first = await trader.place(YES, BUY, price)
        second = await trader.place(YES, BUY, price)
        places = await reader.get_queue_positions([trader.ref(first), trader.ref(second)])
        assert places == {first.ref: ahead, second.ref: ahead + trader.unit}
        assert {type(ref) for ref in places} == {OrderRef}
        assert {type(place) for place in places.values()} == {Decimal}

    async def test_queue_moves_up(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """An order moves up when one ahead of it is canceled."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.QUEUE)
        reader = needs(venue.queue, Capability.QUEUE, venue)
        price = await trader.behind(YES, BUY)
        ahead = size_at((await trader.book()).bids, price)
        first, second = await trader.place(YES, BUY, price), await trader.place(YES, BUY, price)
        await trader.placer.cancel_order(trader.ref(first))
        places = await reader.get_queue_positions([trader.ref(first), trader.ref(second)])
        assert places == {second.ref: ahead}, "an order that does not rest has no place"

    async def test_queue_place_is_kept_by_a_decrease(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """A smaller size keeps the place; a larger one goes to the end."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.QUEUE)
        reader = needs(venue.queue, Capability.QUEUE, venue)
        amender = needs(venue.amend, Capability.AMEND, venue)
        price = await trader.behind(YES, BUY)
        ahead = size_at((await trader.book()).bids, price)
        first = await trader.place(YES, BUY, price, trader.unit * 2)
        second = await trader.place(YES, BUY, price)
        less = await amender.decrease_order(trader.ref(first), by=trader.unit)
        assert (await reader.get_queue_positions([trader.ref(less)]))[OrderRef(trader.ref(less))] == ahead
        more = await amender.amend_order(trader.ref(less), price=price, size=trader.unit * 4)
        places = await reader.get_queue_positions([trader.ref(second), trader.ref(more)])
        assert places == {second.ref: ahead, more.ref: ahead + trader.unit}

    async def test_queue_of_nothing_is_nothing(self, venue: Venue) -> None:
        """Asking for no place gives none."""
        reader = needs(venue.queue, Capability.QUEUE, venue)
        assert len(await reader.get_queue_positions([])) == ZERO
