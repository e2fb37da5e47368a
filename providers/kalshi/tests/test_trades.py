"""Trades of both tiers, in one list."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pmi_core.errors import NotFound, UnexpectedAnswer
from pmi_core.models import Action, OutcomeSide, TradeQuery

pytestmark = pytest.mark.anyio
MISSING = {"error": {"code": "not_found", "message": "not found"}}


def trade(number, when="2026-11-16T12:00:00Z", **changes):
    plain = {
        "trade_id": f"t{number}",
        "ticker": "A-1",
        "count_fp": "2.50",
        "yes_price_dollars": "0.4300",
        "no_price_dollars": "0.5700",
        "taker_outcome_side": "yes",
        "taker_book_side": "bid",
        "created_time": when,
        "is_block_trade": False,
    }
    return {**plain, **changes}


def trades(*rows, cursor=""):
    return {"trades": list(rows), "cursor": cursor}


async def test_a_trade_is_in_yes_terms(kalshi, exchange):
    exchange.knows_cutoff()
    rows = trades(trade(1), trade(2, taker_outcome_side="no", is_block_trade=True), cursor="more")
    exchange.answers("/markets/trades", rows, limit=2, ticker="A-1")
    yes, no = (await kalshi.trades.list_trades(TradeQuery(market_ref="kalshi:A-1#no", limit=2))).items
    assert (yes.trade_id, yes.market_ref, yes.price, yes.size) == (
        "t1",
        "kalshi:A-1",
        Decimal("0.43"),
        Decimal("2.5"),
    )
    assert (yes.taker_outcome, yes.taker_action, yes.off_book) == (OutcomeSide.YES, Action.BUY, False)
    assert (no.taker_outcome, no.taker_action, no.off_book, no.price) == (
        OutcomeSide.NO,
        Action.BUY,
        True,
        yes.price,
    )
    assert yes.time == datetime(2026, 11, 16, 12, tzinfo=UTC)


async def test_the_archive_follows_the_live_tier(kalshi, exchange):
    exchange.knows_cutoff()
    exchange.answers("/markets/trades", trades(trade(2)), limit=9)
    exchange.answers("/historical/trades", trades(trade(1, "2026-07-01T00:00:00Z")), limit=8)
    found = await kalshi.trades.list_trades(TradeQuery(limit=9))
    assert [one.trade_id for one in found.items] == ["t2", "t1"]
    assert found.cursor is None


async def test_trades_of_which_the_archive_knows_nothing_are_all_live(kalshi, exchange):
    exchange.knows_cutoff().answers("/markets/trades", trades(trade(2)), limit=9, ticker="A-1")
    exchange.answers("/historical/trades", MISSING, code=404, limit=8, ticker="A-1")
    found = await kalshi.trades.list_trades(TradeQuery(market_ref="kalshi:A-1", limit=9))
    assert ([one.trade_id for one in found.items], found.cursor) == (["t2"], None)


async def test_archived_trades_that_break_off_are_no_end(kalshi, exchange):
    exchange.knows_cutoff().answers("/markets/trades", trades(), limit=9)
    old = trade(1, "2026-07-01T00:00:00Z")
    exchange.answers("/historical/trades", trades(old, cursor="on"), limit=9)
    exchange.answers("/historical/trades", MISSING, code=404, limit=9, cursor="on")
    first = await kalshi.trades.list_trades(TradeQuery(limit=9))
    with pytest.raises(UnexpectedAnswer, match="breaks off") as failure:
        await kalshi.trades.list_trades(TradeQuery(limit=9, cursor=first.cursor))
    assert (failure.value.venue, failure.value.capability) == ("kalshi", "trades")


@pytest.mark.parametrize(
    "start, end, tiers",
    [
        (datetime(2026, 9, 1, tzinfo=UTC), None, ["/markets/trades"]),
        (None, datetime(2026, 6, 1, tzinfo=UTC), ["/historical/trades"]),
        (
            datetime(2026, 6, 1, tzinfo=UTC),
            datetime(2026, 9, 1, tzinfo=UTC),
            ["/markets/trades", "/historical/trades"],
        ),
    ],
)
async def test_only_the_tiers_that_the_window_reaches_are_asked(kalshi, exchange, start, end, tiers):
    exchange.knows_cutoff()
    for path in ("/markets/trades", "/historical/trades"):
        exchange.answers(path, trades(), **{"*": "*"})
    await kalshi.trades.list_trades(TradeQuery(start=start, end=end))
    assert [request.path.removeprefix("/trade-api/v2") for request in exchange.requests[1:]] == tiers


async def test_the_window_is_asked_in_seconds_and_kept_to_the_microsecond(kalshi, exchange):
    at = datetime(2026, 11, 16, 12, 0, 0, 500_000, UTC)
    stamp = int(at.timestamp())
    rows = trades(trade(3, "2026-11-16T12:00:00.500001Z"), trade(2, "2026-11-16T12:00:00.5Z"), trade(1))
    exchange.knows_cutoff().answers("/markets/trades", rows, limit=100, min_ts=stamp - 1, max_ts=stamp + 2)
    found = await kalshi.trades.list_trades(TradeQuery(start=at, end=at))
    assert [one.trade_id for one in found.items] == ["t2"]


async def test_no_trades_of_an_unknown_market_are_not_found(kalshi, exchange):
    exchange.knows_cutoff()
    exchange.answers("/markets/trades", trades(), ticker="X", limit=100)
    exchange.answers("/historical/trades", trades(), ticker="X", limit=100)
    exchange.answers("/markets/X", MISSING, code=404).answers("/historical/markets/X", MISSING, code=404)
    with pytest.raises(NotFound, match="X"):
        await kalshi.trades.list_trades(TradeQuery(market_ref="kalshi:X"))


async def test_a_market_may_have_no_trades(kalshi, exchange, row):
    exchange.knows_cutoff().answers("/markets/A-1", {"market": row("A-1")})
    exchange.answers("/markets/trades", trades(), ticker="A-1", limit=100)
    exchange.answers("/historical/trades", trades(), ticker="A-1", limit=100)
    assert (await kalshi.trades.list_trades(TradeQuery(market_ref="kalshi:A-1"))).items == ()


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"taker_outcome_side": "both"}, "taker_outcome_side is 'both'"),
        ({"count_fp": "0.00"}, "count_fp is 0.00"),
        ({"yes_price_dollars": "1.5"}, "1.5 is not a price"),
        ({"created_time": "0001-01-01T00:00:00Z"}, "zero time"),
        ({"created_time": "now"}, "created_time"),
        ({"trade_id": None}, "trade_id"),
    ],
)
async def test_a_strange_trade_is_named(kalshi, exchange, changes, said):
    exchange.knows_cutoff().answers("/markets/trades", trades(trade(1, **changes)), limit=100)
    with pytest.raises(UnexpectedAnswer, match=said) as failure:
        await kalshi.trades.list_trades(TradeQuery())
    assert (failure.value.venue, failure.value.capability) == ("kalshi", "trades")


async def test_the_cutoff_is_read_once_an_hour(kalshi, exchange, clock):
    exchange.knows_cutoff()
    exchange.answers("/markets/trades", trades(trade(1)), limit=1)
    for _ in range(3):
        await kalshi.trades.list_trades(TradeQuery(limit=1))
    await clock.advance(3601)
    await kalshi.trades.list_trades(TradeQuery(limit=1))
    assert exchange.asked.count("GET /historical/cutoff") == 2
