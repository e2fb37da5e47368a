"""One way to say which row is wrong, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from pydantic import ValidationError

from pmi_core.errors import MalformedRef, UnexpectedAnswer

__all__ = ["field", "reading", "word"]

Value = TypeVar("Value")
Read = TypeVar("Read")


@contextmanager
def reading(what: str, venue: str) -> Iterator[None]:
    """Turn whatever is wrong with a row into one sentence that names the row.

    Raises:
        UnexpectedAnswer: a value in it is not one that the venue documents.
    """
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UnexpectedAnswer(f"{what}: {place}: {first['msg']}", venue=venue) from None
    except (ValueError, MalformedRef) as error:
        raise UnexpectedAnswer(f"{what}: {error}", venue=venue) from None


def field(name: str, read: Callable[[Value], Read], value: Value) -> Read:
    """Read one field, naming it where it is wrong.

    Raises:
        ValueError: the value cannot be read.
    """
    try:
        return read(value)
    except (ValueError, MalformedRef) as error:
        raise ValueError(f"{name}: {error}") from None


def word(name: str, meanings: dict[str, Read], value: str) -> Read:
    """Look up a word of the venue's.

    Raises:
        ValueError: the venue does not document the word.
    """
    try:
        return meanings[value]
    except KeyError:
        raise ValueError(f"{name} is {value[:40]!r}, which the venue does not document") from None
