"""What fills are charged in the sandbox, to the last digit of the published rule."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_provider_kalshi.charging import FeeMeter

pytestmark = pytest.mark.anyio
D = Decimal


async def fills_of(caller, answer):
    """The fills of an order, oldest first."""
    order_id = answer.json()["order_id"]
    rows = (await caller.get("/portfolio/fills", order_id=order_id, limit=1000))["fills"]
    return rows[::-1]


def charged(fills, rate):
    """What one meter over the fills of an order makes of them."""
    meter = FeeMeter()
    found = []
    for fill in fills:
        cost = D(fill["count_fp"]) * D(fill[f"{fill['outcome_side']}_price_dollars"])
        found.append(
            meter.charge(
                revenue=-cost, price=D(fill["yes_price_dollars"]), size=D(fill["count_fp"]), rate=rate
            )
        )
    return found


async def test_additions_come_back_over_the_fills_of_one_order(caller):
    ticker = (await caller.market())["ticker"]
    offered = (await caller.get(f"/markets/{ticker}/orderbook"))["orderbook_fp"]["no_dollars"]
    most = sum(D(size) for _, size in offered)
    more = {"price": "0.9900", "count": str(most - D("0.63")), "time_in_force": "immediate_or_cancel"}
    made = await caller.order(ticker, **more)
    fills = await fills_of(caller, made)
    charges = charged(fills, D("0.07"))
    assert any(charge.rebate for charge in charges), "the levels are too few for a rebate"
    assert [D(fill["fee_cost"]) for fill in fills] == [charge.fee for charge in charges]
    order = (await caller.get(f"/portfolio/orders/{made.json()['order_id']}"))["order"]
    fees = sum(charge.fee for charge in charges)
    assert D(order["taker_fees_dollars"]) == fees
    spent = fees + sum(D(fill["count_fp"]) * D(fill["yes_price_dollars"]) for fill in fills)
    assert D((await caller.get("/portfolio/balance"))["balance_dollars"]) == 40_000 - spent
