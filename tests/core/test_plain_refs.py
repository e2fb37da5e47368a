"""Plain tickers take a short road to their ref; it leads to the same place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_core.errors import MalformedRef
from pmi_core.identifiers import EventRef, MarketRef

natives = st.text(st.sampled_from("aZ09._-%#: /é"), min_size=1, max_size=12)


@given(natives)
def test_every_native_id_comes_back(native):
    ref = MarketRef.make("venue", native)
    assert type(ref) is MarketRef
    assert (ref.venue, ref.native, ref.outcome) == ("venue", native, None)
    assert MarketRef(str(ref)) == ref


def test_kinds_of_refs_stay_apart():
    assert type(EventRef.make("venue", "A-1")) is EventRef


@pytest.mark.parametrize("venue", ["", "Venue", "a b", "-a", "a:b", ":", "a:", "a#b", "é"])
@pytest.mark.parametrize("native", ["A-1", "x y", "é", "b:c", "#yes"])
def test_a_venue_that_cannot_be_one_is_refused_on_both_roads(venue, native):
    with pytest.raises(MalformedRef, match="cannot be a venue's name"):
        MarketRef.make(venue, native)


def test_an_endless_id_is_refused():
    with pytest.raises(MalformedRef):
        MarketRef.make("venue", "A" * 1000)
