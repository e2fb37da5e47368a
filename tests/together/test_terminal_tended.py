"""A server holds the venue, a person approves in a terminal: it is sent at once, and once."""

from __future__ import annotations

import asyncio

from pmi_core import Registry
from pmi_core.desk import Desk, OrderDraft
from pmi_core.identifiers import MarketRef
from pmi_mcp.terminal.exits import Exit


def test_the_process_that_made_the_preview_sends_what_the_terminal_approves(practice):
    sent = asyncio.run(_tend(practice, MarketRef(practice.market())))
    (order,) = practice.orders()
    assert order["client_order_id"] == sent.orders[0].client_order_id


async def _tend(practice, market):
    """Preview an order and tend the desk, while somebody approves it in another process."""
    registry = Registry.load(config_path=practice.config, environ={"PMI_HOME": str(practice.home)})
    async with registry, Desk(registry) as desk, desk.tending():
        preview = await desk.preview(
            OrderDraft(market_ref=market, outcome="yes", action="buy", size="3", price="0.01")
        )
        told = await asyncio.to_thread(
            practice.type, "approve", preview.code, answers={"to approve, Enter to leave it: ": "0.03"}
        )
        assert told.status == Exit.OK, told.out
        (intent,) = [entry async for entry in desk.entries() if entry.kind == "intent"]
        assert intent.body["owner"] == desk._owner.name, "sent by the one that holds the venue"
        sent = await desk.sent(preview.code)
        assert str(sent.orders[0].order_ref) in told.out
        return sent
