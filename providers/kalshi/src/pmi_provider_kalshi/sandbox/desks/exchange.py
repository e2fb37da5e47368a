"""The exchange itself: status, hours, limits and what calls cost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from pmi_provider_kalshi.sandbox.call import Answer, Call
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.routes import DEFAULT_COST, Route, get, write
from pmi_provider_kalshi.sandbox.scenario.series import SHARDS
from pmi_provider_kalshi.sandbox.writing import count, seconds, stamp

__all__ = ["ExchangeDesk"]

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GOALS = (("premier", 1_000_000), ("paragon", 5_000_000))


class ExchangeDesk:
    """Answers what concerns no market."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.all_routes: tuple[Route, ...] = ()
        """Set once every desk is known; endpoint costs are read off it."""

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        return (
            get("/exchange/status", "GetExchangeStatus", self.status),
            get("/exchange/schedule", "GetExchangeSchedule", self.schedule),
            get("/exchange/user_data_timestamp", "GetUserDataTimestamp", self.freshness),
            get("/account/limits", "GetAccountApiLimits", self.limits, scope="read"),
            get("/account/endpoint_costs", "GetAccountEndpointCosts", self.costs),
            get(
                "/account/api_usage_level/volume_progress",
                "GetAccountApiUsageLevelVolumeProgress",
                self.progress,
                scope="read",
            ),
            write(
                "POST",
                "/account/api_usage_level/upgrade",
                "UpgradeAccountApiUsageLevel",
                lambda _: Answer(201),
                scope="write",
                cost=30,
            ),
        )

    def status(self, call: Call) -> Answer:
        """Everything is open, unless trading was paused."""
        trading = not self._office.floor.paused
        shards = [
            {
                "exchange_index": shard,
                "description": name,
                "exchange_active": True,
                "trading_active": trading,
                "intra_exchange_transfers_active": True,
            }
            for shard, name in SHARDS
        ]
        return Answer(
            200,
            {
                "exchange_active": True,
                "trading_active": trading,
                "intra_exchange_transfers_active": True,
                "exchange_index_statuses": shards,
            },
        )

    def schedule(self, call: Call) -> Answer:
        """Open around the clock, but for two hours on Thursdays, as the exchange says of itself."""
        whole = [{"open_time": "00:00", "close_time": "00:00"}]
        thursday = [
            {"open_time": "00:00", "close_time": "03:00"},
            {"open_time": "05:00", "close_time": "00:00"},
        ]
        start = self._office.floor.start
        week = {day: thursday if day == "thursday" else whole for day in _DAYS}
        hours = {
            "start_time": stamp(start - timedelta(days=365)),
            "end_time": stamp(start + timedelta(days=365)),
            **week,
        }
        return Answer(200, {"schedule": {"standard_hours": [hours], "maintenance_windows": []}})

    def freshness(self, call: Call) -> Answer:
        """How fresh private reads are."""
        return Answer(200, {"as_of_time": stamp(call.now - self._office.plan.read_lag)})

    def limits(self, call: Call) -> Answer:
        """The member's buckets."""
        buckets = self._office.buckets
        return Answer(
            200,
            {
                "usage_tier": buckets.tier,
                "read": {"refill_rate": buckets.read_rate, "bucket_capacity": buckets.read_capacity},
                "write": {"refill_rate": buckets.write_rate, "bucket_capacity": buckets.write_capacity},
                "grants": [],
            },
        )

    def costs(self, call: Call) -> Answer:
        """Calls that do not cost the usual."""
        rows = [
            {"method": route.method, "path": f"/trade-api/v2{_colons(route.path)}", "cost": route.cost}
            for route in self.all_routes
            if route.cost != DEFAULT_COST and route.bucket != "balance"
        ]
        return Answer(200, {"default_cost": DEFAULT_COST, "endpoint_costs": rows})

    def progress(self, call: Call) -> Answer:
        """How far the next tier is away."""
        traded = sum(
            (Decimal(row["count_fp"]) for row in self._office.records.fills.each(call.now)), Decimal(0)
        )
        goals = [
            {
                "level": level,
                "earn_volume_goal_fp": count(Decimal(goal)),
                "keep_volume_goal_fp": count(Decimal(goal) / 2),
            }
            for level, goal in _GOALS
        ]
        row = {"computed_ts": seconds(call.now), "trailing_30d_volume_fp": count(traded), "goals": goals}
        return Answer(200, {"volume_progress": [row]})


def _colons(path: str) -> str:
    return "/".join(f":{part[1:-1]}" if part.startswith("{") else part for part in path.split("/"))
