"""Frames of the stream are what the official document describes."""

from __future__ import annotations

import asyncio

import pytest

pytestmark = pytest.mark.anyio
PATIENCE = 30


@pytest.fixture(scope="module")
def messages(official):
    """Type of a frame to the schema of its payload."""
    document = official("kalshi-asyncapi.yaml")
    return document, {
        "orderbook_snapshot": "orderbookSnapshotPayload",
        "orderbook_delta": "orderbookDeltaPayload",
        "ticker": "tickerPayload",
        "trade": "tradePayload",
        "fill": "fillPayload",
        "user_order": "userOrderPayload",
        "market_position": "marketPositionPayload",
        "order_group_updates": "orderGroupUpdatesPayload",
        "market_lifecycle_v2": "marketLifecycleV2Payload",
        "event_lifecycle": "eventLifecyclePayload",
        "multivariate_market_lifecycle": "multivariateMarketLifecyclePayload",
        "rfq_created": "rfqCreatedPayload",
        "rfq_deleted": "rfqDeletedPayload",
        "quote_created": "quoteCreatedPayload",
        "quote_accepted": "quoteAcceptedPayload",
        "quote_executed": "quoteExecutedPayload",
        "subscribed": "subscribedResponsePayload",
        "unsubscribed": "unsubscribedResponsePayload",
        "error": "errorResponsePayload",
    }


async def everything(line, caller, clock):
    """Make every kind of thing happen that the stream tells of."""
    ticker = (await caller.market())["ticker"]
    await line.command(
        "subscribe",
        channels=["orderbook_delta", "ticker", "trade"],
        market_tickers=[ticker],
        send_initial_snapshot=True,
    )
    private = ["fill", "user_orders", "market_positions", "communications", "order_group_updates"]
    last = await line.command(
        "subscribe", channels=[*private, "market_lifecycle_v2", "multivariate_market_lifecycle"]
    )
    while (await line.frame("subscribed")).get("id") != last:
        pass
    await caller.order(ticker, price="0.9900", time_in_force="immediate_or_cancel")
    group = await caller.ask("POST", "/portfolio/order_groups/create", {"contracts_limit": 50})
    await caller.order(ticker, order_group_id=group.json()["order_group_id"])
    await caller.ask("DELETE", f"/portfolio/order_groups/{group.json()['order_group_id']}")
    asked = {"market_ticker": ticker, "contracts": 5, "rest_remainder": False}
    rfq = (await caller.ask("POST", "/communications/rfqs", asked)).json()["id"]
    await clock.advance(3)
    quote = (await caller.get("/communications/quotes", rfq_id=rfq))["quotes"][0]["id"]
    path = f"/communications/rfqs/{rfq}/quotes/{quote}/accept"
    await caller.ask("PUT", path, {"accepted_side": "yes"})
    await clock.advance(5)
    games = (await caller.get("/markets", series_ticker="KXNBAGAME", status="open"))["markets"]
    legs = list({row["event_ticker"]: row["ticker"] for row in games}.items())[:2]
    chosen = [{"event_ticker": event, "market_ticker": one, "side": "yes"} for event, one in legs]
    await caller.ask("POST", "/multivariate_event_collections/KXMVESANDBOX-R", {"selected_markets": chosen})
    await caller.leap(920)  # a market closes, is decided, and the next one is listed
    await caller.leap(60)
    await line.command("subscribe", channels=["nothing"])
    await line.command("unsubscribe", sids=[1])


async def test_frames_are_as_documented(line, caller, clock, messages, checker, as_schema):
    document, names = messages
    # Everything is sent before the first frame is read: nothing here waits for the clock.
    await everything(line, caller, clock)
    await asyncio.wait_for(line.frame("unsubscribed"), PATIENCE)
    for frame in line.seen:
        schema = document["components"]["schemas"][names[frame["type"]]]
        if frame.get("msg", {}).get("event_type") == "metadata_updated":
            continue
        problems = [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in checker(document, as_schema(schema)).iter_errors(frame)
        ]
        assert not problems, f"{frame}\n{problems[:5]}"
    assert set(names) - {frame["type"] for frame in line.seen} == set()


async def test_numbers_of_a_subscription_have_no_gap(line, caller):
    """Snapshots, deltas and acknowledgements of one subscription share one row of numbers."""
    rows = (await caller.get("/markets", status="open", series_ticker="KXFED"))["markets"]
    tickers = [row["ticker"] for row in rows]
    await line.command("subscribe", channels=["orderbook_delta"], market_tickers=tickers[:2])
    await line.command("update_subscription", sid=1, action="add_markets", market_tickers=tickers[2:4])
    seen = [
        await line.frame("orderbook_snapshot"),
        await line.frame("orderbook_snapshot"),
        await line.frame("ok"),
    ]
    seen += [await line.frame("orderbook_snapshot"), await line.frame("orderbook_snapshot")]
    await caller.order(tickers[3])
    await line.command("update_subscription", sids=[1], action="get_snapshot", market_tickers=tickers[:1])
    await line.command("update_subscription", sid=1, action="delete_markets", market_tickers=tickers[:1])
    await line.command("unsubscribe", sids=[1])
    while True:
        frame = await asyncio.wait_for(line.frame(), PATIENCE)
        if "seq" in frame:
            seen.append(frame)
        if frame["type"] == "unsubscribed":
            break
    assert [frame["seq"] for frame in seen] == list(range(1, len(seen) + 1))
    kinds = [frame["type"] for frame in seen]
    assert kinds.count("orderbook_snapshot") == 5
    assert kinds.count("ok") == 2
    assert "orderbook_delta" in kinds
    (widened, narrowed) = (frame["msg"]["market_tickers"] for frame in seen if frame["type"] == "ok")
    assert (widened, narrowed) == (tickers[:4], tickers[1:4])
