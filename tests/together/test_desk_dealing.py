"""Answering, accepting and confirming quotes, and combinations, by the one road."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pluggy
import pytest

from pmi_core import (
    CollectionQuery,
    ComboLeg,
    ComboRequest,
    FillQuery,
    MarketQuery,
    QuoteListQuery,
    Refusal,
    Registry,
    RfqQuery,
    RfqRequest,
    hookimpl,
)
from pmi_core.desk import (
    AcceptDraft,
    AmendDraft,
    ApprovalChannel,
    ConfirmDraft,
    Desk,
    IntentState,
    OrderDraft,
    QuoteDraft,
)
from pmi_core.errors import OrderRefused
from pmi_core.plugins import hookspecs
from pmi_core.plugins.loading import Plugins, load_plugins
from pmi_core.settings import load_config
from pmi_core.testing.clock import ManualClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock():
    return ManualClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))


class Reviewer:
    """A plugin that says no once it is told to, and remembers what it was asked."""

    def __init__(self):
        self.answer, self.asked = None, []

    @hookimpl
    def pmi_review_order(self, draft):
        self.asked.append(draft)
        return self.answer


@pytest.fixture
def reviewer():
    return Reviewer()


@pytest.fixture
def registry(tmp_path, clock, reviewer):
    path = tmp_path / "pmi.toml"
    path.write_text('[venues.paper]\n[policy]\nmax_price = "0.95"\n', encoding="utf-8")
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(reviewer, name="reviewer")
    plugins = Plugins(manager, load_plugins().loaded, (), ())
    return Registry(load_config(path, {"PMI_HOME": str(tmp_path)}), plugins, clock)


async def approved(desk, draft):
    preview = await desk.preview(draft)
    await desk.approve(preview.code, ApprovalChannel.TERMINAL, "me")
    return preview


async def send(desk, draft):
    preview = await approved(desk, draft)
    (one,) = (await desk.send(preview.code)).orders
    assert one.state is IntentState.DONE, one.reason
    return preview, one


async def of_a_member(venue, clock):
    """A member's open request in a market with a price far from both ends."""
    for _ in range(60):
        for rfq in (await venue.quotes.list_rfqs(RfqQuery(mine=False))).items:
            market = await venue.markets.get_market(rfq.market_ref)
            quoted = market.yes.bid and market.yes.ask
            if quoted and Decimal("0.1") < market.yes.bid < market.yes.ask < Decimal("0.9"):
                return rfq, market
        await clock.advance(300)
    raise AssertionError("no member asked for a quote in hours")


async def own_request(desk, registry):
    """An own request for quotes with the answers of others."""
    venue = await registry.venue("paper")
    page = await venue.markets.list_markets(MarketQuery(status="open", limit=1000, series_ref="paper:FED"))
    market = min(
        (row for row in page.items if row.yes.bid and row.yes.ask),
        key=lambda row: abs(row.yes.bid - Decimal("0.5")),
    )
    rfq = await desk.ask.create_rfq(RfqRequest(market_ref=market.ref, size="10"), by="me")
    quotes = (await venue.quotes.list_quotes(QuoteListQuery(rfq_ref=rfq.ref))).items
    assert quotes
    return venue, rfq, quotes


async def test_a_quote_is_given_and_confirmed_with_a_yes_each(registry, clock):
    async with registry, Desk(registry) as desk:
        venue = await registry.venue("paper")
        rfq, market = await of_a_member(venue, clock)
        bids = {"yes_bid": market.yes.bid, "no_bid": market.no.bid}
        preview, given = await send(desk, QuoteDraft(rfq_ref=rfq.ref, **bids))
        assert preview.max_loss >= max(bids.values()) * rfq.size
        assert given.kind == "quote"
        await clock.advance(4)
        (taken,) = (await venue.quotes.list_quotes(QuoteListQuery(open_only=True))).items
        assert taken.accepted_side is not None
        bid = taken.yes_bid if taken.accepted_side == "yes" else taken.no_bid
        preview, done = await send(desk, ConfirmDraft(quote_ref=taken.ref))
        assert preview.max_loss >= bid * rfq.size
        assert done.kind == "confirm"
        (fill,) = (await venue.orders.list_fills(FillQuery())).items
        assert (fill.outcome, fill.size) == (taken.accepted_side, rfq.size)
        assert (await desk.verify()).whole


