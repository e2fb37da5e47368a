from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from pmi_core import InvalidOrder
from pmi_core.testing import examples
from pmi_core.testing.conformance.soundness import check_json, check_sound


@pytest.mark.parametrize("name", [name for name in examples.__all__ if name.startswith("a")])
def test_every_example_is_valid_by_itself(name: str) -> None:
    made = getattr(examples, name)()
    check_sound(made, type(made))
    check_json(made)


def test_any_field_can_be_said_otherwise() -> None:
    assert examples.a_market(bid=None).no.ask is None
    assert examples.a_market(title="Other").title == "Other"
    assert examples.an_order_request(price="0.07").price == Decimal("0.07")
    assert examples.an_order_request(notional="12.50").size is None
    assert examples.an_order(examples.an_order_request(size=7)).remaining == 7


def test_what_is_said_is_validated() -> None:
    with pytest.raises(ValidationError):
        examples.a_book(bids=[("0.38", 1), ("0.40", 1)])
    with pytest.raises(InvalidOrder):
        examples.an_order_request(price="1.5")
