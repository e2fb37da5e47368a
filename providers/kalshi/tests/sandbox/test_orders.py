"""What becomes of orders, and the words of refusals, as recorded."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

pytestmark = pytest.mark.anyio
D = Decimal
BASE = "/portfolio/events/orders"


def told(answer):
    """Status and code of a refusal."""
    error = answer.json().get("error", answer.json())
    return answer.status_code, error.get("code"), error.get("details")


async def read(caller, made):
    return (await caller.get(f"/portfolio/orders/{made.json()['order_id']}"))["order"]


async def test_refusals_are_those_recorded(caller, recorded):
    ticker = (await caller.market())["ticker"]
    made = await caller.order(ticker, client_order_id="once")
    gone = {"market_ticker": ticker}
    path = f"{BASE}/{made.json()['order_id']}"
    answers = {"orders__duplicate_client_order_id": await caller.order(ticker, client_order_id="once")}
    await caller.ask("DELETE", path, **gone)
    answers |= {
        "orders__reuse_canceled_client_id": await caller.order(ticker, client_order_id="once"),
        "orders__cancel_already_canceled": await caller.ask("DELETE", path, **gone),
        "orders__cancel_unknown_id": await caller.ask(
            "DELETE", f"{BASE}/00000000-0000-0000-0000-000000000000"
        ),
        "orders__insufficient_balance": await caller.order(ticker, count="40099.00", price="0.9900"),
        "orders__invalid_price_structure": await caller.order(ticker, price="0.5150", post_only=True),
        "orders__post_only_cross": await caller.order(ticker, price="0.9900", post_only=True),
        "orders__numeric_field_types": await caller.order(ticker, count=1, price=0.01),
        "markets__limit_over_max": await caller.ask("GET", "/markets", limit=1001),
    }
    for case, answer in answers.items():
        expected = recorded[case]
        assert (answer.status_code, answer.json()) == (expected["status"], expected["body"]), case


async def test_a_taker_pays_the_resting_price(caller):
    market = await caller.market()
    answer = await caller.order(market["ticker"], price="0.9900", time_in_force="immediate_or_cancel")
    body = answer.json()
    assert (body["fill_count"], body["remaining_count"]) == ("10.00", "0.00")
    assert D(body["average_fill_price"]) == D(market["yes_ask_dollars"])
    (fill,) = (await caller.get("/portfolio/fills"))["fills"]
    assert (fill["book_side"], fill["outcome_side"], fill["is_taker"]) == ("bid", "yes", True)
    spent = 10 * D(fill["yes_price_dollars"]) + D(fill["fee_cost"])
    assert D((await caller.get("/portfolio/balance"))["balance_dollars"]) == 40_000 - spent


async def test_opposite_sides_net_at_once(caller):
    ticker = (await caller.market())["ticker"]
    await caller.order(ticker, price="0.9900", time_in_force="immediate_or_cancel")
    await caller.order(ticker, side="ask", price="0.0100", time_in_force="immediate_or_cancel")
    (row,) = (await caller.get("/portfolio/positions", ticker=ticker))["market_positions"]
    assert (row["position_fp"], row["market_exposure_dollars"]) == ("0.00", "0.000000")
    fills = (await caller.get("/portfolio/fills", ticker=ticker))["fills"]
    leg = {fill["outcome_side"]: D(fill[f"{fill['outcome_side']}_price_dollars"]) for fill in fills}
    assert D(row["realized_pnl_dollars"]) == 10 * (1 - leg["yes"] - leg["no"])


async def test_an_own_order_is_not_met(caller):
    ticker = (await caller.market())["ticker"]
    book = (await caller.get(f"/markets/{ticker}/orderbook"))["orderbook_fp"]
    inside = str(D(book["yes_dollars"][-1][0]) + D("0.01"))
    rests = await caller.order(ticker, price=inside)
    met = await caller.order(ticker, side="ask", price=inside, time_in_force="immediate_or_cancel")
    assert (met.status_code, met.json()["fill_count"], met.json()["remaining_count"]) == (201, "0.00", "0.00")
    assert (await read(caller, rests))["status"] == "resting"
    await caller.order(ticker, side="ask", price=inside, self_trade_prevention_type="maker")
    assert (await read(caller, rests))["status"] == "canceled"


async def test_all_or_nothing_uses_up_its_name(caller):
    ticker = (await caller.market())["ticker"]
    refused = await caller.order(ticker, time_in_force="fill_or_kill", client_order_id="all")
    assert told(refused)[:2] == (409, "fill_or_kill_insufficient_resting_volume")
    assert told(await caller.order(ticker, client_order_id="all"))[:2] == (409, "order_already_exists")


async def test_an_expiry_is_kept_moved_and_removed(caller, clock):
    ticker = (await caller.market())["ticker"]
    soon = int(clock.now().timestamp()) + 60
    first = await caller.order(ticker, expiration_time=soon)
    stays = await caller.order(ticker, expiration_time=soon)
    path = f"{BASE}/{stays.json()['order_id']}/amend"
    change = {"ticker": ticker, "side": "bid", "price": "0.0200", "count": "10.00"}
    await caller.ask("POST", path, change)
    assert (await read(caller, stays))["expiration_time"] == (await read(caller, first))["expiration_time"]
    await caller.ask("POST", path, {**change, "expiration_time": 0})
    assert (await read(caller, stays))["expiration_time"] is None
    await caller.leap(61)
    assert [(await read(caller, one))["status"] for one in (first, stays)] == ["canceled", "resting"]
    late = await caller.order(ticker, expiration_time=soon)
    assert told(late) == (400, "invalid_parameters", "Expiration timestamp must be in the future")


async def test_reducing_stops_at_nothing(caller):
    ticker = (await caller.market())["ticker"]
    await caller.order(ticker, price="0.9900", time_in_force="immediate_or_cancel")
    sell = {"side": "ask", "price": "0.0100", "count": "25.00", "time_in_force": "immediate_or_cancel"}
    answer = await caller.order(ticker, **sell, reduce_only=True)
    assert answer.json()["fill_count"] == "10.00"
    assert told(await caller.order(ticker, **sell, reduce_only=True))[:2] == (400, "invalid_order")
    assert told(await caller.order(ticker, reduce_only=True))[:2] == (400, "invalid_parameters")


async def test_without_a_ticker_only_the_first_shard_is_searched(caller):
    ticker = (await caller.market("KXNBAGAME"))["ticker"]
    made = await caller.order(ticker)
    path = f"{BASE}/{made.json()['order_id']}"
    assert (await caller.ask("DELETE", path)).status_code == 404
    assert (await caller.ask("DELETE", path, exchange_index=2)).status_code == 404
    assert (await caller.ask("DELETE", path, exchange_index=3)).status_code == 200
    assert (await caller.get("/portfolio/orders", exchange_index=3))["orders"][0]["exchange_index"] == 3


async def test_each_shard_has_its_own_money(caller):
    ticker = (await caller.market("KXNBAGAME"))["ticker"]
    dear = {"count": "15000.00", "price": "0.0200", "side": "ask"}
    assert told(await caller.order(ticker, **dear))[:2] == (400, "insufficient_balance")
    ends = {"source": "event_contract", "destination": "event_contract"}
    shards = {"source_exchange_shard": 0, "destination_exchange_shard": 3}
    moved = await caller.ask(
        "POST", "/portfolio/intra_exchange_instance_transfer", {**ends, **shards, "amount": 60_000_000}
    )
    assert moved.status_code == 200, moved.text
    rests = {**dear, "price": "0.9900", "count": "15000.00"}
    assert (await caller.order(ticker, **rests)).status_code == 201
    rows = (await caller.get("/portfolio/balance"))["balance_breakdown"]
    money = {row["exchange_index"]: D(row["balance"]) for row in rows}
    assert money[0] == 4_000
    assert money[3] < 16_000


async def test_rows_of_a_batch_fail_alone(caller):
    ticker = (await caller.market())["ticker"]
    row = caller.bid(ticker, count="1.00", price="0.0100")
    rows = [{**row, "client_order_id": "a"}, {**row, "client_order_id": "a"}, {**row, "client_order_id": "b"}]
    answer = await caller.ask("POST", f"{BASE}/batched", {"orders": rows})
    assert answer.status_code == 201
    first, second, third = answer.json()["orders"]
    assert second["error"]["code"] == "order_already_exists"
    ids = [first["order_id"], "unknown", third["order_id"]]
    gone = await caller.ask("DELETE", f"{BASE}/batched", {"orders": [{"order_id": one} for one in ids]})
    assert [one["reduced_by"] for one in gone.json()["orders"]] == ["1.00", "0.00", "1.00"]


async def test_a_group_stops_at_its_limit(caller):
    ticker = (await caller.market())["ticker"]
    made = await caller.ask("POST", "/portfolio/order_groups/create", {"contracts_limit": 15})
    group = made.json()["order_group_id"]
    rests = await caller.order(ticker, order_group_id=group)
    await caller.order(ticker, order_group_id=group, price="0.9900", count="20.00")
    assert (await read(caller, rests))["status"] == "canceled"
    assert (await caller.get(f"/portfolio/order_groups/{group}"))["is_auto_cancel_enabled"] is False
    assert told(await caller.order(ticker, order_group_id=group))[:2] == (400, "invalid_order")
    await caller.ask("PUT", f"/portfolio/order_groups/{group}/reset", {})
    assert (await caller.order(ticker, order_group_id=group)).status_code == 201


async def test_the_first_version_is_gone(caller):
    ticker = (await caller.market())["ticker"]
    for method, path in (
        ("POST", ""),
        ("DELETE", "/some-id"),
        ("POST", "/some-id/amend"),
        ("POST", "/batched"),
    ):
        answer = await caller.ask(method, f"/portfolio/orders{path}", {"ticker": ticker})
        assert told(answer)[:2] == (410, "deprecated_v1_order_endpoint")


async def test_a_body_without_its_type_is_refused(caller):
    path = f"/trade-api/v2{BASE}"
    answer = await caller.http.post(
        caller.sandbox.rest_url + BASE, headers=caller.headers("POST", path), content=b"{}"
    )
    assert told(answer)[:2] == (400, "invalid_content_type")


async def test_reads_trail_writes_where_that_is_wanted(serve, clock):
    async with serve(read_lag=timedelta(seconds=2)) as caller:
        ticker = (await caller.market())["ticker"]
        made = (await caller.order(ticker)).json()["order_id"]
        assert (await caller.ask("GET", f"/portfolio/orders/{made}")).status_code == 404
        clock.set(clock.now() + timedelta(seconds=2))
        assert (await caller.get(f"/portfolio/orders/{made}"))["order"]["status"] == "resting"
        assert (await caller.ask("DELETE", f"{BASE}/{made}", market_ticker=ticker)).status_code == 200
        assert (await caller.get(f"/portfolio/orders/{made}"))["order"]["status"] == "resting"
        assert (await caller.ask("DELETE", f"{BASE}/{made}", market_ticker=ticker)).status_code == 404
        clock.set(clock.now() + timedelta(seconds=2))
        assert (await caller.get(f"/portfolio/orders/{made}"))["order"]["status"] == "canceled"


async def test_a_pause_takes_cancels_only(caller):
    """Orders that ask for it go with the pause, the others when it ends."""
    ticker = (await caller.market())["ticker"]
    goes = await caller.order(ticker, cancel_order_on_pause=True)
    stays, withdrawn = await caller.order(ticker), await caller.order(ticker)
    caller.sandbox.pause_trading()
    assert (await caller.get("/exchange/status"))["trading_active"] is False
    assert (await caller.get(f"/markets/{ticker}"))["market"]["status"] == "inactive"
    assert (await caller.order(ticker)).status_code == 503
    path = f"{BASE}/{withdrawn.json()['order_id']}"
    assert (await caller.ask("DELETE", path, market_ticker=ticker)).status_code == 200
    assert [(await read(caller, one))["status"] for one in (goes, stays)] == ["canceled", "resting"]
    caller.sandbox.resume_trading()
    assert (await read(caller, stays))["status"] == "canceled"
    assert (await caller.get("/exchange/status"))["trading_active"] is True
    assert (await caller.order(ticker)).status_code == 201
