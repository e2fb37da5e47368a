"""Money keeps its digits and never mixes currencies."""

from __future__ import annotations

import operator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pmi_core import Currency, CurrencyKind, Money, currency_of, plain, register_currency

AMOUNTS = st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=18)


@given(AMOUNTS, st.sampled_from(["USD", "USDC", "MANA"]))
def test_text_and_json_keep_every_digit(amount, currency):
    money = Money(amount, currency)
    assert Money.parse(str(money)) == money
    adapter = TypeAdapter(Money)
    again = adapter.validate_json(adapter.dump_json(money))
    assert (plain(again.amount), again.currency) == (plain(amount), currency)


@given(AMOUNTS, AMOUNTS)
def test_sums_lose_nothing(a, b):
    total = Money(a) + Money(b)
    assert total - Money(b) == Money(a)
    assert total - Money(a) == Money(b)
    assert operator.neg(-total) == total
    assert (Money(a) < Money(b)) == (a < b)
    assert (Money(a) >= Money(b)) == (a >= b)


@given(AMOUNTS, st.integers(-(10**9), 10**9))
def test_products_lose_nothing(amount, factor):
    product = Money(amount) * factor
    assert Fraction(product.amount) == Fraction(amount) * factor


def test_a_sum_wider_than_usual_is_exact():
    dust, hoard = Money(Decimal("0.000000000000000001")), Money(Decimal(10) ** 20)
    assert str(hoard + dust) == "100000000000000000000.000000000000000001 USD"
    assert str(-(hoard + dust)) == "-100000000000000000000.000000000000000001 USD"


@pytest.mark.parametrize(
    "mix",
    [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge],
    ids=lambda one: one.__name__,
)
def test_currencies_never_mix(mix):
    with pytest.raises(ValueError, match="cannot mix USD and USDC"):
        mix(Money(Decimal(1), "USD"), Money(Decimal(1), "USDC"))


def test_equality_includes_the_currency():
    assert Money(Decimal(1), "USD") != Money(Decimal(1), "USDC")
    assert Money(Decimal("1.0")) == Money(Decimal(1))


@pytest.mark.parametrize(
    "text, said", [("5", "no currency"), ("five USD", "not a decimal"), ("5 XYZ", "unknown currency")]
)
def test_bad_text_is_explained(text, said):
    with pytest.raises(ValueError, match=said):
        Money.parse(text)


@pytest.mark.parametrize("bad", [5, 5.0, None, {"amount": "5"}, "5"])
def test_models_take_money_as_text_only(bad):
    with pytest.raises(ValidationError):
        TypeAdapter(Money).validate_python(bad)


def test_a_float_is_no_money():
    with pytest.raises(ValueError, match="float"):
        Money(1.5)
    with pytest.raises(ValueError, match="float"):
        Money(Decimal(1)) * 1.5


def test_kinds_are_known():
    assert Money(Decimal(1), "USD").kind is CurrencyKind.FIAT
    assert Money(Decimal(1), "USDC").kind is CurrencyKind.STABLE
    assert Money(Decimal(1), "MANA").kind is CurrencyKind.PLAY


def test_registering_a_currency_is_repeatable_and_never_changes_it():
    tokens = Currency("TESTTOKEN", CurrencyKind.PLAY, 3)
    register_currency(tokens)
    register_currency(tokens)
    assert currency_of("TESTTOKEN") is tokens
    with pytest.raises(ValueError, match="registered differently"):
        register_currency(Currency("TESTTOKEN", CurrencyKind.FIAT, 3))
    with pytest.raises(ValueError, match="registered differently"):
        register_currency(Currency("USD", CurrencyKind.FIAT, 4))
