"""Random days: whatever the account does, a restart finds it as it was and the engine balances."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from pmi_core import FillQuery, OrderQuery, OrderStatus, PositionQuery, SettlementQuery, TradeQuery
from pmi_core.errors import RequestError

pytestmark = pytest.mark.anyio

EVERY = {"limit": 1000}
RESTING = frozenset({OrderStatus.OPEN, OrderStatus.PARTIAL})


async def act(venue, dice, lively, order, clock):
    """Do one thing that an account may do; a refusal is as good as a success."""
    deed = dice.randrange(10)
    open_orders = (await venue.orders.list_orders(OrderQuery(statuses=RESTING))).items
    if deed < 5:
        market = await lively(venue, dice.choice(("BTC", "TNY", "BKB", "SONG", "ETH")), dice.randrange(2))
        outcome, action = dice.choice(("yes", "no")), dice.choice(("buy", "sell"))
        side = market.outcome(outcome)
        price = dice.choice((side.bid, side.ask, (side.bid + side.ask) / 2))
        price = market.price_grid.snap(price, towards="half_even")
        measure = {"notional": Decimal(dice.randrange(2, 40))} if dice.random() < 0.2 else {}
        await venue.orders.place_order(
            order(
                market.ref,
                price,
                dice.randrange(1, 120),
                outcome=outcome,
                action=action,
                time_in_force=dice.choice(("gtc", "gtc", "ioc", "fok")),
                reduce_only=dice.random() < 0.15,
                **measure,
            )
        )
    elif deed == 5 and open_orders:
        await venue.orders.cancel_order(dice.choice(open_orders).ref)
    elif deed == 6 and open_orders:
        one = dice.choice(open_orders)
        await venue.amend.amend_order(one.ref, price=one.price, size=one.filled + dice.randrange(1, 90))
    elif deed == 7 and open_orders:
        one = dice.choice(open_orders)
        await venue.amend.decrease_order(one.ref, by=Decimal(dice.randrange(1, 20)))
    else:
        await clock.advance(dice.choice((1, 7, 60, 900, 4000)))


async def account_of(venue):
    return {
        "balance": await venue.account.get_balance(),
        "positions": (await venue.account.list_positions(PositionQuery(include_closed=True, **EVERY))).items,
        "orders": (await venue.orders.list_orders(OrderQuery(**EVERY))).items,
        "fills": (await venue.orders.list_fills(FillQuery(**EVERY))).items,
        "settlements": (await venue.account.list_settlements(SettlementQuery(**EVERY))).items,
        "trades": (await venue.trades.list_trades(TradeQuery(limit=100))).items,
    }


def check(found):
    (balance,) = found["balance"]
    assert balance.total == balance.available + balance.reserved
    assert balance.available >= 0
    earned = sum((one.realized_pnl - one.fees - one.cost for one in found["positions"]), Decimal(0))
    assert balance.total == 1000 + earned
    for one in found["orders"]:
        mine = [fill for fill in found["fills"] if fill.order_ref == one.ref]
        assert one.filled == sum((fill.size for fill in mine), Decimal(0))
        assert one.fees == sum((fill.fee for fill in mine), Decimal(0))
        if one.status in RESTING:
            assert one.remaining > 0
            if one.size is not None and not one.reject_reason:
                assert one.filled + one.remaining == one.size
        else:
            assert one.remaining == 0
            if one.size is not None:
                assert (one.status is OrderStatus.FILLED) == (one.filled == one.size)


@pytest.mark.parametrize("seed", [11, 12, 13])
async def test_a_random_day_survives_restarts(opened, clock, lively, order, seed):
    dice = Random(seed)
    refused = 0
    for _ in range(3):
        async with opened(seed=seed, starting_cash="1000") as venue:
            for _ in range(25):
                try:
                    await act(venue, dice, lively, order, clock)
                except (RequestError, IndexError):  # refused, or no such market is open
                    refused += 1
            before = await account_of(venue)
            check(before)
            venue.orders._house.floor.exchange.assert_balanced()
        async with opened(seed=seed, starting_cash="1000") as venue:
            after = await account_of(venue)
            for name, rows in before.items():
                assert after[name] == rows, name
            venue.orders._house.floor.exchange.assert_balanced()
    assert before["fills"]
    assert refused < 60
