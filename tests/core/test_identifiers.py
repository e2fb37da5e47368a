"""Refs carry any native id there and back, and refuse what is not one."""

from __future__ import annotations

import copy
import json
import pickle
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pmi_core import EventRef, MalformedRef, MarketRef, OrderRef, Ref, RequestError, SeriesRef, venue_name

VENUES = st.from_regex(r"[a-z0-9]([a-z0-9_-]{0,20}[a-z0-9])?", fullmatch=True)
NATIVES = st.text(min_size=1, max_size=40)
KINDS = st.sampled_from([Ref, *Ref.__subclasses__()])


@given(KINDS, VENUES, NATIVES)
def test_any_native_id_goes_there_and_back(kind, venue, native):
    ref = kind.make(venue, native)
    assert (ref.venue, ref.native) == (venue, native)
    assert kind(str(ref)) == ref
    assert type(kind(str(ref))) is kind
    assert ref.at(venue) == native


@given(VENUES, NATIVES)
def test_a_ref_survives_json_pickle_and_copies(venue, native):
    ref = MarketRef.make(venue, native)
    adapter = TypeAdapter(MarketRef)
    for again in (
        adapter.validate_json(adapter.dump_json(ref)),
        pickle.loads(pickle.dumps(ref)),
        copy.deepcopy(ref),
    ):
        assert again == ref
        assert type(again) is MarketRef
    assert json.loads(json.dumps({ref: ref})) == {str(ref): str(ref)}


@given(VENUES, NATIVES)
def test_a_ref_is_one_word(venue, native):
    ref = MarketRef.make(venue, native)
    assert len(ref.split()) == 1
    assert "#" not in ref
    assert ref.isprintable() or not native.isprintable()


@given(VENUES, NATIVES, st.sampled_from(["yes", "no"]))
def test_an_outcome_is_added_and_taken_away(venue, native, outcome):
    market = MarketRef.make(venue, native)
    named = market.of(outcome)
    assert named == f"{market}#{outcome}"
    assert (named.outcome, named.market, named.native) == (outcome, market, native)
    assert market.outcome is None
    assert market.market is market
    assert named.of("yes") == market.of("yes")


@given(st.text(max_size=30))
def test_any_text_is_a_ref_or_refused(text):
    with suppress(MalformedRef):
        ref = MarketRef(text)
        assert MarketRef.make(ref.venue, ref.native).native == ref.native


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "coin",
        "coin:",
        ":HEADS",
        "Coin:HEADS",
        "co in:HEADS",
        "coin:two words",
        "coin:a\nb",
        "coin:a\tb",
        "coin:HEADS#maybe",
        "coin:HEADS#",
        "coin:HEADS#yes#no",
        "coin:100%",
        "coin:%zz",
        "coin:" + "x" * 400,
        "-a:b",
        "coin:\ud800",
        "coin:\x7f",
    ],
)
def test_what_is_no_market_ref(text):
    with pytest.raises(MalformedRef, match="for example venue:TICKER"):
        MarketRef(text)


@pytest.mark.parametrize("native", ["", "x" * 400, "\ud800"])
def test_a_native_id_that_cannot_be_carried(native):
    with pytest.raises(MalformedRef):
        MarketRef.make("coin", native)


@pytest.mark.parametrize("kind", [EventRef, SeriesRef, OrderRef])
def test_only_markets_have_outcomes(kind):
    with pytest.raises(MalformedRef, match=kind.noun):
        kind("coin:X#yes")


@pytest.mark.parametrize("text", [None, 7, 0.5, b"coin:X", ["coin:X"]])
def test_what_is_no_text_names_nothing(text):
    with pytest.raises(MalformedRef, match="names no order"):
        OrderRef(text)


@pytest.mark.parametrize(
    "kind, said", [(OrderRef, "an order"), (EventRef, "an event"), (SeriesRef, "a series")]
)
def test_a_malformed_ref_says_what_it_should_have_named(kind, said):
    with pytest.raises(MalformedRef, match=f"does not name {said};"):
        kind("nothing")


@given(VENUES, VENUES, NATIVES)
def test_a_ref_of_another_venue_is_refused(venue, other, native):
    assume(venue != other)
    with pytest.raises(RequestError, match="belongs to venue") as caught:
        MarketRef.make(venue, native).at(other)
    assert caught.value.venue == other


def test_models_refuse_malformed_refs_with_the_sentence():
    with pytest.raises(ValidationError, match="does not name a market; write VENUE:ID"):
        TypeAdapter(MarketRef).validate_python("nothing")
    with pytest.raises(ValidationError):
        TypeAdapter(MarketRef).validate_python(3)


@pytest.mark.parametrize("name", ["a", "kx-1", "my_venue", "0", "a" * 40])
def test_venue_names(name):
    assert venue_name(name) == name


@pytest.mark.parametrize("name", ["", "A", "-a", "a-", "a b", "a:b", "é", "a" * 41, "a\n"])
def test_bad_venue_names(name):
    with pytest.raises(MalformedRef, match="lower-case letters"):
        venue_name(name)
