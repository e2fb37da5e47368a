"""Numbers that the venue tells in its own words: finite, bounded, of the right sign, or named."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from datetime import datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmi_core.errors import UnexpectedAnswer
from pmi_core.models import SeriesQuery
from pmi_core.transport.codec import decode
from pmi_provider_kalshi import native
from pmi_provider_kalshi.wire.event import Event
from pmi_provider_kalshi.wire.series import Series
from pmi_provider_kalshi.wire.told import Told

pytestmark = pytest.mark.anyio
D = Decimal
NONSENSE = ["NaN", "sNaN", "Infinity", "-Infinity", "1e999", "1e-999", "9" * 500]


def shapes():
    """Every struct of every native set, and the two other ones with numbers outside text."""
    found = {Event, Series}
    for module in pkgutil.iter_modules(native.__path__):
        members = vars(importlib.import_module(f"{native.__name__}.{module.name}")).values()
        found |= {
            one
            for one in members
            if isinstance(one, type) and issubclass(one, msgspec.Struct) and not one.__name__.startswith("_")
        }
    return sorted(found - {Told}, key=lambda one: one.__name__)


def plain(kind):
    """A value of a type, the simplest there is."""
    origin = get_origin(kind)
    if origin is Annotated:
        return plain(get_args(kind)[0])
    if origin in (Union, UnionType):
        return plain(next(one for one in get_args(kind) if one is not NoneType))
    if origin in (list, tuple):
        return [plain(get_args(kind)[0])]
    if origin is dict:
        return {}
    if origin is Literal:
        return get_args(kind)[0]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return row(kind)
    return {str: "x", int: 1, bool: True, Decimal: "1.5", datetime: "2026-11-16T14:00:00Z"}[kind]


def hints(shape):
    wanted = set(shape.__struct_fields__)
    return {name: kind for name, kind in get_type_hints(shape, include_extras=True).items() if name in wanted}


def row(shape):
    return {name: plain(kind) for name, kind in hints(shape).items()}


def fields(shape, kind):
    """Names of fields that hold a number of a kind, or nothing."""
    return [name for name, one in hints(shape).items() if kind in (one, *get_args(one))]


def read(shape, data):
    return decode(shape, json.dumps(data).encode(), venue="kalshi")


NUMBERED = [one for one in shapes() if fields(one, Decimal)]
COUNTED = [one for one in shapes() if issubclass(one, Told) and fields(one, int)]


def test_every_shape_with_numbers_is_held():
    assert len(NUMBERED) >= 10
    assert all(issubclass(one, Told) for one in NUMBERED)
    for shape in shapes():
        assert isinstance(read(shape, row(shape)), shape)


@pytest.mark.parametrize("shape", NUMBERED)
@pytest.mark.parametrize("nonsense", NONSENSE)
def test_a_number_that_is_none_names_its_field(shape, nonsense):
    for name in fields(shape, Decimal):
        with pytest.raises(UnexpectedAnswer, match=name) as error:
            read(shape, {**row(shape), name: nonsense})
        assert len(error.value.message) < 300, "nobody reads five hundred digits"


@pytest.mark.parametrize("shape", NUMBERED)
def test_only_what_may_be_below_zero_is(shape):
    for name in fields(shape, Decimal):
        data = {**row(shape), name: "-1.5"}
        if name in shape.signed:
            assert getattr(read(shape, data), name) == D("-1.5")
        else:
            with pytest.raises(UnexpectedAnswer, match=f"{name} is below 0"):
                read(shape, data)


@pytest.mark.parametrize("shape", COUNTED)
def test_whole_numbers_have_bounds(shape):
    for name in fields(shape, int):
        for wrong in (-1, 10**15, 10**500, *([253_402_300_800] if name.endswith("_ts") else [])):
            with pytest.raises(UnexpectedAnswer, match=name):
                read(shape, {**row(shape), name: wrong})


odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(NONSENSE),
    st.lists(st.integers(), max_size=2),
)


@settings(max_examples=30)
@pytest.mark.parametrize("shape", [one for one in shapes() if one.__struct_fields__])
@given(data=st.data())
def test_an_odd_value_is_read_or_refused(shape, data):
    changed = row(shape)
    for name in data.draw(st.lists(st.sampled_from(sorted(changed)), min_size=1, max_size=3)):
        changed[name] = data.draw(odd)
    body = re.sub(r"-?\b(NaN|Infinity)\b(?![^\"]*\"[,}])", "null", json.dumps(changed)).encode()
    try:
        found = decode(shape, body, venue="kalshi")
    except UnexpectedAnswer:
        return
    for name in fields(shape, Decimal):
        value = getattr(found, name)
        assert value is None or value.is_finite()
    for name, value in vars(type(found)).items():
        if isinstance(value, property):
            getattr(found, name)


def balance(number, told):
    return {"subaccount_number": number, "exchange_index": 0, "balance": told, "updated_ts": 1}


async def test_cash_that_is_no_number_costs_its_row_alone(keyed, exchange):
    rows = [balance(0, "12.34"), balance(1, "NaN"), balance(2, "1e999")]
    exchange.answers("/portfolio/subaccounts/balances", {"subaccount_balances": rows})
    (place,) = await keyed.transfers.list_places()
    assert (place.name, place.cash) == ("0/0", D("12.34"))
    assert [fault.message.count("balance is no number") for fault in keyed.faults] == [1, 1]


async def test_a_minute_of_weather_that_is_no_number_costs_no_other(kalshi, exchange):
    points = [{"t": 1, "v": value, "status": "normal"} for value in ("71.5", "Infinity", "-3")]
    told = {"city": "miami", "units": "fahrenheit", "timeseries": points}
    exchange.answers("/live_data/weather/miami", told)
    found = await kalshi.native.live_data.weather("miami")
    assert [point.v for point in found.timeseries] == [D("71.5"), D(-3)]
    assert len(kalshi.faults) == 1


async def test_a_series_never_pays_fees(kalshi, exchange):
    def series(ticker, multiplier):
        words = {"title": "x", "frequency": "daily", "category": "x", "fee_type": "quadratic"}
        return {"ticker": ticker, "fee_multiplier": multiplier, **words}

    rows = [series("A", 1), series("B", -1), series("C", "NaN")]
    exchange.answers("/series", {"series": rows})
    page = await kalshi.events.list_series(SeriesQuery())
    assert [one.ref.native for one in page.items] == ["A"]
    assert len(kalshi.faults) == 2
    exchange.answers("/series/B", {"series": rows[1]})
    with pytest.raises(UnexpectedAnswer, match="fee_multiplier is below 0"):
        await kalshi.events.get_series("kalshi:B")
