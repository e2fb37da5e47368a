"""Periods: which week or month an event is about, how that is written, when it closes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from pmi_provider_paper.catalogue.plans import Cadence, SeriesPlan

__all__ = ["close_of", "label_of", "period_of", "periods_between", "spoken"]

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NAMES: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_LABEL: Final = re.compile(r"(\d\d)(?:Q([1-4])|([A-Z]{3})(\d\d)?)?")
_START: Final = datetime(2000, 1, 1, tzinfo=UTC)
_FRIDAY: Final = datetime(2000, 1, 7, tzinfo=UTC)
_LAST_YEAR: Final = 99


def _month(period: int) -> tuple[int, int]:
    return 2000 + period // 12, period % 12 + 1


def _day(cadence: Cadence, period: int) -> datetime:
    if cadence is Cadence.DAILY:
        return _START + timedelta(days=period)
    return _FRIDAY + timedelta(weeks=period)


def close_of(series: SeriesPlan, period: int) -> datetime:
    """When trading of a period's event ends."""
    hours = timedelta(hours=series.close_hour)
    if series.cadence in (Cadence.DAILY, Cadence.WEEKLY):
        return _day(series.cadence, period) + hours
    if series.cadence is Cadence.MONTHLY:
        year, month = _month(period)
    elif series.cadence is Cadence.QUARTERLY:
        year, month = 2000 + period // 4, period % 4 * 3 + 3
    else:
        year, month = 2000 + period, series.close_month
    return datetime(year, month, series.close_day, tzinfo=UTC) + hours


def _near(series: SeriesPlan, moment: datetime) -> int:
    days = (moment - _START).days
    if series.cadence is Cadence.DAILY:
        return days
    if series.cadence is Cadence.WEEKLY:
        return days // 7
    months = (moment.year - 2000) * 12 + moment.month - 1
    return {Cadence.MONTHLY: months, Cadence.QUARTERLY: months // 3}.get(series.cadence, months // 12)


def periods_between(series: SeriesPlan, first: datetime, last: datetime) -> list[int]:
    """The periods whose events close between two moments, both included."""
    low, high = max(_near(series, first) - 1, 0), _near(series, last) + 1
    found = [period for period in range(low, high + 1) if close_of(series, period).year < 2000 + _LAST_YEAR]
    return [period for period in found if first <= close_of(series, period) <= last]


def label_of(cadence: Cadence, period: int) -> str:
    """A period in an event's code: ``26NOV22``, ``26DEC``, ``26Q4`` or ``26``."""
    if cadence in (Cadence.DAILY, Cadence.WEEKLY):
        day = _day(cadence, period)
        return f"{day.year % 100:02}{_MONTHS[day.month - 1]}{day.day:02}"
    if cadence is Cadence.MONTHLY:
        year, month = _month(period)
        return f"{year % 100:02}{_MONTHS[month - 1]}"
    if cadence is Cadence.QUARTERLY:
        return f"{period // 4:02}Q{period % 4 + 1}"
    return f"{period:02}"


def period_of(cadence: Cadence, label: str) -> int | None:
    """The period that a label names, or None where it is not one of this cadence."""
    found = _LABEL.fullmatch(label)
    if found is None:
        return None
    year, quarter, month, day = found.groups()
    period: int | None = None
    if quarter:
        period = int(year) * 4 + int(quarter) - 1
    elif month in _MONTHS and day:
        try:
            moment = datetime(2000 + int(year), _MONTHS.index(month) + 1, int(day), tzinfo=UTC)
        except ValueError:
            return None
        start, length = (_START, 1) if cadence is Cadence.DAILY else (_FRIDAY, 7)
        period = (moment - start).days // length
    elif month in _MONTHS:
        period = int(year) * 12 + _MONTHS.index(month)
    elif not month:
        period = int(year)
    if period is None or period < 0 or label_of(cadence, period) != label:
        return None
    return period


def spoken(cadence: Cadence, period: int) -> str:
    """A period as a sentence has it: ``22 November 2026`` or ``the fourth quarter of 2026``."""
    if cadence in (Cadence.DAILY, Cadence.WEEKLY):
        day = _day(cadence, period)
        return f"{day.day} {_NAMES[day.month - 1]} {day.year}"
    if cadence is Cadence.MONTHLY:
        year, month = _month(period)
        return f"{_NAMES[month - 1]} {year}"
    if cadence is Cadence.QUARTERLY:
        which = ("first", "second", "third", "fourth")[period % 4]
        return f"the {which} quarter of {2000 + period // 4}"
    return str(2000 + period)
