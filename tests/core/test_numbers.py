"""Numbers keep every digit, and move only in the direction that is named."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pmi_core import Amount, Price, Quantity, Rounding, exact, plain, round_to
from pmi_core.numbers import counted

NUMBERS = st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=12)
STEPS = st.integers(1, 10**6).flatmap(
    lambda units: st.integers(0, 9).map(lambda places: Decimal(units).scaleb(-places))
)


@given(NUMBERS)
def test_text_keeps_every_digit(number):
    text = plain(number)
    assert "E" not in text
    assert exact(text) == number
    assert exact(text).as_tuple().exponent == number.as_tuple().exponent
    assert plain(exact(text)) == text


@pytest.mark.parametrize(
    "count, said",
    [
        (1, "1 contract"),
        (0, "0 contracts"),
        (2, "2 contracts"),
        (Decimal("1.0"), "1.0 contract"),
        (Decimal("0.5"), "0.5 contracts"),
        (Decimal("1E+2"), "100 contracts"),
    ],
)
def test_a_noun_follows_its_count(count, said):
    assert counted(count, "contract") == said


@given(st.decimals(0, 1, places=18))
def test_json_keeps_every_digit(price):
    adapter = TypeAdapter(Price)
    printed = adapter.dump_json(price)
    assert printed == f'"{plain(price)}"'.encode()
    assert plain(adapter.validate_json(printed)) == plain(price)
    assert adapter.dump_python(price) is price


@pytest.mark.parametrize(
    "given_, expected",
    [
        ("0.10", "0.10"),
        (" 7 ", "7"),
        (12, "12"),
        (Decimal("1E+2"), "100"),
        ("-3.50", "-3.50"),
        ("1e3", "1000"),
    ],
)
def test_what_is_a_number(given_, expected):
    assert plain(exact(given_)) == expected


@pytest.mark.parametrize(
    "bad",
    [
        0.1,
        1.0,
        True,
        False,
        None,
        [],
        b"1",
        "",
        "abc",
        "1,5",
        "0x10",
        "nan",
        "NaN",
        "sNaN",
        "inf",
        "-Infinity",
        Decimal("NaN"),
        Decimal("Infinity"),
        "9" * 51,
        "1e31",
        "1e-31",
        "1e999999999999",
        10**60,
        "1" * 5000,
    ],
)
def test_what_is_not_a_number(bad):
    with pytest.raises(ValueError) as caught:
        exact(bad)
    assert len(str(caught.value)) < 120


def test_a_float_is_told_what_to_do():
    with pytest.raises(ValueError, match="float is not an exact number; give a decimal string"):
        exact(0.1)


@pytest.mark.parametrize("bad", [0.5, "-0.01", "1.0001", 2, True, "nan"])
def test_prices_lie_between_0_and_1(bad):
    with pytest.raises(ValidationError):
        TypeAdapter(Price).validate_python(bad)


@pytest.mark.parametrize("price", ["0", "1", 0, 1, "0.000001"])
def test_both_ends_are_prices(price):
    assert TypeAdapter(Price).validate_python(price) == Decimal(price)


@pytest.mark.parametrize("bad", [1.5, "-1", True, "many"])
def test_quantities_are_counts(bad):
    with pytest.raises(ValidationError):
        TypeAdapter(Quantity).validate_python(bad)


def test_json_numbers_with_a_point_are_refused():
    assert TypeAdapter(Amount).validate_json("5") == 5
    with pytest.raises(ValidationError, match="not an exact number"):
        TypeAdapter(Amount).validate_json("5.5")


def test_the_schema_speaks_of_text():
    assert TypeAdapter(Price).json_schema() == {"type": "string", "format": "decimal"}


@given(NUMBERS, STEPS)
def test_rounding_keeps_its_direction(number, step):
    floor, ceiling = round_to(number, step, Rounding.FLOOR), round_to(number, step, Rounding.CEILING)
    assert floor <= number <= ceiling
    assert ceiling - floor in (0, step)
    assert (
        abs(round_to(number, step, Rounding.DOWN)) <= abs(number) <= abs(round_to(number, step, Rounding.UP))
    )
    assert {round_to(number, step, mode) for mode in Rounding} <= {floor, ceiling}
    assert abs(round_to(number, step, Rounding.HALF_EVEN) - number) * 2 <= step


@given(NUMBERS, STEPS, st.sampled_from(Rounding))
def test_rounding_lands_on_a_multiple_and_stays(number, step, mode):
    rounded = round_to(number, step, mode)
    assert rounded % step == 0
    assert round_to(rounded, step, mode) == rounded


def test_ties_go_to_the_even_neighbour():
    assert round_to(Decimal("0.5"), Decimal(1), Rounding.HALF_EVEN) == 0
    assert round_to(Decimal("1.5"), Decimal(1), Rounding.HALF_EVEN) == 2


@pytest.mark.parametrize("step", ["0", "-1"])
def test_a_step_is_positive(step):
    with pytest.raises(ValueError, match="positive"):
        round_to(Decimal(1), Decimal(step), Rounding.UP)
