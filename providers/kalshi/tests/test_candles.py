"""Candles under both namings, from the tier or tiers that can hold them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pmi_core.errors import NotFound, UnexpectedAnswer
from pmi_core.models import CandleInterval, CandleQuery

pytestmark = pytest.mark.anyio
D = Decimal
MISSING = {"error": {"code": "not_found", "message": "not found"}}
START = datetime(2026, 11, 16, 10, tzinfo=UTC)
STAMP = int(START.timestamp())
OLD = datetime(2026, 6, 1, 10, tzinfo=UTC)


def live(end, traded=("0.4100", "0.4500", "0.4000", "0.4200"), bid="0.4100", ask="0.4300", volume="7.25"):
    names = ("open_dollars", "high_dollars", "low_dollars", "close_dollars")
    return {
        "end_period_ts": end,
        "price": {**dict(zip(names, traded, strict=True)), "mean_dollars": None, "previous_dollars": "0.3900"}
        if traded
        else {"previous_dollars": "0.3900"},
        "yes_bid": dict.fromkeys(names, bid),
        "yes_ask": dict.fromkeys(names, ask),
        "volume_fp": volume,
        "open_interest_fp": "90.00",
    }


def archived(end):
    names = ("open", "high", "low", "close")
    return {
        "end_period_ts": end,
        "price": {**dict.fromkeys(names, "0.3000"), "mean": "0.3000", "previous": None},
        "yes_bid": dict.fromkeys(names, "0.2900"),
        "yes_ask": dict.fromkeys(names, "0.3100"),
        "volume": "3.00",
        "open_interest": "12.00",
    }


def query(start=START, hours=3, **changes):
    return CandleQuery(
        **{"market_ref": "kalshi:A-1", "start": start, "end": start + timedelta(hours=hours), **changes}
    )


def of_live(exchange, rows, start=START, hours=3, minutes=60):
    first, last = int(start.timestamp()), int((start + timedelta(hours=hours)).timestamp())
    markets = [{"market_ticker": "A-1", "candlesticks": rows}] if rows is not None else []
    asked = {"market_tickers": "A-1", "start_ts": first, "end_ts": last, "period_interval": minutes}
    return exchange.answers("/markets/candlesticks", {"markets": markets}, **asked)


def of_archive(exchange, rows, start=START, hours=3):
    first, last = int(start.timestamp()), int((start + timedelta(hours=hours)).timestamp())
    path = "/historical/markets/A-1/candlesticks"
    asked = {"start_ts": first, "end_ts": last, "period_interval": 60}
    if rows is None:
        return exchange.answers(path, MISSING, code=404, **asked)
    return exchange.answers(path, {"ticker": "A-1", "candlesticks": rows}, **asked)


async def test_every_field_of_a_live_candle(kalshi, exchange):
    of_live(exchange.knows_cutoff(), [live(STAMP + 3600)])
    (candle,) = await kalshi.candles.list_candles(query())
    assert (candle.start, candle.end) == (START, START + timedelta(hours=1))
    assert (candle.open, candle.high, candle.low, candle.close) == (
        D("0.41"),
        D("0.45"),
        D("0.40"),
        D("0.42"),
    )
    assert (candle.bid_close, candle.ask_close) == (D("0.41"), D("0.43"))
    assert (candle.volume, candle.open_interest) == (D("7.25"), D("90"))


async def test_every_field_of_an_archived_candle(kalshi, exchange):
    end = int(OLD.timestamp()) + 3600
    of_archive(of_live(exchange.knows_cutoff(), None, OLD), [archived(end)], OLD)
    (candle,) = await kalshi.candles.list_candles(query(OLD))
    assert (candle.start, candle.open, candle.high, candle.low, candle.close) == (OLD, *[D("0.3")] * 4)
    assert (candle.bid_close, candle.ask_close) == (D("0.29"), D("0.31"))
    assert (candle.volume, candle.open_interest) == (D("3"), D("12"))


@pytest.mark.parametrize("traded", [(None,) * 4, (), ("0.4000",) * 4])
async def test_without_trades_there_are_no_prices(kalshi, exchange, traded):
    of_live(exchange.knows_cutoff(), [live(STAMP + 3600, traded, "0.0000", "1.0000", "0.00")])
    (candle,) = await kalshi.candles.list_candles(query())
    assert (candle.open, candle.high, candle.low, candle.close) == (None,) * 4
    assert (candle.bid_close, candle.ask_close, candle.volume) == (None, None, D(0))


async def test_a_young_window_needs_the_live_tier_alone(kalshi, exchange):
    of_live(exchange.knows_cutoff(), [live(STAMP + 3600)])
    await kalshi.candles.list_candles(query())
    assert [asked.split("?")[0] for asked in exchange.asked] == [
        "GET /historical/cutoff",
        "GET /markets/candlesticks",
    ]


async def test_a_window_over_the_cutoff_is_put_together(kalshi, exchange):
    start = datetime(2026, 8, 15, 22, tzinfo=UTC)
    first = int(start.timestamp())
    of_live(exchange.knows_cutoff(), [live(first + 3 * 3600), live(first + 2 * 3600)], start, 4)
    of_archive(exchange, [archived(first + 3600), archived(first + 2 * 3600)], start, 4)
    found = await kalshi.candles.list_candles(query(start, 4))
    assert [(candle.end - start) / timedelta(hours=1) for candle in found] == [1, 2, 3]
    assert [candle.close for candle in found] == [D("0.30"), D("0.42"), D("0.42")]


async def test_an_old_window_of_a_market_that_lives(kalshi, exchange):
    of_live(exchange.knows_cutoff(), [live(int(OLD.timestamp()) + 3600)], OLD)
    of_archive(exchange, None, OLD)
    assert len(await kalshi.candles.list_candles(query(OLD))) == 1


async def test_candles_that_reach_over_the_window_are_left_out(kalshi, exchange):
    rows = [live(STAMP), live(STAMP + 3600), live(STAMP + 3 * 3600), live(STAMP + 4 * 3600)]
    of_live(exchange.knows_cutoff(), rows)
    found = await kalshi.candles.list_candles(query())
    assert [candle.end.hour for candle in found] == [11, 13]


@pytest.mark.parametrize(
    "interval, minutes", [(CandleInterval.MINUTE, 1), (CandleInterval.HOUR, 60), (CandleInterval.DAY, 1440)]
)
async def test_intervals_are_minutes_at_the_venue(kalshi, exchange, row, interval, minutes):
    exchange.knows_cutoff().answers("/markets/A-1", {"market": row("A-1")})
    of_live(exchange, [], minutes=minutes)
    assert await kalshi.candles.list_candles(query(interval=interval)) == ()


async def test_a_long_window_is_asked_in_pieces(kalshi, exchange):
    exchange.knows_cutoff()
    last = STAMP + 600_000
    for first, end in ((STAMP, last - 1), (last, last)):
        asked = {"market_tickers": "A-1", "start_ts": first, "end_ts": end, "period_interval": 1}
        rows = [live(at) for at in (first + 60, end - 59 if end > first else end) if at <= end]
        exchange.answers(
            "/markets/candlesticks", {"markets": [{"market_ticker": "A-1", "candlesticks": rows}]}, **asked
        )
    wanted = query(interval=CandleInterval.MINUTE, end=START + timedelta(minutes=10_000))
    found = await kalshi.candles.list_candles(wanted)
    assert [candle.end for candle in found] == sorted(candle.end for candle in found)
    assert found[-1].end == wanted.end


async def test_candles_of_an_unknown_market_are_not_found(kalshi, exchange):
    of_live(exchange.knows_cutoff(), None)
    exchange.answers("/markets/A-1", MISSING, code=404).answers("/historical/markets/A-1", MISSING, code=404)
    with pytest.raises(NotFound, match="A-1"):
        await kalshi.candles.list_candles(query())


@pytest.mark.parametrize(
    "strange",
    [
        live(STAMP + 3600, bid="2.0000"),
        live(STAMP + 3600, volume="?"),
        live(10**17),
        {**live(STAMP + 3600), "yes_bid": {}},
    ],
)
async def test_a_strange_candle_is_an_error(kalshi, exchange, strange):
    of_live(exchange.knows_cutoff(), [strange])
    with pytest.raises(UnexpectedAnswer) as failure:
        await kalshi.candles.list_candles(query())
    assert (failure.value.venue, failure.value.capability) == ("kalshi", "candles")
