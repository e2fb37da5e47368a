"""The desk over the exchange inside the process: orders, groups, quotes, as people use them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pmi_core import MarketQuery, QuoteListQuery, Registry, RfqRequest
from pmi_core.desk import (
    AcceptDraft,
    AmendDraft,
    ApprovalChannel,
    Desk,
    GroupDraft,
    IntentState,
    OrderDraft,
)
from pmi_core.testing.clock import ManualClock

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["true", "false"], ids=["ids", "no ids"])
def registry(tmp_path, request):
    config = tmp_path / "pmi.toml"
    config.write_text(f"[venues.paper]\nclient_ids = {request.param}\n", encoding="utf-8")
    # Time passes only where the test waits, so that a price that was read is there when it is taken.
    clock = ManualClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC), auto=True)
    return Registry.load(config_path=config, environ={"PMI_HOME": str(tmp_path)}, clock=clock)


async def send(desk, draft):
    preview = await desk.preview(draft)
    await desk.approve(preview.code, ApprovalChannel.TERMINAL, "test")
    (one,) = (await desk.send(preview.code)).orders
    assert one.state is IntentState.DONE, one.reason
    return one


async def quoted(registry):
    """A market in which somebody sells."""
    venue = await registry.venue("paper")
    page = await venue.markets.list_markets(MarketQuery(status="open", limit=200))
    return next(
        row
        for row in page.items
        if row.is_open
        and row.execution == "clob"
        and row.yes.ask is not None
        and row.yes.bid is not None
        and Decimal("0.1") < row.yes.bid < row.yes.ask < Decimal("0.9")
    )


async def test_buying_amending_and_cancelling(registry):
    async with registry, Desk(registry) as desk:
        market = await quoted(registry)
        size = max(Decimal(2), market.min_size or Decimal(1))
        taken = await send(
            desk,
            OrderDraft(
                market_ref=market.ref,
                outcome="yes",
                action="buy",
                size=size,
                price=market.yes.ask,
                time_in_force="ioc",
            ),
        )
        assert taken.order.filled == size
        low = market.price_grid.snap(market.yes.bid - Decimal("0.05"), towards="floor")
        resting = await send(
            desk, OrderDraft(market_ref=market.ref, outcome="yes", action="buy", size=size, price=low)
        )
        moved = await send(desk, AmendDraft(order_ref=resting.order_ref, price=low, size=size * 2))
        assert moved.order.size == size * 2
        assert (await desk.reduce.decrease(resting.order_ref, size)).remaining == size
        assert (await desk.reduce.cancel(resting.order_ref)).status == "canceled"
        assert (await desk.verify()).whole


async def test_groups_are_made_freely_and_loosened_with_a_yes(registry):
    async with registry, Desk(registry) as desk:
        group = await desk.ask.create_group("paper", Decimal(10))
        assert (await desk.reduce.trigger_group(group.ref)).triggered
        await send(desk, GroupDraft(group_ref=group.ref))
        await send(desk, GroupDraft(group_ref=group.ref, limit="20"))
        venue = await registry.venue("paper")
        found = await venue.groups.get_group(group.ref)
        assert (found.triggered, found.limit) == (False, 20)
        await desk.reduce.delete_group(group.ref)


async def test_a_quote_is_accepted_with_a_yes(registry):
    async with registry, Desk(registry) as desk:
        venue = await registry.venue("paper")
        market = await quoted(registry)
        rfq = await desk.ask.create_rfq(RfqRequest(market_ref=market.ref, size="10"))
        quotes = ()
        for _ in range(50):
            quotes = (await venue.quotes.list_quotes(QuoteListQuery(rfq_ref=rfq.ref))).items
            if quotes:
                break
            await registry.clock.sleep(0.1)
        assert quotes, "somebody answers"
        side = "yes" if quotes[0].yes_bid is not None else "no"
        preview = await desk.preview(AcceptDraft(quote_ref=quotes[0].ref, side=side))
        bid = quotes[0].yes_bid if side == "yes" else quotes[0].no_bid
        assert preview.max_loss >= (1 - bid) * 10
        await desk.approve(preview.code, ApprovalChannel.TERMINAL, "test")
        (one,) = (await desk.send(preview.code)).orders
        assert one.state is IntentState.DONE
