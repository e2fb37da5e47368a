"""Strategies for every neutral model, made from its own annotations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import pytest
from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from hypothesis import strategies as st

import pmi_core
from pmi_core import Model, OutcomeSide, Ref

ONE = Decimal(1)
PRICES = st.integers(0, 10**6).map(lambda units: Decimal(units).scaleb(-6))
QUANTITIES = st.integers(0, 10**15).map(lambda units: Decimal(units).scaleb(-9))
AMOUNTS = st.integers(-(10**15), 10**15).map(lambda units: Decimal(units).scaleb(-9))
TIMES = st.datetimes(datetime(1980, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
KINDS = {
    pmi_core.Price: PRICES,
    pmi_core.Quantity: QUANTITIES,
    pmi_core.Amount: AMOUNTS,
    pmi_core.Time: TIMES,
}
PLAIN = {str: st.text(max_size=12), int: st.integers(0, 10**6), bool: st.booleans()}
VENUES = st.sampled_from(["coin", "dice-live"])


def alike(annotation):
    """The number or time that an annotation is, by its validators."""
    return next((found for kind, found in KINDS.items() if annotation == kind), None)


def values_of(annotation: Any) -> st.SearchStrategy:
    if (found := alike(annotation)) is not None:
        return found
    origin, parts = get_origin(annotation), get_args(annotation)
    if annotation is type(None):
        return st.none()
    if origin is Annotated:
        return limited(values_of(parts[0]) if parts[0] is not Decimal else AMOUNTS, parts[1:])
    if origin in (Union, UnionType):
        return st.one_of([values_of(part) for part in parts])
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is tuple and parts[-1] is Ellipsis:
        return st.lists(values_of(parts[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, parts))
    if origin is frozenset:
        return st.frozensets(values_of(parts[0]), max_size=3)
    return values_of_type(annotation)


def values_of_type(annotation: Any) -> st.SearchStrategy:
    if isinstance(annotation, TypeVar):
        return st.integers()
    if issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    if issubclass(annotation, Ref):
        return st.builds(annotation.make, VENUES, st.text(min_size=1, max_size=8))
    if issubclass(annotation, Model):
        return made(annotation)
    return PLAIN[annotation]


def limited(values: st.SearchStrategy, metadata: Any) -> st.SearchStrategy:
    for one in metadata:
        if isinstance(one, Gt):
            values = values.filter(lambda value, least=one.gt: value is None or value > least)
        elif isinstance(one, Ge):
            values = values.filter(lambda value, least=one.ge: value is None or value >= least)
        elif isinstance(one, Le):
            values = values.map(lambda value, most=one.le: value if value is None else min(value, most))
        elif isinstance(one, MinLen):
            values = values.filter(lambda value, least=one.min_length: len(value) >= least)
        elif isinstance(one, MaxLen):
            values = values.filter(lambda value, most=one.max_length: len(value) <= most)
    return values


def in_order(levels, *, reverse):
    best = {level.price: level for level in levels}
    return tuple(best[price] for price in sorted(best, reverse=reverse))


def mend_book(values):
    bids = in_order(values["bids"], reverse=True)
    asks = in_order(values["asks"], reverse=False)
    if bids:
        asks = tuple(level for level in asks if level.price > bids[0].price)
    return {**values, "bids": bids, "asks": asks}


def mend_request(values):
    price = min(max(values["price"], Decimal("0.001")), Decimal("0.999"))
    sized = one_measure(values)
    timed = values["time_in_force"] == "gtd"
    return {
        **sized,
        "price": price,
        "market_ref": values["market_ref"].market,
        "expires_at": (values["expires_at"] or datetime(2030, 1, 1, tzinfo=UTC)) if timed else None,
        "post_only": values["post_only"] and values["time_in_force"] not in ("ioc", "fok"),
        "client_order_id": "".join(c for c in values["client_order_id"] if "!" <= c <= "~") or "id-1",
    }


def mend_draft(values):
    mended = mend_request({**values, "client_order_id": ""})
    return {name: value for name, value in mended.items() if name != "client_order_id"}


def one_measure(values):
    if values["size"] is not None:
        return {**values, "notional": None}
    return {**values, "notional": values["notional"] or ONE}


def mend_range(values):
    start, end = sorted((values["start"], values["end"]))
    return {**values, "start": start, "end": end, "step": values["step"] or Decimal("0.01")}


def mend_ladder(values):
    inside = sorted({price for price in values["prices"] if 0 < price < 1})
    return {**values, "prices": tuple(inside) or (Decimal("0.5"),)}


def mend_window(values):
    if values["start"] is None or values["end"] is None:
        return values
    start, end = sorted((values["start"], values["end"]))
    return {**values, "start": start, "end": end}


def mend_candles(values):
    return {**values, "end": values["start"] + timedelta(seconds=values["interval"].seconds * 7)}


def mend_quote(values):
    if values["yes_bid"] is None and values["no_bid"] is None:
        return {**values, "yes_bid": Decimal("0.3")}
    if values["yes_bid"] is not None and values["no_bid"] is not None:
        return {**values, "no_bid": min(values["no_bid"], ONE - values["yes_bid"])}
    return values


def mend_market(values):
    yes, no = values["outcomes"]
    yes, no = (
        yes.model_copy(update={"polarity": OutcomeSide.YES}),
        no.model_copy(update={"polarity": OutcomeSide.NO}),
    )
    return {**values, "outcomes": (yes, no)}


def mend_subscription(values):
    return {**values, "market_refs": values["market_refs"] or (pmi_core.MarketRef("coin:HEADS"),)}


MENDED = {
    "OrderBook": mend_book,
    "OrderDraft": mend_draft,
    "OrderRequest": mend_request,
    "PriceRange": mend_range,
    "LadderGrid": mend_ladder,
    "Market": mend_market,
    "Subscription": mend_subscription,
    "CandleQuery": mend_candles,
    "QuoteQuery": one_measure,
    "RfqRequest": one_measure,
    "QuoteRequest": mend_quote,
    **dict.fromkeys(["TradeQuery", "SettlementQuery", "OrderQuery", "FillQuery"], mend_window),
}


@cache
def fields_of(model: type[Model]) -> st.SearchStrategy:
    """Values for every field, that fit together."""
    hints = get_type_hints(model, include_extras=True)
    drawn = st.fixed_dictionaries(
        {
            name: limited(
                values_of(hints[name]), field.metadata if alike(hints[name]) is None else _own(field)
            )
            for name, field in model.model_fields.items()
        }
    )
    return drawn.map(MENDED.get(model.__name__.split("[")[0], dict))


def _own(field):
    return [one for one in field.metadata if isinstance(one, Gt | Ge | Le)]


@cache
def made(model: type[Model]) -> st.SearchStrategy:
    return st.deferred(lambda: fields_of(model).map(lambda values: model(**values)))


def every_model() -> list[type[Model]]:
    from pmi_core import models

    found = [getattr(models, name) for name in models.__all__]
    return [one for one in found if isinstance(one, type) and issubclass(one, Model) and one.model_fields]


@pytest.fixture(scope="session")
def drawn():
    """``drawn(model)``: any instance of a neutral model."""
    return made


@pytest.fixture(scope="session")
def fields_drawn():
    """``fields_drawn(model)``: values for every field of a model."""
    return fields_of


def pytest_generate_tests(metafunc):
    if "model" in metafunc.fixturenames:
        metafunc.parametrize("model", every_model(), ids=lambda one: one.__name__)
