"""Fees: exact formulas, rounded as stated, never less than the venue would charge."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pmi_core import FeeCertainty, FeeSchedule, FlatFee, Liquidity, NoFee, ProfitFee, QuadraticFee, Rounding

PRICES = st.integers(1, 9999).map(lambda units: Decimal(units).scaleb(-4))
SIZES = st.integers(1, 10**8).map(lambda units: Decimal(units).scaleb(-2))
RATES = st.integers(0, 1000).map(lambda units: Decimal(units).scaleb(-4))
STEPS = st.sampled_from(["0.01", "0.0001", "0.000001", "0.05"]).map(Decimal)
SIDES = st.sampled_from(Liquidity)
TAKER, MAKER = Liquidity.TAKER, Liquidity.MAKER


def raw_quadratic(rate, price, size):
    return Fraction(rate) * Fraction(size) * Fraction(price) * (1 - Fraction(price))


@given(RATES, PRICES, SIZES, STEPS)
def test_a_quadratic_fee_is_the_formula_rounded_up(rate, price, size, step):
    fee = QuadraticFee(taker_rate=rate, step=step).estimate(price, size, TAKER)
    raw = raw_quadratic(rate, price, size)
    assert raw <= Fraction(fee.amount) < raw + Fraction(step)
    assert fee.amount % step == 0
    assert fee.certainty is FeeCertainty.EXACT


@given(RATES, PRICES, SIZES, SIDES)
def test_a_quadratic_fee_is_the_same_for_both_outcomes(rate, price, size, side):
    schedule = QuadraticFee(taker_rate=rate, maker_rate=rate / 4)
    assert schedule.estimate(price, size, side) == schedule.estimate(1 - price, size, side)


@given(RATES, PRICES, SIZES, STEPS, st.sampled_from(["0.01", "0.0001"]).map(Decimal))
def test_alignment_only_adds_and_less_than_one_step_of_it(rate, price, size, step, alignment):
    plain = QuadraticFee(taker_rate=rate, step=step).estimate(price, size, TAKER).amount
    aligned = (
        QuadraticFee(taker_rate=rate, step=step, alignment=alignment).estimate(price, size, TAKER).amount
    )
    assert plain <= aligned < plain + alignment


def test_known_quadratic_fees():
    schedule = QuadraticFee(taker_rate="0.07", step="0.01")
    assert schedule.estimate(Decimal("0.5"), Decimal(100), TAKER).amount == Decimal("1.75")
    assert schedule.estimate(Decimal("0.01"), Decimal(1), TAKER).amount == Decimal("0.01")
    assert schedule.estimate(Decimal("0.5"), Decimal(100), MAKER).amount == 0
    halved = schedule.model_copy(update={"multiplier": Decimal("0.5")})
    assert halved.estimate(Decimal("0.5"), Decimal(100), TAKER).amount == Decimal("0.88")


def test_a_fee_of_fine_prices_keeps_every_digit():
    price = Decimal("0.333333333333333333")
    schedule = QuadraticFee(taker_rate=1, step=Decimal("1e-30"), rounding=Rounding.FLOOR)
    exact = raw_quadratic(1, price, 1)
    assert 0 <= exact - Fraction(schedule.estimate(price, Decimal(1), TAKER).amount) < Fraction(1, 10**30)


@pytest.mark.parametrize("basis, expected", [("contracts", "0.2"), ("notional", "0.14"), ("minimum", "0.06")])
def test_flat_fees_by_basis(basis, expected):
    schedule = FlatFee(taker_rate="0.02", basis=basis)
    assert schedule.estimate(Decimal("0.7"), Decimal(10), TAKER).amount == Decimal(expected)


def test_a_flat_fee_has_a_minimum():
    schedule = FlatFee(taker_rate="0.001", minimum="0.05")
    assert schedule.estimate(Decimal("0.5"), Decimal(1), TAKER).amount == Decimal("0.05")
    assert schedule.estimate(Decimal("0.5"), Decimal(1000), TAKER).amount == 1


@pytest.mark.parametrize("kind", [QuadraticFee, FlatFee])
def test_a_rebate_is_negative(kind):
    schedule = kind(taker_rate="0.01", maker_rate="-0.01")
    assert schedule.estimate(Decimal("0.5"), Decimal(100), MAKER).amount < 0
    assert schedule.estimate(Decimal("0.5"), Decimal(100), TAKER).amount > 0


@given(PRICES, SIZES, SIDES)
def test_no_fee_is_exactly_nothing(price, size, side):
    fee = NoFee().estimate(price, size, side)
    assert (fee.amount, fee.certainty) == (0, FeeCertainty.EXACT)


@given(RATES, PRICES, SIZES, SIDES)
def test_a_profit_fee_is_at_most_its_share_of_what_can_be_won(rate, price, size, side):
    fee = ProfitFee(rate=rate).estimate(price, size, side)
    assert Fraction(fee.amount) == Fraction(rate) * Fraction(size) * (1 - Fraction(price))
    assert fee.certainty is FeeCertainty.UPPER_BOUND


def test_a_schedule_applies_from_its_start_until_before_its_end():
    moments = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4)]
    schedule = NoFee(valid_from=moments[1], valid_until=moments[3])
    assert [schedule.applies_at(moment) for moment in moments] == [False, True, True, False]
    assert all(NoFee().applies_at(moment) for moment in moments)


def test_the_kind_chooses_the_formula():
    adapter = TypeAdapter(FeeSchedule)
    for schedule in (NoFee(), QuadraticFee(taker_rate=1), FlatFee(taker_rate=1), ProfitFee(rate=1)):
        again = adapter.validate_json(adapter.dump_json(schedule))
        assert (type(again), again) == (type(schedule), schedule)


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "quadratic"},
        {"kind": "quadratic", "taker_rate": 0.07},
        {"kind": "flat", "taker_rate": "1", "basis": "profit"},
        {"kind": "quadratic", "taker_rate": "1", "alignment": "-1"},
        {"kind": "progressive"},
        {},
    ],
)
def test_what_is_no_schedule(facts):
    with pytest.raises(ValidationError):
        TypeAdapter(FeeSchedule).validate_python(facts)


@pytest.mark.parametrize("step", ["0", "-0.01"])
@pytest.mark.parametrize("kind", [QuadraticFee, FlatFee])
def test_a_fee_is_rounded_to_a_positive_step(kind, step):
    with pytest.raises(ValidationError, match="greater than 0"):
        kind(taker_rate="1", step=step)
