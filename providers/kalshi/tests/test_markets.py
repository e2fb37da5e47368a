"""Which lists are asked for which question, and which rows of them are given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pmi_core.errors import NotFound, RequestError, UnexpectedAnswer
from pmi_core.models import MarketQuery, MarketStatus

pytestmark = pytest.mark.anyio
OPEN, SETTLED = MarketStatus.OPEN, MarketStatus.SETTLED


def tickers(page):
    return [market.ref.native for market in page.items]


async def test_open_includes_paused_markets(kalshi, exchange, row, page):
    exchange.answers("/markets", page(row("A-1"), row("A-2")), limit=5, status="open")
    exchange.answers("/markets", page(row("A-3", status="inactive")), limit=3, status="paused")
    found = await kalshi.markets.list_markets(MarketQuery(status=OPEN, limit=5))
    assert (tickers(found), found.cursor) == (["A-1", "A-2", "A-3"], None)


async def test_pages_go_on_with_the_venues_cursor(kalshi, exchange, row, page):
    exchange.answers("/markets", page(row("A-1"), cursor="c/1+="), limit=1, status="open")
    exchange.answers("/markets", page(row("A-2")), limit=1, status="open", cursor="c/1+=")
    exchange.answers("/markets", page(row("A-3", status="inactive")), limit=1, status="paused")
    query, seen = MarketQuery(status=OPEN, limit=1), []
    while True:
        found = await kalshi.markets.list_markets(query)
        seen += tickers(found)
        if found.cursor is None:
            break
        query = query.model_copy(update={"cursor": found.cursor})
    assert seen == ["A-1", "A-2", "A-3"]
    assert [request.split("&")[0] for request in exchange.asked] == [
        "GET /markets?limit=1",
        "GET /markets?cursor=c/1+=",
        "GET /markets?limit=1",
    ]


async def test_without_a_status_the_archive_follows(kalshi, exchange, row, page):
    exchange.knows_cutoff()
    exchange.answers("/markets", page(row("A-1")), limit=1000, event_ticker="A")
    exchange.answers("/historical/markets", page(row("A-0", status="finalized")), limit=999, event_ticker="A")
    found = await kalshi.markets.list_markets(MarketQuery(event_ref="kalshi:A", limit=1000))
    assert tickers(found) == ["A-1", "A-0"]


async def test_an_archive_that_knows_nothing_ends_no_listing(kalshi, exchange, row, page):
    missing = {"error": {"code": "not_found", "message": "not found"}}
    exchange.knows_cutoff()
    exchange.answers("/markets", page(row("A-1")), limit=9)
    exchange.answers("/historical/markets", missing, code=404, limit=8)
    found = await kalshi.markets.list_markets(MarketQuery(limit=9))
    assert (tickers(found), found.cursor) == (["A-1"], None)
    exchange.answers("/markets", page(row("A-1")), tickers="A-1,A-0", limit=2)
    exchange.answers("/historical/markets", missing, code=404, tickers="A-0", limit=1)
    found = await kalshi.markets.list_markets(MarketQuery(market_refs=("kalshi:A-1", "kalshi:A-0")))
    assert tickers(found) == ["A-1"]


async def test_settled_markets_are_in_two_places(kalshi, exchange, row, page):
    exchange.knows_cutoff()
    done = {"status": "finalized", "result": "yes", "settlement_value_dollars": "1.0000"}
    exchange.answers("/markets", page(row("S-2", **done)), limit=9, status="settled", series_ticker="S")
    exchange.answers("/historical/markets", page(row("S-1", **done)), limit=8, series_ticker="S")
    found = await kalshi.markets.list_markets(MarketQuery(status=SETTLED, series_ref="kalshi:S", limit=9))
    assert tickers(found) == ["S-2", "S-1"]


async def test_the_archive_is_left_out_where_it_can_hold_nothing(kalshi, exchange, row, page):
    exchange.knows_cutoff()
    exchange.answers("/markets", page(row("A-1")), limit=9, min_close_ts=1794268799)
    after = datetime(2026, 11, 10, tzinfo=UTC)
    found = await kalshi.markets.list_markets(MarketQuery(closes_after=after, limit=9))
    assert tickers(found) == ["A-1"]
    assert len(exchange.asked) == 2


async def test_open_and_a_closing_time_cannot_be_asked_together(kalshi, exchange, row, page, now):
    begin = int(now.timestamp())
    rows = [
        row("A-1"),
        row("A-2", status="initialized"),
        row("A-3", close_time="2026-11-30T00:00:00Z"),
        row("A-4", status="inactive"),
    ]
    exchange.answers("/markets", page(*rows), limit=9, min_close_ts=begin - 1, max_close_ts=begin + 432001)
    query = MarketQuery(status=OPEN, closes_before=now + timedelta(days=5), limit=9)
    assert tickers(await kalshi.markets.list_markets(query)) == ["A-1", "A-4"]


async def test_what_is_open_closes_later_than_now(kalshi, exchange, now):
    query = MarketQuery(status=OPEN, closes_before=now - timedelta(days=1))
    assert (await kalshi.markets.list_markets(query)).items == ()
    assert exchange.asked == []


async def test_closed_and_determined_share_a_word_at_the_venue(kalshi, exchange, row, page):
    rows = page(row("A-1", status="closed"), row("A-2", status="determined"), row("A-3", status="disputed"))
    exchange.answers("/markets", rows, limit=9, status="closed")
    closed = await kalshi.markets.list_markets(MarketQuery(status=MarketStatus.CLOSED, limit=9))
    determined = await kalshi.markets.list_markets(MarketQuery(status=MarketStatus.DETERMINED, limit=9))
    assert (tickers(closed), tickers(determined)) == (["A-1"], ["A-2", "A-3"])


async def test_closed_takes_a_closing_time(kalshi, exchange, row, page):
    at = datetime(2026, 11, 15, 12, 0, 0, 500_000, UTC)
    stamp = int(at.timestamp())
    rows = page(
        row("A-1", status="closed", close_time="2026-11-15T12:00:00.5Z"),
        row("A-2", status="closed", close_time="2026-11-15T12:00:00.25Z"),
    )
    exchange.answers(
        "/markets", rows, limit=9, status="closed", min_close_ts=stamp - 1, max_close_ts=stamp + 2
    )
    query = MarketQuery(status=MarketStatus.CLOSED, closes_after=at, closes_before=at, limit=9)
    assert tickers(await kalshi.markets.list_markets(query)) == ["A-1"]


async def test_nothing_is_ever_voided_here(kalshi, exchange):
    found = await kalshi.markets.list_markets(MarketQuery(status=MarketStatus.VOIDED))
    assert (found.items, found.cursor, exchange.asked) == ((), None, [])


async def test_named_markets_come_in_the_order_asked_for(kalshi, exchange, row, page):
    exchange.answers("/markets", page(row("A-1"), row("A-2")), tickers="A-2,A-1,A-0", limit=3)
    exchange.answers("/historical/markets", page(row("A-0", status="finalized")), tickers="A-0", limit=1)
    refs = ("kalshi:A-2#no", "kalshi:A-1", "kalshi:A-2", "kalshi:A-0")
    found = await kalshi.markets.list_markets(MarketQuery(market_refs=refs))
    assert tickers(found) == ["A-2", "A-1", "A-0"]


async def test_named_markets_are_asked_in_chunks(kalshi, exchange, row, page):
    names = [f"A-{at}" for at in range(150)]
    for chunk in (names[:100], names[100:]):
        rows = page(*[row(name) for name in chunk])
        exchange.answers("/markets", rows, tickers=",".join(chunk), limit=len(chunk))
    query = MarketQuery(market_refs=tuple(f"kalshi:{name}" for name in names), limit=1000)
    first = await kalshi.markets.list_markets(query)
    second = await kalshi.markets.list_markets(query.model_copy(update={"cursor": first.cursor}))
    assert tickers(first) + tickers(second) == names
    assert second.cursor is None


async def test_named_markets_are_filtered_too(kalshi, exchange, row, page):
    rows = page(row("A-1"), row("B-1"), row("A-2", status="closed"))
    exchange.answers("/markets", rows, tickers="A-1,B-1,A-2", limit=3)
    exchange.answers("/events/A", {"event": event("A", "WEEKLY")}, exclude_markets="true")
    exchange.answers("/events/B", {"event": event("B", "OTHER")}, exclude_markets="true")
    refs = ("kalshi:A-1", "kalshi:B-1", "kalshi:A-2")
    query = MarketQuery(market_refs=refs, status=OPEN, series_ref="kalshi:WEEKLY")
    assert tickers(await kalshi.markets.list_markets(query)) == ["A-1"]
    query = MarketQuery(market_refs=refs, event_ref="kalshi:B")
    assert tickers(await kalshi.markets.list_markets(query)) == ["B-1"]


def event(ticker, series):
    return {
        "event_ticker": ticker,
        "series_ticker": series,
        "title": ticker,
        "sub_title": "",
        "mutually_exclusive": False,
    }


async def test_an_event_outside_the_series_has_no_markets_in_it(kalshi, exchange):
    exchange.answers("/events/A", {"event": event("A", "WEEKLY")}, exclude_markets="true")
    exchange.answers("/events/X", {"error": {"code": "not_found"}}, code=404, exclude_markets="true")
    for name in ("A", "X"):
        query = MarketQuery(event_ref=f"kalshi:{name}", series_ref="kalshi:OTHER")
        assert (await kalshi.markets.list_markets(query)).items == ()


async def test_a_settled_market_is_looked_for_in_the_archive(kalshi, exchange, row):
    exchange.answers("/markets/A-1", {"error": {"code": "not_found"}}, code=404)
    exchange.answers("/historical/markets/A-1", {"market": row("A-1", status="finalized")})
    found = await kalshi.markets.get_market("kalshi:A-1#no")
    assert (found.ref, found.status) == ("kalshi:A-1", SETTLED)


async def test_an_unknown_market_is_not_found(kalshi, exchange):
    for tier in ("", "/historical"):
        exchange.answers(f"{tier}/markets/A-1", {"error": {"code": "not_found"}}, code=404)
    with pytest.raises(NotFound, match="A-1") as failure:
        await kalshi.markets.get_market("kalshi:A-1")
    assert (failure.value.venue, failure.value.capability) == ("kalshi", "markets")


@pytest.mark.parametrize(
    "filters",
    [
        {"event_ref": "other:A"},
        {"series_ref": "other:A"},
        {"market_refs": ("kalshi:A-1", "other:A-1")},
    ],
)
async def test_refs_of_other_venues_are_refused(kalshi, exchange, filters):
    with pytest.raises(RequestError, match="other"):
        await kalshi.markets.list_markets(MarketQuery(**filters))
    assert exchange.asked == []


async def test_a_large_page_is_whole(kalshi, exchange, row, page):
    names = [f"A-{at}" for at in range(1000)]
    exchange.answers(
        "/markets", page(*[row(name) for name in names], cursor="more"), limit=1000, status="open"
    )
    found = await kalshi.markets.list_markets(MarketQuery(status=OPEN, limit=1000))
    assert tickers(found) == names


async def test_a_page_without_a_row_that_makes_sense_is_an_error(kalshi, exchange, row, page):
    exchange.answers("/markets", page(row("A-2", status="melted")), limit=9, status="open")
    with pytest.raises(UnexpectedAnswer, match="A-2: status is 'melted'"):
        await kalshi.markets.list_markets(MarketQuery(status=OPEN, limit=9))


async def test_one_row_that_makes_no_sense_costs_nobody_else(kalshi, exchange, row, page):
    rows = page(row("A-1"), row("A-2", status="asleep"), row("A-3", volume_fp=7), row(""), row("A-5"))
    exchange.answers("/markets", rows, status="open", limit=100)
    exchange.answers("/markets", page(), status="paused", limit=98)
    found = await kalshi.markets.list_markets(MarketQuery(status=MarketStatus.OPEN))
    assert [market.ref for market in found.items] == ["kalshi:A-1", "kalshi:A-5"]
    told = " / ".join(fault.message for fault in kalshi.faults)
    assert "status is 'asleep'" in told
    assert "volume_fp" in told
    assert len(kalshi.faults) == kalshi.faults.count == 3
