"""Candlesticks, milestones, live data by type and progress towards a tier, in the venue's own words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pmi_core.errors import RequestError, SettingsError, UnexpectedAnswer

pytestmark = pytest.mark.anyio
D = Decimal
DAY = datetime(2026, 11, 16, tzinfo=UTC)
END = DAY + timedelta(hours=2)
SPAN = {"start_ts": 1_794_787_200, "end_ts": 1_794_794_400}


def offers(low, high):
    return {"open_dollars": low, "low_dollars": low, "high_dollars": high, "close_dollars": high}


def candle(end=1_794_790_800, **changes):
    return {
        "end_period_ts": end,
        "yes_bid": offers("0.4000", "0.4200"),
        "yes_ask": offers("0.4300", "0.4500"),
        "price": {**offers("0.4100", "0.4400"), "mean_dollars": "0.4250", "previous_dollars": "0.3900"},
        "volume_fp": "12.50",
        "open_interest_fp": "100.00",
        **changes,
    }


async def test_a_markets_candles_tell_more_than_the_neutral_ones(kalshi, exchange):
    before = candle(1_794_787_200, price={}, volume_fp="0.00")
    wrong = candle(1_794_794_400, volume_fp="NaN")
    path = "/series/S/markets/S-1-A/candlesticks"
    told = {"ticker": "S-1-A", "candlesticks": [before, candle(), wrong]}
    exchange.answers(path, told, **SPAN, period_interval=60, include_latest_before_start="true")
    first, second = await kalshi.native.candles.of_market(
        "S", "S-1-A", start=DAY, end=END, latest_before=True
    )
    assert (first.end, first.price.close_dollars) == (DAY, None)
    assert (second.yes_bid.high_dollars, second.yes_ask.low_dollars) == (D("0.42"), D("0.43"))
    assert (second.price.mean_dollars, second.price.previous_dollars) == (D("0.425"), D("0.39"))
    assert [fault.message.count("volume_fp is no number") for fault in kalshi.faults] == [1]


async def test_an_events_candles_say_how_far_they_go(kalshi, exchange):
    told = {
        "market_tickers": ["S-1-A", "S-1-B"],
        "market_candlesticks": [[candle(), candle(volume_fp="-1")], []],
        "adjusted_end_ts": 1_794_790_800,
    }
    exchange.answers("/series/S/events/S-1/candlesticks", told, **SPAN, period_interval=1)
    found = await kalshi.native.candles.of_event("S", "S-1", start=DAY, end=END, minutes=1)
    assert {name: len(rows) for name, rows in found.markets.items()} == {"S-1-A": 1, "S-1-B": 0}
    assert found.adjusted_end == DAY + timedelta(hours=1)
    assert len(kalshi.faults) == 1


async def test_candles_without_their_market_are_nobodys(kalshi, exchange):
    told = {"market_tickers": ["S-1-A"], "market_candlesticks": [], "adjusted_end_ts": 0}
    exchange.answers("/series/S/events/S-1/candlesticks", told, **SPAN, period_interval=60)
    with pytest.raises(UnexpectedAnswer, match="candlesticks of 0 markets come with 1 tickers"):
        await kalshi.native.candles.of_event("S", "S-1", start=DAY, end=END)


@pytest.mark.parametrize(
    "start, end, minutes, said",
    [
        (DAY, END, 5, "1, 60, 1440"),
        (END, DAY, 60, "ends after it begins"),
        (DAY.replace(tzinfo=None), END, 60, "zone"),
    ],
)
async def test_a_stretch_that_is_none_is_not_asked_for(kalshi, exchange, start, end, minutes, said):
    with pytest.raises(RequestError, match=said):
        await kalshi.native.candles.of_event("S", "S-1", start=start, end=end, minutes=minutes)
    with pytest.raises(RequestError, match=said):
        await kalshi.native.candles.of_market("S", "S-1-A", start=start, end=end, minutes=minutes)
    assert not exchange.asked


async def test_a_milestone_and_its_live_data_by_type(kalshi, exchange):
    row = {
        "id": "m1",
        "category": "Sports",
        "type": "football_game",
        "title": "A game",
        "notification_message": "",
        "start_date": "2026-11-16T20:00:00Z",
        "related_event_tickers": ["S-1"],
        "primary_event_tickers": [],
        "details": {"league": "x"},
        "last_updated_ts": "2026-11-16T14:00:00Z",
    }
    exchange.answers("/milestones/m1", {"milestone": row})
    told = {"type": "football_game", "milestone_id": "m1", "details": {"home": 7}}
    exchange.answers(
        "/live_data/football_game/milestone/m1", {"live_data": told}, include_player_stats="true"
    )
    found = await kalshi.native.milestones.get("m1")
    assert (found.details, found.related_event_tickers) == ({"league": "x"}, ("S-1",))
    live = await kalshi.native.live_data.of_type(found.type, found.id, player_stats=True)
    assert live.details == {"home": 7}


async def test_progress_towards_a_tier(keyed, kalshi, exchange):
    goal = {"level": "expert", "earn_volume_goal_fp": "1000.00", "keep_volume_goal_fp": "800.00"}
    row = {"computed_ts": SPAN["start_ts"], "trailing_30d_volume_fp": "512.25", "goals": [goal]}
    exchange.answers("/account/api_usage_level/volume_progress", {"volume_progress": [row]})
    (found,) = await keyed.native.keys.volume_progress()
    assert (found.computed, found.trailing_30d_volume_fp) == (DAY, D("512.25"))
    assert (found.goals[0].level, found.goals[0].keep_volume_goal_fp) == ("expert", 800)
    with pytest.raises(SettingsError, match="has no key"):
        await kalshi.native.keys.volume_progress()
