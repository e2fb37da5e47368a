"""Recorded answers about an account, field by field; skipped where they are not on this machine.

The expected values are worked out here from the recorded text, by other means than the provider's.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import msgspec
import pytest

from pmi_core.errors import Duplicate, InsufficientFunds, NotFound, OffGrid, WouldCross
from pmi_core.models import (
    Action,
    FillQuery,
    Liquidity,
    OrderQuery,
    OrderRequest,
    OrderStatus,
    OutcomeSide,
    PositionQuery,
    QuoteStatus,
    SelfTradePolicy,
    TimeInForce,
)
from pmi_core.transport.codec import decode, encode
from pmi_provider_kalshi.wire import order as wire
from pmi_provider_kalshi.wire import sent
from pmi_provider_kalshi.wire.limits import AccountLimits

pytestmark = pytest.mark.anyio
D = Decimal
MISSING = {"error": {"code": "not_found", "message": "not found"}}
STATUSES = {
    "resting": OrderStatus.OPEN,
    "canceled": OrderStatus.CANCELED,
    "executed": OrderStatus.FILLED,
}
TIMES = {"good_till_canceled": TimeInForce.GTC, "immediate_or_cancel": TimeInForce.IOC}
NO_VALUE = {"total_resting_order_value": 0, "resting_order_value_breakdown": []}


def without_root(path):
    return path.partition("?")[0].removeprefix("/trade-api/v2")


def moment(text):
    return datetime.fromisoformat(text)


def request_of(body):
    """The neutral order that means a recorded request."""
    return OrderRequest(
        market_ref=f"kalshi:{body['ticker']}",
        outcome=OutcomeSide.YES,
        action=Action.BUY if body["side"] == "bid" else Action.SELL,
        size=D(body["count"]),
        price=D(body["price"]),
        time_in_force=TIMES[body["time_in_force"]],
        post_only=body.get("post_only", False),
        self_trade=SelfTradePolicy.CANCEL_TAKER,
        client_order_id=body["client_order_id"],
    )


def plain_body(body):
    """A recorded request without what is false, which is left out."""
    return {name: value for name, value in body.items() if value is not False}


async def test_the_life_of_orders(keyed, exchange, sample):
    for step in sample("orders_v2_lifecycle_demo_2026-06.json"):
        path, body = without_root(step["path"]), step["body"]
        if "legacy" in step["case"]:
            continue  # switched off by the venue since
        exchange.forget()
        if step["method"] == "POST":
            told = f"/portfolio/orders/{body['order_id']}"
            exchange.answers(told, MISSING, code=404)
            exchange.answers("/historical/orders", {"orders": []}, limit=1000)
            exchange.takes("POST", path, body, code=step["status"], sent=plain_body(step["request_body"]))
            order = await keyed.orders.place_order(request_of(step["request_body"]))
            assert exchange.bodies() == [plain_body(step["request_body"])], (
                "the same bytes for the same intent"
            )
            assert order.ref == f"kalshi:{body['order_id']}"
            assert (order.filled, order.remaining) == (D(body["fill_count"]), D(body["remaining_count"]))
            if D(body["fill_count"]):
                assert order.status is OrderStatus.FILLED
                assert order.average_price == D(body["average_fill_price"])
                assert order.fees == D(body["average_fee_paid"]) * D(body["fill_count"])
            elif D(body["remaining_count"]):
                assert order.status is OrderStatus.OPEN
            else:
                assert order.status is OrderStatus.CANCELED, "it would have met an own order"
        elif step["method"] == "DELETE":
            exchange.takes("DELETE", path, body, **{"*": "*"})
            ended = await keyed.orders.cancel_order(f"kalshi:{body['order_id']}")
            assert (ended.status, ended.remaining) == (OrderStatus.CANCELED, 0)


async def test_every_recorded_order_row(keyed, exchange, sample):
    steps = sample("orders_v2_lifecycle_demo_2026-06.json")
    rows = [step["body"]["order"] for step in steps if "order" in step["body"]]
    assert len(rows) >= 5
    for row in rows:
        exchange.knows_cutoff()
        exchange.answers("/portfolio/orders", {"orders": [row], "cursor": ""}, limit=7)
        exchange.answers("/historical/orders", {"orders": [], "cursor": ""}, limit=6)
    for row in rows:
        (order,) = (await keyed.orders.list_orders(OrderQuery(limit=7))).items
        if order.status is OrderStatus.CANCELED and row["status"] == "resting":
            continue
        assert order.ref == f"kalshi:{row['order_id']}"
        assert (order.client_order_id, order.market_ref) == (
            row["client_order_id"],
            f"kalshi:{row['ticker']}",
        )
        assert (order.outcome, order.action, order.price) == (
            row["outcome_side"],
            "buy",
            D(row["yes_price_dollars"]),
        )
        assert (order.size, order.filled) == (D(row["initial_count_fp"]), D(row["fill_count_fp"]))
        assert order.remaining == (D(row["remaining_count_fp"]) if row["status"] == "resting" else 0)
        assert order.status is STATUSES[row["status"]]
        assert (order.created_time, order.updated_time) == (
            moment(row["created_time"]),
            moment(row["last_update_time"]),
        )


REFUSALS = {
    "orders__duplicate_client_order_id": Duplicate,
    "orders__reuse_canceled_client_id": Duplicate,
    "orders__insufficient_balance": InsufficientFunds,
    "orders__invalid_price_structure": OffGrid,
    "orders__post_only_cross": WouldCross,
    "orders__cancel_already_canceled": NotFound,
    "orders__cancel_executed": NotFound,
    "orders__cancel_unknown_id": NotFound,
}


async def test_recorded_refusals_of_orders(keyed, exchange, sample):
    cases = {case["case"]: case for case in sample("rest_errors_demo_2026-06.json")}
    exchange.answers("/markets/*", MISSING, code=404)
    exchange.answers("/historical/markets/*", MISSING, code=404)
    exchange.answers("/exchange/user_data_timestamp", {"as_of_time": "2026-11-16T15:00:01Z"})
    exchange.answers("/portfolio/orders", {"orders": []}, limit=1000)
    exchange.answers("/historical/orders", {"orders": []}, limit=1000)
    exchange.answers("/portfolio/orders/*", MISSING, code=404)
    for name, kind in REFUSALS.items():
        case = cases[name]
        path = without_root(case["path"])
        body = case["request_body"] and plain_body(case["request_body"])
        exchange.takes(case["method"], path, case["body"], code=case["status"], sent=body, **{"*": "*"})
        with pytest.raises(kind):
            if case["method"] == "POST":
                await keyed.orders.place_order(request_of(case["request_body"]))
            else:
                await keyed.orders.cancel_order(f"kalshi:{path.rpartition('/')[2]}")


def check_fill(found, row):
    no = row["outcome_side"] == "no"
    assert (found.trade_id, found.order_ref) == (row["trade_id"], f"kalshi:{row['order_id']}")
    assert (found.market_ref, found.outcome) == (f"kalshi:{row['ticker']}", row["outcome_side"])
    assert found.price == D(row["no_price_dollars" if no else "yes_price_dollars"])
    assert (found.size, found.fee) == (D(row["count_fp"]), D(row["fee_cost"]))
    assert found.liquidity is (Liquidity.TAKER if row["is_taker"] else Liquidity.MAKER)
    assert found.time == moment(row["created_time"])


def check_position(found, row):
    held = D(row["position_fp"])
    assert (found.market_ref, found.outcome) == (f"kalshi:{row['ticker']}", "no" if held < 0 else "yes")
    assert (found.size, found.cost) == (abs(held), D(row["market_exposure_dollars"]))
    assert abs(found.average_price * found.size - found.cost) < D("0.00001")
    assert (found.fees, found.realized_pnl) == (D(row["fees_paid_dollars"]), D(row["realized_pnl_dollars"]))


async def test_fills_positions_and_balance(keyed, exchange, sample):
    fills, positions, balance = (
        sample(name) for name in ("fills_after_taker.json", "positions_demo.json", "balance_demo.json")
    )
    exchange.knows_cutoff().answers("/portfolio/fills", fills, limit=100)
    exchange.answers("/historical/fills", {"fills": []}, limit=97)
    exchange.answers("/portfolio/positions", positions, count_filter="position", limit=100)
    exchange.answers("/portfolio/balance", balance)
    exchange.answers("/portfolio/summary/total_resting_order_value", NO_VALUE)
    for found, row in zip((await keyed.orders.list_fills(FillQuery())).items, fills["fills"], strict=True):
        check_fill(found, row)
    rows = (await keyed.account.list_positions(PositionQuery())).items
    for found, row in zip(rows, positions["market_positions"], strict=True):
        check_position(found, row)
    (money,) = await keyed.account.get_balance()
    assert (money.compartment, money.total, money.available) == ("0", D("98.0186"), D("98.0186"))


def test_limits_of_an_account(sample):
    recorded = sample("account_limits_demo.json")
    found = decode(AccountLimits, json.dumps(recorded).encode())
    assert (found.usage_tier, found.grants) == ("basic", [])
    for name in ("read", "write"):
        bucket = getattr(found, name)
        assert [bucket.refill_rate, bucket.bucket_capacity] == [
            recorded[name]["refill_rate"],
            recorded[name]["bucket_capacity"],
        ]


async def test_a_negotiation_from_its_request_to_the_fills(keyed, exchange, sample):
    steps = {step["step"]: step["data"] for step in sample("rfq_quote_accept_yes_scenario.json")}
    row = steps["quote_terminal"]
    exchange.answers("/communications/id", {"communications_id": row["creator_id"]})
    exchange.answers(f"/communications/rfqs/{row['rfq_id']}/quotes/{row['id']}", {"quote": row})
    exchange.takes("PUT", f"/communications/rfqs/{row['rfq_id']}/quotes/{row['id']}/confirm", None, code=204)
    found = await keyed.quotes.confirm_quote(f"kalshi:{row['rfq_id']}/{row['id']}")
    assert (found.status, found.mine, found.accepted_side) == (QuoteStatus.EXECUTED, True, "yes")
    assert (found.yes_bid, found.no_bid, found.size) == (D("0.48"), D("0.48"), D(1))
    assert found.order_ref == f"kalshi:{row['creator_order_id']}"
    assert (found.created_time, found.updated_time) == (moment(row["created_ts"]), moment(row["updated_ts"]))
    exchange.knows_cutoff()
    exchange.answers("/historical/fills", {"fills": []}, **{"*": "*"})
    for at, step in enumerate(("after_maker", "after_requester"), start=11):
        told = steps[step]
        exchange.answers("/portfolio/fills", told["fills"], limit=at)
        exchange.answers("/portfolio/positions", told["positions"], count_filter="position", limit=at)
        (fill,) = (await keyed.orders.list_fills(FillQuery(limit=at))).items
        check_fill(fill, told["fills"]["fills"][0])
        (held,) = (await keyed.account.list_positions(PositionQuery(limit=at))).items
        check_position(held, told["positions"]["market_positions"][0])
        spent = held.cost + held.fees
        assert D("1000") - spent == D(told["balance"]["balance_dollars"])


SHAPES = {
    "CreateOrderV2Request": wire.CreateOrder,
    "CreateOrderV2Response": wire.Created,
    "CancelOrderV2Response": wire.Canceled,
    "DecreaseOrderV2Request": sent.DecreaseOrder,
    "DecreaseOrderV2Response": wire.Decreased,
    "AmendOrderV2Request": sent.AmendOrder,
    "AmendOrderV2Response": wire.Amended,
    "BatchCreateOrdersV2Response": wire.BatchCreated,
    "BatchCancelOrdersV2Response": wire.BatchCanceled,
}


def test_the_documents_own_examples(sample):
    examples = sample("rest_docs_examples_openapi_3.34.json")
    for name, shape in SHAPES.items():
        plain = examples[name]
        read = msgspec.to_builtins(decode(shape, json.dumps(plain).encode()))
        rows = read.get("orders", [read])
        for row, told in zip(rows, plain.get("orders", [plain]), strict=True):
            known = {field: value for field, value in row.items() if value is not None}
            assert known == {field: told[field] for field in known}, name
    item = decode(sent.CancelItem, json.dumps(examples["BatchCancelOrdersV2Request"]["orders"][0]).encode())
    assert json.loads(encode(item)) == {"order_id": "3b23c1c7-f4ef-4f0d-8b9a-9e53c61f1a0d", "subaccount": 0}
    for body in examples["BatchCreateOrdersV2Request"]["orders"]:
        assert decode(wire.CreateOrder, json.dumps(body).encode()).count == body["count"]
