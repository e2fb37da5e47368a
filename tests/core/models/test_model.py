"""Building models by the thousand, without validation and without the collector."""

from __future__ import annotations

import copy
import gc
import pickle
from decimal import Decimal

import pytest
from pydantic import ValidationError

from pmi_core.models import Level, Outcome, OutcomeSide
from pmi_core.models.model import building_many

VALUES = {"label": "Yes", "polarity": OutcomeSide.YES, "bid": Decimal("0.4"), "ask": None}
REST = {"bid_size": Decimal(3), "ask_size": None, "last": None}


@pytest.fixture
def trusted():
    return Outcome.trusted({**VALUES, **REST})


def test_a_trusted_model_is_like_a_validated_one(trusted):
    made = Outcome(**VALUES, **REST)
    assert trusted == made
    assert trusted.model_fields_set == made.model_fields_set
    assert trusted.model_dump_json() == made.model_dump_json()
    assert repr(trusted) == repr(made)
    assert copy.deepcopy(trusted) == pickle.loads(pickle.dumps(trusted)) == made
    assert trusted.model_copy(update={"label": "No"}).label == "No"


def test_a_trusted_model_is_frozen(trusted):
    with pytest.raises(ValidationError):
        trusted.label = "No"


def test_the_collector_rests_while_many_are_built():
    assert gc.isenabled()
    with building_many():
        assert not gc.isenabled()
        made = [Level.trusted({"price": Decimal("0.5"), "size": Decimal(1)}) for _ in range(3000)]
    assert gc.isenabled()
    assert len(made) == 3000


def test_the_collector_comes_back_after_a_failure():
    with pytest.raises(ValueError, match="row 7"), building_many():
        raise ValueError("row 7")
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with building_many():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_a_program_froze_stays_frozen():
    gc.freeze()
    try:
        before = gc.get_freeze_count()
        with building_many():
            made = [[] for _ in range(10)]
        assert len(made) == 10
        assert gc.get_freeze_count() >= before - 100  # a few of the frozen may have died meanwhile
    finally:
        gc.unfreeze()


def test_cycles_among_what_was_built_are_still_found():
    class Knot:
        pass

    with building_many():
        knots = [Knot() for _ in range(100)]
        for knot in knots:
            knot.itself = knot
    del knots, knot
    assert gc.collect() >= 100
