"""Live data: what happens in games, elections and weather while markets trade (all public)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Final

import msgspec

from pmi_core.errors import RequestError
from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.wire.told import Told

__all__ = [
    "Calibration",
    "EventData",
    "GameStats",
    "LiveData",
    "LiveDataSet",
    "Station",
    "StationReading",
    "WeatherCalibrations",
    "WeatherIndex",
    "WeatherPoint",
]

_CAPABILITY: Final = "live_data"
_MOST: Final = 100
"""Milestones a call (OpenAPI 3.34.0)."""


class LiveData(msgspec.Struct, frozen=True):
    """The state of a milestone; the shape of ``details`` depends on ``type``."""

    type: str
    milestone_id: str
    details: dict[str, Any]


class EventData(msgspec.Struct, frozen=True):
    """The state of an event; the shape of ``details`` depends on ``type``."""

    type: str
    details: dict[str, Any]
    is_historical: bool | None = None
    default_range: str | None = None
    range_options: tuple[str, ...] = ()


class GameStats(msgspec.Struct, frozen=True):
    """A game play by play."""

    periods: tuple[dict[str, Any], ...] = ()


class StationReading(Told, frozen=True):
    """What one station reported for a point, and what was made of it."""

    signed: ClassVar = frozenset({"temp_f"})

    station_id: str
    code: str
    source: str | None = None
    temp_f: Decimal | None = None
    obs_time_ms: int | None = None
    received_at_ms: int | None = None
    primary_code: str | None = None


class WeatherPoint(Told, frozen=True):
    """A minute of a city's temperature index, ``t`` in milliseconds, ``v`` in Fahrenheit."""

    signed: ClassVar = frozenset({"v"})

    t: int
    status: str
    v: Decimal | None = None
    contributors: int | None = None
    receipt_basis: str | None = None
    stations: tuple[StationReading, ...] = ()


class WeatherIndex(msgspec.Struct, frozen=True):
    """A stretch of a city's temperature index."""

    city: str
    units: str
    timeseries: tuple[WeatherPoint, ...]
    config_version: str = ""


class Station(Told, frozen=True):
    """A member of an index with its weight and its offset in Celsius."""

    signed: ClassVar = frozenset({"offset_c"})

    station_id: str
    weight: Decimal
    offset_c: Decimal
    update_note: str | None = None


class Calibration(Told, frozen=True):
    """A version of an index, in force from ``effective_at_ms`` on."""

    signed: ClassVar = frozenset({"city_reference_c"})

    config_version: str
    effective_at_ms: int
    city_reference_c: Decimal
    stations: tuple[Station, ...]
    published_at_ms: int | None = None
    change_reason: str | None = None


class WeatherCalibrations(msgspec.Struct, frozen=True):
    """All versions of a city's index."""

    city: str
    units: str
    calibrations: tuple[Calibration, ...]


class _One(msgspec.Struct):
    live_data: LiveData


class _Many(msgspec.Struct):
    live_datas: list[LiveData]


class _OfEvent(msgspec.Struct):
    live_data: EventData


class _Stats(msgspec.Struct):
    pbp: GameStats | None = None


class LiveDataSet:
    """``venue.native.live_data``."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def of_milestone(self, milestone_id: str, *, player_stats: bool = False) -> LiveData:
        """GET /live_data/milestone/{milestone_id}."""
        path = "/live_data/milestone/{milestone_id}"
        params = {"include_player_stats": player_stats or None}
        answer = await self._caller.get(_One, path, _CAPABILITY, params=params, milestone_id=milestone_id)
        return answer.live_data

    async def of_type(self, kind: str, milestone_id: str, *, player_stats: bool = False) -> LiveData:
        """GET /live_data/{type}/milestone/{milestone_id}, for a milestone that is of that type.

        The venue keeps it beside :meth:`of_milestone`, which needs no type.
        """
        path = "/live_data/{kind}/milestone/{milestone_id}"
        params = {"include_player_stats": player_stats or None}
        answer = await self._caller.get(
            _One, path, _CAPABILITY, params=params, kind=kind, milestone_id=milestone_id
        )
        return answer.live_data

    async def of_milestones(
        self, milestone_ids: Sequence[str], *, player_stats: bool = False
    ) -> tuple[LiveData, ...]:
        """GET /live_data/batch, of at most 100 milestones.

        Raises:
            RequestError: none is named, or more than 100.
        """
        if not 1 <= len(milestone_ids) <= _MOST:
            raise RequestError(f"name 1 to {_MOST} milestones, not {len(milestone_ids)}")
        params = {"milestone_ids": list(milestone_ids), "include_player_stats": player_stats or None}
        answer = await self._caller.get(
            _Many, "/live_data/batch", _CAPABILITY, params=params, rows="live_datas"
        )
        return tuple(answer.live_datas)

    async def of_event(self, event_ticker: str, *, stretch: str | None = None) -> EventData:
        """GET /live_data/events/{event_ticker}; ``stretch`` is like ``15min``, ``1h`` or ``1d``."""
        path = "/live_data/events/{event_ticker}"
        answer = await self._caller.get(
            _OfEvent, path, _CAPABILITY, params={"range": stretch}, event_ticker=event_ticker
        )
        return answer.live_data

    async def game_stats(self, milestone_id: str) -> GameStats:
        """GET /live_data/milestone/{milestone_id}/game_stats; without periods where there are none."""
        path = "/live_data/milestone/{milestone_id}/game_stats"
        answer = await self._caller.get(_Stats, path, _CAPABILITY, milestone_id=milestone_id)
        return answer.pbp or GameStats()

    async def weather(
        self, city: str, *, start: datetime | None = None, end: datetime | None = None, detailed: bool = False
    ) -> WeatherIndex:
        """GET /live_data/weather/{city}; the last 24 hours unless a stretch is given.

        Raises:
            RequestError: only one end of the stretch is given.
        """
        if (start is None) != (end is None):
            raise RequestError("give both start and end, or neither")
        params = {"from": _milliseconds(start), "to": _milliseconds(end), "detailed": detailed or None}
        return await self._caller.get(
            WeatherIndex,
            "/live_data/weather/{city}",
            _CAPABILITY,
            params=params,
            rows="timeseries",
            city=city,
        )

    async def weather_calibrations(self, city: str) -> WeatherCalibrations:
        """GET /live_data/weather/{city}/calibrations."""
        path = "/live_data/weather/{city}/calibrations"
        return await self._caller.get(WeatherCalibrations, path, _CAPABILITY, rows="calibrations", city=city)


def _milliseconds(moment: datetime | None) -> int | None:
    if moment is not None and moment.tzinfo is None:
        raise RequestError("a moment needs a zone; give an aware datetime")
    return None if moment is None else int(moment.timestamp() * 1000)
