"""Fees of venues that bring the balance down to a round number after each fill."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_core.models import FlatFee, Liquidity, QuadraticFee
from pmi_core.numbers import Rounding, round_to

D = Decimal
CENT = D("0.01")


@pytest.mark.parametrize(
    "price, size, expected",
    [
        ("0.25", "100", "1.32"),  # 1.3125, and the balance holds whole cents
        ("0.50", "4", "0.07"),  # fits already
        ("0.055", "1", "0.005"),  # 0.003639, and 0.055 is no whole cent either
    ],
)
def test_the_dearest_move_counts(price, size, expected):
    fee = QuadraticFee(taker_rate=D("0.07"), alignment=CENT)
    assert fee.estimate(D(price), D(size), Liquidity.TAKER).amount == D(expected)


@given(
    st.decimals("0.0001", "0.9999", places=4),
    st.decimals("0.01", "10000", places=2),
    st.sampled_from([D("0.0001"), CENT]),
)
def test_alignment_adds_less_than_its_step(price, size, step):
    plain = QuadraticFee(taker_rate=D("0.07")).estimate(price, size, Liquidity.TAKER).amount
    aligned = QuadraticFee(taker_rate=D("0.07"), alignment=step).estimate(price, size, Liquidity.TAKER).amount
    assert plain <= aligned < plain + step
    moves = [price * size, -price * size, (1 - price) * size, -(1 - price) * size]
    assert any(round_to(move - aligned, step, Rounding.FLOOR) == move - aligned for move in moves)


def test_other_schedules_align_too():
    fee = FlatFee(taker_rate=D("0.001"), alignment=CENT)
    assert fee.estimate(D("0.5"), D(1), Liquidity.TAKER).amount == CENT
