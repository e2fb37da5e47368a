"""Every answer of every operation that the sandbox serves is what the official document describes."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

pytestmark = pytest.mark.anyio


def transfer(source, target, cents):
    return {
        "client_transfer_id": str(uuid4()),
        "from_subaccount": source,
        "to_subaccount": target,
        "amount_cents": cents,
        "exchange_index": 0,
    }


async def use_public(caller, clock):
    """Ask for everything that needs no key."""
    market, game = await caller.market(), await caller.market("KXNBAGAME")
    ticker, event = market["ticker"], market["event_ticker"]
    now = int(clock.now().timestamp())
    span = {"start_ts": now - 86_400, "end_ts": now, "period_interval": 60}
    for path in (
        "/exchange/status",
        "/exchange/schedule",
        "/exchange/user_data_timestamp",
        "/account/endpoint_costs",
        "/series",
        "/series/KXFED",
        "/events/fee_changes",
        "/events/multivariate",
        f"/events/{event}",
        f"/events/{game['event_ticker']}/metadata",
        f"/markets/{ticker}",
        f"/markets/{ticker}/orderbook",
        "/markets/trades",
        "/historical/cutoff",
        "/historical/trades",
        "/incentive_programs",
        "/search/tags_by_categories",
        "/search/filters_by_sport",
        "/structured_targets",
        "/live_data/weather/nyc",
        "/live_data/weather/nyc/calibrations",
        f"/live_data/events/{game['event_ticker']}",
        "/multivariate_event_collections",
        "/multivariate_event_collections/KXMVESANDBOX-R",
    ):
        await caller.get(path)
    await caller.get("/markets", limit=1000)
    await caller.get("/series/fee_changes", show_historical="true")
    await caller.get("/events", with_nested_markets="true", with_milestones="true")
    await caller.get("/markets/orderbooks", tickers=[ticker, "NOTHING"])
    await caller.get(
        f"/series/KXFED/markets/{ticker}/candlesticks", **span, include_latest_before_start="true"
    )
    await caller.get(f"/series/KXFED/events/{event}/candlesticks", **span)
    await caller.get("/markets/candlesticks", market_tickers=f"{ticker},{game['ticker']}", **span)
    old = (await caller.get("/historical/markets"))["markets"][0]
    await caller.get(f"/historical/markets/{old['ticker']}")
    ended = now - 86_400 * 98
    await caller.get(
        f"/historical/markets/{old['ticker']}/candlesticks",
        start_ts=ended - 86_400 * 30,
        end_ts=ended,
        period_interval=60,
    )
    milestone = (await caller.get("/milestones", limit=100))["milestones"][0]
    live = "/live_data/milestone/" + milestone["id"]
    for path in (
        f"/milestones/{milestone['id']}",
        live,
        f"{live}/game_stats",
        f"/live_data/{milestone['type']}/milestone/{milestone['id']}",
    ):
        await caller.get(path)
    await caller.get("/live_data/batch", milestone_ids=[milestone["id"]])
    target = (await caller.get("/structured_targets"))["structured_targets"][0]
    await caller.get(f"/structured_targets/{target['id']}")


async def use_orders(caller, clock):
    """Place, change, read and cancel."""
    base = "/portfolio/events/orders"
    ticker = (await caller.market())["ticker"]
    made = (await caller.order(ticker)).json()["order_id"]
    await caller.order(ticker, price="0.9900", time_in_force="immediate_or_cancel")
    await caller.order(ticker, side="ask", price="0.9800", expiration_time=int(clock.now().timestamp()) + 500)
    change = {"ticker": ticker, "side": "bid", "price": "0.0300", "count": "12.00"}
    await caller.ask("POST", f"{base}/{made}/amend", change)
    await caller.ask("POST", f"{base}/{made}/decrease", {"reduce_by": "2.00"})
    for path in ("", f"/{made}", "/queue_positions", f"/{made}/queue_position"):
        await caller.get(f"/portfolio/orders{path}")
    order = {"side": "bid", "time_in_force": "good_till_canceled", "self_trade_prevention_type": "maker"}
    rows = [
        {**order, "ticker": ticker, "client_order_id": "b1", "count": "1", "price": "0.01"},
        {**order, "ticker": ticker, "client_order_id": "b2", "count": "1", "price": "0.015"},
    ]
    batch = await caller.ask("POST", f"{base}/batched", {"orders": rows})
    first = batch.json()["orders"][0]["order_id"]
    gone = {"orders": [{"order_id": first}, {"order_id": str(uuid4())}]}
    await caller.ask("DELETE", f"{base}/batched", gone)
    await caller.ask("DELETE", f"{base}/{made}", market_ticker=ticker)
    await caller.ask("DELETE", f"{base}/{made}", market_ticker=ticker)
    await caller.ask("DELETE", base)
    groups = "/portfolio/order_groups"
    await caller.get(groups)
    group = (await caller.ask("POST", f"{groups}/create", {"contracts_limit": 50})).json()["order_group_id"]
    await caller.get(groups)
    await caller.get(f"{groups}/{group}")
    await caller.ask("PUT", f"{groups}/{group}/limit", {"contracts_limit_fp": "60.00"})
    await caller.ask("PUT", f"{groups}/{group}/trigger", {})
    await caller.ask("PUT", f"{groups}/{group}/reset", {})
    await caller.ask("DELETE", f"{groups}/{group}")


async def use_account(caller, _clock):
    """Read the account, move money, and see a market paid."""
    quick = await caller.market("KXBTC15M")
    await caller.order(quick["ticker"], price="0.9900", time_in_force="immediate_or_cancel")
    await caller.leap(920)
    await caller.leap(60)
    assert (await caller.get("/portfolio/settlements"))["settlements"]
    for path in (
        "/account/limits",
        "/account/api_usage_level/volume_progress",
        "/api_keys",
        "/portfolio/balance",
        "/portfolio/positions",
        "/portfolio/fills",
        "/portfolio/settlements",
        "/portfolio/deposits",
        "/portfolio/withdrawals",
        "/portfolio/summary/total_resting_order_value",
        "/portfolio/target_balance_allocation",
        "/historical/orders",
        "/historical/fills",
        "/historical/positions",
    ):
        await caller.get(path)
    await caller.get("/portfolio/positions", settlement_status="settled")
    await caller.ask("POST", "/account/api_usage_level/upgrade")
    key = (await caller.ask("POST", "/api_keys/generate", {"name": "two", "key_type": "ed25519"})).json()
    pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    await caller.ask("POST", "/api_keys", {"name": "own", "public_key": f"{pem}-----END PUBLIC KEY-----\n"})
    await caller.ask("DELETE", f"/api_keys/{key['api_key_id']}")
    moves = "/portfolio/intra_exchange_instance_transfer"
    ends = {"source": "event_contract", "destination": "event_contract"}
    shards = {"source_exchange_shard": 0, "destination_exchange_shard": 2}
    name = (await caller.ask("POST", moves, {**ends, **shards, "amount": 50_000})).json()["transfer_id"]
    await caller.get(f"{moves}s")
    await caller.get(f"{moves}s/{name}")
    sub = "/portfolio/subaccounts"
    await caller.ask("POST", sub, {})
    await caller.ask("POST", f"{sub}/transfer", transfer(0, 1, 2_500))
    await caller.ask("PUT", f"{sub}/netting", {"subaccount_number": 1, "enabled": True})
    for path in ("balances", "transfers", "netting"):
        await caller.get(f"{sub}/{path}")
    spread = [{"exchange_index": 0, "percent": 70}, {"exchange_index": 3, "percent": 30}]
    await caller.ask("POST", "/portfolio/target_balance_allocation", {"allocations": spread})


async def use_negotiations(caller, clock):
    """Both sides of the table, and a combo."""
    base = "/communications"
    ticker = (await caller.market())["ticker"]
    await caller.get(f"{base}/id")
    await caller.get(f"{base}/block-trade-proposals")
    asked = {"market_ticker": ticker, "contracts": 5, "rest_remainder": False}
    for side in ("yes", "no"):
        rfq = (await caller.ask("POST", f"{base}/rfqs", asked)).json()["id"]
        await clock.advance(3)
        await caller.get(f"{base}/rfqs/{rfq}")
        quote = (await caller.get(f"{base}/quotes", rfq_id=rfq))["quotes"][0]["id"]
        path = f"{base}/rfqs/{rfq}/quotes/{quote}" if side == "yes" else f"{base}/quotes/{quote}"
        await caller.ask("PUT", f"{path}/accept", {"accepted_side": side})
        await clock.advance(5)
        assert (await caller.get(path))["quote"]["status"] == "executed"
    rfq = (await caller.ask("POST", f"{base}/rfqs", {**asked, "contracts_fp": "5.00"})).json()["id"]
    await caller.ask("DELETE", f"{base}/rfqs/{rfq}")
    others = (await caller.get(f"{base}/rfqs", status="open"))["rfqs"]
    for row, older in zip(others, (False, True), strict=False):
        given = {"rfq_id": row["id"], "yes_bid": "0.9000", "no_bid": "0.0000", "rest_remainder": False}
        name = (await caller.ask("POST", f"{base}/quotes", given)).json()["id"]
        path = f"{base}/quotes/{name}" if older else f"{base}/rfqs/{row['id']}/quotes/{name}"
        await clock.advance(7)
        await caller.get(path)
        confirmed = await caller.ask("PUT", f"{path}/confirm", {})
        assert confirmed.status_code == 204, confirmed.text
        await clock.advance(2)
        worthless = {
            **given,
            "yes_bid": "0.0100",
            "rfq_id": (await caller.get(f"{base}/rfqs"))["rfqs"][0]["id"],
        }
        name = (await caller.ask("POST", f"{base}/quotes", worthless)).json()["id"]
        path = f"{base}/quotes/{name}" if older else f"{base}/rfqs/{worthless['rfq_id']}/quotes/{name}"
        await caller.ask("DELETE", path)
    games = (await caller.get("/markets", series_ticker="KXNBAGAME", status="open"))["markets"]
    legs = {row["event_ticker"]: row["ticker"] for row in games}
    chosen = [{"event_ticker": event, "market_ticker": one, "side": "yes"} for event, one in legs.items()]
    combo = {"selected_markets": chosen[:2], "with_market_payload": True}
    opened = await caller.ask("POST", "/multivariate_event_collections/KXMVESANDBOX-R", combo)
    assert opened.status_code == 200, opened.text
    made = opened.json()["market_ticker"]
    await caller.ask("POST", f"{base}/rfqs", {"market_ticker": made, "rest_remainder": False, "contracts": 2})
    await caller.get(f"{base}/rfqs")
    await caller.get("/events/multivariate", with_nested_markets="true")
    event = (await caller.market())["event_ticker"]
    now = int(clock.now().timestamp())
    await caller.get(
        f"/series/KXFED/events/{event}/forecast_percentile_history",
        percentiles=[2500, 5000],
        start_ts=now - 7200,
        end_ts=now,
        period_interval=60,
    )


def operations(document):
    """Method and path pattern of each operation, with its responses."""
    for path, item in document["paths"].items():
        pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + r"\Z")
        for method in {"get", "post", "put", "delete"} & set(item):
            yield method.upper(), path, pattern, item[method]


def described(document, method, path):
    """The operation that a call belongs to; a path without parameters comes first."""
    found = [one for one in operations(document) if one[0] == method and one[2].match(path)]
    return min(found, key=lambda one: one[1].count("{"))


USES = (use_public, use_orders, use_account, use_negotiations)


@pytest.mark.parametrize("use", USES)
async def test_answers_are_as_documented(caller, clock, openapi, checker, as_schema, use):
    await use(caller, clock)
    for method, path, answer in caller.calls:
        operation = described(openapi, method, path)[3]
        where = f"{method} {path} {answer.status_code} {answer.text[:300]}"
        response = operation["responses"].get(str(answer.status_code))
        assert response is not None, f"not documented: {where}"
        if "$ref" in response:
            response = openapi["components"]["responses"][response["$ref"].rpartition("/")[2]]
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            assert not answer.content, f"no body is documented: {where}"
            continue
        problems = [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in checker(openapi, as_schema(schema)).iter_errors(answer.json())
        ]
        assert not problems, f"{where}\n{problems[:5]}"


async def test_every_operation_served_is_exercised(caller, clock, openapi):
    """Runs every use again, so that it holds however the tests are split over processes."""
    for use in USES:
        await use(caller, clock)
    used = {described(openapi, method, path)[3]["operationId"] for method, path, _ in caller.calls}
    served = {route.operation for route in caller.sandbox.reception.router.routes} - {""}
    documented = {operation["operationId"] for *_, operation in operations(openapi)}
    assert served <= documented, f"not in the official document: {sorted(served - documented)}"
    assert served <= used, f"served and never checked: {sorted(served - used)}"
