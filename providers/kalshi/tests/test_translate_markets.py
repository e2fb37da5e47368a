"""A market's row into the neutral market."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmi_core import models
from pmi_core.errors import UnexpectedAnswer
from pmi_core.models import MarketResult, MarketStatus, NoFee, ResolutionSource, Resolver, StrikeKind, Trading
from pmi_core.testing.conformance.soundness import check_json, check_sound
from pmi_core.transport.codec import decode
from pmi_provider_kalshi.translate.markets import market
from pmi_provider_kalshi.wire.market import Market, MarketAnswer

D = Decimal


@pytest.fixture
def translated(row, now):
    def made(**changes):
        wire = decode(MarketAnswer, json.dumps({"market": row(**changes)}).encode()).market
        return check_sound(market(wire, "kalshi", now), models.Market)

    return made


def test_every_field_finds_its_place(translated, now):
    found = translated(
        subtitle="above the mark",
        rules_secondary="Read at noon.",
        early_close_condition="Closes once it is above.",
        expected_expiration_time="2026-11-21T15:00:00Z",
        strike_type="greater",
        floor_strike=4.25,
    )
    assert found.ref == "kalshi:KXLAKE-26NOV20-T4"
    assert found.event_ref == "kalshi:KXLAKE-26NOV20"
    assert found.title == "Will the lake be above 4 m?"
    assert found.subtitle == "above the mark"
    assert found.rules.split("\n\n") == [
        "If the lake is above 4 m, then the market resolves to Yes.",
        "Read at noon.",
        "Closes once it is above.",
    ]
    assert (found.status, found.trading) == (MarketStatus.OPEN, Trading.OPEN)
    assert (found.yes.label, found.yes.bid, found.yes.ask, found.yes.last) == (
        "Above 4 m",
        D("0.2000"),
        D("0.2600"),
        D("0.2100"),
    )
    assert (found.yes.bid_size, found.yes.ask_size) == (D("1.00"), D("44.00"))
    assert (found.no.label, found.no.bid, found.no.ask, found.no.last) == (
        "No",
        D("0.7400"),
        D("0.8000"),
        D("0.7900"),
    )
    assert (found.no.bid_size, found.no.ask_size) == (D("44.00"), D("1.00"))
    assert (found.strike.kind, found.strike.floor, found.strike.cap) == (StrikeKind.GREATER, D("4.25"), None)
    assert found.open_time == datetime(2026, 11, 2, 15, tzinfo=UTC)
    assert found.close_time == datetime(2026, 11, 20, 22, tzinfo=UTC)
    assert found.expected_expiration_time == datetime(2026, 11, 21, 15, tzinfo=UTC)
    assert found.settled_time is None
    assert (found.size_step, found.min_size) == (D("0.01"), D("0.01"))
    assert (found.volume, found.volume_24h, found.open_interest) == (D("1204.50"), D("37.25"), D("611.00"))
    assert (found.result, found.settlement_value, found.resolution_final) == (None, None, False)
    assert found.resolver is Resolver.EXCHANGE
    assert found.currency == "USD"
    assert found.fees is None
    assert found.liquidity is None
    assert found.as_of == now
    check_json(found)


@pytest.mark.parametrize(
    "word, status, trading, final",
    [
        ("initialized", MarketStatus.UNOPENED, Trading.NONE, False),
        ("active", MarketStatus.OPEN, Trading.OPEN, False),
        ("inactive", MarketStatus.OPEN, Trading.PAUSED, False),
        ("closed", MarketStatus.CLOSED, Trading.NONE, False),
        ("determined", MarketStatus.DETERMINED, Trading.NONE, False),
        ("disputed", MarketStatus.DETERMINED, Trading.NONE, False),
        ("amended", MarketStatus.DETERMINED, Trading.NONE, False),
        ("finalized", MarketStatus.SETTLED, Trading.NONE, True),
    ],
)
def test_statuses(translated, word, status, trading, final):
    found = translated(status=word)
    assert (found.status, found.trading, found.resolution_final) == (status, trading, final)


@pytest.mark.parametrize(
    "word, paid, result, value",
    [
        ("yes", "1.0000", MarketResult.YES, D(1)),
        ("no", "0.0000", MarketResult.NO, D(0)),
        ("scalar", "0.3700", MarketResult.FRACTION, D("0.37")),
        ("", "0.0000", None, None),
        ("yes", None, MarketResult.YES, None),
    ],
)
def test_results(translated, word, paid, result, value):
    found = translated(
        status="finalized", result=word, settlement_value_dollars=paid, settlement_ts="2026-11-21T16:00:00Z"
    )
    assert (found.result, found.settlement_value) == (result, value)
    assert found.settled_time == datetime(2026, 11, 21, 16, tzinfo=UTC)


@pytest.mark.parametrize("nothing", ["0.0000", "1.0000"])
def test_a_quote_at_the_edge_is_no_quote(translated, nothing):
    found = translated(yes_bid_dollars="0.0000", yes_ask_dollars=nothing, last_price_dollars="0.0000")
    for outcome in found.outcomes:
        assert (outcome.bid, outcome.ask, outcome.bid_size, outcome.ask_size) == (None,) * 4
        assert outcome.last is None


@pytest.mark.parametrize("left_over", ["-3.00", "0.00"])
def test_a_price_without_contracts_is_no_quote(translated, left_over):
    found = translated(status="determined", yes_bid_size_fp=left_over, yes_ask_size_fp=left_over)
    for outcome in found.outcomes:
        assert (outcome.bid, outcome.ask, outcome.bid_size, outcome.ask_size) == (None,) * 4
    assert found.yes.last == D("0.2100")


@given(
    bid=st.integers(0, 10_000),
    ask=st.integers(0, 10_000),
    sizes=st.tuples(st.integers(-500, 10**6), st.integers(-500, 10**6)),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_is_the_exact_complement_of_yes(translated, bid, ask, sizes):
    found = translated(
        yes_bid_dollars=f"{D(bid) / 10_000:.4f}",
        yes_ask_dollars=f"{D(ask) / 10_000:.4f}",
        yes_bid_size_fp=f"{D(sizes[0]) / 100:.2f}",
        yes_ask_size_fp=f"{D(sizes[1]) / 100:.2f}",
    )
    yes, no = found.outcomes
    for ours, theirs in ((yes.bid, no.ask), (yes.ask, no.bid)):
        assert (ours is None) == (theirs is None)
        assert ours is None or ours + theirs == 1
    assert (yes.bid_size, yes.ask_size) == (no.ask_size, no.bid_size)
    assert (yes.bid is None) == (yes.bid_size is None)


@pytest.mark.parametrize(
    "yes, no, labels",
    [
        ("Ana", "Ana", ("Ana", "No")),
        ("Ana", "Not Ana", ("Ana", "Not Ana")),
        ("", "", ("Yes", "No")),
        ("No", "No", ("No", "Not: No")),
    ],
)
def test_labels_differ(translated, yes, no, labels):
    found = translated(yes_sub_title=yes, no_sub_title=no)
    assert (found.yes.label, found.no.label) == labels


def test_without_a_title_the_label_stands_in(translated):
    assert translated(title=...).title == "Above 4 m"
    assert translated(title="", yes_sub_title="").title == "KXLAKE-26NOV20-T4"
    assert translated().subtitle == "Above 4 m"


def test_the_grid_comes_from_the_ranges_and_is_shared(translated):
    tapered = [
        {"start": "0.9000", "end": "1.0000", "step": "0.0010"},
        {"start": "0.0000", "end": "0.1000", "step": "0.0010"},
        {"start": "0.1000", "end": "0.9000", "step": "0.0100"},
    ]
    one, two = [translated(price_ranges=tapered, price_level_structure="linear_cent") for _ in range(2)]
    assert one.price_grid is two.price_grid
    tradable = {
        D(text): one.price_grid.contains(D(text)) for text in ("0.055", "0.5", "0.505", "0.995", "0", "1")
    }
    assert tradable == {
        D("0.055"): True,
        D("0.5"): True,
        D("0.505"): False,
        D("0.995"): True,
        D("0"): False,
        D("1"): False,
    }
    assert translated(price_ranges=[]).price_grid is None


@pytest.mark.parametrize(
    "changes, kind, floor, cap, text",
    [
        ({"strike_type": "less", "cap_strike": 78}, StrikeKind.LESS, None, D(78), None),
        (
            {"strike_type": "between", "floor_strike": 84, "cap_strike": 85.5},
            StrikeKind.BETWEEN,
            D(84),
            D("85.5"),
            None,
        ),
        (
            {"strike_type": "greater_or_equal", "floor_strike": 0.1},
            StrikeKind.GREATER_OR_EQUAL,
            D("0.1"),
            None,
            None,
        ),
        (
            {"strike_type": "custom", "custom_strike": {"Baker": "Ana", "n": 2}},
            StrikeKind.OTHER,
            None,
            None,
            "Baker: Ana; n: 2",
        ),
        ({"strike_type": "functional", "functional_strike": "x/2"}, StrikeKind.OTHER, None, None, "x/2"),
        ({"custom_strike": {"legs": "A,B"}}, StrikeKind.OTHER, None, None, "legs: A,B"),
        ({"strike_type": "structured", "custom_strike": None}, StrikeKind.OTHER, None, None, None),
    ],
)
def test_strikes(translated, changes, kind, floor, cap, text):
    found = translated(**changes).strike
    assert (found.kind, found.floor, found.cap, found.text) == (kind, floor, cap, text)


def test_a_plain_question_has_no_strike(translated):
    assert translated(custom_strike=None, floor_strike=None).strike is None


def test_what_the_event_says_is_added(row, now):
    wire = decode(MarketAnswer, json.dumps({"market": row()}).encode()).market
    sources = (ResolutionSource(name="Board"),)
    found = market(wire, "kalshi", now, fees=NoFee(), sources=sources)
    assert (found.fees, found.resolution_sources) == (NoFee(), sources)


@pytest.mark.parametrize(
    "field, value",
    [
        ("status", "frozen"),
        ("result", "perhaps"),
        ("yes_bid_dollars", "NaN"),
        ("yes_ask_dollars", "1.2000"),
        ("last_price_dollars", ""),
        ("yes_bid_size_fp", "many"),
        ("volume_fp", "1e9"),
        ("open_interest_fp", "Infinity"),
        ("notional_value_dollars", "10.0000"),
        ("close_time", "tomorrow"),
        ("open_time", "2026-11-02"),
        ("settlement_ts", "later"),
        ("price_ranges", [{"start": "0.5", "end": "0.1", "step": "0.01"}]),
    ],
)
def test_a_strange_value_is_named(translated, field, value):
    with pytest.raises(UnexpectedAnswer, match=rf"KXLAKE-26NOV20-T4.*{field}"):
        translated(**{field: value})


def test_a_strange_settlement_value_is_named(translated):
    with pytest.raises(UnexpectedAnswer, match="settlement_value_dollars"):
        translated(result="yes", settlement_value_dollars="100")


REQUIRED = [
    field
    for field in Market.__struct_fields__
    if field in Market.__struct_fields__[: -len(Market.__struct_defaults__)]
]


@pytest.mark.parametrize("field", REQUIRED)
def test_a_missing_field_is_named(translated, field):
    with pytest.raises(UnexpectedAnswer, match=field):
        translated(**{field: ...})


def test_a_number_instead_of_text_is_named(translated):
    with pytest.raises(UnexpectedAnswer, match="yes_bid_dollars"):
        translated(yes_bid_dollars=0.2)


def test_unknown_fields_are_passed_over(translated):
    assert translated(brand_new={"a": [1, None]}).ref == "kalshi:KXLAKE-26NOV20-T4"


def test_optional_fields_may_be_null(translated):
    nulls = dict.fromkeys(
        (
            "expected_expiration_time",
            "settlement_ts",
            "settlement_value_dollars",
            "early_close_condition",
            "strike_type",
            "floor_strike",
            "cap_strike",
            "functional_strike",
            "custom_strike",
        )
    )
    found = translated(**nulls)
    assert (found.strike, found.settled_time, found.expected_expiration_time) == (None, None, None)


def test_the_zero_time_is_no_time(translated):
    assert translated(settlement_ts="0001-01-01T00:00:00Z").settled_time is None
