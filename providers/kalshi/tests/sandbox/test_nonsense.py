"""Whatever is sent, the answer is one of the exchange's: a success, or a refusal that names its reason."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmi_core.testing.clock import ManualClock
from pmi_provider_kalshi.sandbox.feed.session import Session
from pmi_provider_kalshi.sandbox.keys import Key, KeyType, make_pair
from pmi_provider_kalshi.sandbox.office import Office, OfficePlan
from pmi_provider_kalshi.sandbox.reception import BASE, Reception

KEY = Key("key", "test", make_pair(KeyType.ED25519)[1])
WORDS = (
    "ticker",
    "yes",
    "no",
    "bid",
    "ask",
    "0.5000",
    "1.00",
    "1",
    "-1",
    "",
    "NaN",
    "1e9",
    "open",
    "self",
    "٣",
)
FIELDS = (
    *("ticker", "side", "count", "price", "time_in_force", "self_trade_prevention_type", "client_order_id"),
    *("expiration_time", "post_only", "subaccount", "order_group_id", "exchange_index", "orders", "order_id"),
    *("reduce_by", "reduce_to", "contracts_limit", "contracts_limit_fp", "amount", "source", "destination"),
    *("market_ticker", "contracts", "contracts_fp", "rest_remainder", "rfq_id", "yes_bid", "no_bid"),
    *("accepted_side", "selected_markets", "name", "scopes", "key_type", "public_key", "allocations"),
    *(
        "client_transfer_id",
        "from_subaccount",
        "to_subaccount",
        "amount_cents",
        "percent",
        "target_cost_dollars",
    ),
)
QUERY = (
    *("limit", "cursor", "status", "ticker", "tickers", "event_ticker", "min_ts", "max_ts", "subaccount"),
    *("start_ts", "end_ts", "period_interval", "depth", "min_close_ts", "market_tickers", "page_size"),
    *(
        "percentiles",
        "minimum_start_date",
        "last_sec",
        "milestone_ids",
        "settlement_status",
        "exchange_index",
    ),
)
ENDS = {"source": "event_contract", "destination": "event_contract"}
GOOD = {
    "/portfolio/events/orders": {
        "ticker": "TICKER",
        "side": "bid",
        "count": "1.00",
        "price": "0.0500",
        "time_in_force": "good_till_canceled",
        "self_trade_prevention_type": "maker",
    },
    "/portfolio/order_groups/create": {"contracts_limit": 5},
    "/portfolio/intra_exchange_instance_transfer": {**ENDS, "amount": 5, "destination_exchange_shard": 2},
    "/portfolio/subaccounts/transfer": {
        "client_transfer_id": "id",
        "from_subaccount": 0,
        "to_subaccount": 1,
        "amount_cents": 5,
    },
    "/portfolio/target_balance_allocation": {"allocations": [{"exchange_index": 0, "percent": 100}]},
    "/communications/rfqs": {"market_ticker": "TICKER", "contracts": 5, "rest_remainder": False},
    "/multivariate_event_collections/KXMVESANDBOX-R": {
        "selected_markets": [{"market_ticker": "TICKER", "event_ticker": "E", "side": "yes"}]
    },
    "/api_keys/generate": {"name": "n", "key_type": "ed25519", "scopes": ["read"]},
}
"""Paths with bodies that pass; one field of them is spoiled."""

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.sampled_from(WORDS),
    st.text(max_size=8),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def office():
    made = Office(OfficePlan(tier="prime"), ManualClock())
    made.ring.check = lambda *_: KEY
    made.buckets.charge = lambda *_, **__: None
    return made


@pytest.fixture(scope="module")
def reception(office):
    return Reception(office)


def ticker_of(office):
    return next(ticker for ticker in office.engine.market_ids() if ticker.startswith("KXFED"))


def check(answer):
    assert answer.status in (200, 201, 204, 400, 403, 404, 409, 410), answer
    if answer.status >= 400:
        assert {"error", "code", "msg"} & set(answer.body), answer


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 200), body=st.dictionaries(st.sampled_from(FIELDS), values, max_size=8) | values)
def test_any_body_is_answered(reception, office, place, body):
    routes = [route for route in reception.router.routes if route.method != "GET"]
    route = routes[place % len(routes)]
    if isinstance(body, dict) and body.get("ticker") == "ticker":
        body["ticker"] = ticker_of(office)
    path = route.path.replace("{", "").replace("}", "")
    headers = {"content-type": "application/json"}
    check(reception.answer(route.method, BASE + path, headers, json.dumps(body).encode()))


@settings(max_examples=200, deadline=None)
@given(
    path=st.sampled_from(sorted(GOOD)),
    spoiled=st.dictionaries(
        st.sampled_from(sorted({name for body in GOOD.values() for name in body} | set(FIELDS))),
        values,
        min_size=1,
        max_size=2,
    ),
)
def test_a_spoiled_body_is_answered(reception, office, path, spoiled):
    text = json.dumps({**GOOD[path], **spoiled}).replace('"TICKER"', f'"{ticker_of(office)}"')
    headers = {"content-type": "application/json"}
    check(reception.answer("POST", BASE + path, headers, text.encode()))


@settings(max_examples=200, deadline=None)
@given(
    place=st.integers(0, 4),
    spoiled=st.dictionaries(
        st.sampled_from(
            ("start_ts", "end_ts", "period_interval", "percentiles", "include_latest_before_start")
        ),
        st.sampled_from(WORDS) | st.integers(-(2**70), 2**70),
        max_size=2,
    ),
)
def test_a_spoiled_span_is_answered(reception, office, place, spoiled):
    ticker = ticker_of(office)
    event = ticker.rpartition("-")[0]
    path = (
        f"/series/KXFED/markets/{ticker}/candlesticks",
        f"/series/KXFED/events/{event}/candlesticks",
        "/markets/candlesticks",
        f"/historical/markets/{next(iter(office.floor.calendar.markets))}/candlesticks",
        f"/series/KXFED/events/{event}/forecast_percentile_history",
    )[place]
    now = int(office.floor.now().timestamp())
    span = {
        "start_ts": now - 7200,
        "end_ts": now,
        "period_interval": 60,
        "percentiles": 5000,
        "market_tickers": ticker,
    }
    asked = "&".join(f"{name}={value}" for name, value in {**span, **spoiled}.items())
    check(reception.answer("GET", f"{BASE}{path}?{asked}", {"kalshi-access-key": "x"}, b""))


@settings(max_examples=150, deadline=None)
@given(
    place=st.integers(0, 200),
    query=st.dictionaries(
        st.sampled_from(QUERY), st.sampled_from(WORDS) | st.integers(-(2**70), 2**70), max_size=4
    ),
)
def test_any_query_is_answered(reception, office, place, query):
    routes = [route for route in reception.router.routes if route.method == "GET"]
    path = routes[place % len(routes)].path
    for name, value in (
        ("{ticker}", ticker_of(office)),
        ("{series_ticker}", "KXFED"),
        ("{event_ticker}", ticker_of(office).rpartition("-")[0]),
        ("{city}", "nyc"),
    ):
        path = path.replace(name, value)
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    check(reception.answer("GET", f"{BASE}{path}?{asked}", {"kalshi-access-key": "x"}, b""))


@settings(max_examples=150, deadline=None)
@given(
    content=values
    | st.fixed_dictionaries(
        {
            "id": scalars,
            "cmd": st.sampled_from(("subscribe", "unsubscribe", "update_subscription", "list_subscriptions")),
            "params": st.dictionaries(
                st.sampled_from(
                    (
                        "channels",
                        "market_ticker",
                        "market_tickers",
                        "market_ids",
                        "sids",
                        "sid",
                        "action",
                        "shard_factor",
                        "shard_key",
                    )
                ),
                values | st.just(["ticker", "trade", "pyth_value"]) | st.just([1]),
                max_size=4,
            ),
        }
    )
)
def test_any_command_is_answered(office, content):
    frames = []
    session = Session(office, KEY, lambda frame: frames.append(frame) is None)
    session.command(
        {"id": 1, "cmd": "subscribe", "params": {"channels": ["orderbook_delta"], "market_ticker": "A"}}
    )
    before = len(frames)
    session.command(content)
    assert len(frames) > before
