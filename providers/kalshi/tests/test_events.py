"""Events with their markets and fees; series."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pmi_core.errors import NotFound, UnexpectedAnswer
from pmi_core.models import EventQuery, MarketStatus, SeriesQuery

pytestmark = pytest.mark.anyio
MISSING = {"error": {"code": "not_found", "message": "not found"}}


@pytest.fixture
def event():
    def made(ticker="A", series="WEEKLY", **changes):
        plain = {
            "event_ticker": ticker,
            "series_ticker": series,
            "title": f"About {ticker}",
            "sub_title": "this year",
            "mutually_exclusive": True,
            "collateral_return_type": "MECNET",
            "category": "Climate",
            "settlement_sources": [
                {"name": "Board", "url": "https://board.example"},
                {"url": "https://b.example"},
                {},
            ],
            "last_updated_ts": "0001-01-01T00:00:00Z",
        }
        return {**plain, **changes}

    return made


@pytest.fixture
def series():
    def made(ticker="WEEKLY", **changes):
        plain = {
            "ticker": ticker,
            "title": f"Series {ticker}",
            "frequency": "weekly",
            "category": "Climate",
            "categories": ["Climate", "Science"],
            "tags": ["Lakes"],
            "settlement_sources": None,
            "fee_type": "quadratic_with_maker_fees",
            "fee_multiplier": 0.5,
        }
        return {**plain, **changes}

    return made


async def test_an_event_knows_its_markets_and_what_they_are_charged(kalshi, exchange, event, series, row):
    rows = [row("A-1"), row("A-2", close_time="2026-12-01T00:00:00Z")]
    exchange.knows_cutoff().answers("/series/WEEKLY", {"series": series()})
    exchange.answers("/events/A", {"event": event(markets=rows)}, with_nested_markets="true")
    found = await kalshi.events.get_event("kalshi:A")
    assert (found.ref, found.series_ref, found.title, found.subtitle) == (
        "kalshi:A",
        "kalshi:WEEKLY",
        "About A",
        "this year",
    )
    assert (found.category, found.mutually_exclusive, found.exhaustive, found.open_set) == (
        "Climate",
        True,
        None,
        None,
    )
    assert [(source.name, source.url) for source in found.resolution_sources] == [
        ("Board", "https://board.example"),
        ("https://b.example", "https://b.example"),
    ]
    assert found.close_time == datetime(2026, 12, 1, tzinfo=UTC)
    assert [market.ref for market in found.markets] == ["kalshi:A-1", "kalshi:A-2"]
    for market in found.markets:
        assert (market.fees.maker_rate, market.fees.multiplier) == (Decimal("0.0175"), Decimal("0.5"))
        assert market.resolution_sources == found.resolution_sources


async def test_markets_may_stand_beside_the_event(kalshi, exchange, event, series, row):
    exchange.knows_cutoff().answers("/series/WEEKLY", {"series": series()})
    exchange.answers("/events/A", {"event": event(), "markets": [row("A-1")]}, with_nested_markets="true")
    assert len((await kalshi.events.get_event("kalshi:A")).markets) == 1


async def test_an_old_event_has_markets_in_the_archive(kalshi, exchange, event, series, row, page):
    late = row("A-2", open_time="2026-05-01T00:00:00Z")
    exchange.knows_cutoff().answers("/series/WEEKLY", {"series": series()})
    exchange.answers("/events/A", {"event": event(markets=[late])}, with_nested_markets="true")
    gone = row("A-1", status="finalized", result="no", settlement_value_dollars="0.0000")
    exchange.answers("/historical/markets", page(gone, cursor="on"), event_ticker="A", limit=1000)
    exchange.answers("/historical/markets", page(), event_ticker="A", limit=1000, cursor="on")
    found = await kalshi.events.get_event("kalshi:A")
    assert [market.ref.native for market in found.markets] == ["A-1", "A-2"]


async def test_an_event_of_which_the_archive_knows_nothing_is_there(kalshi, exchange, event, series, row):
    late = row("A-2", open_time="2026-05-01T00:00:00Z")
    exchange.knows_cutoff().answers("/series/WEEKLY", {"series": series()})
    exchange.answers("/events/A", {"event": event(markets=[late])}, with_nested_markets="true")
    exchange.answers("/historical/markets", MISSING, code=404, event_ticker="A", limit=1000)
    assert [market.ref.native for market in (await kalshi.events.get_event("kalshi:A")).markets] == ["A-2"]


async def test_an_archive_that_breaks_off_does_not_deny_the_event(kalshi, exchange, event, series, row, page):
    exchange.knows_cutoff().answers("/series/WEEKLY", {"series": series()})
    exchange.answers("/events/A", {"event": event(markets=[])}, with_nested_markets="true")
    gone = row("A-1", status="finalized", result="no", settlement_value_dollars="0.0000")
    exchange.answers("/historical/markets", page(gone, cursor="on"), event_ticker="A", limit=1000)
    exchange.answers("/historical/markets", MISSING, code=404, event_ticker="A", limit=1000, cursor="on")
    with pytest.raises(UnexpectedAnswer, match="breaks off"):
        await kalshi.events.get_event("kalshi:A")


async def test_an_event_overrides_the_fees_of_its_series(kalshi, exchange, event, series, row):
    own = event(markets=[row("A-1")], fee_type_override="quadratic", fee_multiplier_override=0)
    exchange.knows_cutoff().answers("/series/WEEKLY", {"series": series()})
    exchange.answers("/events/A", {"event": own}, with_nested_markets="true")
    (market,) = (await kalshi.events.get_event("kalshi:A")).markets
    assert (market.fees.maker_rate, market.fees.multiplier) == (0, 0)


async def test_without_its_series_fees_are_not_known(kalshi, exchange, event, row):
    exchange.knows_cutoff().answers("/series/WEEKLY", MISSING, code=404)
    exchange.answers("/events/A", {"event": event(markets=[row("A-1")])}, with_nested_markets="true")
    (market,) = (await kalshi.events.get_event("kalshi:A")).markets
    assert market.fees is None


async def test_a_combo_is_in_a_list_of_its_own(kalshi, exchange, event, series, row):
    exchange.knows_cutoff().answers("/series/KXMVE", {"series": series("KXMVE")})
    exchange.answers("/events/KXMVE-1", MISSING, code=404, with_nested_markets="true")
    combo = event(
        "KXMVE-1",
        "KXMVE",
        mutually_exclusive=False,
        markets=[row("KXMVE-1-A", strike_type=..., custom_strike={"legs": "A-1,B-2"})],
    )
    asked = {"tickers": "KXMVE-1", "limit": 1, "with_nested_markets": "true"}
    exchange.answers("/events/multivariate", {"events": [combo], "cursor": ""}, **asked)
    found = await kalshi.events.get_event("kalshi:KXMVE-1")
    assert found.markets[0].strike.text == "legs: A-1,B-2"


async def test_an_unknown_event_is_not_found(kalshi, exchange):
    exchange.answers("/events/X", MISSING, code=404, with_nested_markets="true")
    exchange.answers(
        "/events/multivariate", {"events": [], "cursor": ""}, tickers="X", limit=1, with_nested_markets="true"
    )
    with pytest.raises(NotFound):
        await kalshi.events.get_event("kalshi:X")


async def test_listing_never_asks_for_more_than_the_venue_gives(kalshi, exchange, event):
    exchange.answers("/events", {"events": [event()], "cursor": "n"}, limit=200)
    found = await kalshi.events.list_events(EventQuery(limit=1000))
    assert [one.markets for one in found.items] == [()]
    assert found.cursor is not None


async def test_listing_by_status_series_and_category(kalshi, exchange, event, row):
    rows = [event("A", markets=[row("A-1")]), event("B", category="Sports", markets=[])]
    asked = {"limit": 9, "series_ticker": "WEEKLY", "status": "open", "with_nested_markets": "true"}
    exchange.answers("/events", {"events": rows, "cursor": ""}, **asked)
    query = EventQuery(
        status=MarketStatus.OPEN, series_ref="kalshi:WEEKLY", category="Climate", with_markets=True, limit=9
    )
    found = await kalshi.events.list_events(query)
    assert [(one.ref, len(one.markets)) for one in found.items] == [("kalshi:A", 1)]


@pytest.mark.parametrize("status, expected", [(MarketStatus.CLOSED, "A"), (MarketStatus.DETERMINED, "B")])
async def test_closed_and_determined_are_told_apart_by_the_markets(
    kalshi, exchange, event, row, status, expected
):
    rows = [
        event("A", markets=[row("A-1", status="closed")]),
        event("B", markets=[row("B-1", status="determined")]),
    ]
    exchange.answers(
        "/events", {"events": rows, "cursor": ""}, limit=9, status="closed", with_nested_markets="true"
    )
    found = await kalshi.events.list_events(EventQuery(status=status, limit=9))
    assert [(one.ref.native, one.markets) for one in found.items] == [(expected, ())]


async def test_combos_are_listed_by_their_series(kalshi, exchange, event, row):
    rows = [event("KXMVE-1", "KXMVEX", markets=[row("KXMVE-1-A")]), event("KXMVE-2", "KXMVEX", markets=[])]
    asked = {"limit": 9, "series_ticker": "KXMVEX", "with_nested_markets": "true"}
    exchange.answers("/events/multivariate", {"events": rows, "cursor": ""}, **asked)
    query = EventQuery(series_ref="kalshi:KXMVEX", status=MarketStatus.OPEN, limit=9)
    assert [one.ref.native for one in (await kalshi.events.list_events(query)).items] == ["KXMVE-1"]


async def test_no_event_is_voided(kalshi, exchange):
    assert (await kalshi.events.list_events(EventQuery(status=MarketStatus.VOIDED))).items == ()
    assert exchange.asked == []


async def test_series_are_cut_into_pages_here(kalshi, exchange, series):
    names = [f"S{at}" for at in range(5)]
    exchange.answers(
        "/series", {"series": [series(name) for name in names]}, category="Climate", tags="Lakes"
    )
    query, seen = SeriesQuery(category="Climate", tag="Lakes", limit=2), []
    while True:
        found = await kalshi.events.list_series(query)
        seen.append([one.ref.native for one in found.items])
        if found.cursor is None:
            break
        query = query.model_copy(update={"cursor": found.cursor})
    assert seen == [["S0", "S1"], ["S2", "S3"], ["S4"]]
    assert len(exchange.asked) == 1


async def test_a_kept_list_of_series_grows_old(kalshi, exchange, series, clock):
    exchange.answers("/series", {"series": [series()]})
    await kalshi.events.list_series(SeriesQuery())
    await clock.advance(301)
    await kalshi.events.list_series(SeriesQuery())
    assert len(exchange.asked) == 2


@pytest.mark.parametrize("cursor", ["x", "00000000.from.1"])
async def test_a_foreign_cursor_of_series_is_refused(kalshi, exchange, series, cursor):
    exchange.answers("/series", {"series": [series()]})
    with pytest.raises(Exception, match="does not belong"):
        await kalshi.events.list_series(SeriesQuery(cursor=cursor))


async def test_a_series_says_its_fees(kalshi, exchange, series):
    exchange.answers("/series/WEEKLY", {"series": series(tags=None, category="")})
    found = await kalshi.events.get_series("kalshi:WEEKLY")
    assert (found.ref, found.title, found.frequency) == ("kalshi:WEEKLY", "Series WEEKLY", "weekly")
    assert (found.category, found.tags, found.resolution_sources) == (None, (), ())
    assert (found.fees.taker_rate, found.fees.maker_rate, found.fees.multiplier) == (
        Decimal("0.07"),
        Decimal("0.0175"),
        Decimal("0.5"),
    )


async def test_an_unknown_series_is_not_found(kalshi, exchange):
    exchange.answers("/series/X", MISSING, code=404)
    with pytest.raises(NotFound):
        await kalshi.events.get_series("kalshi:X")
