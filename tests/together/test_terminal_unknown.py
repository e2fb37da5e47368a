"""Orders whose fate is not known, and what a person at a terminal does about them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from pmi_core import Registry, Unreachable
from pmi_core.desk import ApprovalChannel, Desk, DeskSettings, OrderDraft
from pmi_core.identifiers import MarketRef
from pmi_mcp.terminal.exits import Exit


class Silent:
    """The orders of a venue that gives no answer; what was asked may be done all the same."""

    def __init__(self, orders, *, arrives):
        self.orders = orders
        self.arrives = arrives

    def __getattr__(self, name):
        return getattr(self.orders, name)

    async def place_order(self, request):
        if self.arrives:
            await self.orders.place_order(request)
        raise Unreachable("the line is dead")

    async def find_by_client_id(self, client_order_id):
        raise Unreachable("the line is dead")

    list_orders = list_fills = find_by_client_id


def lose(practice, *, arrives):
    """Send an order whose answer is lost; give its id."""
    return asyncio.run(_lose(practice, MarketRef(practice.market()), arrives))


async def _lose(practice, market, arrives):
    registry = Registry.load(config_path=practice.config, environ={"PMI_HOME": str(practice.home)})
    async with registry, Desk(registry, DeskSettings(lookup_seconds=0)) as desk:
        draft = OrderDraft(market_ref=market, outcome="yes", action="buy", size="3", price="0.01")
        preview = await desk.preview(draft)
        await desk.approve(preview.code, ApprovalChannel.TERMINAL, "test")
        venue = await registry.venue("paper")
        registry._opened["paper"] = replace(venue, orders=Silent(venue.orders, arrives=arrives))
        (one,) = (await desk.send(preview.code)).orders
        assert one.order.status == "unknown"
        return one.client_order_id


def test_an_order_that_arrived_is_found(practice):
    id_ = lose(practice, arrives=True)
    listed = practice.run("unknown", "--json")
    assert listed.status == Exit.UNCERTAIN
    assert [item["client_order_id"] for item in listed.document["items"]] == [id_]
    found = practice.run("reconcile", "paper")
    assert found.status == Exit.OK, found.err
    assert f"{id_}: it is paper:" in found.err
    assert practice.run("unknown").status == Exit.OK
    assert len(practice.orders()) == 1


def test_an_order_that_does_not_show_stays_unknown_until_a_person_decides(practice):
    id_ = lose(practice, arrives=False)
    looked = practice.run("reconcile", "paper", "--json")
    assert looked.status == Exit.UNCERTAIN, "it may still arrive"
    assert len(looked.document["items"]) == 1
    assert practice.run("decide", id_, "--none").status == Exit.REFUSED, "nobody sits there"
    assert practice.run("decide", id_).status == Exit.USAGE
    assert practice.run("decide", id_, "--is", "paper:nonesuch").status == Exit.NO
    assert practice.run("decide", "nonesuch", "--none").status == Exit.NO
    unsure = practice.type("decide", id_, "--none", answers={"Type yes if": "perhaps"})
    assert unsure.status == Exit.REFUSED
    sure = practice.type("decide", id_, "--none", answers={"Type yes if there is no such order": "yes"})
    assert sure.status == Exit.OK, sure.out
    assert practice.run("unknown").status == Exit.OK
    assert practice.run("audit", "verify").status == Exit.OK


def test_an_unknown_order_is_cancelled_by_its_id(practice):
    id_ = lose(practice, arrives=True)
    gone = practice.run("cancel", id_, "--json")
    assert gone.status == Exit.OK, gone.err
    assert gone.document["items"][0]["status"] == "canceled"
