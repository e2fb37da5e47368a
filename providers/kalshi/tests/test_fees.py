"""Fees: the venue's published examples are met, and nothing that it charges is above the bound."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_FLOOR, ROUND_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_core.models import FeeCertainty, Liquidity, QuadraticFee
from pmi_provider_kalshi.fees import FeeTerms

D = Decimal
TAKER, MAKER = Liquidity.TAKER, Liquidity.MAKER


@pytest.mark.parametrize(
    "fee_type, multiplier, price, size, liquidity, expected",
    [
        ("quadratic", "1", "0.52", "1", TAKER, "0.0175"),
        ("quadratic", "0.5", "0.27", "0.27", TAKER, "0.0019"),
        ("quadratic", "1", "0.84", "10", TAKER, "0.0941"),
        ("quadratic", "1", "0.25", "100", TAKER, "1.3125"),
        ("quadratic_with_maker_fees", "1", "0.50", "100", MAKER, "0.4375"),
        ("quadratic_with_combo_maker_fees", "1", "0.50", "100", MAKER, "0.8750"),
        ("quadratic", "1", "0.50", "100", MAKER, "0"),
        ("quadratic", "0", "0.50", "100", TAKER, "0"),
    ],
)
def test_whole_contracts_are_charged_to_the_digit(fee_type, multiplier, price, size, liquidity, expected):
    found = FeeTerms().schedule(fee_type, D(multiplier)).estimate(D(price), D(size), liquidity)
    assert found.amount == D(expected)
    assert found.certainty is FeeCertainty.UPPER_BOUND


def test_behind_a_broker_balances_are_kept_in_cents():
    terms = FeeTerms(precision=D("0.01"))
    assert terms.schedule("quadratic", D(1)).estimate(D("0.25"), D(100), TAKER).amount == D("1.32")


def charged(price, size, rate, step, precision, *, buys):
    """One fill by the venue's published rule, without rebate."""
    fee = (rate * size * price * (1 - price)).quantize(step, ROUND_UP)
    revenue = -price * size if buys else price * size
    change = (revenue - fee).quantize(precision, ROUND_FLOOR)
    return revenue - change


@given(
    price=st.integers(1, 9_999).map(lambda found: D(found) / 10_000),
    size=st.integers(1, 10**7).map(lambda found: D(found) / 100),
    multiplier=st.sampled_from([D(0), D("0.5"), D(1)]),
    precision=st.sampled_from([D("0.0001"), D("0.01")]),
    buys=st.booleans(),
)
def test_the_bound_holds_on_either_side(price, size, multiplier, precision, buys):
    terms = FeeTerms(precision=precision)
    bound = terms.schedule("quadratic", multiplier).estimate(price, size, TAKER).amount
    for leg in (price, 1 - price):
        paid = charged(leg, size, D("0.07") * multiplier, terms.step, precision, buys=buys)
        assert paid <= bound
    assert bound - D("0.07") * multiplier * size * price * (1 - price) < precision + terms.step


@pytest.mark.parametrize("fee_type", ["flat", "margin_market_maker_program_fees", ""])
def test_an_unpublished_formula_is_not_guessed(fee_type):
    assert FeeTerms().schedule(fee_type, D(1)) is None


def test_an_event_overrides_its_series():
    found = FeeTerms().schedule(
        "quadratic", D(1), type_override="quadratic_with_maker_fees", multiplier_override=D("0.5")
    )
    assert isinstance(found, QuadraticFee)
    assert (found.maker_rate, found.multiplier) == (D("0.0175"), D("0.5"))
    only_type = FeeTerms().schedule("quadratic", D("0.5"), type_override="quadratic_with_maker_fees")
    assert (only_type.maker_rate, only_type.multiplier) == (D("0.0175"), D("0.5"))
    assert FeeTerms().schedule("quadratic", D(1), type_override="flat") is None


@pytest.mark.anyio
@pytest.mark.parametrize(
    "until, waived", [("2026-11-17T00:00:00Z", True), ("2026-11-16T00:00:00Z", False), (None, False)]
)
async def test_fees_are_waived_until_the_market_says(kalshi, exchange, row, until, waived):
    changes = {} if until is None else {"fee_waiver_expiration_time": until}
    exchange.answers("/markets/A-1", {"market": row("A-1", **changes)})
    fees = (await kalshi.markets.get_market("kalshi:A-1")).fees
    if waived:
        assert (fees.kind, fees.valid_until) == ("none", datetime(2026, 11, 17, tzinfo=UTC))
    else:
        assert fees is None, "the row says nothing else of fees"
