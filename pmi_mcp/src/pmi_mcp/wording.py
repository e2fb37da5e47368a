"""Sentences for values that cannot be: what is wrong, what was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pmi_mcp.texts import clean

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

__all__ = ["checked", "problems"]

Question = TypeVar("Question", bound="BaseModel")

_SHOWN = 60
_MOST_PROBLEMS = 5


def checked(model: type[Question], /, **fields: Any) -> Question:
    """Build a query object from what a person or a model asked for.

    Raises:
        RequestError: a field cannot be; the message names each wrong one.
    """
    from pydantic import ValidationError

    from pmi_core.errors import RequestError

    try:
        return model(**fields)
    except ValidationError as error:
        wrong = problems(error)
    raise RequestError("; ".join(wrong))


def problems(error: ValidationError) -> list[str]:
    """One sentence for each field that is wrong, at most five of them."""
    details = error.errors(include_url=False, include_context=False)
    said = [_problem(detail) for detail in details[:_MOST_PROBLEMS]]
    if len(details) > _MOST_PROBLEMS:
        said.append(f"and {len(details) - _MOST_PROBLEMS} more")
    return said


def _problem(detail: ErrorDetails) -> str:
    name = clean(".".join(str(part) for part in detail["loc"]), _SHOWN)
    kind = detail["type"]
    if kind in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return f"{name} is missing"
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"there is no argument {name!r}"
    said = clean(detail["msg"], 300)
    if kind == "value_error":
        said = said.removeprefix("Value error, ")
        return f"{name}: {said}" if name else said
    said = said.replace("Input should be", "must be", 1)
    given = detail["input"]
    shown = (
        clean(repr(given), _SHOWN) if isinstance(given, str | int | float | bool) else type(given).__name__
    )
    return f"{name} {said}, not {shown}" if name else said
