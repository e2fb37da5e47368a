"""Fees of fills, to the last digit: the venue's worked examples and what it really charged."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_provider_kalshi.charging import FeeMeter, model_fee

D = Decimal
TAKER, MAKER = D("0.07"), D("0.0175")
CENT = D("0.01")


def paid(meter, price, size, *, rate=TAKER, multiplier="1", leg=None):
    """Charge a purchase of the leg that costs ``leg`` (the price itself unless told otherwise)."""
    price, size = D(price), D(size)
    cost = size * (D(leg) if leg is not None else price)
    return meter.charge(revenue=-cost, price=price, size=size, rate=rate, multiplier=D(multiplier))


@pytest.mark.parametrize(
    "price, size, more, trade_fee, fee",
    [
        ("0.52", "1", {}, "0.017472", "0.0175"),
        ("0.001", "227.27", {}, "0.015893", "0.015930"),
        ("0.27", "0.27", {"multiplier": "0.5"}, "0.001863", "0.001900"),
        ("0.84", "10", {"leg": "0.16"}, "0.09408", "0.094100"),
        ("0.25", "100", {}, "1.3125", "1.3125"),
        ("0.50", "100", {"rate": MAKER}, "0.4375", "0.4375"),
        ("0.055", "1", {}, "0.003639", "0.0037"),
    ],
)
def test_the_worked_examples_of_direct_members(price, size, more, trade_fee, fee):
    found = paid(FeeMeter(), price, size, **more)
    assert (found.trade_fee, found.fee, found.rebate) == (D(trade_fee), D(fee), 0)


@pytest.mark.parametrize(
    "price, size, more, fee",
    [
        ("0.25", "100", {}, "1.32"),
        ("0.50", "100", {"rate": MAKER}, "0.44"),
        ("0.055", "1", {}, "0.005"),
    ],
)
def test_the_worked_examples_behind_a_broker(price, size, more, fee):
    assert paid(FeeMeter(precision=CENT), price, size, **more).fee == D(fee)


def test_additions_are_given_back_once_they_exceed_the_precision():
    # The page of June 2026: three fills with a trade fee of 0.0085 each, balances in cents.
    meter = FeeMeter(step=D("0.0001"), precision=CENT)
    fills = [
        meter.charge(revenue=D("-0.505"), price=D("0.505"), size=D(1), rate=D("0.034")) for _ in range(3)
    ]
    assert [fill.trade_fee for fill in fills] == [D("0.0085")] * 3
    assert [fill.rebate for fill in fills] == [0, CENT, 0]
    assert [fill.fee for fill in fills] == [D("0.015"), D("0.005"), D("0.015")]
    assert meter.carried == D("0.0095")


@pytest.mark.parametrize(
    "name",
    ["fills_after_taker.json", "rfq_quote_accept_yes_scenario.json", "orders_v2_lifecycle_demo_2026-06.json"],
)
def test_every_recorded_fill_is_charged_to_the_last_digit(sample, name):
    fills = list(_fills(sample(name)))
    assert fills
    for yes_price, size, is_taker, outcome, fee in fills:
        leg = yes_price if outcome == "yes" else 1 - yes_price
        rate = TAKER if is_taker else D(0)
        found = paid(FeeMeter(), yes_price, size, rate=rate, leg=leg)
        assert found.fee == fee, (yes_price, size, is_taker)


def _fills(recorded):
    """Fills and the averages of immediate orders of one contract, wherever they stand in a sample."""
    if isinstance(recorded, dict):
        if "fee_cost" in recorded and "yes_price_dollars" in recorded:
            yield (
                D(recorded["yes_price_dollars"]),
                D(recorded["count_fp"]),
                recorded["is_taker"],
                recorded["outcome_side"],
                D(recorded["fee_cost"]),
            )
        elif "average_fee_paid" in recorded:
            price, fee = D(recorded["average_fill_price"]), D(recorded["average_fee_paid"])
            yield price, D(recorded["fill_count"]), True, "yes", fee * D(recorded["fill_count"])
    for part in (
        recorded.values() if isinstance(recorded, dict) else recorded if isinstance(recorded, list) else ()
    ):
        yield from _fills(part)


def test_the_one_known_fill_that_only_the_older_step_explains():
    # Charged in August 2026 to a taker: 0.064780; the rule of October would have charged 0.064680.
    assert paid(FeeMeter(step=D("0.0001")), "0.013", "71.94").fee == D("0.064780")
    assert paid(FeeMeter(), "0.013", "71.94").fee == D("0.064680")


money = st.integers(1, 9_999).map(lambda found: D(found) / 10_000)
counts = st.integers(1, 10**6).map(lambda found: D(found) / 100)


@given(
    fills=st.lists(st.tuples(money, counts, st.booleans()), min_size=1, max_size=12),
    multiplier=st.sampled_from(["0", "0.5", "1"]),
    precision=st.sampled_from([D("0.0001"), CENT]),
)
def test_no_order_pays_less_than_its_trade_fees_nor_more_than_one_precision_a_fill(
    fills, multiplier, precision
):
    meter = FeeMeter(precision=precision)
    charges = []
    for price, size, sells in fills:
        revenue = price * size * (1 if sells else -1)
        charges.append(
            meter.charge(revenue=revenue, price=price, size=size, rate=TAKER, multiplier=D(multiplier))
        )
        found = charges[-1]
        assert found.fee >= 0
        assert 0 <= found.rounding_fee < precision
        assert found.trade_fee >= model_fee(price, size, TAKER, D(multiplier))
        assert (revenue - found.trade_fee - found.rounding_fee) % precision == 0
    assert sum(one.fee for one in charges) == sum(one.trade_fee for one in charges) + meter.carried
    assert meter.carried >= 0


def test_additions_that_only_reach_the_precision_are_not_given_back_yet():
    meter = FeeMeter(precision=CENT, carried=D("0.005"))
    at_it = meter.charge(revenue=D("-0.505"), price=D("0.5"), size=D(1), rate=D(0))
    assert (at_it.rounding_fee, at_it.rebate, meter.carried) == (D("0.005"), 0, CENT)
    above = meter.charge(revenue=D("-0.501"), price=D("0.501"), size=D(1), rate=D(0))
    assert (above.rounding_fee, above.rebate, meter.carried) == (D("0.009"), D("0.009"), CENT)
