"""Every request that the provider can make, held to the official document of the venue's REST calls.

What is not claimed is named here with the reason.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pmi_core.errors import PmiError
from pmi_core.models import (
    Action,
    CandleInterval,
    CandleQuery,
    CollectionQuery,
    ComboLeg,
    ComboRequest,
    EventQuery,
    FillQuery,
    MarketQuery,
    MarketStatus,
    MilestoneQuery,
    OrderQuery,
    OrderRequest,
    OutcomeSide,
    PositionQuery,
    QuoteListQuery,
    QuoteRequest,
    RfqQuery,
    RfqRequest,
    SeriesQuery,
    SettlementQuery,
    TimeInForce,
    TradeQuery,
)

pytestmark = pytest.mark.anyio
D = Decimal
NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
UUID = "8c35ecb3-328f-4f52-8c7c-0f4b9862f8d1"
NOT_CLAIMED = {
    "clearing members only": r"\w+ /fcm/.*",
    "keys are made and deleted where a person is asked, at the venue's site": r"(POST|DELETE) /api_keys.*",
    "a person asks for a tier": r"POST /account/api_usage_level/.*",
    "the venue would move cash by itself, with no person's yes": r"POST /portfolio/target_balance_allocation",
    "hidden in the venue's documents": r"\w+ /communications/rfq_batches.*",
    "proposing block trades is left to members' own systems": r"POST /communications/block-trade-proposals.*",
    "deprecated for the paths below a request": r"(GET|DELETE|PUT) /communications/quotes/\{.*",
}


def public_questions(venue):
    market, event, series = "kalshi:A-1", "kalshi:A", "kalshi:S"
    window = {"start": datetime(2026, 5, 1, tzinfo=UTC), "end": datetime(2026, 11, 1, tzinfo=UTC)}
    yield venue.status.get_status()
    for status in (None, *MarketStatus):
        yield venue.markets.list_markets(MarketQuery(status=status, event_ref=event, limit=1000))
        yield venue.markets.list_markets(MarketQuery(status=status, closes_after=NOW, series_ref=series))
        yield venue.events.list_events(EventQuery(status=status, limit=1000, with_markets=True))
    yield venue.markets.list_markets(MarketQuery(market_refs=(market, "kalshi:B-1")))
    yield venue.markets.get_market(market)
    yield venue.markets.get_market("kalshi:GONE")
    yield venue.events.list_events(EventQuery(series_ref="kalshi:KXMVE", status=MarketStatus.OPEN))
    yield venue.events.get_event(event)
    yield venue.events.list_series(SeriesQuery(category="x", tag="y"))
    yield venue.events.get_series(series)
    yield venue.books.get_book(market, 5)
    yield venue.books.get_books([market, "kalshi:B-1"])
    yield venue.trades.list_trades(TradeQuery(market_ref=market, **window))
    yield venue.trades.list_trades(TradeQuery(limit=1000))
    yield venue.candles.list_candles(CandleQuery(market_ref=market, interval=CandleInterval.DAY, **window))
    yield venue.milestones.list_milestones(MilestoneQuery(event_ref=event, category="x", starts_after=NOW))
    yield venue.combos.list_collections(CollectionQuery(event_ref=event))
    yield venue.combos.get_collection("kalshi:C-R")
    yield venue.resolve("A")


def order(**changes):
    plain = {
        "market_ref": "kalshi:A-1",
        "outcome": OutcomeSide.NO,
        "action": Action.BUY,
        "size": D(1),
        "price": D("0.5"),
        "client_order_id": "c1",
    }
    return OrderRequest(**{**plain, **changes})


def account_questions(venue):
    market, window = "kalshi:A-1", {"start": datetime(2026, 5, 1, tzinfo=UTC), "end": NOW}
    ref, group, rfq, quote = f"kalshi:{UUID}", "kalshi:g1", f"kalshi:{UUID}", f"kalshi:{UUID}/{UUID}"
    yield venue.account.get_balance()
    yield venue.account.list_positions(PositionQuery(market_ref=market, include_closed=True))
    yield venue.account.list_positions(PositionQuery(event_ref="kalshi:A"))
    yield venue.account.list_settlements(SettlementQuery(market_ref=market, **window))
    yield venue.orders.place_order(
        order(time_in_force=TimeInForce.GTD, expires_at=NOW.replace(hour=16), post_only=True, group_ref=group)
    )
    yield venue.orders.place_order(order(time_in_force=TimeInForce.IOC, reduce_only=True, action=Action.SELL))
    yield venue.orders.list_orders(OrderQuery(market_ref=market, event_ref="kalshi:A", **window))
    yield venue.orders.list_fills(FillQuery(market_ref=market, order_ref="kalshi:o2", **window))
    yield venue.orders.list_fills(FillQuery(market_ref=market, **window))
    yield venue.orders.find_by_client_id("never")
    yield venue.orders.get_order(ref)
    yield venue.amend.amend_order(ref, price=D("0.4"), size=D(2))
    yield venue.amend.decrease_order(ref, by=D("0.5"))
    yield venue.queue.get_queue_positions([ref])
    yield venue.queue.get_queue_positions([ref, "kalshi:o2"])
    yield venue.batch.place_orders([order(), order(client_order_id="c2")])
    yield venue.batch.cancel_orders([ref])
    yield venue.orders.cancel_order("kalshi:o3")
    yield venue.batch.cancel_all()
    yield venue.groups.create_group(D(5), exchange_index=1)
    yield venue.groups.list_groups()
    yield venue.groups.get_group(group)
    yield venue.groups.reset_group(group)
    yield venue.groups.trigger_group(group)
    yield venue.groups.set_group_limit(group, D(4))
    yield venue.groups.delete_group(group)
    yield venue.quotes.create_rfq(RfqRequest(market_ref=market, notional=D(5), rest_remainder=True))
    yield venue.quotes.create_rfq(RfqRequest(market_ref=market, size=D(5)))
    yield venue.quotes.list_rfqs(RfqQuery(market_ref=market, mine=True))
    yield venue.quotes.cancel_rfq(rfq)
    yield venue.quotes.list_quotes(QuoteListQuery(rfq_ref=rfq, limit=1000))
    yield venue.quotes.create_quote(QuoteRequest(rfq_ref=rfq, yes_bid=D("0.4"), no_bid=D("0.5")))
    yield venue.quotes.accept_quote(quote, OutcomeSide.NO)
    yield venue.quotes.confirm_quote(quote)
    yield venue.quotes.cancel_quote(quote)
    legs = (ComboLeg(market_ref=market, event_ref="kalshi:A", outcome=OutcomeSide.YES),)
    yield venue.combos.open_combo(ComboRequest(collection_ref="kalshi:C-R", legs=legs))


def native_questions(native):
    yield native.live_data.of_milestone("m1", player_stats=True)
    yield native.live_data.of_milestones(["m1", "m2"])
    yield native.live_data.of_event("A", stretch="1h")
    yield native.live_data.game_stats("m1")
    yield native.live_data.weather("miami", start=NOW, end=NOW, detailed=True)
    yield native.live_data.weather_calibrations("miami")
    yield native.targets.get("t1")
    yield native.targets.list(ids=["t1", "t2"], kind="x", competition="y", limit=2000, cursor="c")
    yield native.incentives.list(status="active", kind="volume", description="x", limit=10_000, cursor="c")
    yield native.filters.tags_by_category()
    yield native.filters.by_sport()
    yield native.calendar.schedule()
    yield native.calendar.series_fee_changes("S", past=True)
    yield native.calendar.event_fee_changes("A", limit=1000, cursor="c")
    yield native.forecasts.history("S", "A", percentiles=[1, 2], start=NOW, end=NOW, minutes=0)
    yield native.forecasts.metadata("A")
    yield native.block_trades.list(market_ticker="A-1", status="open", limit=100, cursor="c")
    yield native.subaccounts.balances()
    yield native.subaccounts.create(exchange_index=1)
    yield native.subaccounts.transfer(UUID, source=0, destination=1, dollars=D("1.23"), exchange_index=1)
    yield native.subaccounts.transfers(limit=1000, cursor="c")
    yield native.subaccounts.netting()
    yield native.subaccounts.set_netting(1, enabled=True)
    yield native.shards.transfer(UUID, source=0, destination=1, dollars=D("1.2345"))
    yield native.shards.transfer(None, source=0, destination=1, dollars=D("1.2345"), source_subaccount=1)
    yield native.shards.transfers(limit=500, cursor="c")
    yield native.shards.get_transfer("x")
    yield native.shards.allocations()
    yield native.cash.deposits(limit=500, cursor="c")
    yield native.cash.withdrawals(limit=500, cursor="c")
    yield native.keys.list()
    yield native.keys.limits()
    yield native.keys.costs()
    yield native.keys.volume_progress()
    yield native.live_data.of_type("football_game", "m1", player_stats=True)
    yield native.milestones.get("m1")
    yield native.candles.of_market("S", "A-1", start=NOW, end=NOW, minutes=1440, latest_before=True)
    yield native.candles.of_event("S", "A", start=NOW, end=NOW, minutes=1)


async def asked(questions):
    """Ask everything; what a bare answer leads to is no matter here."""
    for question in questions:
        try:
            await question
        except PmiError:
            continue


async def test_every_request_is_as_documented_and_every_claim_is_kept(venue_of):
    exercised = set()
    for more in ({}, {"subaccount": 3}):
        side, venue = await venue_of(**more)
        async with venue:
            await asked(public_questions(venue))
            await asked(account_questions(venue))
            await asked(native_questions(venue.native))
        assert not side.wrong, side.wrong[:10]
        exercised |= set(side.asked)
    excused = {
        name for name in side.names() if any(re.fullmatch(pattern, name) for pattern in NOT_CLAIMED.values())
    }
    missing = side.names() - excused - exercised
    assert not missing, f"claimed and never asked: {sorted(missing)}"
    assert not excused & exercised, "excused and asked all the same"
