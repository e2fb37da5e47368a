"""Positions net, money is reserved exactly, fees are what the schedule says."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmi_core.errors import InsufficientFunds, NotFound, RequestError
from pmi_core.exchange import MarketSpec, commands
from pmi_core.exchange.charges import Charges
from pmi_core.exchange.units import MONEY, SCALE
from pmi_core.models import (
    Action,
    FeeBasis,
    FeeTime,
    FlatFee,
    Liquidity,
    NoFee,
    OutcomeSide,
    PriceRange,
    ProfitFee,
    QuadraticFee,
    RangesGrid,
)
from pmi_core.numbers import Rounding

TAKER = QuadraticFee(taker_rate=Decimal("0.07"), step=Decimal("0.0001"))


def pair_up(desk, price="0.40", size=10, buyer="ann", seller="bob"):
    """Buyer holds YES, seller NO."""
    desk.place(seller, "sell yes", price, size)
    desk.place(buyer, "buy yes", price, size)


def test_a_pair_is_paid_for_by_both(desk):
    pair_up(desk)
    assert (desk.cash("ann"), desk.cash("bob")) == (996, 994)
    assert (desk.held("ann"), desk.held("bob")) == (10, -10)
    assert desk.exchange.market("M").open_interest == 10


def test_opposite_contracts_net_and_free_a_dollar_a_pair(desk):
    pair_up(desk, "0.48")
    desk.place("cat", "sell no", "0.48", 10)  # takes the other side: a bid for YES at 0.52
    desk.place("ann", "buy no", "0.48", 10)
    position = desk.exchange.position("ann", "M")
    assert (position.size, position.realized_pnl) == (0, Decimal("0.40"))
    assert desk.cash("ann") == Decimal("1000.40")


def test_two_closings_burn_the_pair(desk):
    pair_up(desk)
    desk.place("bob", "sell no", "0.50", 10)
    desk.place("ann", "sell yes", "0.50", 10)
    assert desk.exchange.market("M").open_interest == 0
    assert (desk.cash("ann"), desk.cash("bob")) == (1001, 999)


def test_average_price_and_profit_follow_the_cost(desk):
    pair_up(desk, "0.40", 10)
    pair_up(desk, "0.60", 10)
    position = desk.exchange.position("ann", "M")
    assert (position.average_price, position.cost) == (Decimal("0.5"), 10)
    desk.place("cat", "buy yes", "0.70", 5)
    desk.place("ann", "sell yes", "0.70", 5)
    position = desk.exchange.position("ann", "M")
    assert (position.realized_pnl, position.cost, position.average_price) == (
        1,
        Decimal("7.5"),
        Decimal("0.5"),
    )


def test_a_sale_beyond_the_position_turns_it(desk):
    pair_up(desk, "0.40", 10)
    desk.place("cat", "buy yes", "0.50", 15)
    desk.place("ann", "sell yes", "0.50", 15)
    position = desk.exchange.position("ann", "M")
    assert (position.outcome, position.size, position.cost) == (OutcomeSide.NO, 5, Decimal("2.5"))
    assert desk.cash("ann") == 1000 - 4 + 5 - Decimal("2.5")


def test_reserve_is_the_worst_case_and_comes_back(desk):
    order = desk.place("ann", "buy yes", "0.40", 100)
    assert desk.available("ann") == 960
    desk.place("bob", "sell yes", "0.40", 30)
    assert desk.available("ann") == 960
    assert desk.exchange.balance("ann").reserved == 28
    desk.do(commands.CancelOrder, account="ann", order_id=order.id)
    assert desk.available("ann") == 988
    assert desk.exchange.balance("ann").reserved == 0


def test_offering_no_yes_reserves_the_other_side(desk):
    desk.place("ann", "sell yes", "0.40", 100)
    assert desk.available("ann") == 940


def test_yes_and_no_at_one_number_reserve_their_own_sides(desk):
    desk.place("ann", "sell yes", "0.30", 10)
    assert desk.exchange.balance("ann").reserved == 7
    desk.place("ann", "buy no", "0.30", 10)
    assert desk.exchange.balance("ann").reserved == 10


def test_selling_what_is_held_needs_no_money(desk):
    pair_up(desk)
    before = desk.available("ann")
    desk.place("ann", "sell yes", "0.90", 10)
    assert desk.available("ann") == before
    desk.place("ann", "sell yes", "0.95", 10)
    assert desk.available("ann") == before - Decimal("0.5")


def test_contracts_cover_the_order_that_fills_first(desk):
    pair_up(desk)
    before = desk.available("ann")
    dear = desk.place("ann", "sell yes", "0.90", 10)
    cheap = desk.place("ann", "sell yes", "0.60", 10)
    assert desk.available("ann") == before - 1
    desk.do(commands.CancelOrder, account="ann", order_id=cheap.id)
    assert desk.available("ann") == before
    assert desk.look(dear).remaining == 10


def test_no_order_without_money(desk):
    desk.reject(InsufficientFunds, "ann", "buy yes", "0.50", 2001)
    desk.place("ann", "buy yes", "0.50", 2000)
    desk.reject(InsufficientFunds, "ann", "buy yes", "0.01", 1)


def test_an_order_that_fills_cheaper_needs_only_that(desk):
    desk.place("bob", "sell yes", "0.10", 1000)
    assert desk.place("ann", "buy yes", "0.99", 5000, time_in_force="ioc").filled == 1000
    assert desk.cash("ann") == 900


def test_closing_needs_no_money_even_from_an_empty_purse(desk):
    pair_up(desk, "0.50", 1000)
    desk.do(commands.Withdraw, account="ann", amount=desk.available("ann"))
    desk.place("cat", "buy yes", "0.30", 1000)
    desk.place("ann", "sell yes", "0.30", 1000)
    assert desk.cash("ann") == 300


def test_withdrawal_takes_only_what_is_available(desk):
    desk.place("ann", "buy yes", "0.50", 1000)
    desk.refused(InsufficientFunds, commands.Withdraw, account="ann", amount=Decimal(501))
    desk.do(commands.Withdraw, account="ann", amount=Decimal(500))
    assert desk.available("ann") == 0


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-1), Decimal("NaN"), Decimal("1e-13"), 5])
def test_money_is_positive_and_exact(desk, amount):
    desk.refused(RequestError, commands.Deposit, account="ann", amount=amount)


def test_currencies_are_apart(desk):
    desk.list_market("P", currency="MANA")
    desk.reject(InsufficientFunds, "ann", "buy yes", "0.50", 1, market_id="P")
    desk.do(commands.Deposit, account="ann", amount=Decimal(7), currency="MANA")
    desk.place("ann", "buy yes", "0.50", 10, market_id="P")
    assert [(one.currency, one.available) for one in desk.exchange.balances("ann")] == [
        ("USD", 1000),
        ("MANA", 2),
    ]
    desk.refused(RequestError, commands.Deposit, account="ann", amount=Decimal(7), currency="GOLD")


def test_accounts_are_opened_once_and_houses_by_nobody(desk):
    desk.do(commands.OpenAccount, account="dan")
    assert desk.cash("dan") == 0
    for name in ("dan", "house:M", "d n", ""):
        with pytest.raises(RequestError):
            desk.do(commands.OpenAccount, account=name)
    with pytest.raises(NotFound):
        desk.exchange.balance("eve")


def test_taker_pays_the_fee_and_reserves_it(new_desk):
    desk = new_desk(fees=TAKER)
    desk.place("bob", "sell yes", "0.25", 100)
    order = desk.place("ann", "buy yes", "0.25", 100)
    assert order.fees == Decimal("1.3125")
    assert desk.cash("ann") == 1000 - 25 - Decimal("1.3125")
    assert desk.cash("bob") == 925
    assert desk.exchange.totals()["fees"] == Decimal("1.3125")
    assert desk.exchange.position("ann", "M").fees == Decimal("1.3125")


def test_rebate_is_a_negative_fee(new_desk):
    fees = QuadraticFee(taker_rate=Decimal("0.04"), maker_rate=Decimal("-0.01"), rounding=Rounding.HALF_EVEN)
    desk = new_desk(fees=fees)
    pair_up(desk, "0.50", 100)
    assert (desk.cash("ann"), desk.cash("bob")) == (949, Decimal("950.25"))


def test_fee_is_due_while_the_schedule_holds(new_desk):
    desk = new_desk()
    until = desk.at(60)
    fees = FlatFee(taker_rate=Decimal("0.01"), valid_until=until)
    desk.list_market("F", fees=fees)
    for price, expected in (("0.40", 1), ("0.41", 0)):
        desk.place("bob", "sell yes", price, 100, market_id="F")
        assert desk.place("ann", "buy yes", price, 100, market_id="F").fees == expected
        desk.now = until


def test_closing_fee_is_charged_on_what_closes(new_desk):
    desk = new_desk(fees=FlatFee(taker_rate=Decimal("0.02"), when=FeeTime.CLOSE))
    pair_up(desk, "0.40", 10)
    assert desk.cash("ann") == 996
    desk.place("cat", "buy yes", "0.50", 15)
    assert desk.place("ann", "sell yes", "0.50", 15).fees == Decimal("0.2")


def test_fee_on_profit_at_close_and_at_settlement(new_desk):
    desk = new_desk(fees=ProfitFee(rate=Decimal("0.1"), when=FeeTime.CLOSE))
    pair_up(desk, "0.40", 10)
    desk.place("cat", "buy yes", "0.60", 5)
    assert desk.place("ann", "sell yes", "0.60", 5).fees == Decimal("0.1")
    desk = new_desk(fees=ProfitFee(rate=Decimal("0.1")))
    pair_up(desk, "0.40", 10)
    desk.do(commands.DetermineMarket, market_id="M", value=Decimal(1))
    desk.do(commands.SettleMarket, market_id="M")
    (settled,) = desk.exchange.settlements("ann")
    assert (settled.payout, settled.fee, desk.cash("ann")) == (10, Decimal("0.6"), Decimal("1005.4"))
    assert desk.exchange.settlements("bob")[0].fee == 0


@pytest.mark.parametrize(
    "fees",
    [
        QuadraticFee(taker_rate=Decimal("0.07"), paid_in="shares"),
        QuadraticFee(taker_rate=Decimal("0.07"), when=FeeTime.SETTLEMENT),
        ProfitFee(rate=Decimal("0.1"), when=FeeTime.TRADE),
        FlatFee(taker_rate=Decimal(1), step=Decimal("1e-13")),
    ],
)
def test_schedules_that_cannot_be_charged_are_refused(fees):
    with pytest.raises(ValueError, match="fee"):
        MarketSpec(id="M", fees=fees)


rates = st.decimals("-0.5", "2", places=5)
schedules = st.builds(
    QuadraticFee,
    taker_rate=rates,
    maker_rate=rates,
    multiplier=st.sampled_from([Decimal("0.5"), Decimal(1), Decimal("1.3")]),
    step=st.sampled_from([Decimal("0.000001"), Decimal("0.0001"), Decimal("0.01"), Decimal("0.05")]),
    rounding=st.sampled_from(Rounding),
) | st.builds(
    FlatFee,
    taker_rate=rates,
    maker_rate=rates,
    basis=st.sampled_from([FeeBasis.CONTRACTS, FeeBasis.NOTIONAL, FeeBasis.MINIMUM]),
    minimum=st.sampled_from([Decimal(0), Decimal("0.02"), Decimal(-1)]),
    step=st.sampled_from([Decimal("0.000001"), Decimal("0.01")]),
    rounding=st.sampled_from(Rounding),
)


@settings(max_examples=300, deadline=None)
@given(
    schedule=schedules | st.just(NoFee()),
    price=st.integers(1, SCALE - 1),
    size=st.integers(1, 10**12),
    liquidity=st.sampled_from(Liquidity),
)
def test_compiled_fee_equals_the_schedule(schedule, price, size, liquidity):
    estimate = schedule.estimate(Decimal(price) / SCALE, Decimal(size) / SCALE, liquidity)
    charged = Charges(schedule).of_trade(price, size, maker=liquidity is Liquidity.MAKER)
    assert Decimal(charged) / MONEY == estimate.amount


@pytest.mark.parametrize(
    "price, size, what, expected",
    [  # what a venue that aligns balances to 0.0001 charged
        ("0.52", "1", "buy yes", "0.0175"),
        ("0.001", "227.27", "buy yes", "0.015930"),
        ("0.16", "10", "buy no", "0.0941"),
        ("0.25", "100", "buy yes", "1.3125"),
    ],
)
def test_balance_is_aligned_by_the_fee(new_desk, price, size, what, expected):
    fees = QuadraticFee(taker_rate=Decimal("0.07"), alignment=Decimal("0.0001"))
    fine = RangesGrid(ranges=(PriceRange(start=Decimal(0), end=Decimal(1), step=Decimal("0.001")),))
    desk = new_desk(fees=fees, size_step=Decimal("0.01"), price_grid=fine)
    outcome = what.split()[1]
    desk.place("bob", f"sell {outcome}", price, size)
    cost = desk.exchange.cost("M", OutcomeSide(outcome), Action.BUY, size=Decimal(size))
    order = desk.place("ann", what, price, size)
    assert order.fees == cost.fees == Decimal(expected)
    estimate = fees.estimate(Decimal(price), Decimal(size), Liquidity.TAKER).amount
    assert order.fees <= estimate


@settings(max_examples=200, deadline=None)
@given(schedule=schedules, price=st.integers(1, SCALE - 1), lots=st.integers(1, 50), data=st.data())
def test_what_is_reserved_covers_any_fills(schedule, price, lots, data):
    """Cost and fee at the limit or better never exceed the reserve, however the size is cut."""
    lot = 10_000
    charges = Charges(schedule)
    hold = price * lot + charges.most(price, lot)
    left = lots
    while left:
        part = data.draw(st.integers(1, left))
        paid = data.draw(st.integers(1, price))
        fee = charges.of_trade(paid, part * lot, maker=data.draw(st.booleans()))
        assert paid * part * lot + fee <= part * hold
        left -= part


def test_time_never_runs_backwards(desk):
    desk.wait(10)
    desk.place("ann", "buy yes", "0.40", 1)
    desk.now -= timedelta(seconds=1)
    assert desk.reject(RequestError, "ann", "buy yes", "0.40", 1).code == "time"
    desk.now = desk.now.replace(tzinfo=None)
    desk.reject(RequestError, "ann", "buy yes", "0.40", 1)
