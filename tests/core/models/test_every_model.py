"""What holds for every neutral model: frozen, closed, exact through JSON, the same when trusted."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pmi_core import Model, Page, RequestError, Trade

# Nested models are slow to draw and say nothing new by the hundredth; one wrong example tells enough.
some = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def digits(one):
    """The JSON of a model with sets in order, so that texts can be compared digit by digit."""
    facts = json.loads(one.model_dump_json())
    for name, value in one:
        if isinstance(value, frozenset):
            facts[name].sort()
    return facts


@some
@given(data=st.data())
def test_there_and_back_loses_nothing(model, drawn, data):
    one = data.draw(drawn(model))
    again = model.model_validate_json(one.model_dump_json())
    assert again == one
    assert digits(again) == digits(one)
    assert model.model_validate(one.model_dump()) == one
    assert pickle.loads(pickle.dumps(one)) == one
    assert copy.deepcopy(one) == one
    with pytest.raises(ValidationError, match="frozen"):
        setattr(one, next(iter(model.model_fields)), None)
    with pytest.raises((ValidationError, RequestError), match="surprise"):
        model.model_validate({**one.model_dump(), "surprise": 1})


@some
@given(data=st.data())
def test_a_trusted_model_is_its_validated_twin(model, fields_drawn, data):
    values = data.draw(fields_drawn(model))
    twin = model(**values)
    trusted = model.trusted({name: getattr(twin, name) for name in model.model_fields})
    assert trusted == twin
    assert type(trusted) is model
    assert digits(trusted) == digits(twin)
    assert repr(trusted) == repr(twin)
    assert trusted.model_copy() == twin
    assert trusted.model_fields_set == set(model.model_fields)


def test_every_model_has_a_schema_for_tools(model):
    schema = model.model_json_schema()
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert schema["description"]


@some
@given(data=st.data())
def test_a_page_of_rows_keeps_their_type(drawn, data):
    page = Page[Trade](items=tuple(data.draw(st.lists(drawn(Trade), max_size=2))), cursor="c")
    again = Page[Trade].model_validate_json(page.model_dump_json())
    assert again == page
    assert all(isinstance(row, Trade) for row in again.items)


def test_models_share_one_ancestor(model):
    assert issubclass(model, Model)
    assert model.model_config["frozen"]
    assert model.model_config["extra"] == "forbid"
