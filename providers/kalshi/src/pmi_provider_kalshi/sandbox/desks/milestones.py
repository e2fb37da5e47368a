"""Milestones, live data and structured targets of the games, and the weather of a city."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from pmi_provider_kalshi.sandbox.call import Answer, Call, page
from pmi_provider_kalshi.sandbox.noise import drift, pick, uuid_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import bad_parameter, missing, refusal
from pmi_provider_kalshi.sandbox.routes import Route, get
from pmi_provider_kalshi.sandbox.scenario import series
from pmi_provider_kalshi.sandbox.scenario.daily import TEAMS, target_of
from pmi_provider_kalshi.sandbox.scenario.plans import EventPlan
from pmi_provider_kalshi.sandbox.writing import stamp

__all__ = ["MilestonesDesk", "milestones_of"]

_GAME: Final = "basketball_game"
_LENGTH: Final = timedelta(hours=3)
_CITY: Final = "nyc"


def _stage(event: EventPlan, now: datetime) -> str:
    tip = event.close_time - _LENGTH
    return "scheduled" if now < tip else "live" if now < event.close_time else "closed"


def milestones_of(office: Office, event: EventPlan, now: datetime) -> list[dict[str, Any]]:
    """The milestones of an event: a game has one."""
    if event.series is not series.NBA:
        return []
    tip = event.close_time - _LENGTH
    away, home = event.targets
    return [
        {
            "id": uuid_of("milestone", event.ticker),
            "category": "Sports",
            "type": _GAME,
            "start_date": stamp(tip),
            "end_date": None,
            "related_event_tickers": [event.ticker],
            "primary_event_tickers": [event.ticker],
            "title": event.title,
            "notification_message": "Who will win?",
            "source_id": uuid_of("source", event.ticker),
            "source_ids": {"sandbox": uuid_of("source", event.ticker)},
            "details": {
                "league": "Pro Basketball (M)",
                "away_team_id": away,
                "home_team_id": home,
                "status": _stage(event, now),
            },
            "last_updated_ts": stamp(office.floor.start),
        }
    ]


class MilestonesDesk:
    """What happens outside the exchange, made up."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        live = "/live_data"
        return (
            get("/milestones", "GetMilestones", self.listing),
            get("/milestones/{milestone_id}", "GetMilestone", self.one),
            get(f"{live}/milestone/{{milestone_id}}", "GetLiveDataByMilestone", self.live),
            get(f"{live}/{{type}}/milestone/{{milestone_id}}", "GetLiveData", self.live),
            get(f"{live}/batch", "GetLiveDatas", self.live_many),
            get(f"{live}/milestone/{{milestone_id}}/game_stats", "GetGameStats", self.stats),
            get(f"{live}/events/{{event_ticker}}", "GetEventLiveData", self.event_live),
            get(f"{live}/weather/{{city}}", "GetWeatherIndex", self.weather),
            get(f"{live}/weather/{{city}}/calibrations", "GetWeatherIndexCalibrations", self.calibrations),
            get("/structured_targets", "GetStructuredTargets", self.targets),
            get("/structured_targets/{structured_target_id}", "GetStructuredTarget", self.target),
        )

    # ------------------------------------------------------------------------------- milestones

    def _all(self, now: datetime) -> list[dict[str, Any]]:
        events = self._office.floor.calendar.events.values()
        return [row for event in events for row in milestones_of(self._office, event, now)]

    def _game(self, milestone_id: str) -> EventPlan:
        for event in self._office.floor.calendar.events.values():
            if event.series is series.NBA and uuid_of("milestone", event.ticker) == milestone_id:
                return event
        raise missing()

    def listing(self, call: Call) -> Answer:
        """Milestones by their start."""
        if call.number("limit") is None:
            raise bad_parameter(call.operation, "Limit", "required")
        limit = call.limit(500, 100)
        since = _moment(call, "minimum_start_date")
        category, kind = call.text("category"), call.text("type")
        event, competition, source = (
            call.text("related_event_ticker"),
            call.text("competition"),
            call.text("source_id"),
        )
        rows = [
            row
            for row in sorted(self._all(call.now), key=lambda row: str(row["start_date"]))
            if (since is None or row["start_date"] >= stamp(since))
            and category in (None, row["category"])
            and kind in (None, row["type"])
            and (event is None or event in row["related_event_tickers"])
            and competition in (None, row["details"]["league"])
            and source in (None, row["source_id"])
        ]
        found, cursor = page(call, rows, limit, lambda row: str(row["id"]))
        return Answer(200, {"milestones": list(found), "cursor": cursor})

    def one(self, call: Call) -> Answer:
        """One milestone."""
        wanted = call.params["milestone_id"]
        row = next((row for row in self._all(call.now) if row["id"] == wanted), None)
        if row is None:
            raise missing()
        return Answer(200, {"milestone": row})

    # -------------------------------------------------------------------------------- live data

    def _live(self, event: EventPlan, now: datetime) -> dict[str, Any]:
        tip = event.close_time - _LENGTH
        played = min(max((now - tip) / _LENGTH, 0.0), 1.0)
        scores = [int(played * pick(88, 124, "score", event.ticker, side)) for side in ("away", "home")]
        return {
            "type": _GAME,
            "milestone_id": uuid_of("milestone", event.ticker),
            "details": {
                "status": _stage(event, now),
                "away_points": scores[0],
                "home_points": scores[1],
                "period": min(int(played * 4) + 1, 4) if played else 0,
            },
        }

    def live(self, call: Call) -> Answer:
        """How a game stands."""
        kind = call.params.get("type")
        event = self._game(call.params["milestone_id"])
        if kind not in (None, _GAME):
            raise missing()
        return Answer(200, {"live_data": self._live(event, call.now)})

    def live_many(self, call: Call) -> Answer:
        """How several games stand; unknown ones are left out."""
        wanted = call.texts("milestone_ids")
        if not wanted:
            raise bad_parameter(call.operation, "MilestoneIds", "required")
        games = {
            uuid_of("milestone", event.ticker): event
            for event in self._office.floor.calendar.events.values()
            if event.series is series.NBA
        }
        rows = [self._live(games[name], call.now) for name in wanted if name in games]
        return Answer(200, {"live_datas": rows})

    def stats(self, call: Call) -> Answer:
        """Play by play: the periods that were played."""
        state = self._live(self._game(call.params["milestone_id"]), call.now)["details"]
        periods = [
            {"events": [{"period": number + 1, "description": "Period began"}]}
            for number in range(int(state["period"]))
        ]
        return Answer(200, {"pbp": {"periods": periods}})

    def event_live(self, call: Call) -> Answer:
        """Live data of an event: of a coin its price, of a game how it stands."""
        event = self._office.floor.calendar.events.get(call.params["event_ticker"])
        if event is None:
            raise missing()
        if event.series is series.NBA:
            state = self._live(event, call.now)
            return Answer(200, {"live_data": {"type": state["type"], "details": state["details"]}})
        if event.series not in (series.BTC_DAY, series.BTC_15M):
            raise missing()
        price = 100_000 + round(900 * drift(call.now.timestamp(), 600, self._office.floor.plan.seed, "coin"))
        row = {
            "type": "crypto",
            "details": {"price": Decimal(price), "as_of": stamp(call.now)},
            "is_historical": call.now >= event.close_time,
            "default_range": "15min",
            "range_options": ["15min", "1h", "1d"],
        }
        return Answer(200, {"live_data": row})

    # ---------------------------------------------------------------------------------- weather

    def weather(self, call: Call) -> Answer:
        """Temperatures of the last minutes."""
        if call.params["city"] != _CITY:
            raise refusal(400, "invalid_parameters", "unknown city")
        minute = int(call.now.timestamp()) // 60 * 60
        span = min(max((call.number("last_sec") or 600) // 60, 1), 180)
        points = []
        for back in range(span):
            at = minute - 60 * back
            value = 62 + 9 * drift(at, 14_400, self._office.floor.plan.seed, "heat")
            points.append(
                {
                    "t": at * 1000,
                    "v": Decimal(round(value * 100)) / 100,
                    "status": "normal",
                    "contributors": 3,
                }
            )
        points.reverse()
        return Answer(200, {"city": _CITY, "config_version": "1", "units": "F", "timeseries": points})

    def calibrations(self, call: Call) -> Answer:
        """How the stations of a city are weighed."""
        if call.params["city"] != _CITY:
            raise refusal(400, "invalid_parameters", "unknown city")
        stations = [
            {"station_id": f"S{number}", "weight": Decimal("0.25"), "offset_c": Decimal("0.1") * number}
            for number in range(4)
        ]
        row = {
            "config_version": "1",
            "effective_at_ms": int(self._office.floor.start.timestamp()) * 1000,
            "city_reference_c": Decimal("15.5"),
            "stations": stations,
        }
        return Answer(200, {"city": _CITY, "units": "F", "calibrations": [row]})

    # ---------------------------------------------------------------------------------- targets

    def _targets(self) -> list[dict[str, Any]]:
        return [
            {
                "id": target_of(code),
                "name": name,
                "type": "basketball_team",
                "details": {"abbreviation": code, "league": "Pro Basketball (M)"},
                "source_id": uuid_of("source", code),
                "source_ids": {"sandbox": uuid_of("source", code)},
                "last_updated_ts": stamp(self._office.floor.start),
            }
            for code, name in TEAMS
        ]

    def targets(self, call: Call) -> Answer:
        """Structured targets: the teams."""
        limit = call.limit(2000, 100, "page_size")
        ids, kind, competition = call.texts("ids"), call.text("type"), call.text("competition")
        rows = [
            row
            for row in self._targets()
            if (not ids or row["id"] in ids)
            and kind in (None, row["type"])
            and competition in (None, row["details"]["league"])
        ]
        found, cursor = page(call, rows, limit, lambda row: str(row["id"]))
        return Answer(200, {"structured_targets": list(found), "cursor": cursor})

    def target(self, call: Call) -> Answer:
        """One structured target."""
        wanted = call.params["structured_target_id"]
        row = next((row for row in self._targets() if row["id"] == wanted), None)
        if row is None:
            raise missing()
        return Answer(200, {"structured_target": row})


def _moment(call: Call, name: str) -> datetime | None:
    text = call.text(name)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise bad_parameter(
            call.operation, "".join(part.capitalize() for part in name.split("_")), "datetime"
        )
    return found
