"""One call to a venue, as the transport carries it: what is asked, and what came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar
from urllib.parse import quote

from pmi_core.errors import PmiError, RequestError, UncertainError, UnexpectedAnswer, VenueError
from pmi_core.numbers import plain
from pmi_core.transport.codec import decode
from pmi_core.transport.redaction import HIDDEN

__all__ = ["Answer", "Params", "Question", "query_of"]

Wire = TypeVar("Wire")

Value = str | int | bool | Decimal | None
Params = Mapping[str, Value | Iterable[Value]]
"""Query parameters: None is left out, a list repeats its name, a Decimal is written exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the venue, and what may be done when no answer comes."""

    venue: str
    capability: str
    method: str
    path: str
    query: str = field(repr=False)
    shown_query: str
    """The query with its secret values hidden."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Values that must appear in no sentence."""
    body: bytes | None = field(default=None, repr=False)
    content_type: str = "application/json"
    bucket: str
    cost: float
    signed: bool
    repeatable: bool
    """Asking twice does no more than asking once."""
    client_order_ids: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """Method and path with query, without secrets."""
        return f"{self.method} {self.path}{'?' if self.shown_query else ''}{self.shown_query}"

    def placed(self, error: PmiError) -> PmiError:
        """The error with the venue and slot it belongs to."""
        error.venue = error.venue or self.venue
        error.capability = error.capability or self.capability
        return error

    def judged(self, error: PmiError) -> PmiError:
        """What a failure after sending means: for a write that must not be repeated, doubt.

        A venue that failed, or answered nonsense, may have done what was asked before.
        """
        if self.repeatable or not isinstance(error, VenueError):
            return self.placed(error)
        ids = self.client_order_ids
        about = f" (client order id {', '.join(ids[:5])}{' and more' if len(ids) > 5 else ''})" if ids else ""
        return UncertainError(
            f"{error.message}, so it is not known whether {self.method} {self.path} was carried out{about}",
            client_order_id=ids[0] if len(ids) == 1 else None,
            hint="look it up at the venue before doing anything else",
            venue=self.venue,
            capability=self.capability,
            code=error.code,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the venue said, after its status was found to be good."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in any letter case."""
    body: bytes = field(repr=False)
    question: Question = field(repr=False)

    def decode(self, kind: type[Wire]) -> Wire:
        """Read the body into a wire model.

        Raises:
            UnexpectedAnswer: the body is not what the venue documents.
            UncertainError: the same, after a write that must not be repeated.
        """
        try:
            return decode(kind, self.body)
        except UnexpectedAnswer as error:
            raise self.question.judged(error) from None


def query_of(params: Params | None, secret: frozenset[str] = frozenset()) -> tuple[str, str, tuple[str, ...]]:
    """Write query parameters; give the query, the query fit for showing, and the secret values.

    Raises:
        RequestError: a value has no exact text, such as a float.
    """
    if not params:
        return "", "", ()
    sent: list[str] = []
    shown: list[str] = []
    hidden: list[str] = []
    for name, value in params.items():
        for item in (value,) if isinstance(value, str) or not isinstance(value, Iterable) else value:
            if item is None:
                continue
            text = _text(name, item)
            pair = f"{quote(name, safe='')}={quote(text, safe=',:')}"
            sent.append(pair)
            if name in secret:
                hidden += {text, quote(text, safe=",:")}
                pair = f"{quote(name, safe='')}={HIDDEN}"
            shown.append(pair)
    return "&".join(sent), "&".join(shown), tuple(hidden)


def _text(name: str, value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return str(value)
        case int():
            return str(value)
        case Decimal():
            return plain(value)
        case _:
            raise RequestError(f"parameter {name!r} cannot be written exactly from a {type(value).__name__}")
