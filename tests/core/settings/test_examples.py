"""An example is a value that the field takes, written as in the file."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, SecretStr

from pmi_core import Amount
from pmi_core.settings import SettingsModel, UserPath
from pmi_core.settings.examples import example_of


class Speed(StrEnum):
    SLOW = "slow"


class Everything(SettingsModel):
    text: str
    secret: SecretStr | None
    number: int
    factor: float
    amount: Amount
    exact: Annotated[Decimal, Field(gt=0)]
    switch: bool
    choice: Literal["demo", "live"]
    speed: Speed
    path: Path
    mine: UserPath | None
    names: tuple[str, ...]
    counts: frozenset[int]
    chosen: str = Field(examples=["A-17"])


@pytest.mark.parametrize("name", Everything.model_fields)
def test_the_example_is_toml_that_the_field_takes(name):
    fields = {
        one: tomllib.loads(f"x = {example_of(info)}")["x"] for one, info in Everything.model_fields.items()
    }
    assert getattr(Everything(**fields), name) is not None


def test_the_fields_own_example_wins():
    assert example_of(Everything.model_fields["chosen"]) == '"A-17"'
    assert example_of(Everything.model_fields["choice"]) == '"demo"'
    assert example_of(Everything.model_fields["speed"]) == '"slow"'
