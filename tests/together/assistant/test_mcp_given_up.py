"""Calls that a client takes back, and orders of venues that a server was not started with."""

from __future__ import annotations

import asyncio

import pytest

from pmi_core.desk import ApprovalChannel, PlaceDraft
from pmi_core.errors import OrderRefused
from pmi_core.models import OrderDraft

pytestmark = pytest.mark.anyio

GUARD = 60


async def test_a_call_taken_back_while_its_question_is_open_leaves_nothing_waiting(house, person, bid):
    asked, never = asyncio.Event(), asyncio.Event()

    async def think():
        asked.set()
        await never.wait()

    async with house.client("handshake", person(before=think)) as assistant, house.desk() as desk:
        call = asyncio.create_task(assistant.ask("create_order", **bid))
        await asyncio.wait_for(asked.wait(), GUARD)
        (waiting,) = await desk.waiting()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        async with asyncio.timeout(GUARD):
            while await desk.waiting():
                await asyncio.sleep(0.01)
        with pytest.raises(OrderRefused):
            await desk.approve(waiting.code, ApprovalChannel.TERMINAL, "somebody later")
        said = [entry.body.get("reason") async for entry in desk.entries() if entry.kind == "refusal"]
        never.set()
    assert "taken back" in said[0]
    assert await house.orders() == ()


async def test_a_client_order_id_reaches_no_venue_that_the_server_was_not_started_with(house, era, bid):
    house.config.write_text(
        house.config.read_text(encoding="utf-8") + '[venues.second]\nprovider = "paper"\nlive = false\n',
        encoding="utf-8",
    )
    async with house.desk() as desk:
        order = OrderDraft(
            market_ref=bid["market"], outcome="yes", action="buy", size=bid["size"], price=bid["price"]
        )
        preview = await desk.preview(PlaceDraft(order=order))
        await desk.approve(preview.code, ApprovalChannel.TERMINAL, "me")
        (sent,) = (await desk.send(preview.code)).orders
    async with house.client(era, venues=("second",)) as assistant:
        told = await assistant.ask("cancel_orders", orders=[sent.client_order_id])
        assert (told["canceled"], told["not_canceled"]) == (0, 1)
        assert "paper" in told["orders"][0]["message"]
    assert [order.is_terminal for order in await house.orders()] == [False]
    async with house.client(era, venues=("paper",)) as assistant:
        assert (await assistant.ask("cancel_orders", orders=[sent.client_order_id]))["canceled"] == 1
