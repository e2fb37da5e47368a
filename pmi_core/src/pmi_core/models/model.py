"""What every neutral model is: frozen, closed, exact."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, PlainSerializer

__all__ = ["Model", "Time", "building_many", "set_extra", "set_names", "set_private", "set_values"]


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _print_time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


Time = Annotated[
    AwareDatetime,
    AfterValidator(_to_utc),
    PlainSerializer(_print_time, return_type=str, when_used="json"),
]
"""A moment, aware, in UTC; a time without zone is refused."""


class Model(BaseModel):
    """A frozen value with validated fields; unknown fields are errors."""

    model_config = ConfigDict(
        frozen=True,
        defer_build=True,  # half of the import time of the models otherwise
        extra="forbid",
        ser_json_inf_nan="constants",
        arbitrary_types_allowed=False,
    )

    @classmethod
    def trusted(cls, values: dict[str, Any]) -> Self:
        """Build from values that are known to be right, without validating them again.

        For providers that translate thousands of rows: ``values`` must hold every field, with
        the field's own Python type, and becomes the instance's own dictionary.
        """
        made: Self = object.__new__(cls)
        set_values(made, values)
        set_names(made, _FIELDS.get(cls) or _every_field(cls))
        set_extra(made, None)
        set_private(made, None)
        return made


# The frozen models refuse assignment, and these are twice as fast as ``object.__setattr__``.
_SLOTS: Any = vars(BaseModel)
set_values = _SLOTS["__dict__"].__set__
set_names = _SLOTS["__pydantic_fields_set__"].__set__
set_extra = _SLOTS["__pydantic_extra__"].__set__
set_private = _SLOTS["__pydantic_private__"].__set__

_FIELDS: dict[type[Model], set[str]] = {}


def _every_field(model: type[Model]) -> set[str]:
    names = _FIELDS[model] = set(model.model_fields)
    return names


@contextmanager
def building_many() -> Iterator[None]:
    """Spare the garbage collector while hundreds of models or more are built at once.

    They all stay alive, so each of its looks would be in vain, and a program that holds a whole
    catalogue would spend most of a listing on them.  What was built goes to the oldest generation
    at once, where it would end anyway.  Never wait inside.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
        if not gc.get_freeze_count():  # else the program keeps something frozen that must stay so
            gc.freeze()
            gc.unfreeze()
    finally:
        gc.enable()
