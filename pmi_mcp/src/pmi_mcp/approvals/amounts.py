"""Prices, money and times in the words of a page; exact unless they say otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from pmi_core.money import currency_of
from pmi_core.numbers import plain
from pmi_mcp.texts import clean

__all__ = ["average", "contracts", "moment", "money", "price", "span", "tick"]

_SHOWN = Decimal("0.0001")


def contracts(size: Decimal) -> str:
    """A count with its noun."""
    return f"{_grouped(size)} contract{'' if size == 1 else 's'}"


def price(value: Decimal, currency: str) -> str:
    """What one contract costs: cents where there are cents."""
    value = value.normalize()
    if currency == "USD":
        cents = (value * 100).normalize()
        return f"{plain(cents)} cent{'' if cents == 1 else 's'}"
    return f"{plain(value)} {clean(currency, 20)}"


def tick(value: Decimal, currency: str) -> str:
    """The same for a narrow column; the currency stands elsewhere."""
    return f"{plain((value * 100).normalize())}\N{CENT SIGN}" if currency == "USD" else plain(value)


def average(value: Decimal, currency: str) -> str:
    """An average price; ``about`` where it has more places than people read."""
    rounded = value.quantize(_SHOWN)
    return price(rounded, currency) if rounded == value else f"about {price(rounded, currency)}"


def money(value: Decimal, currency: str) -> str:
    """An amount with its currency, in at least its usual places."""
    try:
        places = min(currency_of(currency).places, 2)
    except ValueError:
        places = 2
    whole, _, part = plain(abs(value)).partition(".")
    text = f"{int(whole):,}.{part.ljust(places, '0')}" if places or part else f"{int(whole):,}"
    sign = "-" if value < 0 else ""
    return f"{sign}${text}" if currency == "USD" else f"{sign}{text} {clean(currency, 20)}"


def moment(value: datetime) -> str:
    """A time in UTC, to the second."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def span(seconds: float) -> str:
    """A time span for people: ``4:05``, or words below a minute."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} second{'' if whole == 1 else 's'}"
    return f"{whole // 60}:{whole % 60:02d} minutes"


def _grouped(size: Decimal) -> str:
    whole, dot, part = plain(size).partition(".")
    return f"{int(whole):,}{dot}{part}"
