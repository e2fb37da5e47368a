"""Amending, decreasing, batches, cancelling everything, places in the queue."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from pmi_core.errors import NotFound, OffGrid, RequestError, UncertainError
from pmi_core.models import Action, OrderRequest, OrderStatus, OutcomeSide

pytestmark = pytest.mark.anyio
D = Decimal
ORDERS = "/portfolio/events/orders"
MISSING = {"error": {"code": "not_found", "message": "not found"}}
TS = 1_794_841_200_123


def wanted(number, **changes):
    plain = {
        "market_ref": "kalshi:A-1",
        "outcome": OutcomeSide.YES,
        "action": Action.BUY,
        "size": D(10),
        "price": D("0.4"),
        "client_order_id": f"c{number}",
    }
    return OrderRequest(**{**plain, **changes})


def item(number, **changes):
    plain = {"order_id": f"o{number}", "client_order_id": f"c{number}", "fill_count": "0.00"}
    return {**plain, "remaining_count": "10.00", "ts_ms": TS, **changes}


@pytest.fixture
def resting(exchange, order_row):
    """An order of another program that rests, partly filled, for NO."""
    row = order_row(
        "o1",
        outcome_side="no",
        fill_count_fp="3.00",
        remaining_count_fp="7.00",
        maker_fill_cost_dollars="1.800000",
        subaccount_number=2,
    )
    exchange.answers("/portfolio/orders/o1", {"order": row})
    return "kalshi:o1"


async def test_an_amendment_counts_what_filled(keyed, exchange, resting):
    answer = {"order_id": "o1", "remaining_count": "9.00", "fill_count": "0.00", "ts_ms": TS}
    exchange.takes("POST", f"{ORDERS}/o1/amend", answer, subaccount=2)
    order = await keyed.amend.amend_order(resting, price=D("0.55"), size=D(12))
    assert exchange.bodies() == [{"ticker": "A-1", "side": "ask", "price": "0.4500", "count": "12.00"}]
    assert (order.price, order.size, order.filled, order.remaining) == (D("0.55"), 12, 3, 9)
    assert (order.status, order.client_order_id) == (OrderStatus.PARTIAL, "c-o1")


async def test_an_amendment_without_counts_changed_no_size(keyed, exchange, resting):
    exchange.takes("POST", f"{ORDERS}/o1/amend", {"order_id": "o1", "ts_ms": TS}, subaccount=2)
    order = await keyed.amend.amend_order(resting, price=D("0.61"), size=D(10))
    assert (order.price, order.size, order.filled, order.remaining) == (D("0.61"), 10, 3, 7)


async def test_an_amendment_may_fill(keyed, exchange, resting, order_row):
    answer = {"order_id": "o1", "remaining_count": "0.00", "fill_count": "7.00", "ts_ms": TS}
    exchange.takes("POST", f"{ORDERS}/o1/amend", {**answer, "average_fill_price": "0.4000"}, subaccount=2)
    order = await keyed.amend.amend_order(resting, price=D("0.7"), size=D(10))
    assert (order.status, order.filled, order.remaining) == (OrderStatus.FILLED, 10, 0)


@pytest.mark.parametrize(
    "code, body, kind",
    [
        (400, {"error": {"code": "invalid_price", "message": "x"}}, OffGrid),
        (400, {"error": {"code": "order_side_mismatch", "message": "x"}}, RequestError),
        (500, {"error": {"code": "internal", "message": "x"}}, UncertainError),
        (200, {"order_id": "o1", "remaining_count": "90.00", "ts_ms": TS}, UncertainError),
    ],
)
async def test_an_amendment_that_is_refused_or_unclear(keyed, exchange, resting, row, code, body, kind):
    exchange.answers("/markets/A-1", {"market": row("A-1")})
    exchange.takes("POST", f"{ORDERS}/o1/amend", body, code=code, subaccount=2)
    with pytest.raises(kind) as error:
        await keyed.amend.amend_order(resting, price=D("0.55"), size=D(10))
    if kind is UncertainError:
        assert error.value.client_order_id == "c-o1"


async def test_prices_off_the_grid_are_told_their_neighbours(keyed, exchange, resting, row):
    exchange.answers("/markets/A-1", {"market": row("A-1")})
    wrong = {"error": {"code": "invalid_price", "message": "x"}}
    exchange.takes("POST", f"{ORDERS}/o1/amend", wrong, code=400, subaccount=2)
    with pytest.raises(OffGrid, match=r"takes 0\.58\d* or 0\.59"):
        await keyed.amend.amend_order(resting, price=D("0.585"), size=D(10))
    exchange.takes("POST", f"{ORDERS}/batched", {"orders": [{"client_order_id": "c1", **wrong}]}, code=201)
    (found,) = await keyed.batch.place_orders([wanted(1, price=D("0.415"))])
    assert found.error == "OffGrid"
    assert re.search(r"takes 0\.41\d* or 0\.42", found.message)


async def test_what_ended_cannot_be_changed(keyed, exchange, resting, order_row):
    exchange.takes("POST", f"{ORDERS}/o1/decrease", MISSING, code=404, subaccount=2)
    gone = order_row("o1", status="canceled", fill_count_fp="3.00", remaining_count_fp="0.00")
    exchange.answers("/portfolio/orders/o1", {"order": gone})
    for _ in range(2):
        with pytest.raises(RequestError, match="is canceled and cannot be changed"):
            await keyed.amend.decrease_order(resting, by=D(1))
    assert len(exchange.writes) == 1, "what is known to have ended is not asked for again"


async def test_a_decrease_takes_off_what_remains(keyed, exchange, resting):
    answer = {"order_id": "o1", "remaining_count": "5.00", "ts_ms": TS}
    exchange.takes("POST", f"{ORDERS}/o1/decrease", answer, subaccount=2)
    order = await keyed.amend.decrease_order(resting, by=D(2))
    assert exchange.bodies() == [{"reduce_by": "2.00", "market_ticker": "A-1"}]
    assert (order.size, order.filled, order.remaining) == (8, 3, 5)


async def test_a_decrease_of_everything_cancels(keyed, exchange, resting):
    answer = {"order_id": "o1", "remaining_count": "0.00", "ts_ms": TS}
    exchange.takes("POST", f"{ORDERS}/o1/decrease", answer, subaccount=2)
    order = await keyed.amend.decrease_order(resting, by=D(7))
    assert (order.status, order.filled, order.remaining) == (OrderStatus.CANCELED, 3, 0)


async def test_a_batch_is_split_by_the_write_budget(keyed, exchange):
    (write,) = [budget for budget in keyed.budgets() if budget.name == "write"]
    first = int(write.capacity // 10)
    batches = [range(first), range(first, 12)]
    for numbers in batches:
        rows = [item(number) for number in numbers]
        exchange.takes("POST", f"{ORDERS}/batched", {"orders": rows}, code=201)
    results = await keyed.batch.place_orders([wanted(number) for number in range(12)])
    assert [one.order_ref for one in results] == [f"kalshi:o{number}" for number in range(12)]
    assert [len(body["orders"]) for body in exchange.bodies()] == [len(numbers) for numbers in batches]


async def test_one_item_stops_nobody(keyed, exchange, order_row):
    refused = {"client_order_id": "c1", "error": {"code": "insufficient_balance", "message": "too dear"}}
    twice = {"client_order_id": "c0", "error": {"code": "order_already_exists", "message": "exists"}}
    rows = [item(0), refused, twice, {"client_order_id": "c4"}]
    exchange.takes("POST", f"{ORDERS}/batched", {"orders": rows}, code=201)
    exchange.answers("/portfolio/orders/o0", {"order": order_row("o0", client_order_id="c0")})
    made, dear, again, small, odd = await keyed.batch.place_orders(
        [wanted(0), wanted(1), wanted(0), wanted(3, size=D("0.001")), wanted(4)]
    )
    assert (made.order_ref, made.error) == ("kalshi:o0", None)
    assert (dear.error, dear.order, dear.client_order_id) == ("InsufficientFunds", None, "c1")
    assert again.order_ref == "kalshi:o0", "it was placed already, and here it is"
    assert small.error == "BelowMinimum"
    assert odd.error == "UncertainError"


async def test_a_batch_that_fails_whole_is_an_error_and_a_later_one_a_result(keyed, exchange):
    exchange.takes("POST", f"{ORDERS}/batched", {"error": {"code": "internal"}}, code=500)
    with pytest.raises(UncertainError):
        await keyed.batch.place_orders([wanted(0)])
    results = await keyed.batch.place_orders([wanted(number) for number in range(12)])
    assert [one.error for one in results] == ["UncertainError"] * 8 + ["RequestError"] * 4
    assert "not sent" in results[-1].message


async def test_cancels_of_a_batch_name_their_markets(keyed, exchange, order_row):
    exchange.answers("/portfolio/orders/o1", {"order": order_row("o1")})
    exchange.answers("/portfolio/orders/o2", {"order": order_row("o2", ticker="B-1")})
    ended = order_row("o2", ticker="B-1", status="executed", fill_count_fp="10.00")
    exchange.answers("/portfolio/orders/o2", {"order": ended})
    exchange.answers("/portfolio/orders/o9", MISSING, code=404)
    exchange.answers("/historical/orders", {"orders": []}, limit=1000)
    rows = [
        {"order_id": "o1", "reduced_by": "10.00", "ts_ms": TS},
        {"order_id": "o2", "reduced_by": "0.00", "error": {"code": "not_found", "message": "not found"}},
    ]
    exchange.takes("DELETE", f"{ORDERS}/batched", {"orders": rows})
    first, unknown, late = await keyed.batch.cancel_orders(["kalshi:o1", "kalshi:o9", "kalshi:o2"])
    assert exchange.bodies() == [
        {
            "orders": [
                {"order_id": "o1", "market_ticker": "A-1", "subaccount": 0},
                {"order_id": "o2", "market_ticker": "B-1", "subaccount": 0},
            ]
        }
    ]
    assert (first.order.status, unknown.error) == (OrderStatus.CANCELED, "NotFound")
    assert late.order.status is OrderStatus.FILLED, "it ended before, and its final state is told"


async def test_cancelling_everything_uses_the_venues_own_call(keyed, exchange, order_row):
    listed = {"orders": [order_row("o1"), order_row("o2")]}
    exchange.answers("/portfolio/orders", listed, status="resting", limit=1000)
    exchange.takes("DELETE", ORDERS, None, code=204)
    for name in ("o1", "o2"):
        gone = order_row(name, status="canceled", remaining_count_fp="0.00")
        exchange.answers(f"/portfolio/orders/{name}", {"order": order_row(name)})
        exchange.answers(f"/portfolio/orders/{name}", {"order": gone})
    orders = await keyed.batch.cancel_all()
    assert [order.status for order in orders] == [OrderStatus.CANCELED] * 2
    assert len(exchange.writes) == 1


async def test_cancelling_everything_without_the_right_goes_one_by_one(keyed, exchange, order_row):
    exchange.answers("/portfolio/orders", {"orders": [order_row("o1")]}, status="resting", limit=1000)
    exchange.takes("DELETE", ORDERS, {"code": "forbidden"}, code=403)
    rows = [{"order_id": "o1", "reduced_by": "10.00", "ts_ms": TS}]
    exchange.takes("DELETE", f"{ORDERS}/batched", {"orders": rows})
    (order,) = await keyed.batch.cancel_all()
    assert order.status is OrderStatus.CANCELED


async def test_where_nothing_rests_nothing_is_sent(keyed, exchange):
    exchange.answers("/portfolio/orders", {"orders": []}, status="resting", limit=1000)
    assert await keyed.batch.cancel_all() == ()
    assert not exchange.writes


async def test_places_in_the_queue(keyed, exchange, order_row):
    for name in ("o1", "o2", "o3"):
        state = "canceled" if name == "o3" else "resting"
        exchange.answers(f"/portfolio/orders/{name}", {"order": order_row(name, status=state)})
    exchange.answers("/portfolio/orders/o1/queue_position", {"queue_position_fp": "12.50"})
    rows = [{"order_id": "o2", "market_ticker": "A-1", "queue_position_fp": "0.00"}]
    exchange.answers("/portfolio/orders/queue_positions", {"queue_positions": rows}, market_tickers="A-1")
    assert await keyed.queue.get_queue_positions(["kalshi:o1"]) == {"kalshi:o1": D("12.5")}
    found = await keyed.queue.get_queue_positions(["kalshi:o1", "kalshi:o2", "kalshi:o3"])
    assert found == {"kalshi:o2": 0}, "what does not rest has no place"
    exchange.answers("/portfolio/orders/o2/queue_position", MISSING, code=404)
    assert await keyed.queue.get_queue_positions(["kalshi:o2"]) == {}
    exchange.answers("/portfolio/orders/o9", MISSING, code=404)
    exchange.answers("/historical/orders", {"orders": []}, limit=1000)
    with pytest.raises(NotFound):
        await keyed.queue.get_queue_positions(["kalshi:o9"])
