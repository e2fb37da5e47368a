"""Money and contracts come from nowhere and go nowhere."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from pmi_core import FillQuery, OrderQuery, PositionQuery, SettlementQuery
from pmi_core.errors import InsufficientFunds, RequestError
from pmi_core.numbers import ONE

pytestmark = pytest.mark.anyio

START = Decimal(10_000)
EVERY = {"limit": 1000}


async def books_of(venue):
    house = venue.orders._house
    with house.turn("account", "audit"):
        house.floor.exchange.assert_balanced()
    (balance,) = await venue.account.get_balance()
    positions = (await venue.account.list_positions(PositionQuery(include_closed=True, **EVERY))).items
    return balance, positions


async def test_money_is_conserved_over_a_day(opened, clock, lively, order):
    seed = 7
    dice = Random(seed)
    async with opened(seed=seed) as venue:
        for _hour in range(0, 26, 2):
            for series in ("BTC", "TNY", "BKB"):
                try:
                    market = await lively(venue, series, dice.randrange(2))
                except IndexError:
                    continue
                outcome, action = dice.choice(("yes", "no")), dice.choice(("buy", "sell"))
                side = market.outcome(outcome)
                price = dice.choice((side.bid, side.ask))
                if price is None or not market.is_open:
                    continue
                tif = dice.choice(("gtc", "ioc"))
                wanted = order(
                    market.ref,
                    price,
                    dice.randrange(1, 90),
                    outcome=outcome,
                    action=action,
                    time_in_force=tif,
                )
                await venue.orders.place_order(wanted)
            await clock.advance(7200)
            balance, positions = await books_of(venue)
            assert balance.total == balance.available + balance.reserved
            earned = sum((one.realized_pnl for one in positions), Decimal(0))
            fees = sum((one.fees for one in positions), Decimal(0))
            cost = sum((one.cost for one in positions), Decimal(0))
            assert balance.total == START + earned - fees - cost
        await clock.advance(4 * 86400)
        balance, positions = await books_of(venue)
        assert all(one.size == 0 for one in positions)
        assert balance.reserved == 0
        paid = (await venue.account.list_settlements(SettlementQuery(**EVERY))).items
        assert paid, "nothing was settled, so nothing was proved"
        for one in paid:
            if one.settlement_value is not None:
                due = one.yes_size * one.settlement_value + one.no_size * (ONE - one.settlement_value)
                assert one.payout == due


async def test_fills_make_the_positions(opened, clock, lively, order):
    async with opened() as venue:
        market = await lively(venue)
        for number, (outcome, action) in enumerate(
            [("yes", "buy"), ("no", "buy"), ("yes", "sell"), ("no", "sell"), ("yes", "buy")]
        ):
            side = (await venue.markets.get_market(market.ref)).outcome(outcome)
            price = side.ask if action == "buy" else side.bid
            await venue.orders.place_order(
                order(market.ref, price, 10 + 7 * number, outcome=outcome, action=action, time_in_force="ioc")
            )
            await clock.advance(7)
        net = Decimal(0)
        for fill in (await venue.orders.list_fills(FillQuery())).items:
            up = (fill.outcome == "yes") == (fill.action == "buy")
            net += fill.size if up else -fill.size
        (position,) = (await venue.account.list_positions(PositionQuery())).items
        assert position.size == abs(net)
        assert position.outcome == ("yes" if net > 0 else "no")


async def test_nobody_spends_more_than_there_is(opened, lively, order):
    async with opened(starting_cash="20") as venue:
        market = await lively(venue)
        with pytest.raises(InsufficientFunds) as refusal:
            await venue.orders.place_order(order(market.ref, market.yes.bid, 5000))
        assert (refusal.value.venue, refusal.value.capability) == ("paper", "orders")
        assert (await venue.orders.list_orders(OrderQuery())).items == ()
        (balance,) = await venue.account.get_balance()
        assert balance.available == 20


async def test_a_void_market_gives_the_stakes_back(opened, clock, order):
    """Seed 1 calls a football match off; the cost of what is held comes back."""
    async with opened(seed=1) as venue:
        house = venue.orders._house
        found = None
        for _ in range(120):
            await clock.advance(24 * 3600)
            for plan in house.scenario.listed(clock.now()):
                first = house.scenario.markets(plan)[0]
                if plan.open_time <= clock.now() < plan.close_time and house.crowd.beliefs.is_void(first):
                    found = first
            if found:
                break
        assert found is not None
        ref = f"paper:{found.code}"
        market = await venue.markets.get_market(ref)
        placed = await venue.orders.place_order(order(ref, market.yes.ask, 10, time_in_force="ioc"))
        await clock.advance(5 * 86400)
        (paid,) = (await venue.account.list_settlements(SettlementQuery())).items
        assert (paid.result, paid.settlement_value) == ("void", None)
        assert paid.payout == paid.cost
        (balance,) = await venue.account.get_balance()
        assert balance.total == START - placed.fees
        again = await venue.markets.get_market(ref)
        assert (again.status, again.result, again.settlement_value) == ("voided", "void", None)


async def test_a_fraction_is_paid_as_a_fraction(opened, clock, order):
    async with opened() as venue:
        clock.set(clock.now().replace(month=10, day=20))
        market = await venue.markets.get_market("paper:TURN-26-Y")
        await venue.orders.place_order(order(market.ref, market.yes.ask, 10, time_in_force="ioc"))
        clock.set(clock.now().replace(month=11, day=12))
        (paid,) = (await venue.account.list_settlements(SettlementQuery())).items
        assert paid.result == "fraction"
        assert 0 < paid.settlement_value < 1
        assert paid.payout == 10 * paid.settlement_value


async def test_orders_in_a_closed_market_are_refused(opened, clock, lively, order):
    async with opened() as venue:
        market = await lively(venue)
        clock.set(market.close_time)
        with pytest.raises(RequestError, match="takes no orders"):
            await venue.orders.place_order(order(market.ref, "0.50"))
