"""Where a book is drawn from a formula, a preview says what the venue itself would charge."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pmi_core import MarketQuery, QuoteQuery, Registry
from pmi_core.desk import ApprovalChannel, Desk, OrderDraft
from pmi_core.testing.clock import ManualClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def registry(tmp_path):
    config = tmp_path / "pmi.toml"
    config.write_text("[venues.paper]\n", encoding="utf-8")
    clock = ManualClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))
    return Registry.load(config_path=config, environ={"PMI_HOME": str(tmp_path)}, clock=clock)


async def curve_of(registry):
    venue = await registry.venue("paper")
    page = await venue.markets.list_markets(MarketQuery(status="open", limit=1000))
    found = [row for row in page.items if row.execution == "amm" and row.yes.bid]
    return venue, min(found, key=lambda row: abs(row.yes.bid - Decimal("0.4")))


async def test_the_price_of_the_preview_is_the_price_that_is_paid(registry):
    async with registry, Desk(registry) as desk:
        venue, market = await curve_of(registry)
        draft = OrderDraft(
            market_ref=market.ref,
            outcome="yes",
            action="buy",
            size="25",
            price="0.95",
            time_in_force="ioc",
        )
        query = QuoteQuery(market_ref=market.ref, outcome="yes", action="buy", size="25")
        quote = await venue.pricing.get_quote(query)
        preview = await desk.preview(draft)
        (shown,) = preview.orders
        assert shown.priced_by_venue
        assert (shown.taken_now, shown.average_price) == (25, quote.average_price)
        assert shown.fees >= quote.fees
        await desk.approve(preview.code, ApprovalChannel.TERMINAL, "me")
        (one,) = (await desk.send(preview.code)).orders
        assert one.order.filled_notional == quote.cost
        assert one.order.filled_notional + one.order.fees <= preview.max_loss


async def test_a_limit_on_the_way_takes_what_lies_before_it(registry):
    async with registry, Desk(registry) as desk:
        _, market = await curve_of(registry)
        limit = market.price_grid.snap(market.yes.ask + Decimal("0.02"), towards="floor")
        draft = OrderDraft(
            market_ref=market.ref,
            outcome="yes",
            action="buy",
            size="5000",
            price=limit,
            time_in_force="ioc",
        )
        (shown,) = (await desk.preview(draft)).orders
        assert 0 < shown.taken_now < 5000
        assert market.yes.bid < shown.average_price <= limit
        preview = await desk.preview(draft.model_copy(update={"size": shown.taken_now}))
        await desk.approve(preview.code, ApprovalChannel.TERMINAL, "me")
        (one,) = (await desk.send(preview.code)).orders
        assert one.order.filled == shown.taken_now


async def test_a_firm_book_is_walked(registry):
    async with registry, Desk(registry) as desk:
        venue = await registry.venue("paper")
        page = await venue.markets.list_markets(MarketQuery(status="open", limit=200))
        market = next(
            row
            for row in page.items
            if row.is_open and row.execution == "clob" and row.yes.ask and row.yes.ask < Decimal("0.9")
        )
        size = max(Decimal(1), market.min_size or Decimal(1))
        draft = OrderDraft(market_ref=market.ref, outcome="yes", action="buy", size=size, price="0.95")
        (shown,) = (await desk.preview(draft)).orders
        assert not shown.priced_by_venue
        assert shown.taken_now == size
