"""What a caller asks of a venue; a question that cannot be is an error of the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ValidationError

from pmi_core.errors import RequestError
from pmi_core.models.model import Model

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Question", "problems"]

_MOST_PROBLEMS = 5
_SHOWN = 60


class Question(Model):
    """A model that a caller fills in.

    Raises:
        RequestError: a field is missing, unknown or wrong, or fields contradict each other; the
            message names each.  Some questions raise a subclass.
    """

    refusal: ClassVar[type[RequestError]] = RequestError
    """What is raised when the question cannot be."""

    if not TYPE_CHECKING:  # checkers derive the arguments from the fields

        def __init__(self, /, **fields: Any) -> None:
            try:
                super().__init__(**fields)
            except ValidationError as error:
                wrong = "; ".join(problems(error))
            else:
                return
            raise self.refusal(wrong)


def problems(error: ValidationError) -> list[str]:
    """One sentence for each field that is wrong, at most five of them."""
    details = error.errors(include_url=False, include_context=False)
    said = [_problem(detail) for detail in details[:_MOST_PROBLEMS]]
    if len(details) > _MOST_PROBLEMS:
        said.append(f"and {len(details) - _MOST_PROBLEMS} more")
    return said


def _problem(detail: ErrorDetails) -> str:
    name = ".".join(str(part) for part in detail["loc"])
    name = name if name.isprintable() else ascii(name)
    kind, said = detail["type"], detail["msg"]
    if kind in {"missing", "missing_argument", "missing_keyword_only_argument"}:
        return f"{name} is missing"
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        return f"there is no argument {name!r}"
    if kind == "value_error":
        said = said.removeprefix("Value error, ")
        return f"{name}: {said}" if name else said
    given = detail["input"]
    plain = isinstance(given, str | int | float | bool)
    shown = repr(given)[:_SHOWN] if plain else type(given).__name__
    said = said.replace("Input should be", "must be", 1)
    return f"{name} {said}, not {shown}" if name else said
