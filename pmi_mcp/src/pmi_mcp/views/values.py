"""Numbers, times and absence in plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from pmi_core.money import currency_of
from pmi_core.numbers import plain
from pmi_mcp.texts import VenueText, identifier, venue_text

__all__ = ["Detail", "columns", "currency", "label", "moment", "name_of", "number", "present", "words"]

Detail = Literal["brief", "full"]
"""How much of a thing is shown."""


def number(value: Decimal | None) -> str | None:
    """An exact number as text; None stays None."""
    return None if value is None else plain(value)


def moment(value: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC, with a fraction only where it has one."""
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def name_of(value: str | None) -> str | None:
    """A ref or id that can be given back as it is."""
    return None if value is None else identifier(value)


def label(value: str | None, limit: int = 120) -> VenueText | None:
    """One line of the venue's words, or None when there is nothing to say."""
    return venue_text(value, limit) or None if value else None


def currency(code: str) -> str | None:
    """A currency's code; one that nobody registered is a venue's own word."""
    try:
        return currency_of(code).code
    except ValueError:
        return label(code, 20)


def words(value: str | None, limit: int) -> VenueText | None:
    """Paragraphs of the venue's words, or None when there is nothing to say."""
    return venue_text(value, limit, lines=True) or None if value else None


def present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are known: None and empty collections are left out."""
    return {name: value for name, value in fields.items() if value is not None and value not in ((), [], {})}


def columns(names: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """Rows turned into one list per name; a column without any value is left out."""
    turned = list(zip(*rows, strict=True))
    return {
        name: list(column)
        for name, column in zip(names, turned, strict=False)
        if any(value is not None for value in column)
    }
