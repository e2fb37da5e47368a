"""Orders on the wire: the truth table, numbers as text, and what is refused before it is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_core.errors import BelowMinimum, InvalidOrder, OffGrid, RequestError, UnexpectedAnswer
from pmi_core.models import Action, OrderRequest, OrderStatus, OutcomeSide, SelfTradePolicy, TimeInForce
from pmi_core.transport.codec import encode
from pmi_provider_kalshi.placing import created, written
from pmi_provider_kalshi.translate.sides import side_of, turned
from pmi_provider_kalshi.wire.order import Created

D = Decimal
YES, NO, BUY, SELL = OutcomeSide.YES, OutcomeSide.NO, Action.BUY, Action.SELL
prices = st.integers(1, 9_999).map(lambda found: D(found) / 10_000)
counts = st.integers(1, 10**9).map(lambda found: D(found) / 100)


def wanted(**changes):
    plain = {
        "market_ref": "kalshi:A-1",
        "outcome": YES,
        "action": BUY,
        "size": D(10),
        "price": D("0.4"),
        "client_order_id": "c1",
    }
    return OrderRequest(**{**plain, **changes})


def body_of(request, subaccount=None):
    return msgspec.json.decode(encode(written(request, "kalshi", subaccount)))


TRUTH = {(YES, BUY): "bid", (YES, SELL): "ask", (NO, BUY): "ask", (NO, SELL): "bid"}


@given(price=prices, size=counts, outcome=st.sampled_from(OutcomeSide), action=st.sampled_from(Action))
def test_the_truth_table(price, size, outcome, action):
    body = body_of(wanted(outcome=outcome, action=action, price=price, size=size))
    assert body["side"] == TRUTH[outcome, action] == side_of(outcome, action)
    assert isinstance(body["price"], str)
    assert isinstance(body["count"], str)
    assert D(body["price"]) == (price if outcome is YES else 1 - price)
    assert D(body["count"]) == size
    assert len(body["price"].partition(".")[2]) == 4
    assert len(body["count"].partition(".")[2]) == 2
    # Seen by the exchange, the opposite order of the other outcome is the very same one.
    other = wanted(outcome=NO if outcome is YES else YES, action=action.opposite, price=1 - price, size=size)
    assert body_of(other) == body
    assert turned(turned(price, outcome), outcome) == price


def test_the_least_that_is_sent():
    assert body_of(wanted()) == {
        "ticker": "A-1",
        "client_order_id": "c1",
        "side": "bid",
        "count": "10.00",
        "price": "0.4000",
        "time_in_force": "good_till_canceled",
        "self_trade_prevention_type": "taker_at_cross",
    }


def test_everything_that_can_be_sent():
    moment = datetime(2026, 11, 16, 16, 0, 0, 700_000, tzinfo=UTC)
    body = body_of(
        wanted(
            time_in_force=TimeInForce.GTD,
            expires_at=moment,
            post_only=True,
            self_trade=SelfTradePolicy.CANCEL_MAKER,
            group_ref="kalshi:g1",
        ),
        subaccount=0,
    )
    assert body["expiration_time"] == 1_794_844_800, "in whole seconds, never later than was asked"
    assert (body["post_only"], body["order_group_id"], body["subaccount"]) == (True, "g1", 0)
    assert body["self_trade_prevention_type"] == "maker"
    quick = body_of(wanted(time_in_force=TimeInForce.IOC, reduce_only=True))
    assert (quick["time_in_force"], quick["reduce_only"]) == ("immediate_or_cancel", True)
    assert body_of(wanted(time_in_force=TimeInForce.FOK))["time_in_force"] == "fill_or_kill"


def test_money_buys_what_it_pays_for_at_the_limit():
    assert body_of(wanted(size=None, notional=D("10.03"), price=D("0.3")))["count"] == "33.43"
    with pytest.raises(InvalidOrder, match="sells contracts"):
        body_of(wanted(size=None, notional=D(10), action=SELL))
    with pytest.raises(BelowMinimum):
        body_of(wanted(size=None, notional=D("0.001")))


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"size": D("0.005")}, BelowMinimum),
        ({"size": D("1.005")}, BelowMinimum),
        ({"price": D("0.40005")}, OffGrid),
        ({"reduce_only": True}, InvalidOrder),
        ({"market_ref": "other:A-1"}, RequestError),
        ({"group_ref": "other:g1"}, RequestError),
    ],
)
def test_what_no_market_takes_is_not_sent(changes, error):
    with pytest.raises(error):
        body_of(wanted(**changes))


def answer(**changes):
    plain = {"order_id": "o1", "fill_count": "0.00", "remaining_count": "10.00", "ts_ms": 1_794_841_200_123}
    return Created(**{**plain, **changes})


@pytest.mark.parametrize(
    "told, status, filled, remaining",
    [
        ({}, OrderStatus.OPEN, "0", "10"),
        (
            {"fill_count": "4.00", "remaining_count": "6.00", "average_fill_price": "0.3900"},
            OrderStatus.PARTIAL,
            "4",
            "6",
        ),
        (
            {"fill_count": "10.00", "remaining_count": "0.00", "average_fill_price": "0.3900"},
            OrderStatus.FILLED,
            "10",
            "0",
        ),
        (
            {"fill_count": "4.00", "remaining_count": "0.00", "average_fill_price": "0.3900"},
            OrderStatus.CANCELED,
            "4",
            "0",
        ),
        ({"remaining_count": "0.00"}, OrderStatus.CANCELED, "0", "0"),
    ],
)
def test_what_became_of_an_order_is_read_from_the_answer(told, status, filled, remaining):
    order = created(wanted(), answer(**told), "kalshi")
    assert (order.status, order.filled, order.remaining) == (status, D(filled), D(remaining))
    assert order.created_time == order.updated_time == datetime(2026, 11, 16, 15, 0, 0, 123_000, tzinfo=UTC)
    assert (order.ref, order.client_order_id, order.size, order.price) == ("kalshi:o1", "c1", 10, D("0.4"))


@given(price=prices, better=prices, outcome=st.sampled_from(OutcomeSide), action=st.sampled_from(Action))
def test_the_average_is_in_terms_of_the_outcome(price, better, outcome, action):
    average = min(price, better) if action is BUY else max(price, better)
    yes = average if outcome is YES else 1 - average
    row = answer(
        fill_count="10.00", remaining_count="0.00", average_fill_price=str(yes), average_fee_paid="0.0175"
    )
    order = created(wanted(price=price, outcome=outcome, action=action), row, "kalshi")
    assert order.average_price == average
    assert order.fees == D("0.175")


@pytest.mark.parametrize(
    "told, said",
    [
        ({"fill_count": "x"}, "fill_count: 'x'"),
        ({"fill_count": "-1.00"}, "fill_count: -1.00"),
        ({"remaining_count": "10.01"}, "more than the 10 asked for"),
        ({"ts_ms": 10**18}, "ts_ms"),
        ({"fill_count": "1.00", "remaining_count": "9.00"}, "average_fill_price is missing"),
    ],
)
def test_nonsense_is_named(told, said):
    with pytest.raises(UnexpectedAnswer, match=said):
        created(wanted(), answer(**told), "kalshi")
