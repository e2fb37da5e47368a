"""What must hold of every neutral value that leaves a provider, whatever it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pmi_core.identifiers import Ref

__all__ = [
    "check_json",
    "check_refs",
    "check_sound",
    "check_times",
    "check_unique",
    "numbers",
    "refs",
    "times",
]

Value = TypeVar("Value")


def check_sound(value: Value, kind: type[BaseModel]) -> Value:
    """Assert that ``value`` is a valid ``kind`` even if it was built without validation.

    Fast building skips validation, so a float, a naive time or a price of 42 could stand in it.
    """
    assert isinstance(value, kind), f"promised is {kind.__name__}, given was {type(value).__name__}"
    for place, number in numbers(value):
        assert not isinstance(number, float), f"{place} is the float {number!r}; numbers are Decimal"
    for place, time in times(value):
        assert time.tzinfo is not None, f"{place} is the naive time {time}; times are aware"
    plain = value.model_dump()
    try:
        again = type(value).model_validate(plain)
    except ValidationError as error:
        raise AssertionError(
            f"{kind.__name__} was built without validation and is not valid: {error}"
        ) from None
    assert again.model_dump() == plain, f"a valid {kind.__name__} would look otherwise"
    return value


def check_unique(names: Iterable[object], what: str) -> None:
    """Assert that nothing comes twice."""
    seen: set[object] = set()
    for name in names:
        assert name not in seen, f"{what} {name} came twice"
        seen.add(name)


def _walk(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), f"{place}.{name}")
    elif isinstance(value, tuple | list | frozenset):
        for number, item in enumerate(value):
            yield from _walk(item, f"{place}[{number}]")
    else:
        yield place, value


def numbers(value: BaseModel) -> list[tuple[str, Decimal | float]]:
    """Every number in the value, with the place where it stands; counts and flags excluded."""
    return [
        (place, item)
        for place, item in _walk(value, type(value).__name__)
        if isinstance(item, Decimal | float)
    ]


def times(value: BaseModel) -> list[tuple[str, datetime]]:
    """Every time in the value, with the place where it stands."""
    return [(place, item) for place, item in _walk(value, type(value).__name__) if isinstance(item, datetime)]


def refs(value: BaseModel) -> list[tuple[str, Ref]]:
    """Every ref in the value, with the place where it stands."""
    return [(place, item) for place, item in _walk(value, type(value).__name__) if isinstance(item, Ref)]


def check_times(value: BaseModel) -> None:
    """Assert that every time is aware and in UTC."""
    for place, time in times(value):
        assert time.utcoffset() == timedelta(0), f"{place} is {time.isoformat()}; times are aware and in UTC"


def check_refs(value: BaseModel, venue: str) -> None:
    """Assert that every ref carries the configured venue's name."""
    for place, ref in refs(value):
        assert ref.venue == venue, f"{place} is {ref}; refs carry the configured name {venue!r}"


def check_json(value: BaseModel) -> None:
    """Assert that the value survives a trip through JSON to the last digit."""
    again = type(value).model_validate_json(value.model_dump_json())
    assert again == value, f"{type(value).__name__} changed on its way through JSON"
    before = {
        place: str(number.normalize()) for place, number in numbers(value) if isinstance(number, Decimal)
    }
    after = {
        place: str(number.normalize()) for place, number in numbers(again) if isinstance(number, Decimal)
    }
    assert after == before, "digits were lost on the way through JSON"
