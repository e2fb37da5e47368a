"""The stream's handshake, commands and error codes, and what it keeps from strangers."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
import websockets

pytestmark = pytest.mark.anyio
PATIENCE = 30


async def answer_to(line, cmd, **params):
    """The frame that answers a command."""
    number = await line.command(cmd, **params)
    while True:
        frame = await asyncio.wait_for(line.frame(), PATIENCE)
        if frame.get("id") == number:
            return frame


@pytest.mark.parametrize("path", ["/trade-api/ws/v2", "/elsewhere"])
async def test_strangers_are_sent_away(caller, path):
    url = caller.sandbox.ws_url.replace("/trade-api/ws/v2", path)
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(url)
    assert refused.value.response.status_code == (401 if path.startswith("/trade") else 404)


async def test_every_error_has_its_code(line, caller):
    ticker = (await caller.market())["ticker"]
    opened = await answer_to(line, "subscribe", channels=["orderbook_delta"], market_ticker=ticker)
    sid = opened["msg"]["sid"]
    for code, cmd, params in (
        (2, "subscribe", {}),
        (3, "subscribe", {"market_ticker": ticker}),
        (4, "unsubscribe", {"sid": 1}),
        (5, "dance", {"sid": 1}),
        (7, "unsubscribe", {"sids": [99]}),
        (7, "update_subscription", {"sid": 99, "action": "add_markets", "market_tickers": [ticker]}),
        (8, "subscribe", {"channels": ["weather"]}),
        (11, "subscribe", {"channels": ["ticker"], "market_tickers": "A"}),
        (11, "subscribe", {"channels": ["communications"], "user_filter": "others"}),
        (12, "update_subscription", {"action": "add_markets", "market_tickers": [ticker]}),
        (12, "update_subscription", {"sids": [1, 2], "action": "add_markets"}),
        (13, "update_subscription", {"sid": sid, "action": "explode"}),
        (14, "subscribe", {"channels": ["orderbook_delta"]}),
        (14, "update_subscription", {"sid": sid, "action": "add_markets"}),
        (15, "update_subscription", {"sid": sid, "market_tickers": [ticker]}),
        (19, "subscribe", {"channels": ["communications"], "shard_factor": 0}),
        (20, "subscribe", {"channels": ["communications"], "shard_key": 1}),
        (21, "subscribe", {"channels": ["communications"], "shard_factor": 2, "shard_key": 2}),
        (22, "subscribe", {"channels": ["communications"], "shard_factor": 101}),
        (26, "subscribe", {"channels": ["trade"], "market_tickers": [f"M{n}" for n in range(1001)]}),
    ):
        frame = await answer_to(line, cmd, **params)
        assert (frame["type"], frame["msg"]["code"]) == ("error", code), (cmd, params, frame)
    index = await answer_to(line, "subscribe", channels=["cfbenchmarks_value", "pyth_value"])
    for code, action, number in ((24, "subscribe_indices", 0), (28, "subscribe_underlyings", 1)):
        frame = await answer_to(line, "update_subscription", sid=index["msg"]["sid"] + number, action=action)
        assert frame["msg"]["code"] == code
    await line.socket.send("nonsense")
    assert (await asyncio.wait_for(line.frame("error"), PATIENCE))["msg"]["code"] == 1


async def test_too_many_commands_are_refused(line):
    for _ in range(150):
        await line.command("list_subscriptions")
    codes = {(await asyncio.wait_for(line.frame(), PATIENCE)).get("type") for _ in range(150)}
    assert codes == {"ok", "error"}
    assert next(one["msg"]["code"] for one in line.seen if one["type"] == "error") == 27


async def test_channels_have_their_own_numbers(line, caller):
    """Asking twice for a channel widens the subscription that is there."""
    rows = (await caller.get("/markets", status="open", series_ticker="KXFED"))["markets"]
    first, second = (row["ticker"] for row in rows[:2])
    await line.command("subscribe", channels=["orderbook_delta", "trade"], market_ticker=first)
    opened = [await line.frame("subscribed"), await line.frame("subscribed")]
    assert [one["msg"] for one in opened] == [
        {"channel": "orderbook_delta", "sid": 1},
        {"channel": "trade", "sid": 2},
    ]
    again = await answer_to(line, "subscribe", channels=["orderbook_delta"], market_ticker=second)
    assert again["msg"]["sid"] == 1
    assert (await line.frame("orderbook_snapshot"))["msg"]["market_ticker"] == second
    listed = await answer_to(line, "list_subscriptions")
    assert listed["msg"] == [one["msg"] for one in opened]


async def test_a_book_follows_its_deltas(line, caller, clock):
    """Snapshot and deltas together are the book that is read."""
    ticker = (await caller.market())["ticker"]
    await line.command("subscribe", channels=["orderbook_delta"], market_ticker=ticker)
    snapshot = await asyncio.wait_for(line.frame("orderbook_snapshot"), PATIENCE)
    book = {
        (side, price): Decimal(size)
        for side in ("yes", "no")
        for price, size in snapshot["msg"].get(f"{side}_dollars_fp", ())
    }
    await caller.order(
        ticker, side="ask", price="0.0100", count="700.00", time_in_force="immediate_or_cancel"
    )
    await caller.leap(25)  # the maker moves
    await caller.order(ticker, price="0.0300", count="4.50", client_order_id="mine")
    clocks, named = [snapshot["msg"]["clock"]], set()
    read = (await caller.get(f"/markets/{ticker}/orderbook"))["orderbook_fp"]
    expected = {
        (side, price): Decimal(size) for side in ("yes", "no") for price, size in read[f"{side}_dollars"]
    }
    while book != expected:
        delta = (await asyncio.wait_for(line.frame("orderbook_delta"), PATIENCE))["msg"]
        clocks.append(delta["clock"])
        named.add(delta.get("client_order_id"))
        level = (delta["side"], delta["price_dollars"])
        book[level] = book.get(level, Decimal(0)) + Decimal(delta["delta_fp"])
        if not book[level]:
            del book[level]
    assert clocks == sorted(clocks)
    assert "mine" in named


async def test_the_no_side_may_be_told_in_yes_prices(line, caller):
    ticker = (await caller.market())["ticker"]
    await line.command("subscribe", channels=["orderbook_delta"], market_ticker=ticker, use_yes_price=True)
    snapshot = (await line.frame("orderbook_snapshot"))["msg"]
    own = {
        price for price, _ in (await caller.get(f"/markets/{ticker}/orderbook"))["orderbook_fp"]["no_dollars"]
    }
    assert {str(1 - Decimal(price)) for price, _ in snapshot["no_dollars_fp"]} == own
    await caller.order(ticker, side="ask", price="0.9700")
    delta = (await line.frame("orderbook_delta"))["msg"]
    assert (delta["side"], delta["price_dollars"]) == ("no", "0.9700")


async def test_an_empty_side_is_absent(line, caller):
    rows = (await caller.get("/markets", status="unopened"))["markets"]
    await line.command("subscribe", channels=["orderbook_delta"], market_ticker=rows[0]["ticker"])
    msg = (await line.frame("orderbook_snapshot"))["msg"]
    assert {"yes_dollars_fp", "no_dollars_fp"} & set(msg) == set()


async def test_only_own_requests_where_that_is_wanted(line, caller, clock):
    """Requests of others are told to everybody who does not ask to be spared."""
    await line.command("subscribe", channels=["communications"], user_filter="self")
    await line.frame("subscribed")
    await caller.leap(700)  # the house gives up requests and makes new ones
    ticker = (await caller.market())["ticker"]
    asked = {"market_ticker": ticker, "contracts": 5, "rest_remainder": False}
    rfq = (await caller.ask("POST", "/communications/rfqs", asked)).json()["id"]
    assert (await line.frame("rfq_created"))["msg"]["id"] == rfq
    assert [one["type"] for one in line.seen] == ["subscribed", "rfq_created"]


async def test_the_heart_beats(caller, clock):
    headers = caller.headers("GET", urlsplit(caller.sandbox.ws_url).path)
    beats = []

    class Listening(websockets.ClientConnection):
        def process_event(self, event):
            if getattr(event, "opcode", None) == 9:
                beats.append(bytes(event.data))
            super().process_event(event)

    async with websockets.connect(
        caller.sandbox.ws_url, additional_headers=headers, create_connection=Listening
    ) as socket:
        while not clock.sleeping >= 2:
            await asyncio.sleep(0)
        await clock.advance(10)
        waiting = asyncio.get_running_loop().time() + PATIENCE
        while not beats and asyncio.get_running_loop().time() < waiting:
            await asyncio.sleep(0.01)
        await socket.ping()
    assert beats == [b"heartbeat"]
