"""Combos follow their legs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.errors import Duplicate, InvalidOrder, MarketNotOpen, NotFound
from pmi_core.exchange import CollectionSpec, EventSpec, commands
from pmi_core.exchange.commands import Leg
from pmi_core.models import MarketResult, MarketStatus, OutcomeSide

A, B, C = (Leg(name, OutcomeSide.YES) for name in "ABC")
NOT_B = Leg("B", OutcomeSide.NO)


@pytest.fixture
def desk(new_desk):
    """Three events with a market each, and a collection over them."""
    desk = new_desk(market=False)
    for name in "ABC":
        desk.do(commands.AddEvent, spec=EventSpec(id=f"E{name}"))
        desk.list_market(name, event_id=f"E{name}")
    desk.list_market("A2", event_id="EA")
    desk.do(commands.AddCollection, spec=CollectionSpec(id="K", event_ids=("EA", "EB", "EC"), max_legs=3))
    return desk


def open_combo(desk, *legs):
    return desk.do(commands.OpenCombo, collection_id="K", legs=legs)[-1]


def determine(desk, **values):
    for name, value in values.items():
        desk.do(commands.DetermineMarket, market_id=name, value=Decimal(value))


def test_the_same_legs_are_the_same_market(desk):
    first = open_combo(desk, A, B)
    again = open_combo(desk, B, A)
    assert (first.created, again.created) == (True, False)
    assert first.market_id == again.market_id == desk.exchange.combo("K", (B, A))
    assert open_combo(desk, A, NOT_B).market_id != first.market_id
    assert desk.exchange.combo("K", (A, C)) is None
    assert desk.exchange.market(first.market_id).legs == (A, B)


@pytest.mark.parametrize(
    "legs, values, value, result",
    [
        ((A, B), {"A": 1, "B": 1}, 1, MarketResult.YES),
        ((A, NOT_B), {"A": 1, "B": 1}, 0, MarketResult.NO),
        ((A, B), {"B": 0}, 0, MarketResult.NO),
        ((A, NOT_B), {"A": "0.5", "B": "0.2"}, Decimal("0.4"), MarketResult.FRACTION),
        ((A, B), {"A": 1}, None, None),
    ],
)
def test_value_is_the_product_of_the_legs(desk, legs, values, value, result):
    combo = open_combo(desk, *legs).market_id
    determine(desk, **values)
    market = desk.exchange.market(combo)
    assert (market.value, market.result) == (value, result)
    assert market.status is (MarketStatus.OPEN if value is None else MarketStatus.DETERMINED)


def test_void_leg_counts_as_not_chosen(desk):
    combo = open_combo(desk, A, B).market_id
    desk.do(commands.VoidMarket, market_id="A")
    assert desk.exchange.market(combo).value is None
    determine(desk, B="0.3")
    assert desk.exchange.market(combo).value == Decimal("0.3")


def test_combo_of_void_legs_is_void(desk):
    combo = open_combo(desk, A, B).market_id
    for name in "AB":
        desk.do(commands.VoidMarket, market_id=name)
    assert desk.exchange.market(combo).status is MarketStatus.VOIDED


def test_reopened_leg_reopens_the_combo(desk):
    combo = open_combo(desk, A, B).market_id
    determine(desk, A=0)
    desk.do(commands.ReopenMarket, market_id="A")
    assert desk.exchange.market(combo).status is MarketStatus.OPEN
    determine(desk, A=1, B=1)
    assert desk.exchange.market(combo).value == 1


def test_corrected_leg_corrects_the_combo(desk):
    combo = open_combo(desk, A, B).market_id
    determine(desk, A=1, B=1)
    determine(desk, B=0)
    assert desk.exchange.market(combo).value == 0


def test_combo_trades_and_pays_like_any_market(desk):
    combo = open_combo(desk, A, B).market_id
    desk.place("ann", "sell yes", "0.30", 10, market_id=combo)
    desk.place("bob", "buy yes", "0.30", 10, market_id=combo)
    determine(desk, A=1, B=1)
    desk.do(commands.SettleMarket, market_id=combo)
    assert (desk.cash("ann"), desk.cash("bob")) == (993, 1007)


@pytest.mark.parametrize(
    "error, legs",
    [
        (InvalidOrder, (A,)),
        (InvalidOrder, (A, Leg("A", OutcomeSide.NO))),
        (InvalidOrder, (A, Leg("A2", OutcomeSide.YES))),
        (NotFound, (A, Leg("Z", OutcomeSide.YES))),
    ],
)
def test_combinations_that_make_no_sense_are_refused(desk, error, legs):
    desk.refused(error, commands.OpenCombo, collection_id="K", legs=legs)


def test_decided_legs_and_unknown_collections_are_refused(desk):
    determine(desk, A=1)
    desk.refused(MarketNotOpen, commands.OpenCombo, collection_id="K", legs=(A, B))
    desk.refused(NotFound, commands.OpenCombo, collection_id="none", legs=(A, B))
    desk.refused(Duplicate, commands.AddCollection, spec=CollectionSpec(id="K", event_ids=("EA",)))
    desk.refused(NotFound, commands.AddCollection, spec=CollectionSpec(id="L", event_ids=("EZ",)))


def test_collection_may_want_yes_only(desk):
    spec = CollectionSpec(id="Y", event_ids=("EA", "EB"), yes_only=True, ordered=True)
    desk.do(commands.AddCollection, spec=spec)
    desk.refused(InvalidOrder, commands.OpenCombo, collection_id="Y", legs=(A, NOT_B))
    ids = {
        desk.do(commands.OpenCombo, collection_id="Y", legs=legs)[-1].market_id for legs in ((A, B), (B, A))
    }
    assert len(ids) == 2
