"""When the exchange is open, and which fees will change (public)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.native.pages import Listing, limit_of
from pmi_provider_kalshi.wire.moment import Moment
from pmi_provider_kalshi.wire.told import Told

__all__ = ["CalendarSet", "EventFeeChange", "Maintenance", "Schedule", "SeriesFeeChange", "Session", "Week"]

_CAPABILITY: Final = "calendar"
_MOST: Final = 1000
_Sessions = tuple["Session", ...]


class Session(msgspec.Struct, frozen=True):
    """Hours of one day, as HH:MM in New York."""

    open_time: str
    close_time: str


class Week(msgspec.Struct, frozen=True):
    """Trading hours by day of the week, valid from ``start_time`` to ``end_time``."""

    start_time: Moment
    end_time: Moment
    monday: _Sessions = ()
    tuesday: _Sessions = ()
    wednesday: _Sessions = ()
    thursday: _Sessions = ()
    friday: _Sessions = ()
    saturday: _Sessions = ()
    sunday: _Sessions = ()


class Maintenance(msgspec.Struct, frozen=True):
    """A stretch in which the exchange may be away."""

    start_datetime: Moment
    end_datetime: Moment


class Schedule(msgspec.Struct, frozen=True):
    """Ordinary hours and planned maintenance."""

    standard_hours: tuple[Week, ...] = ()
    maintenance_windows: tuple[Maintenance, ...] = ()


class SeriesFeeChange(Told, frozen=True):
    """A series will be charged otherwise from ``scheduled_ts`` on."""

    id: str
    series_ticker: str
    fee_type: str
    fee_multiplier: Decimal
    scheduled_ts: Moment


class EventFeeChange(Told, frozen=True):
    """An event will be charged otherwise from ``scheduled_ts`` on; None ends its own terms."""

    id: str
    event_ticker: str
    series_ticker: str
    scheduled_ts: Moment
    fee_type_override: str | None = None
    fee_multiplier_override: Decimal | None = None


class _Hours(msgspec.Struct):
    schedule: Schedule


class _SeriesChanges(msgspec.Struct):
    series_fee_change_arr: list[SeriesFeeChange]


class _EventChanges(msgspec.Struct):
    event_fee_changes: list[EventFeeChange]
    cursor: str | None = None


class CalendarSet:
    """``venue.native.calendar``; announcements are gone from the venue since July 2026."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def schedule(self) -> Schedule:
        """GET /exchange/schedule."""
        return (await self._caller.get(_Hours, "/exchange/schedule", _CAPABILITY)).schedule

    async def series_fee_changes(
        self, series_ticker: str | None = None, *, past: bool = False
    ) -> tuple[SeriesFeeChange, ...]:
        """GET /series/fee_changes; those of the past only where they are asked for."""
        params = {"series_ticker": series_ticker, "show_historical": past or None}
        answer = await self._caller.get(
            _SeriesChanges, "/series/fee_changes", _CAPABILITY, params=params, rows="series_fee_change_arr"
        )
        return tuple(answer.series_fee_change_arr)

    async def event_fee_changes(
        self, event_ticker: str | None = None, *, limit: int = 100, cursor: str | None = None
    ) -> Listing[EventFeeChange]:
        """GET /events/fee_changes."""
        params = {"event_ticker": event_ticker, "limit": limit_of(limit, _MOST), "cursor": cursor}
        answer = await self._caller.get(
            _EventChanges, "/events/fee_changes", _CAPABILITY, params=params, rows="event_fee_changes"
        )
        return Listing(tuple(answer.event_fee_changes), answer.cursor or None)
