"""Recorded answers of the venue, field by field; skipped where they are not on this machine.

The expected values are worked out here from the recorded text, by other means than the provider's.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pmi_core.models import (
    CandleInterval,
    CandleQuery,
    MarketQuery,
    MarketResult,
    MarketStatus,
    MilestoneQuery,
    OutcomeSide,
    StrikeKind,
    TradeQuery,
    Trading,
)

pytestmark = pytest.mark.anyio
D = Decimal
KINDS = {"greater": StrikeKind.GREATER, "less": StrikeKind.LESS, "between": StrikeKind.BETWEEN}
STATUSES = {
    "active": (MarketStatus.OPEN, Trading.OPEN),
    "determined": (MarketStatus.DETERMINED, Trading.NONE),
}


def moment(text):
    return None if text is None else datetime.fromisoformat(text)


def quoted(text, size):
    """Price and size of a quote that somebody stands behind, else nothing."""
    at, held = D(text), D(size)
    return (at, held) if 0 < at < 1 and held > 0 else (None, None)


def check_market(found, row):
    status = STATUSES[row["status"]]
    bid, bid_size = quoted(row["yes_bid_dollars"], row["yes_bid_size_fp"])
    ask, ask_size = quoted(row["yes_ask_dollars"], row["yes_ask_size_fp"])
    last = D(row["last_price_dollars"]) or None
    assert found.ref == f"kalshi:{row['ticker']}"
    assert found.event_ref == f"kalshi:{row['event_ticker']}"
    assert found.title == row["title"]
    assert found.subtitle == row["yes_sub_title"]
    for part in ("rules_primary", "rules_secondary", "early_close_condition"):
        assert row[part] in found.rules
    assert (found.status, found.trading) == status
    assert (found.yes.bid, found.yes.bid_size, found.yes.ask, found.yes.ask_size) == (
        bid,
        bid_size,
        ask,
        ask_size,
    )
    assert found.yes.last == last
    assert found.no.bid == (None if ask is None else D(row["no_bid_dollars"]))
    assert found.no.ask == (None if bid is None else D(row["no_ask_dollars"]))
    assert (found.no.bid_size, found.no.ask_size) == (ask_size, bid_size)
    assert found.no.last == (None if last is None else 1 - last)
    assert found.yes.label == row["yes_sub_title"]
    assert found.yes.label != found.no.label
    assert (found.open_time, found.close_time) == (moment(row["open_time"]), moment(row["close_time"]))
    assert found.expected_expiration_time == moment(row["expected_expiration_time"])
    assert found.settled_time is None
    assert (found.volume, found.volume_24h) == (D(row["volume_fp"]), D(row["volume_24h_fp"]))
    assert found.open_interest == D(row["open_interest_fp"])
    assert [(str(band.start), str(band.end), str(band.step)) for band in found.price_grid.ranges] == [
        (band["start"], band["end"], band["step"]) for band in row["price_ranges"]
    ]
    assert found.result == (
        {"yes": MarketResult.YES, "no": MarketResult.NO}[row["result"]] if row["result"] else None
    )
    paid = row.get("settlement_value_dollars")
    assert found.settlement_value == (None if paid is None else D(paid))
    assert not found.resolution_final
    assert found.fees is None


async def test_markets_of_a_weather_series(kalshi, exchange, sample):
    recorded = sample("markets_high_temp_weather.json")
    exchange.knows_cutoff().answers("/markets", recorded, limit=100)
    exchange.answers("/historical/markets", {"markets": [], "cursor": ""}, limit=82)
    found = (await kalshi.markets.list_markets(MarketQuery())).items
    assert len(found) == len(recorded["markets"]) == 18
    for market, row in zip(found, recorded["markets"], strict=True):
        check_market(market, row)
        strike = market.strike
        assert strike.kind is KINDS[row["strike_type"]]
        assert strike.floor == (D(row["floor_strike"]) if "floor_strike" in row else None)
        assert strike.cap == (D(row["cap_strike"]) if "cap_strike" in row else None)


async def test_a_market_on_a_tapered_grid(kalshi, exchange, sample):
    recorded = sample("market_tapered_deci_cent_election.json")
    row = recorded["market"]
    exchange.answers(f"/markets/{row['ticker']}", recorded)
    found = await kalshi.markets.get_market(f"kalshi:{row['ticker']}")
    check_market(found, row)
    assert (found.strike.kind, found.strike.text) == (StrikeKind.OTHER, "Pres candidate: Stephen A. Smith")
    assert found.price_grid.contains(D("0.001"))
    assert not found.price_grid.contains(D("0.105"))


async def test_a_fresh_market_without_any_order(kalshi, exchange, sample):
    (recorded,) = [
        step["data"]
        for step in sample("rfq_quote_accept_yes_scenario.json")
        if step["step"] == "market_payload"
    ]
    row = recorded["market"]
    exchange.answers(f"/markets/{row['ticker']}", recorded)
    found = await kalshi.markets.get_market(f"kalshi:{row['ticker']}")
    check_market(found, {**row, "no_sub_title": row["yes_sub_title"]})
    assert found.yes.ask is None, "an ask of 0.0000 is none either"


async def test_an_event_that_is_not_exclusive(kalshi, exchange, sample):
    recorded = sample("event_not_mutually_exclusive.json")
    event, (row,) = recorded["event"], recorded["markets"]
    ticker, series = event["event_ticker"], event["series_ticker"]
    exchange.knows_cutoff().answers(f"/events/{ticker}", recorded, with_nested_markets="true")
    exchange.answers(f"/series/{series}", {"error": {"code": "not_found"}}, code=404)
    exchange.answers("/historical/markets", {"markets": [], "cursor": ""}, event_ticker=ticker, limit=1000)
    found = await kalshi.events.get_event(f"kalshi:{ticker}")
    assert (found.ref, found.series_ref) == (f"kalshi:{ticker}", f"kalshi:{series}")
    assert (found.title, found.subtitle, found.category) == (
        event["title"],
        event["sub_title"],
        event["category"],
    )
    assert (found.mutually_exclusive, found.exhaustive) == (False, None)
    assert [(source.name, source.url) for source in found.resolution_sources] == [
        (source["name"], source["url"]) for source in event["settlement_sources"]
    ]
    (market,) = found.markets
    check_market(market, row)
    assert market.strike is None
    assert market.resolution_sources == found.resolution_sources
    assert found.close_time == moment(row["close_time"])


async def test_a_book_with_one_level_on_one_side(kalshi, exchange, sample):
    recorded = sample("orderbook_tapered_deci_cent_election.json")
    exchange.answers("/markets/KXPRESPERSON-28-SSMI/orderbook", recorded)
    found = await kalshi.books.get_book("kalshi:KXPRESPERSON-28-SSMI")
    yes, no = recorded["orderbook_fp"]["yes_dollars"], recorded["orderbook_fp"]["no_dollars"]
    assert [(level.price, level.size) for level in found.bids] == [
        (D(at), D(held)) for at, held in reversed(yes)
    ]
    assert [(level.price, level.size) for level in found.asks] == [
        (1 - D(at), D(held)) for at, held in reversed(no)
    ]
    assert (found.best_ask.price, found.best_ask.size) == (D("0.0020"), D("10094.59"))


async def test_an_empty_book(kalshi, exchange, sample, row):
    exchange.answers("/markets/A-1/orderbook", sample("orderbook_empty.json"))
    exchange.answers("/markets/A-1", {"market": row("A-1")})
    found = await kalshi.books.get_book("kalshi:A-1")
    assert (found.bids, found.asks) == ((), ())


async def test_trades(kalshi, exchange, sample):
    recorded = sample("trades_public.json")
    exchange.knows_cutoff().answers("/markets/trades", recorded, limit=100)
    page = await kalshi.trades.list_trades(TradeQuery())
    assert page.cursor.endswith(recorded["cursor"])
    for found, row in zip(page.items, recorded["trades"], strict=True):
        assert (found.trade_id, found.market_ref) == (row["trade_id"], f"kalshi:{row['ticker']}")
        assert (found.price, found.size) == (D(row["yes_price_dollars"]), D(row["count_fp"]))
        assert found.price + D(row["no_price_dollars"]) == 1
        assert (found.taker_outcome, found.off_book) == (
            OutcomeSide(row["taker_outcome_side"]),
            row["is_block_trade"],
        )
        assert found.time == moment(row["created_time"])


async def test_candles_of_three_games(kalshi, exchange, sample):
    recorded = sample("candlesticks_mlb.json")["markets"]
    assert len(recorded) == 3
    exchange.knows_cutoff().answers(
        "/historical/markets/*", {"error": {"code": "not_found"}}, code=404, **{"*": "*"}
    )
    for ticker, made in recorded.items():
        answer = {"markets": [{"market_ticker": ticker, "candlesticks": made["candlesticks"]}]}
        exchange.answers("/markets/candlesticks", answer, **{"market_tickers": ticker, "*": "*"})
        rows = made["candlesticks"]
        start = datetime.fromtimestamp(rows[0]["end_period_ts"] - 60, UTC)
        end = datetime.fromtimestamp(rows[-1]["end_period_ts"], UTC)
        query = CandleQuery(
            market_ref=f"kalshi:{ticker}", interval=CandleInterval.MINUTE, start=start, end=end
        )
        found = await kalshi.candles.list_candles(query)
        assert len(found) == len(rows)
        for candle, row in zip(found, rows, strict=True):
            assert candle.end == datetime.fromtimestamp(row["end_period_ts"], UTC)
            assert candle.end - candle.start == timedelta(minutes=1)
            for name in ("open", "high", "low", "close"):
                text = row["price"].get(f"{name}_dollars")
                assert getattr(candle, name) == (None if text is None else D(text))
            assert candle.bid_close == D(row["yes_bid"]["close_dollars"])
            assert candle.ask_close == D(row["yes_ask"]["close_dollars"])
            assert (candle.volume, candle.open_interest) == (D(row["volume_fp"]), D(row["open_interest_fp"]))


async def test_milestones(kalshi, exchange, sample):
    recorded = sample("milestones_list_2026-01.json")["response"]
    exchange.answers("/milestones", recorded, limit=5)
    page = await kalshi.milestones.list_milestones(MilestoneQuery(limit=5))
    assert page.cursor.endswith(recorded["cursor"])
    for found, row in zip(page.items, recorded["milestones"], strict=True):
        assert (found.ref, found.title) == (f"kalshi:{row['id']}", row["title"])
        assert (found.category, found.kind, found.source) == (row["category"], row["type"], row["source_id"])
        assert (found.start_time, found.end_time) == (moment(row["start_date"]), moment(row["end_date"]))
        assert found.event_refs == tuple(f"kalshi:{ticker}" for ticker in row["related_event_tickers"])
        assert found.primary_event_refs == tuple(
            f"kalshi:{ticker}" for ticker in row["primary_event_tickers"]
        )
        assert found.updated_time == moment(row["last_updated_ts"])


async def test_series_and_their_fees(kalshi, exchange, sample):
    maker = {"quadratic": D(0), "quadratic_with_maker_fees": D("0.0175")}
    recorded = sample("series_fee_fields.json")["payloads"]
    for ticker, answer in recorded.items():
        exchange.answers(f"/series/{ticker}", answer)
        found, row = await kalshi.events.get_series(f"kalshi:{ticker}"), answer["series"]
        assert (found.ref, found.title, found.frequency) == (
            f"kalshi:{ticker}",
            row["title"],
            row["frequency"],
        )
        assert (found.category, found.tags) == (row["category"], tuple(row["tags"]))
        assert [(source.name, source.url) for source in found.resolution_sources] == [
            (source["name"], source["url"]) for source in row["settlement_sources"]
        ]
        assert found.fees.maker_rate == maker[row["fee_type"]]
        assert found.fees.multiplier == D(str(row["fee_multiplier"]))


async def test_the_state_of_four_shards(kalshi, exchange, sample):
    recorded = sample("exchange_status_shards_2026-09.json")
    exchange.answers("/exchange/status", recorded)
    found = await kalshi.status.get_status()
    assert (found.exchange_active, found.trading_active) == (True, True)
    assert [part.name for part in found.parts] == ["0 Default", "1 Demo shard 1", "2 Demo shard 2", "3"]
    assert all(part.exchange_active and part.trading_active for part in found.parts)


async def test_a_limit_above_the_maximum_is_never_sent(kalshi, exchange, sample):
    refusals = {case["case"]: case for case in sample("rest_errors_demo_2026-06.json")}
    assert refusals["markets__limit_over_max"]["path"].endswith("limit=1001")
    exchange.answers("/markets", {"markets": [], "cursor": ""}, **{"*": "*"})
    await kalshi.markets.list_markets(MarketQuery(status=MarketStatus.OPEN, limit=1000))
    assert {dict(request.query)["limit"] for request in exchange.requests} == {"1000"}
