"""Fixed-point text becomes exact numbers, or nothing, or an error; never something else."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_provider_kalshi.translate.numbers import count, moment, number, price, quote, size, time

fixed = st.decimals(min_value=0, max_value=1, places=4).map(lambda found: (f"{found:.4f}", found))
counts = st.decimals(min_value=0, max_value=10**9, places=2)


@given(fixed)
def test_a_price_keeps_its_digits(given_price):
    text, value = given_price
    assert price(text) == value
    assert str(price(text)) == text


@given(fixed)
def test_a_quote_and_its_complement_make_one(given_price):
    text, value = given_price
    yes, no = quote(text)
    if value in (0, 1):
        assert (yes, no) == (None, None)
    else:
        assert yes == value
        assert yes + no == 1


@given(counts)
def test_a_count_is_exact(value):
    assert count(f"{value:.2f}") == value
    assert size(f"{value:.2f}") == (value or None)


@pytest.mark.parametrize("text", ["-3.00", "-24.83"])
def test_negative_counts_of_settled_markets_are_nothing(text):
    assert count(text) is None
    assert size(text) is None


@pytest.mark.parametrize(
    "text",
    ["", " ", "NaN", "Infinity", "-Infinity", "1e3", "0,5", "1_0", " 1", "٣", "0.5.5", ".", "-", "9" * 40],
)
def test_anything_else_is_an_error(text):
    for read in (number, price, quote, count, size):
        with pytest.raises(ValueError, match=r"."):
            read(text)


@pytest.mark.parametrize("text", ["1.0001", "-0.0001", "56"])
def test_a_price_lies_between_0_and_1(text):
    with pytest.raises(ValueError, match="not a price"):
        price(text)


@given(st.text(max_size=12))
def test_arbitrary_text_is_a_number_or_an_error(text):
    try:
        found = number(text)
    except ValueError:
        return
    assert found.is_finite()
    assert Decimal(text) == found


def test_times_are_read_in_utc():
    assert time("2026-06-14T10:11:34.38301Z") == datetime(2026, 6, 14, 10, 11, 34, 383010, UTC)
    assert time("2026-06-14T12:00:00+02:00").utcoffset().total_seconds() == 0
    assert time("2026-06-14T10:40:10Z") == moment(datetime(2026, 6, 14, 10, 40, 10, tzinfo=UTC))


def test_the_zero_time_is_no_time():
    assert time("0001-01-01T00:00:00Z") is None
    assert moment(datetime(1, 1, 1, tzinfo=UTC)) is None
    assert moment(None) is None


@pytest.mark.parametrize("text", ["", "soon", "2026-06-14", "2026-06-14T10:40:10"])
def test_a_time_without_zone_is_an_error(text):
    with pytest.raises(ValueError, match=r"."):
        time(text)
