"""What happens on the floor by itself: prices, strangers, the life of markets; the same every time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from pmi_core.testing.clock import ManualClock
from pmi_provider_kalshi.sandbox.floor import Floor, FloorPlan

pytestmark = pytest.mark.anyio
D = Decimal


def played(seed, seconds, *, moving=True):
    """A floor after a while, looked at every second."""
    clock = ManualClock()
    floor = Floor(FloorPlan(seed=seed, moving=moving), clock)
    for _ in range(seconds):
        clock.set(clock.now() + timedelta(seconds=1))
        floor.catch_up()
    return floor


def test_one_seed_is_one_story():
    first, second, other = played(5, 20), played(5, 20), played(6, 20)
    assert first.engine.snapshot() == second.engine.snapshot()
    assert first.engine.snapshot() != other.engine.snapshot()


def test_books_move_and_money_adds_up():
    before, after = played(5, 0), played(5, 40)
    moved = [
        ticker
        for ticker in before.engine.market_ids()
        if before.engine.book(ticker).bids != after.engine.book(ticker).bids
    ]
    assert len(moved) > 10
    assert sum(len(after.engine.trades(ticker)) for ticker in after.engine.market_ids()) > 5
    after.engine.assert_balanced()


def test_prices_stand_where_that_is_wanted():
    """A maker refills what was taken; fair prices stay, and strangers do not trade."""
    before, after = played(5, 0, moving=False), played(5, 40, moving=False)
    for ticker in before.engine.market_ids():
        first, last = (floor.engine.book(ticker) for floor in (before, after))
        if ticker.startswith("KXFED"):
            assert (first.bids, first.asks) == (last.bids, last.asks)
        assert not after.engine.trades(ticker)


def test_books_are_never_crossed():
    floor = played(7, 30)
    for market in floor.engine.markets():
        if market.bid is not None and market.ask is not None:
            assert market.bid < market.ask


async def test_a_market_lives_to_its_end(caller):
    """It closes, is decided, pays, and the next one is listed."""
    market = await caller.market("KXBTC15M")
    ticker = market["ticker"]
    taken = await caller.order(ticker, price="0.9900", time_in_force="immediate_or_cancel")
    rests = await caller.order(ticker)
    await caller.leap(901)
    assert (await caller.get(f"/markets/{ticker}"))["market"]["status"] == "closed"
    late = await caller.order(ticker)
    assert late.json()["error"]["code"] == "MARKET_INACTIVE"
    read = (await caller.get(f"/portfolio/orders/{rests.json()['order_id']}"))["order"]
    assert read["status"] == "canceled"
    await caller.leap(12)
    decided = (await caller.get(f"/markets/{ticker}"))["market"]
    assert (decided["status"], decided["result"] in ("yes", "no")) == ("determined", True)
    await caller.leap(40)
    assert (await caller.get(f"/markets/{ticker}"))["market"]["status"] == "finalized"
    (paid,) = (await caller.get("/portfolio/settlements"))["settlements"]
    won = decided["result"] == "yes"
    assert (paid["yes_count_fp"], paid["revenue"]) == (taken.json()["fill_count"], 1000 if won else 0)
    assert not (await caller.get("/portfolio/positions"))["market_positions"]
    assert (await caller.get("/portfolio/positions", settlement_status="settled"))["market_positions"]
    assert (await caller.market("KXBTC15M"))["ticker"] != ticker
    caller.sandbox.office.engine.assert_balanced()


async def test_the_past_stands_in_its_own_tier(caller):
    cutoff = (await caller.get("/historical/cutoff"))["trades_created_ts"]
    old = (await caller.get("/historical/markets"))["markets"]
    live = (await caller.get("/markets", limit=1000))["markets"]
    assert {row["ticker"] for row in old}.isdisjoint(row["ticker"] for row in live)
    assert (await caller.ask("GET", f"/markets/{old[0]['ticker']}")).status_code == 404
    assert (await caller.ask("GET", f"/historical/markets/{live[0]['ticker']}")).status_code == 404
    recent = (await caller.get("/markets/trades", limit=1000))["trades"]
    before = (await caller.get("/historical/trades", limit=1000))["trades"]
    assert min(row["created_time"] for row in recent) >= cutoff > max(row["created_time"] for row in before)


async def test_pages_add_up_and_cursors_say_nothing(caller):
    whole = (await caller.get("/markets/trades", ticker=(await caller.market())["ticker"], limit=1000))[
        "trades"
    ]
    ticker, found, cursor = whole[0]["ticker"], [], None
    while cursor != "":
        page = await caller.get(
            "/markets/trades", ticker=ticker, limit=7, **({"cursor": cursor} if cursor else {})
        )
        assert len(page["trades"]) <= 7
        found += page["trades"]
        cursor = page["cursor"]
    assert found == whole
    again = await caller.get("/markets/trades", ticker=ticker, limit=7, cursor="not-a-cursor")
    assert again["trades"] == whole[:7]


async def test_candles_add_up_to_the_trades(caller, clock):
    ticker = (await caller.market())["ticker"]
    await caller.order(ticker, price="0.9900", time_in_force="immediate_or_cancel")
    now = int(clock.now().timestamp())
    span = {"start_ts": now - 86_400 * 2, "end_ts": now + 3_600, "period_interval": 60}
    rows = (await caller.get(f"/series/KXFED/markets/{ticker}/candlesticks", **span))["candlesticks"]
    trades = await caller.get(
        "/markets/trades", ticker=ticker, limit=1000, min_ts=rows[0]["end_period_ts"] - 3599
    )
    assert sum(D(row["volume_fp"]) for row in rows) == sum(D(row["count_fp"]) for row in trades["trades"])
    assert all(D(row["yes_bid"]["close_dollars"]) < D(row["yes_ask"]["close_dollars"]) for row in rows)
    assert [row["end_period_ts"] % 3600 for row in rows] == [0] * len(rows)


@pytest.mark.parametrize("word", ["unopened", "open", "paused", "closed", "settled"])
async def test_every_status_can_be_found(caller, word):
    await caller.leap(901)  # a market is closed and not yet decided
    assert (await caller.get("/markets", status=word))["markets"]


async def test_the_house_takes_a_good_quote(caller, clock):
    """A request of the house, an own quote on it, accepted, confirmed and executed."""
    rfq = (await caller.get("/communications/rfqs", status="open"))["rfqs"][0]
    given = {"rfq_id": rfq["id"], "yes_bid": "0.0000", "no_bid": "0.9000", "rest_remainder": False}
    quote = (await caller.ask("POST", "/communications/quotes", given)).json()["id"]
    path = f"/communications/rfqs/{rfq['id']}/quotes/{quote}"
    await clock.advance(7)
    assert (await caller.get(path))["quote"]["accepted_side"] == "no"
    assert (await caller.ask("PUT", f"{path}/confirm", {})).status_code == 204
    await clock.advance(2)
    done = (await caller.get(path))["quote"]
    assert done["status"] == "executed"
    (fill,) = (await caller.get("/portfolio/fills", order_id=done["creator_order_id"]))["fills"]
    assert (fill["is_taker"], fill["outcome_side"], fill["count_fp"]) == (False, "no", rfq["contracts_fp"])


async def test_a_late_confirmation_has_expired(caller, clock):
    rfq = (await caller.get("/communications/rfqs", status="open"))["rfqs"][0]
    given = {"rfq_id": rfq["id"], "yes_bid": "0.9000", "no_bid": "0.0000", "rest_remainder": False}
    quote = (await caller.ask("POST", "/communications/quotes", given)).json()["id"]
    path = f"/communications/rfqs/{rfq['id']}/quotes/{quote}"
    await clock.advance(7)
    await caller.leap(31)
    late = await caller.ask("PUT", f"{path}/confirm", {})
    assert (late.status_code, late.json()["error"]["code"]) == (400, "expired")
    assert (await caller.get(path))["quote"]["status"] == "accepted"
