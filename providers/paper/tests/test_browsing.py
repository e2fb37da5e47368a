"""Finding things: resolving, searching, events, milestones, history."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from pmi_core import (
    CandleQuery,
    EventQuery,
    MarketQuery,
    MilestoneQuery,
    SearchQuery,
    SeriesQuery,
    TradeQuery,
)
from pmi_core.errors import NotFound, RequestError

pytestmark = pytest.mark.anyio


async def test_many_texts_name_one_market(venue, lively):
    market = await lively(venue)
    code = market.ref.native
    for text in (
        market.ref,
        code,
        code.lower(),
        f"  {code} ",
        market.title,
        "-".join(market.title.rstrip("?").replace("$", "").replace(".", " ").lower().split()),
        f"paper://markets/{code}",
    ):
        assert await venue.resolve(text) == market.ref
    for text in (f"{market.ref}#no", f"{code}#no", f"paper://markets/{code}#no"):
        assert await venue.resolve(text) == market.ref.of("no")


@pytest.mark.parametrize(
    "text", ["", "#no", "nothing", "https://example.com/markets/FED", "paper://events/FED", "FED-26MAR#maybe"]
)
async def test_other_texts_name_nothing(venue, text):
    with pytest.raises(NotFound):
        await venue.resolve(text)


async def test_search_puts_the_best_match_first(venue):
    found = (await venue.search.search(SearchQuery(text="high temperature miami", limit=10))).items
    assert found
    assert all(market.ref.native.startswith("TMIA-") for market in found)
    assert (await venue.search.search(SearchQuery(text="xyzzy"))).items == ()
    assert (await venue.search.search(SearchQuery(text="bitcoin", status="settled"))).items


async def test_listings_filter(venue, clock):
    soon = clock.now() + timedelta(hours=12)
    page = await venue.markets.list_markets(MarketQuery(status="open", closes_before=soon, limit=1000))
    assert page.items
    assert all(market.close_time <= soon for market in page.items)
    named = await venue.markets.list_markets(
        MarketQuery(market_refs=(page.items[0].ref, "paper:NONE-1", page.items[-1].ref))
    )
    assert [market.ref for market in named.items] == [page.items[0].ref, page.items[-1].ref]
    for status in ("unopened", "closed", "determined", "settled"):
        found = await venue.markets.list_markets(MarketQuery(status=status, limit=5))
        assert all(market.status == status for market in found.items)


async def test_old_events_can_still_be_read(venue):
    event = await venue.events.get_event("paper:FED-24JUN")
    assert all(market.status == "settled" for market in event.markets)
    assert {market.result for market in event.markets} <= {"yes", "no"}


async def test_events_say_what_they_are(venue):
    presidency = await venue.events.get_event("paper:PRES-26")
    assert (presidency.mutually_exclusive, presidency.exhaustive) == (True, True)
    fed = await venue.events.get_event("paper:FED-26FEB")
    assert fed.mutually_exclusive is False
    events = (await venue.events.list_events(EventQuery(category="sports", status="open"))).items
    assert events
    assert {event.category for event in events} == {"Sports"}
    series = (await venue.events.list_series(SeriesQuery(tag="bitcoin"))).items
    assert {one.ref.native for one in series} == {"BTC", "BTCY"}


async def test_milestones_precede_the_close(venue, clock):
    found = (await venue.milestones.list_milestones(MilestoneQuery(starts_after=clock.now()))).items
    assert found
    assert [one.start_time for one in found] == sorted(one.start_time for one in found)
    for one in found:
        assert clock.now() <= one.start_time <= one.end_time
    (only,) = (await venue.milestones.list_milestones(MilestoneQuery(event_ref=found[0].event_refs[0]))).items
    assert only == found[0]


@pytest.mark.parametrize("interval", ["1m", "1h", "1d"])
async def test_candles_are_made_of_the_listed_trades(venue, clock, lively, order, interval):
    market = await lively(venue)
    await venue.orders.place_order(order(market.ref, market.yes.ask, 25, time_in_force="ioc"))
    await clock.advance(7200)
    now = clock.now()
    start = now - timedelta(days=1)
    candles = await venue.candles.list_candles(
        CandleQuery(market_ref=market.ref, interval=interval, start=start, end=now)
    )
    trades = (await venue.trades.list_trades(TradeQuery(market_ref=market.ref, limit=1000))).items
    assert candles
    for candle in candles:
        within = [trade for trade in trades if candle.start <= trade.time < candle.end]
        prices = [trade.price for trade in reversed(within)]
        assert candle.volume == sum((trade.size for trade in within), Decimal(0))
        if prices:
            assert (candle.open, candle.close) == (prices[0], prices[-1])
            assert (candle.low, candle.high) == (min(prices), max(prices))
        else:
            assert candle.open is candle.close is None


async def test_volume_is_the_sum_of_the_trades(venue, clock, lively, order):
    market = await lively(venue, "TNY")
    await venue.orders.place_order(order(market.ref, market.yes.ask, 5, time_in_force="ioc"))
    await venue.orders.place_order(order(market.ref, market.yes.bid, 5))
    await clock.advance(3 * 3600)
    again = await venue.markets.get_market(market.ref)
    trades, cursor = [], None
    while True:
        page = await venue.trades.list_trades(TradeQuery(market_ref=market.ref, limit=50, cursor=cursor))
        trades += page.items
        cursor = page.cursor
        if cursor is None:
            break
    assert len({trade.trade_id for trade in trades}) == len(trades)
    assert again.volume == sum(trade.size for trade in trades)
    day = clock.now() - timedelta(days=1)
    assert again.volume_24h == sum(trade.size for trade in trades if trade.time > day)
    assert again.yes.last == trades[0].price


async def test_a_made_up_cursor_is_refused(venue):
    with pytest.raises(RequestError, match="cursor"):
        await venue.markets.list_markets(MarketQuery(cursor="made-up"))


async def test_a_book_of_no_levels_is_refused(venue, lively):
    market = await lively(venue)
    with pytest.raises(RequestError):
        await venue.books.get_book(market.ref, 0)
