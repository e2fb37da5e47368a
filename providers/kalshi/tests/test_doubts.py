"""What must never be taken for granted: answers of others, states that others changed, failures inside a batch."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.errors import BusyError, UncertainError, UnexpectedAnswer, VenueError
from pmi_core.models import Action, OrderRequest, OrderStatus, OutcomeSide
from pmi_provider_kalshi.translate.orders import fill_of, order_of
from pmi_provider_kalshi.wire.account import Fill
from pmi_provider_kalshi.wire.order import Order

pytestmark = pytest.mark.anyio
D = Decimal
ORDERS = "/portfolio/events/orders"
MISSING = {"error": {"code": "not_found", "message": "not found"}}
TS = 1_794_841_200_123
LATER = "2026-11-16T15:10:00Z"


def wanted(name="c1", **changes):
    plain = {
        "market_ref": "kalshi:A-1",
        "outcome": OutcomeSide.YES,
        "action": Action.BUY,
        "size": D(10),
        "price": D("0.4"),
        "client_order_id": name,
    }
    return OrderRequest(**{**plain, **changes})


def placed(order_id="o1", **changes):
    plain = {"order_id": order_id, "fill_count": "0.00", "remaining_count": "10.00", "ts_ms": TS}
    return {**plain, **changes}


@pytest.fixture
async def resting(keyed, exchange):
    """An order of 10 that was placed here, of which nothing is known to have filled."""
    exchange.takes("POST", ORDERS, placed(), code=201)
    return (await keyed.orders.place_order(wanted())).ref


@pytest.fixture
def ended(order_row):
    def ended(filled, size="10.00", status="canceled"):
        return order_row(
            client_order_id="c1",
            status=status,
            fill_count_fp=filled,
            remaining_count_fp="0.00",
            initial_count_fp=size,
            maker_fill_cost_dollars=str(D(filled) * D("0.4")),
            last_update_time=LATER,
        )

    return ended


async def test_an_answer_about_another_order_leaves_this_one_in_doubt(keyed, exchange):
    exchange.takes("POST", ORDERS, placed(client_order_id="somebody-elses"), code=201)
    with pytest.raises(UncertainError, match="client_order_id") as doubt:
        await keyed.orders.place_order(wanted())
    assert doubt.value.client_order_id == "c1"


@pytest.mark.parametrize(
    "code, body",
    [
        (500, {"error": {"code": "insufficient_balance", "message": "insufficient balance"}}),
        (503, {"error": {"code": "order_already_exists", "message": "order already exists"}}),
        (502, {"error": "too many requests"}),
        (200, {"error": "too many requests"}),
    ],
)
async def test_words_of_a_refusal_prove_nothing_where_the_status_does_not(keyed, exchange, code, body):
    exchange.takes("POST", ORDERS, body, code=code)
    with pytest.raises(UncertainError) as doubt:
        await keyed.orders.place_order(wanted())
    assert doubt.value.client_order_id == "c1"


async def test_a_call_that_was_not_admitted_placed_nothing(keyed, exchange):
    exchange.takes("POST", ORDERS, {"error": "too many requests"}, code=429)
    with pytest.raises(BusyError):
        await keyed.orders.place_order(wanted())


async def test_a_batch_that_is_answered_in_another_order_is_read_by_name(keyed, exchange):
    rows = [placed("o2", client_order_id="c2"), placed("o1", client_order_id="c1")]
    exchange.takes("POST", f"{ORDERS}/batched", {"orders": rows}, code=201)
    found = await keyed.batch.place_orders([wanted("c1"), wanted("c2", price=D("0.3"))])
    assert [(one.client_order_id, one.order_ref, one.order.price) for one in found] == [
        ("c1", "kalshi:o1", D("0.4")),
        ("c2", "kalshi:o2", D("0.3")),
    ]


@pytest.mark.parametrize(
    "error, kind",
    [
        ({"code": "internal_server_error", "message": "x"}, "UncertainError"),
        ({"code": "service_unavailable"}, "UncertainError"),
        ({"message": "context deadline exceeded"}, "UncertainError"),
        ({"code": "500"}, "UncertainError"),
        ({}, "UncertainError"),
        ({"code": "weather", "message": "too wet"}, "RequestError"),
        ({"code": "insufficient_balance", "message": "x"}, "InsufficientFunds"),
    ],
)
async def test_an_exchange_that_fails_inside_a_batch_has_refused_nothing(keyed, exchange, error, kind):
    exchange.takes(
        "POST", f"{ORDERS}/batched", {"orders": [{"client_order_id": "c1", "error": error}]}, code=201
    )
    (found,) = await keyed.batch.place_orders([wanted()])
    assert (found.error, found.order) == (kind, None)


async def test_a_cancel_of_what_somebody_else_made_smaller_invents_no_fill(keyed, exchange, resting, ended):
    exchange.takes(
        "DELETE", f"{ORDERS}/o1", {"order_id": "o1", "reduced_by": "5.00", "ts_ms": TS + 9}, **{"*": "*"}
    )
    exchange.answers("/portfolio/orders/o1", {"order": ended("0.00")})
    found = await keyed.orders.cancel_order(resting)
    assert (found.status, found.filled, found.average_price) == (OrderStatus.CANCELED, 0, None)


async def test_a_cancel_of_what_somebody_else_made_larger_loses_no_fill(keyed, exchange, resting, ended):
    exchange.takes(
        "DELETE", f"{ORDERS}/o1", {"order_id": "o1", "reduced_by": "15.00", "ts_ms": TS + 9}, **{"*": "*"}
    )
    exchange.answers("/portfolio/orders/o1", {"order": ended("5.00", size="20.00")})
    found = await keyed.orders.cancel_order(resting)
    assert (found.status, found.filled, found.average_price) == (OrderStatus.CANCELED, 5, D("0.4"))


async def test_an_amendment_that_leaves_nothing_counts_fills_nobody_told_of(keyed, exchange, resting, ended):
    """Four had filled already, and the six that crossed now are all that the answer tells."""
    answer = {"order_id": "o1", "remaining_count": "0.00", "fill_count": "6.00", "ts_ms": TS + 9}
    exchange.takes("POST", f"{ORDERS}/o1/amend", answer, **{"*": "*"})
    exchange.answers("/portfolio/orders/o1", {"order": ended("10.00", status="executed")})
    found = await keyed.amend.amend_order(resting, price=D("0.5"), size=D(10))
    assert (found.status, found.filled, found.remaining) == (OrderStatus.FILLED, 10, 0)


async def test_a_decrease_that_leaves_nothing_counts_fills_nobody_told_of(keyed, exchange, resting, ended):
    answer = {"order_id": "o1", "remaining_count": "0.00", "ts_ms": TS + 9}
    exchange.takes("POST", f"{ORDERS}/o1/decrease", answer, **{"*": "*"})
    exchange.answers("/portfolio/orders/o1", {"order": ended("4.00")})
    found = await keyed.amend.decrease_order(resting, by=D(6))
    assert (found.status, found.filled) == (OrderStatus.CANCELED, 4)


async def test_where_no_reading_tells_the_end_arithmetic_stands(keyed, exchange, resting, order_row):
    exchange.takes(
        "DELETE", f"{ORDERS}/o1", {"order_id": "o1", "reduced_by": "7.00", "ts_ms": TS + 9}, **{"*": "*"}
    )
    exchange.answers("/portfolio/orders/o1", {"order": order_row(client_order_id="c1")})
    found = await keyed.orders.cancel_order(resting)
    assert (found.status, found.filled) == (OrderStatus.CANCELED, 3)


async def test_a_cancel_that_finds_nothing_while_readings_show_it_says_both(
    keyed, exchange, resting, order_row
):
    exchange.takes("DELETE", f"{ORDERS}/o1", MISSING, code=404, **{"*": "*"})
    exchange.answers("/portfolio/orders/o1", {"order": order_row(client_order_id="c1")})
    with pytest.raises(VenueError, match="still show it working") as doubt:
        await keyed.orders.cancel_order(resting)
    assert "subaccount" in doubt.value.hint


async def test_orders_are_changed_in_the_subaccount_where_they_are(open_venue, exchange, key, order_row):
    """What is not set is taken from the order; what is set is never left out, nor another one named."""
    exchange.tells_limits()
    async with await open_venue(**key) as venue:
        exchange.answers("/portfolio/orders/o1", {"order": order_row(subaccount_number=7)})
        exchange.takes(
            "DELETE",
            f"{ORDERS}/o1",
            {"order_id": "o1", "reduced_by": "10.00", "ts_ms": TS},
            subaccount=7,
            market_ticker="A-1",
        )
        assert (await venue.orders.cancel_order("kalshi:o1")).status is OrderStatus.CANCELED
    async with await open_venue(**key, subaccount=3) as venue:
        exchange.takes("POST", ORDERS, placed("o3"), code=201)
        exchange.takes(
            "DELETE",
            f"{ORDERS}/o3",
            {"order_id": "o3", "reduced_by": "10.00", "ts_ms": TS},
            subaccount=3,
            market_ticker="A-1",
        )
        order = await venue.orders.place_order(wanted("c3"))
        assert exchange.bodies("POST")[-1]["subaccount"] == 3
        assert (await venue.orders.cancel_order(order.ref)).status is OrderStatus.CANCELED


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"book_side": "ask"}, "contradict"),
        ({"outcome_side": "no", "book_side": "bid"}, "contradict"),
        ({"no_price_dollars": "0.4000"}, "make 0.8"),
    ],
)
def test_a_row_that_contradicts_itself_is_not_believed(order_row, changes, said):
    row = order_row(**changes)
    known = {name: row[name] for name in Order.__struct_fields__ if name in row}
    with pytest.raises(UnexpectedAnswer, match=said):
        order_of(Order(**known), "kalshi")
    fill = {name: row[name] for name in Fill.__struct_fields__ if name in row}
    more = {"trade_id": "t1", "count_fp": "1.00", "is_taker": True, "fee_cost": "0.0000"}
    with pytest.raises(UnexpectedAnswer, match=said):
        fill_of(Fill(**fill, **more), "kalshi")


def test_what_was_made_smaller_before_it_filled_is_whole(order_row):
    row = order_row(status="executed", fill_count_fp="6.00", remaining_count_fp="0.00")
    known = {name: row[name] for name in Order.__struct_fields__ if name in row}
    found = order_of(Order(**{**known, "created_time": None, "last_update_time": None}), "kalshi")
    assert (found.status, found.size, found.filled, found.remaining) == (OrderStatus.FILLED, 6, 6, 0)
