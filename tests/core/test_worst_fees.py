"""What is told as the most that fees can be is never exceeded, wherever and in however many pieces an order fills."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pmi_core.analysis.cost import trade_fee
from pmi_core.desk.risk import worst_fees
from pmi_core.models import FeeBasis, FeeCertainty, FlatFee, Liquidity, QuadraticFee
from pmi_core.numbers import ONE, ZERO, Rounding, round_to

CENTS = st.integers(1, 99).map(lambda cents: Decimal(cents) / 100)
RATES = st.sampled_from(["0", "0.0175", "0.07", "0.02"]).map(Decimal)
ALIGNMENT = Decimal("0.0001")
FILLS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 5_000)), min_size=1, max_size=12)


def placed(fills, low, high):
    """Fills as prices of a cent between two ends, and sizes."""
    return [(low + (high - low) * Decimal(at) / 10**6, Decimal(size) / 100) for at, size in fills]


def rebated(schedule, fills):
    """What a venue charges that aligns the balance after each fill and gives back what adds up to a step."""
    total = kept = ZERO
    for price, size in fills:
        fee = round_to(schedule.taker_rate * size * price * (ONE - price), schedule.step, Rounding.UP)
        revenue = -price * size - fee
        rounding = revenue - round_to(revenue, ALIGNMENT, Rounding.FLOOR)
        kept += rounding
        back = min(ALIGNMENT, fee + rounding) if kept > ALIGNMENT else ZERO
        kept -= back
        total += fee + rounding - back
    return total


@given(RATES, CENTS, st.booleans(), FILLS)
def test_where_roundings_are_given_back(rate, limit, sells, fills):
    schedule = QuadraticFee(
        taker_rate=rate, step="0.000001", alignment=ALIGNMENT, certainty=FeeCertainty.UPPER_BOUND
    )
    low, high = (limit, ONE) if sells else (ZERO, limit)
    pieces = placed(fills, low, high)
    size = sum((piece for _, piece in pieces), ZERO)
    bound, certainty = worst_fees(schedule, low, high, size, Decimal("0.01"))
    assert rebated(schedule, pieces) <= bound
    assert certainty is FeeCertainty.UPPER_BOUND


@given(
    st.one_of(
        st.builds(QuadraticFee, taker_rate=RATES, maker_rate=RATES, step=st.sampled_from(["0.01", "0.0001"])),
        st.builds(
            FlatFee,
            taker_rate=RATES,
            maker_rate=RATES,
            basis=st.sampled_from([FeeBasis.CONTRACTS, FeeBasis.NOTIONAL, FeeBasis.MINIMUM]),
            minimum=st.sampled_from(["0", "0.01"]),
            step=st.sampled_from(["0.01", "0.000001"]),
        ),
    ),
    CENTS,
    st.booleans(),
    FILLS,
    st.sampled_from(Liquidity),
)
def test_wherever_an_order_fills(schedule, limit, sells, fills, side):
    low, high = (limit, ONE) if sells else (ZERO, limit)
    pieces = placed(fills, low, high)
    size = sum((piece for _, piece in pieces), ZERO)
    bound, _ = worst_fees(schedule, low, high, size, Decimal("0.01"))
    assert sum(trade_fee(schedule, price, piece, side)[0] for price, piece in pieces) <= bound
