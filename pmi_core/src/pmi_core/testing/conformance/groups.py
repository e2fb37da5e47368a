"""Rules of the capability ``groups``."""

from __future__ import annotations

import pytest

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import NotFound, RequestError
from pmi_core.models import OrderGroup, OrderStatus, TimeInForce
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs
from pmi_core.testing.conformance.soundness import check_refs, check_sound
from pmi_core.testing.conformance.stage import Contract
from pmi_core.testing.conformance.trader import BUY, YES, a_trader

__all__ = ["GroupRules"]


class GroupRules(Contract):
    """Caps on contracts filled within a window."""

    async def test_groups_can_be_made_and_found(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A new group has its limit, is not triggered, and is read and listed alike."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.GROUPS)
        keeper = needs(venue.groups, Capability.GROUPS, venue)
        group = check_sound(await keeper.create_group(trader.unit * 5), OrderGroup)
        check_refs(group, venue.name)
        assert (group.limit, group.triggered, group.orders) == (trader.unit * 5, False, ())
        assert await keeper.get_group(group.ref) == group
        assert group in await keeper.list_groups()

    async def test_groups_know_their_orders(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A group lists its open orders, and each order names the group."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.GROUPS)
        keeper = needs(venue.groups, Capability.GROUPS, venue)
        group = await keeper.create_group(trader.unit * 5)
        order = await trader.place(YES, BUY, await trader.behind(YES, BUY), group_ref=group.ref)
        assert order.group_ref == group.ref
        assert (await keeper.get_group(group.ref)).orders == (order.ref,)

    async def test_groups_stop_at_their_limit(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Once the limit is filled, the group's other orders are canceled and new ones refused."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.GROUPS)
        keeper = needs(venue.groups, Capability.GROUPS, venue)
        group = await keeper.create_group(trader.unit)
        resting = await trader.place(YES, BUY, await trader.behind(YES, BUY), group_ref=group.ref)
        price = (await trader.best(YES, BUY)).price
        taken = await trader.place(YES, BUY, price, time_in_force=TimeInForce.IOC, group_ref=group.ref)
        assert taken.filled == trader.unit
        assert (await keeper.get_group(group.ref)).triggered
        assert (await trader.again(resting)).status is OrderStatus.CANCELED
        price = await trader.behind(YES, BUY)
        await trader.refused(trader.request(YES, BUY, price, group_ref=group.ref), RequestError)

    async def test_groups_trigger_and_reset(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Triggering cancels the group's orders and refuses new ones until it is reset."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.GROUPS)
        keeper = needs(venue.groups, Capability.GROUPS, venue)
        group = await keeper.create_group(trader.unit * 5)
        price = await trader.behind(YES, BUY)
        order = await trader.place(YES, BUY, price, group_ref=group.ref)
        assert (await keeper.trigger_group(group.ref)).triggered
        assert (await trader.again(order)).status is OrderStatus.CANCELED
        await trader.refused(trader.request(YES, BUY, price, group_ref=group.ref), RequestError)
        assert not (await keeper.reset_group(group.ref)).triggered
        assert (await trader.place(YES, BUY, price, group_ref=group.ref)).status is OrderStatus.OPEN

    async def test_groups_limit_can_change(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A new limit holds from then on; one that is filled already triggers the group."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.GROUPS)
        keeper = needs(venue.groups, Capability.GROUPS, venue)
        group = await keeper.create_group(trader.unit * 5)
        assert (await keeper.set_group_limit(group.ref, trader.unit * 4)).limit == trader.unit * 4
        price = (await trader.best(YES, BUY)).price
        await trader.place(
            YES, BUY, price, trader.unit * 2, time_in_force=TimeInForce.IOC, group_ref=group.ref
        )
        assert not (await keeper.get_group(group.ref)).triggered
        assert (await keeper.set_group_limit(group.ref, trader.unit)).triggered

    async def test_groups_deleted_are_gone(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Deleting a group cancels its orders, and it is NotFound afterwards."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.GROUPS)
        keeper = needs(venue.groups, Capability.GROUPS, venue)
        group = await keeper.create_group(trader.unit * 5)
        order = await trader.place(YES, BUY, await trader.behind(YES, BUY), group_ref=group.ref)
        await keeper.delete_group(group.ref)
        assert (await trader.again(order)).status is OrderStatus.CANCELED
        assert group.ref not in {one.ref for one in await keeper.list_groups()}
        with pytest.raises(NotFound):
            await keeper.get_group(group.ref)

    async def test_groups_unknown_is_not_found(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A group that the venue does not know is NotFound, whatever is done with it."""
        await a_trader(venue, clock, may_trade, capability=Capability.GROUPS)
        keeper = needs(venue.groups, Capability.GROUPS, venue)
        absent = f"{venue.name}:PMI-NO-SUCH-GROUP"
        for act in (keeper.get_group, keeper.reset_group, keeper.trigger_group, keeper.delete_group):
            with pytest.raises(NotFound):
                await act(absent)