async def test_a_quote_and_a_request_are_withdrawn_without_a_yes(registry, clock):
    async with registry, Desk(registry) as desk:
        venue = await registry.venue("paper")
        rfq, _ = await of_a_member(venue, clock)
        await send(desk, QuoteDraft(rfq_ref=rfq.ref, yes_bid="0.01", no_bid="0.01"))
        (mine,) = [row for row in (await venue.quotes.list_quotes(QuoteListQuery())).items if row.mine]
        desk.kill.engage("enough", "me")
        assert (await desk.reduce.cancel_quote(mine.ref, by="me")).status == "canceled"
        desk.kill.path.unlink()
        venue, own, _ = await own_request(desk, registry)
        desk.kill.engage("enough", "me")
        assert (await desk.reduce.cancel_rfq(own.ref, by="me")).status == "closed"
        done = [entry.body["what"] async for entry in desk.entries() if entry.kind == "reduction"]
        assert done == ["cancel_quote", "cancel_rfq"]


async def test_the_rules_for_orders_hold_for_deals(registry, reviewer, clock):
    async with registry, Desk(registry) as desk:
        venue, _, quotes = await own_request(desk, registry)
        draft = AcceptDraft(quote_ref=quotes[0].ref, side="no", intent="hedge")
        preview = await approved(desk, draft)
        alike = reviewer.asked[-1]
        assert (alike.outcome, alike.action, alike.price) == ("yes", "buy", 1 - quotes[0].no_bid)
        assert (alike.size, alike.intent) == (quotes[0].size, "hedge")
        reviewer.answer = Refusal(reason="not today")
        with pytest.raises(OrderRefused, match="not today"):
            await desk.send(preview.code)
        with pytest.raises(OrderRefused, match="not today"):
            await desk.preview(draft)
        reviewer.answer = None
        rfq, _ = await of_a_member(venue, clock)
        with pytest.raises(OrderRefused, match="max_price"):
            await desk.preview(QuoteDraft(rfq_ref=rfq.ref, yes_bid="0.97"))
        bids = QuoteDraft(rfq_ref=rfq.ref, yes_bid="0.02", no_bid="0.03")
        preview = await approved(desk, bids)
        assert [(one.outcome, str(one.price)) for one in reviewer.asked[-2:]] == [
            ("yes", "0.02"),
            ("no", "0.03"),
        ]
        reviewer.answer = Refusal(reason="not today")
        with pytest.raises(OrderRefused, match="not today"):
            await desk.send(preview.code)
        mine = [row for row in (await venue.quotes.list_quotes(QuoteListQuery())).items if row.mine]
        assert mine == []


async def test_an_amendment_is_reviewed_again_when_it_is_sent(registry, reviewer):
    async with registry, Desk(registry) as desk:
        venue = await registry.venue("paper")
        page = await venue.markets.list_markets(MarketQuery(status="open", limit=200))
        market = next(
            row
            for row in page.items
            if row.is_open and row.execution == "clob" and row.yes.bid and row.yes.bid > Decimal("0.2")
        )
        low = market.price_grid.snap(Decimal("0.05"), towards="ceiling")
        size = max(Decimal(2), market.min_size or Decimal(1))
        rest = OrderDraft(market_ref=market.ref, outcome="yes", action="buy", size=size, price=low)
        _, resting = await send(desk, rest)
        preview = await approved(desk, AmendDraft(order_ref=resting.order_ref, price=low, size=size * 2))
        reviewer.answer = Refusal(reason="not today")
        with pytest.raises(OrderRefused, match="not today"):
            await desk.send(preview.code)
        assert reviewer.asked[-1].size == size * 2
        assert (await venue.orders.get_order(resting.order_ref)).size == size


async def test_a_combination_is_opened_without_a_yes_and_ordered_in_with_one(registry):
    async with registry, Desk(registry) as desk:
        venue = await registry.venue("paper")
        collection = next(
            row
            for row in (await venue.combos.list_collections(CollectionQuery())).items
            if row.ref.native == "ALL"
        )
        legs = []
        for ref in collection.event_refs:
            market = (await venue.events.get_event(ref)).markets[0]
            if market.yes.bid and market.yes.bid > Decimal("0.2"):
                legs.append(ComboLeg(market_ref=market.ref, outcome="yes"))
            if len(legs) == 2:
                break
        request = ComboRequest(collection_ref=collection.ref, legs=tuple(legs))
        combo = await desk.ask.open_combo(request, by="me")
        _, one = await send(
            desk, OrderDraft(market_ref=combo.ref, outcome="yes", action="buy", size="5", price="0.02")
        )
        assert one.market == combo.ref
        desk.kill.engage("enough", "me")
        with pytest.raises(OrderRefused, match="kill switch"):
            await desk.ask.open_combo(request)
        asked = [entry.body["what"] async for entry in desk.entries() if entry.kind == "request"]
        assert asked == ["open_combo"]
