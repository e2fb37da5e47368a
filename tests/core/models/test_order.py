"""An order request is complete and consistent before anything is sent."""

from __future__ import annotations

import pytest

from pmi_core import TERMINAL_STATUSES, Action, InvalidOrder, Order, OrderRequest, OrderStatus, OutcomeSide

REQUEST = {
    "market_ref": "coin:HEADS",
    "outcome": "yes",
    "action": "buy",
    "size": "10",
    "price": "0.42",
    "client_order_id": "mine-1",
}
SOON = "2026-12-31T00:00:00Z"


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"size": None, "notional": "5.25"},
        {"time_in_force": "gtd", "expires_at": SOON},
        {"time_in_force": "ioc"},
        {"time_in_force": "fok", "reduce_only": True},
        {"post_only": True},
        {"post_only": True, "time_in_force": "gtd", "expires_at": SOON},
        {"client_order_id": "!~" * 32},
        {"group_ref": "coin:G1"},
    ],
)
def test_what_is_an_order(facts):
    request = OrderRequest(**{**REQUEST, **facts})
    assert OrderRequest.model_validate_json(request.model_dump_json()) == request


@pytest.mark.parametrize(
    "facts, said",
    [
        ({"size": None}, "exactly one of size and notional"),
        ({"notional": "5"}, "exactly one of size and notional"),
        ({"size": "0"}, "greater than 0"),
        ({"size": "-1"}, "never negative"),
        ({"size": 1.5}, "not an exact number"),
        ({"size": None, "notional": "0"}, "greater than 0"),
        ({"price": "0"}, "strictly between 0 and 1"),
        ({"price": "1"}, "strictly between 0 and 1"),
        ({"price": "1.01"}, "between 0 and 1"),
        ({"price": "42"}, "between 0 and 1"),
        ({"price": 0.42}, "not an exact number"),
        ({"market_ref": "coin:HEADS#yes"}, "the outcome has its own field"),
        ({"market_ref": "HEADS"}, "write VENUE:ID"),
        ({"time_in_force": "gtd"}, "expires_at goes with"),
        ({"expires_at": SOON}, "expires_at goes with"),
        ({"time_in_force": "ioc", "expires_at": SOON}, "expires_at goes with"),
        ({"time_in_force": "gtd", "expires_at": "2026-12-31T00:00:00"}, "timezone"),
        ({"post_only": True, "time_in_force": "ioc"}, "post-only"),
        ({"post_only": True, "time_in_force": "fok"}, "post-only"),
        ({"client_order_id": ""}, "at least 1"),
        ({"client_order_id": "x" * 65}, "at most 64"),
        ({"client_order_id": "two words"}, "pattern"),
        ({"client_order_id": "line\n"}, "pattern"),
        ({"client_order_id": "é"}, "pattern"),
        ({"outcome": "maybe"}, "'yes' or 'no'"),
        ({"action": "hold"}, "'buy' or 'sell'"),
        ({"type": "market"}, "there is no argument 'type'"),
    ],
)
def test_what_is_no_order(facts, said):
    with pytest.raises(InvalidOrder, match=said):
        OrderRequest(**{**REQUEST, **facts})


@pytest.mark.parametrize("missing", sorted(set(REQUEST) - {"size"}))
def test_nothing_is_guessed(missing):
    with pytest.raises(InvalidOrder, match=f"{missing} is missing"):
        OrderRequest(**{name: value for name, value in REQUEST.items() if name != missing})


@pytest.mark.parametrize("status", OrderStatus)
def test_an_order_knows_when_nothing_more_happens(status):
    order = Order(
        **{
            name: REQUEST[name]
            for name in ("market_ref", "outcome", "action", "size", "price", "client_order_id")
        },
        time_in_force="gtc",
        status=status,
        filled=0,
        remaining=10,
        fees=0,
    )
    assert order.is_terminal == (status in TERMINAL_STATUSES)
    assert order.is_terminal == (status.value in {"filled", "canceled", "expired", "rejected"})


def test_opposites():
    assert [one.opposite for one in Action] == [Action.SELL, Action.BUY]
    assert [one.opposite for one in OutcomeSide] == [OutcomeSide.NO, OutcomeSide.YES]
