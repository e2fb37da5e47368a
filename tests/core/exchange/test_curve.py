"""Markets made by a curve."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmi_core.errors import InsufficientFunds, OrderRefused
from pmi_core.exchange import PoolSpec, commands
from pmi_core.models import Action, BookSource, Execution, OrderStatus, OutcomeSide, QuadraticFee

YES, NO = OutcomeSide.YES, OutcomeSide.NO
AMM = {"execution": Execution.AMM, "size_step": Decimal("0.01")}


@pytest.fixture
def desk(new_desk):
    """A curve of 100 contracts at even odds."""
    return new_desk(**AMM, pool=PoolSpec(liquidity=Decimal(100)))


def test_subsidy_is_the_largest_loss(desk):
    assert desk.cash("house:M") == Decimal("69.314720")  # 100 ln 2, rounded up, and a step


def test_buying_moves_the_price_up_the_curve(desk):
    order = desk.place("ann", "buy yes", "0.99", 10, time_in_force="ioc")
    assert order.filled_notional == Decimal("5.124948")  # 100 ln((1 + e^0.1) / 2), rounded up
    assert desk.held("ann") == 10
    assert desk.exchange.market("M").bid == Decimal("0.524979187479")


def test_limit_stops_where_the_price_reaches_it(desk):
    order = desk.place("ann", "buy yes", "0.60", 100)
    assert (order.filled, order.status) == (Decimal("40.54"), OrderStatus.CANCELED)  # 100 ln(0.6 / 0.4)
    assert order.average_price < Decimal("0.6")
    assert desk.exchange.market("M").ask <= Decimal("0.6")


def test_what_would_rest_is_refused(desk):
    assert desk.reject(OrderRefused, "ann", "buy yes", "0.40", 1).code == "curve"
    desk.reject(OrderRefused, "ann", "buy yes", "0.60", 1, post_only=True)
    desk.reject(OrderRefused, "ann", "buy yes", "0.60", 41, time_in_force="fok")
    assert desk.place("ann", "buy yes", "0.40", 1, time_in_force="ioc").filled == 0
    assert desk.place("ann", "buy yes", "0.60", 40, time_in_force="fok").filled == 40


def test_selling_back_never_gains(desk):
    desk.place("ann", "buy yes", "0.99", 10)
    desk.place("ann", "sell yes", "0.01", 10)
    assert desk.held("ann") == 0
    assert 0 < 1000 - desk.cash("ann") <= Decimal("0.000002")


def test_notional_never_spends_more(desk):
    order = desk.place("ann", "buy no", "0.99", notional=Decimal(20), time_in_force="fok")
    assert Decimal("19.99") < order.filled_notional <= 20
    assert desk.held("ann") == -order.filled
    sale = desk.place("ann", "sell no", "0.01", notional=Decimal(5))
    assert Decimal("4.98") < sale.filled_notional <= 5


def test_reduce_only_holds_at_a_curve(desk):
    desk.reject(OrderRefused, "ann", "sell yes", "0.01", 5, reduce_only=True)
    desk.place("ann", "buy yes", "0.99", 3)
    assert desk.place("ann", "sell yes", "0.01", 5, reduce_only=True).filled == 3
    assert desk.held("ann") == 0


def test_taker_needs_the_money(desk):
    desk.do(commands.Withdraw, account="ann", amount=Decimal("994.88"))
    desk.reject(InsufficientFunds, "ann", "buy yes", "0.99", 10)
    desk.do(commands.Deposit, account="ann", amount=Decimal("0.01"))
    assert desk.place("ann", "buy yes", "0.99", 10).filled == 10


def test_levels_tell_what_the_curve_gives(desk):
    book = desk.exchange.book("M", 3)
    assert (book.source, book.firm) == (BookSource.CURVE, False)
    assert [price for price, _ in book.asks] == [Decimal("0.51"), Decimal("0.52"), Decimal("0.53")]
    assert [price for price, _ in book.bids] == [Decimal("0.49"), Decimal("0.48"), Decimal("0.47")]
    wanted = sum(size for _, size in book.asks)
    order = desk.place("ann", "buy yes", "0.53", wanted)
    assert order.status is OrderStatus.FILLED
    assert order.filled_notional <= sum(price * size for price, size in book.asks)


def test_fee_is_charged_on_the_average_price(new_desk):
    fees = QuadraticFee(taker_rate=Decimal("0.07"), step=Decimal("0.01"))
    desk = new_desk(**AMM, pool=PoolSpec(liquidity=Decimal(100)), fees=fees)
    order = desk.place("ann", "buy yes", "0.99", 10)
    assert order.fees == Decimal("0.18")
    assert desk.cash("ann") == 1000 - Decimal("5.124948") - Decimal("0.18")


moves = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob"]),
        st.sampled_from(["buy yes", "sell yes", "buy no", "sell no"]),
        st.integers(1, 5000),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(
    script=moves,
    initial=st.sampled_from(["0.001", "0.3", "0.5", "0.97"]),
    liquidity=st.sampled_from(["0.5", "10", "400"]),
    yes=st.booleans(),
)
def test_house_pays_whatever_happens_and_quotes_are_exact(new_desk, script, initial, liquidity, yes):
    pool = PoolSpec(liquidity=Decimal(liquidity), initial_price=Decimal(initial))
    desk = new_desk(**AMM, pool=pool)
    for name, what, hundredths in script:
        size = Decimal(hundredths) / 100
        action, outcome = what.split()
        quote = desk.exchange.cost("M", OutcomeSide(outcome), Action(action), size=size)
        limit = "0.99" if action == "buy" else "0.01"
        order = desk.place(name, what, limit, size, time_in_force="ioc")
        if order.filled == quote.size:
            assert order.filled_notional == quote.cost
        else:  # rounding weighs more than the contracts
            assert order.filled < quote.size
    desk.do(commands.DetermineMarket, market_id="M", value=Decimal(int(yes)))
    desk.do(commands.SettleMarket, market_id="M")
    assert desk.cash("house:M") >= 0
    assert (
        desk.cash("ann") + desk.cash("bob") + desk.cash("house:M")
        == 2000 + desk.exchange.totals()["outside"] - 3000
    )


@settings(max_examples=40, deadline=None)
@given(spend=st.integers(1, 5000), outcome=st.sampled_from(OutcomeSide))
def test_quote_for_a_notional_is_the_largest_that_fits(new_desk, spend, outcome):
    desk = new_desk(**AMM, pool=PoolSpec(liquidity=Decimal(50), initial_price=Decimal("0.3")))
    notional = Decimal(spend) / 100
    quote = desk.exchange.cost("M", outcome, Action.BUY, notional=notional)
    assert quote.cost <= notional
    if quote.complete:
        more = desk.exchange.cost("M", outcome, Action.BUY, size=quote.size + Decimal("0.01"))
        assert more.cost > notional
