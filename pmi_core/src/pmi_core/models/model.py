"""What every neutral model is: frozen, closed, exact."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, PlainSerializer

__all__ = ["Model", "Time"]


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
        made = cls.__new__(cls)
        set_raw = object.__setattr__
        set_raw(made, "__dict__", values)
        set_raw(made, "__pydantic_fields_set__", _every_field(cls))
        set_raw(made, "__pydantic_extra__", None)
        set_raw(made, "__pydantic_private__", None)
        return made


_FIELDS: dict[type[Model], set[str]] = {}


def _every_field(model: type[Model]) -> set[str]:
    names = _FIELDS.get(model)
    if names is None:
        names = _FIELDS[model] = set(model.model_fields)
    return names
