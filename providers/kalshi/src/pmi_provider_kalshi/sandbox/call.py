"""One call as the desks see it: its parameters read and checked, and the answer to it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from pmi_provider_kalshi.sandbox.keys import Key
from pmi_provider_kalshi.sandbox.refusals import Refusal, bad_field, bad_parameter, invalid, refusal

__all__ = ["Answer", "Body", "Call", "page"]

Row = TypeVar("Row")
_GO: Final = {bool: "bool", str: "string", int: "number", float: "number", list: "array", dict: "object"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; ``body`` is None where there is none."""

    status: int
    body: Any = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was let in."""

    operation: str
    """Its name in the exchange's own document."""
    params: dict[str, str]
    """Parts of the path."""
    query: tuple[tuple[str, str], ...]
    content: Any
    """The decoded body, or None."""
    key: Key | None
    now: datetime
    struct: str = field(default="")
    """How the exchange's code calls the body."""

    @property
    def body(self) -> Body:
        """The body, for reading field by field.

        Raises:
            Refusal: 400, it is no object.
        """
        if not isinstance(self.content, dict):
            raise bad_field(self.struct, "", self.struct, _GO.get(type(self.content), "null"))
        return Body(self.struct, self.content)

    def text(self, name: str) -> str | None:
        """A parameter of the query; None where it is absent or empty."""
        return next((value for key, value in self.query if key == name and value), None)

    def needed(self, name: str) -> str:
        """A parameter that must be there.

        Raises:
            Refusal: 400, it is not.
        """
        found = self.text(name)
        if found is None:
            raise bad_parameter(self.operation, _camel(name), "required")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """A list, joined by commas or repeated."""
        return tuple(
            part for key, value in self.query if key == name for part in value.split(",") if part.strip()
        )

    def number(self, name: str) -> int | None:
        """A whole number of the query.

        Raises:
            Refusal: 400, it is none.
        """
        found = self.text(name)
        if found is None:
            return None
        try:
            return int(found)
        except ValueError:
            raise Refusal(
                400, {"msg": f"Invalid format for parameter {name}: error binding string parameter"}
            ) from None

    def flag(self, name: str) -> bool:
        """A yes or no of the query."""
        return (self.text(name) or "").lower() in ("true", "1")

    def choice(self, name: str, allowed: Sequence[str]) -> str | None:
        """One of several words.

        Raises:
            Refusal: 400, it is another.
        """
        found = self.text(name)
        if found is not None and found not in allowed:
            raise bad_parameter(self.operation, _camel(name), "oneof")
        return found

    def limit(self, most: int, usual: int, name: str = "limit") -> int:
        """How many rows a page has; too many is refused, not cut.

        Raises:
            Refusal: 400, it is out of bounds.
        """
        found = self.number(name)
        if found is None or found == 0:
            return usual
        if not 0 < found <= most:
            raise bad_parameter(self.operation, _camel(name), "lte" if found > most else "gte")
        return found

    @property
    def subaccount(self) -> int | None:
        """The subaccount that the call names, or its key is locked to.

        Raises:
            Refusal: 403, the key may not touch it.
        """
        return self.settled(self.number("subaccount"))

    def settled(self, asked: int | None) -> int | None:
        """A subaccount, after a look at the key.

        Raises:
            Refusal: 403, the key may not touch it.
        """
        locked = self.key.subaccount if self.key is not None else None
        if locked is not None and asked not in (None, locked):
            raise refusal(403, "insufficient_permissions", f"key is restricted to subaccount {locked}")
        return locked if locked is not None else asked

    def within(self, when: datetime, low: str = "min_ts", high: str = "max_ts") -> bool:
        """Whether a moment lies between two bounds of the query, in unix seconds."""
        first, last = self.number(low), self.number(high)
        at = when.timestamp()
        return (first is None or at >= first) and (last is None or at <= last)


class Body:
    """Fields of a body, each checked for its type as the exchange's decoder does."""

    def __init__(self, struct: str, fields: dict[str, Any]) -> None:
        self.struct = struct
        self.fields = fields

    def _read(self, name: str, kind: type, wanted: str) -> Any:
        value = self.fields.get(name)
        if value is None:
            return None
        if type(value) is not kind:
            raise bad_field(self.struct, name, wanted, _GO.get(type(value), "null"))
        return value

    def _must(self, name: str, value: Row | None) -> Row:
        if value is None or value == "":
            raise invalid(f"{name} is required")
        return value

    def text(self, name: str) -> str | None:
        """A text; None where it is absent."""
        found: str | None = self._read(name, str, "string")
        return found

    def needed(self, name: str) -> str:
        """A text that must be there."""
        return self._must(name, self.text(name))

    def flag(self, name: str) -> bool:
        """A yes or no; absent is no."""
        return bool(self._read(name, bool, "bool"))

    def number(self, name: str) -> int | None:
        """A whole number; None where it is absent."""
        found: int | None = self._read(name, int, "int64")
        return found

    def needed_number(self, name: str) -> int:
        """A whole number that must be there."""
        return self._must(name, self.number(name))

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """One of several words, which must be there."""
        found = self.needed(name)
        if found not in allowed:
            raise invalid(f"{name} must be one of {', '.join(allowed)}")
        return found

    def decimal(self, name: str, places: int) -> Decimal | None:
        """A number in a text, with at most so many decimals; None where it is absent."""
        found = self.text(name)
        if found is None or found == "":
            return None
        try:
            value = Decimal(found)
        except InvalidOperation:
            raise invalid(f"{name} is not a fixed-point number") from None
        if not value.is_finite() or value < 0 or -value.normalize().as_tuple().exponent > places:  # type: ignore[operator]
            raise invalid(f"{name} has at most {places} decimals and is not negative")
        return value

    def needed_decimal(self, name: str, places: int) -> Decimal:
        """A number in a text that must be there."""
        return self._must(name, self.decimal(name, places))

    def texts(self, name: str) -> list[str]:
        """A list of texts; empty where it is absent."""
        found: list[Any] = self._read(name, list, "array") or []
        for one in found:
            if not isinstance(one, str):
                raise bad_field(self.struct, name, "string", _GO.get(type(one), "null"))
        return found

    def rows(self, name: str, struct: str) -> list[Body]:
        """A list of objects, which must be there."""
        found = self._must(name, self._read(name, list, "array"))
        for row in found:
            if not isinstance(row, dict):
                raise bad_field(self.struct, name, struct, _GO.get(type(row), "null"))
        return [Body(struct, row) for row in found]


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def page(call: Call, rows: Sequence[Row], limit: int, key: Callable[[Row], str]) -> tuple[Sequence[Row], str]:
    """Rows of one page, and the cursor of the next one, empty at the end.

    A cursor says which row was the last; one that was never given starts over, as at the exchange.
    """
    first = 0
    after = _opened(call.text("cursor"))
    if after is not None:
        first = next((place + 1 for place, row in enumerate(rows) if key(row) == after), 0)
    found = rows[first : first + limit]
    more = first + limit < len(rows)
    return found, _sealed(key(found[-1])) if more and found else ""


def _sealed(key: str) -> str:
    return base64.urlsafe_b64encode(f"after:{key}".encode()).decode().rstrip("=")


def _opened(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    return text.removeprefix("after:") if text.startswith("after:") else None
