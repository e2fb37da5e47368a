"""Placing, cancelling and reading orders, with readings that lag behind."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.errors import (
    Duplicate,
    InsufficientFunds,
    MarketNotOpen,
    NotFound,
    OffGrid,
    OrderRefused,
    RequestError,
    UncertainError,
    VenueError,
    WouldCross,
)
from pmi_core.models import (
    Action,
    FillQuery,
    Liquidity,
    OrderQuery,
    OrderRequest,
    OrderStatus,
    OutcomeSide,
    TimeInForce,
)

pytestmark = pytest.mark.anyio
D = Decimal
ORDERS = "/portfolio/events/orders"
MISSING = {"error": {"code": "not_found", "message": "not found", "service": "exchange"}}
EXISTS = {"error": {"code": "order_already_exists", "message": "order already exists"}}
TS = 1_794_841_140_123
FRESH = "2026-11-16T15:00:00Z"


def wanted(**changes):
    plain = {
        "market_ref": "kalshi:A-1",
        "outcome": OutcomeSide.YES,
        "action": Action.BUY,
        "size": D(10),
        "price": D("0.4"),
        "client_order_id": "c-o1",
        "post_only": True,
    }
    return OrderRequest(**{**plain, **changes})


def placed(**changes):
    plain = {"order_id": "o1", "fill_count": "0.00", "remaining_count": "10.00", "ts_ms": TS}
    return {**plain, **changes}


async def test_an_order_is_sent_once_and_told_as_it_was_acknowledged(keyed, exchange):
    exchange.takes("POST", ORDERS, placed(), code=201)
    order = await keyed.orders.place_order(wanted())
    assert (order.ref, order.status, order.post_only) == ("kalshi:o1", OrderStatus.OPEN, True)
    assert exchange.asked == [f"POST {ORDERS}"]
    assert exchange.bodies() == [
        {
            "ticker": "A-1",
            "client_order_id": "c-o1",
            "side": "bid",
            "count": "10.00",
            "price": "0.4000",
            "time_in_force": "good_till_canceled",
            "self_trade_prevention_type": "taker_at_cross",
            "post_only": True,
        }
    ]


async def test_fees_are_exact_where_a_reading_shows_the_same_fills(keyed, exchange, order_row):
    filled = {"fill_count": "10.00", "remaining_count": "0.00", "average_fill_price": "0.3933"}
    exchange.takes("POST", ORDERS, placed(**filled, average_fee_paid="0.0166"), code=201)
    row = order_row(
        status="executed",
        fill_count_fp="10.00",
        remaining_count_fp="0.00",
        taker_fill_cost_dollars="3.933000",
        taker_fees_dollars="0.166700",
    )
    exchange.answers("/portfolio/orders/o1", {"order": row})
    order = await keyed.orders.place_order(wanted(post_only=False, time_in_force=TimeInForce.IOC))
    assert (order.status, order.fees, order.average_price) == (
        OrderStatus.FILLED,
        D("0.1667"),
        D("0.3933"),
    )
    assert order.time_in_force is TimeInForce.IOC, "a reading does not say it, the memory does"


async def test_a_reading_that_lags_or_fails_changes_nothing(keyed, exchange, order_row):
    filled = {"fill_count": "10.00", "remaining_count": "0.00", "average_fill_price": "0.3900"}
    exchange.takes("POST", ORDERS, placed(**filled, average_fee_paid="0.0167"), code=201)
    exchange.answers("/portfolio/orders/o1", MISSING, code=404)
    exchange.answers("/portfolio/orders/o1", {"order": order_row()})
    for _ in range(2):
        order = await keyed.orders.place_order(wanted())
        assert (order.status, order.filled, order.fees) == (OrderStatus.FILLED, 10, D("0.167"))


@pytest.mark.parametrize(
    "code, body, kind",
    [
        (400, {"error": {"code": "insufficient_balance", "message": "x"}}, InsufficientFunds),
        (400, {"error": {"code": "invalid_order", "message": "x", "details": "post only cross"}}, WouldCross),
        (409, {"error": {"code": "fill_or_kill_insufficient_resting_volume", "message": "x"}}, OrderRefused),
        (200, {"error": {"code": "insufficient_balance", "message": "x"}}, InsufficientFunds),
        (201, {"error": {"code": "weather", "message": "x"}}, UncertainError),
        (400, {"code": "bad_request", "message": "bad request", "details": "json: x"}, RequestError),
        (410, {"error": {"code": "deprecated_v1_order_endpoint", "message": "x"}}, RequestError),
    ],
)
async def test_refusals_have_names_whatever_the_status(keyed, exchange, code, body, kind):
    exchange.takes("POST", ORDERS, body, code=code)
    with pytest.raises(kind) as refusal:
        await keyed.orders.place_order(wanted())
    assert type(refusal.value) is kind
    assert (refusal.value.venue, refusal.value.capability) == ("kalshi", "orders")


@pytest.mark.parametrize(
    "status, kind",
    [("closed", MarketNotOpen), ("inactive", MarketNotOpen), ("active", NotFound), (None, NotFound)],
)
async def test_what_the_venue_does_not_find_may_only_be_closed(keyed, exchange, row, status, kind):
    exchange.takes("POST", ORDERS, MISSING, code=404)
    if status is None:
        exchange.answers("/markets/A-1", MISSING, code=404)
        exchange.answers("/historical/markets/A-1", MISSING, code=404)
    else:
        exchange.answers("/markets/A-1", {"market": row("A-1", status=status)})
    with pytest.raises(kind) as refusal:
        await keyed.orders.place_order(wanted())
    assert type(refusal.value) is kind


async def test_a_price_off_the_grid_is_told_its_neighbours(keyed, exchange, row):
    exchange.takes("POST", ORDERS, {"error": {"code": "invalid_price", "message": "invalid price"}}, code=400)
    exchange.answers("/markets/A-1", {"market": row("A-1")})
    with pytest.raises(OffGrid, match=r"takes 0\.58\d* or 0\.59"):
        await keyed.orders.place_order(wanted(price=D("0.585"), outcome=OutcomeSide.NO))


async def test_an_order_that_was_placed_already_is_given(keyed, exchange, order_row):
    exchange.takes("POST", ORDERS, EXISTS, code=409)
    exchange.answers("/exchange/user_data_timestamp", {"as_of_time": FRESH})
    exchange.answers("/portfolio/orders", {"orders": [order_row("o2"), order_row("o1")]}, limit=1000)
    order = await keyed.orders.place_order(wanted())
    assert (order.ref, order.client_order_id, order.status) == ("kalshi:o1", "c-o1", OrderStatus.OPEN)


@pytest.mark.parametrize(
    "changes",
    [
        {"ticker": "A-2"},
        {"yes_price_dollars": "0.4100"},
        {"outcome_side": "no"},
        {"remaining_count_fp": "9.00"},
    ],
)
async def test_another_order_under_the_same_id_is_no_answer(keyed, exchange, order_row, changes):
    exchange.takes("POST", ORDERS, EXISTS, code=409)
    exchange.answers("/exchange/user_data_timestamp", {"as_of_time": FRESH})
    exchange.answers("/portfolio/orders", {"orders": [order_row("o1", **changes)]}, limit=1000)
    with pytest.raises(Duplicate, match="it belongs to order kalshi:o1"):
        await keyed.orders.place_order(wanted())


async def test_an_id_is_unknown_only_when_readings_have_come_so_far(keyed, exchange, order_row, clock):
    stale = {"as_of_time": "2026-11-16T14:59:58Z"}
    exchange.answers("/exchange/user_data_timestamp", stale)
    exchange.answers("/portfolio/orders", {"orders": []}, limit=1000)
    exchange.answers("/exchange/user_data_timestamp", {"as_of_time": FRESH})
    exchange.answers("/portfolio/orders", {"orders": [order_row("o1")]}, limit=1000)
    found = await keyed.orders.find_by_client_id("c-o1")
    assert found is not None, "it was placed, and readings did not show it at first"
    exchange.answers("/historical/orders", {"orders": []}, limit=1000)
    exchange.answers("/exchange/user_data_timestamp", {"as_of_time": "2026-11-16T16:00:00Z"})
    assert await keyed.orders.find_by_client_id("never") is None


async def test_readings_that_stand_still_leave_nobody_sure(keyed, exchange):
    exchange.answers("/exchange/user_data_timestamp", {"as_of_time": "2026-11-16T14:00:00Z"})
    exchange.answers("/portfolio/orders", {"orders": []}, limit=1000)
    with pytest.raises(VenueError, match="nobody can tell whether order 'c9' exists"):
        await keyed.orders.find_by_client_id("c9")


async def test_a_cancel_names_the_market_and_is_told_from_its_answer(keyed, exchange, order_row):
    exchange.takes("POST", ORDERS, placed(), code=201)
    exchange.takes(
        "DELETE",
        f"{ORDERS}/o1",
        {"order_id": "o1", "reduced_by": "10.00", "ts_ms": TS + 9},
        market_ticker="A-1",
    )
    order = await keyed.orders.place_order(wanted())
    ended = await keyed.orders.cancel_order(order.ref)
    assert (ended.status, ended.filled, ended.remaining) == (OrderStatus.CANCELED, 0, 0)
    assert ended.client_order_id == "c-o1", "the answer to a cancel does not tell it"
    exchange.answers("/portfolio/orders/o1", {"order": order_row()})
    assert await keyed.orders.get_order(order.ref) == ended, "a reading that lags is not believed"
    resting = await keyed.orders.list_orders(OrderQuery(statuses=frozenset({OrderStatus.OPEN}), limit=5))
    assert resting.items == ()


@pytest.fixture(autouse=True)
def _listing(exchange, order_row):
    exchange.knows_cutoff()
    exchange.answers("/portfolio/orders", {"orders": [order_row()]}, limit=5, status="resting")


async def test_what_filled_before_a_cancel_is_counted(keyed, exchange, order_row):
    exchange.takes("POST", ORDERS, placed(), code=201)
    exchange.takes(
        "DELETE", f"{ORDERS}/o1", {"order_id": "o1", "reduced_by": "7.00", "ts_ms": TS + 9}, **{"*": "*"}
    )
    done = order_row(
        status="canceled",
        fill_count_fp="3.00",
        remaining_count_fp="0.00",
        maker_fill_cost_dollars="1.200000",
        last_update_time="2026-11-16T14:59:00.132Z",
    )
    exchange.answers("/portfolio/orders/o1", {"order": order_row()})
    exchange.answers("/portfolio/orders/o1", {"order": done})
    order = await keyed.orders.place_order(wanted())
    ended = await keyed.orders.cancel_order(order.ref)
    assert (ended.status, ended.filled, ended.average_price) == (OrderStatus.CANCELED, 3, D("0.4"))


async def test_a_cancel_that_finds_nothing_looks_at_the_final_state(keyed, exchange, order_row):
    exchange.takes("DELETE", f"{ORDERS}/o1", MISSING, code=404, **{"*": "*"})
    filled = {"status": "executed", "fill_count_fp": "10.00", "remaining_count_fp": "0.00"}
    exchange.answers("/portfolio/orders/o1", {"order": order_row()})
    exchange.answers("/portfolio/orders/o1", {"order": order_row()})
    later = order_row(**filled, maker_fill_cost_dollars="4.000000", last_update_time=FRESH)
    exchange.answers("/portfolio/orders/o1", {"order": later})
    ended = await keyed.orders.cancel_order("kalshi:o1")
    assert ended.status is OrderStatus.FILLED


async def test_a_cancel_of_nothing_is_not_found_and_never_sent(keyed, exchange):
    exchange.answers("/portfolio/orders/o9", MISSING, code=404)
    exchange.answers("/historical/orders", {"orders": []}, limit=1000)
    with pytest.raises(NotFound, match="knows no order 'o9'"):
        await keyed.orders.cancel_order("kalshi:o9")
    assert not exchange.writes


async def test_an_archived_order_is_read_where_it_is(keyed, exchange, order_row):
    exchange.answers("/portfolio/orders/o1", MISSING, code=404)
    old = order_row(status="canceled", remaining_count_fp="0.00", expiration_time="2026-05-01T00:00:00Z")
    exchange.answers("/historical/orders", {"orders": [order_row("o7")], "cursor": "more"}, limit=1000)
    exchange.answers("/historical/orders", {"orders": [old]}, limit=1000, cursor="more")
    order = await keyed.orders.get_order("kalshi:o1")
    assert (order.status, order.size) == (OrderStatus.EXPIRED, 10)


async def test_selling_keeps_its_words_although_the_venue_forgets_them(keyed, exchange, order_row):
    exchange.takes("POST", ORDERS, placed(), code=201)
    order = await keyed.orders.place_order(wanted(action=Action.SELL, price=D("0.6"), post_only=False))
    row = order_row(
        outcome_side="no",
        yes_price_dollars="0.6000",
        no_price_dollars="0.4000",
        fill_count_fp="4.00",
        remaining_count_fp="6.00",
        maker_fill_cost_dollars="1.600000",
        last_update_time=FRESH,
    )
    exchange.answers("/portfolio/orders/o1", {"order": row})
    seen = await keyed.orders.get_order(order.ref)
    assert (seen.outcome, seen.action, seen.price) == (OutcomeSide.YES, Action.SELL, D("0.6"))
    assert (seen.average_price, seen.filled_notional, seen.status) == (
        D("0.6"),
        D("2.4"),
        OrderStatus.PARTIAL,
    )
    fill = {
        "trade_id": "t1",
        "order_id": "o1",
        "ticker": "A-1",
        "outcome_side": "no",
        "count_fp": "4.00",
        "yes_price_dollars": "0.6000",
        "no_price_dollars": "0.4000",
        "is_taker": False,
        "fee_cost": "0.000000",
        "created_time": "2026-11-16T14:59:30Z",
    }
    exchange.answers("/portfolio/fills", {"fills": [fill]}, order_id="o1", ticker="A-1", limit=100)
    (one,) = (await keyed.orders.list_fills(FillQuery(order_ref=order.ref))).items
    assert (one.outcome, one.action, one.price) == (OutcomeSide.YES, Action.SELL, D("0.6"))
    assert (one.client_order_id, one.liquidity) == ("c-o1", Liquidity.MAKER)


async def test_both_tiers_are_listed_and_one_bad_row_costs_nobody_else(keyed, exchange, order_row):
    bad = order_row("bad", fill_count_fp=7)
    worse = order_row("worse", outcome_side="maybe")
    exchange.answers("/portfolio/orders", {"orders": [bad, worse, order_row("o1")]}, limit=100, ticker="A-1")
    old = order_row("o0", status="executed", fill_count_fp="10.00", maker_fill_cost_dollars="4.000000")
    exchange.answers("/historical/orders", {"orders": [old]}, limit=99, ticker="A-1")
    page = await keyed.orders.list_orders(OrderQuery(market_ref="kalshi:A-1"))
    assert [order.ref for order in page.items] == ["kalshi:o1", "kalshi:o0"]
    told = [fault.message for fault in keyed.faults]
    assert any("row 0 of orders" in text and "fill_count_fp" in text for text in told)
    assert any("order worse: outcome_side is 'maybe'" in text for text in told)


async def test_a_listing_that_lags_is_filled_up_from_what_was_acknowledged(keyed, exchange, order_row, clock):
    exchange.takes("POST", ORDERS, placed(), code=201)
    exchange.answers("/historical/orders", {"orders": []}, **{"*": "*"})
    older = order_row("o0", created_time="2026-11-16T14:00:00Z")
    filters = {"ticker": "A-1", "limit": 100}
    exchange.answers("/portfolio/orders", {"orders": [older], "cursor": "more"}, **filters)
    exchange.answers("/portfolio/orders", {"orders": [order_row("o1"), older]}, **filters)
    exchange.answers("/portfolio/orders", {"orders": [older]}, **filters)
    await keyed.orders.place_order(wanted())
    query = OrderQuery(market_ref="kalshi:A-1")
    for _ in range(2):
        page = await keyed.orders.list_orders(query)
        assert [order.ref for order in page.items] == ["kalshi:o1", "kalshi:o0"]
    await clock.advance(6)
    page = await keyed.orders.list_orders(query)
    assert [order.ref for order in page.items] == ["kalshi:o0"], "after a while the listing is believed"
    elsewhere = OrderQuery(market_ref="kalshi:B-1")
    exchange.answers("/portfolio/orders", {"orders": []}, ticker="B-1", limit=100)
    assert (await keyed.orders.list_orders(elsewhere)).items == ()


async def test_fills_that_were_acknowledged_are_waited_for(keyed, exchange, clock):
    filled = {"fill_count": "10.00", "remaining_count": "0.00", "average_fill_price": "0.3900"}
    exchange.takes("POST", ORDERS, placed(**filled), code=201)
    exchange.answers("/portfolio/orders/o1", MISSING, code=404)
    fill = {
        "trade_id": "t1",
        "order_id": "o1",
        "ticker": "A-1",
        "outcome_side": "yes",
        "count_fp": "10.00",
        "yes_price_dollars": "0.3900",
        "no_price_dollars": "0.6100",
        "is_taker": True,
        "fee_cost": "0.166600",
        "created_time": "2026-11-16T14:59:00.123Z",
    }
    asked = {"order_id": "o1", "ticker": "A-1", "limit": 100}
    for _ in range(2):
        exchange.answers("/portfolio/fills", {"fills": []}, **asked)
    exchange.answers("/portfolio/fills", {"fills": [fill]}, **asked)
    await keyed.orders.place_order(wanted())
    start = clock.monotonic()
    (found,) = (await keyed.orders.list_fills(FillQuery(order_ref="kalshi:o1"))).items
    assert (found.size, clock.monotonic() - start) == (10, pytest.approx(0.9))
