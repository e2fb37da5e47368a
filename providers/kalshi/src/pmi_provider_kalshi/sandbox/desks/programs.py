"""Incentive programs, and the words that searches can be narrowed by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pmi_provider_kalshi.sandbox.call import Answer, Call, page
from pmi_provider_kalshi.sandbox.noise import uuid_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.routes import Route, get
from pmi_provider_kalshi.sandbox.scenario import series
from pmi_provider_kalshi.sandbox.writing import stamp

__all__ = ["ProgramsDesk"]

_STATUSES = ("all", "active", "upcoming", "closed", "paid_out")
_TYPES = ("all", "liquidity", "volume", "margin_maker_volume", "margin_taker_volume")
_SCOPES = ("Games", "Futures")


class ProgramsDesk:
    """Rewards and filters."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        return (
            get("/incentive_programs", "GetIncentivePrograms", self.programs),
            get("/search/tags_by_categories", "GetTagsForSeriesCategories", self.tags),
            get("/search/filters_by_sport", "GetFiltersForSports", self.filters),
        )

    def _rows(self) -> list[dict[str, Any]]:
        start = self._office.floor.start
        fed = [ticker for ticker in self._office.engine.market_ids() if ticker.startswith("KXFED-")]
        rows = []
        for place, (ticker, kind) in enumerate(zip(fed, ("liquidity", "volume", "liquidity"), strict=False)):
            begun = start + timedelta(days=10 if place == 2 else -2)
            rows.append(
                {
                    "id": uuid_of("incentive", ticker, kind),
                    "market_id": self._office.names.market_of(ticker),
                    "market_ticker": ticker,
                    "incentive_type": kind,
                    "incentive_description": f"sandbox {kind}",
                    "start_date": stamp(begun),
                    "end_date": stamp(begun + timedelta(days=7)),
                    "period_reward": 500_000,
                    "paid_out": False,
                    "discount_factor_bps": 5_000 if kind == "liquidity" else None,
                    "target_size_fp": "300.00",
                    "max_reward_per_account": None,
                    "_begun": begun,
                }
            )
        return rows

    def programs(self, call: Call) -> Answer:
        """Programs; the next cursor has a name of its own here."""
        limit = call.limit(10_000, 100)
        status = call.choice("status", _STATUSES) or "all"
        kind = call.choice("type", _TYPES) or "all"
        words = call.text("incentive_description")
        rows = [
            row
            for row in self._rows()
            if (status == "all" or status == ("active" if row["_begun"] <= call.now else "upcoming"))
            and kind in ("all", row["incentive_type"])
            and words in (None, row["incentive_description"])
        ]
        found, cursor = page(call, rows, limit, lambda row: str(row["id"]))
        sent = [{name: value for name, value in row.items() if name != "_begun"} for row in found]
        return Answer(200, {"incentive_programs": sent, "next_cursor": cursor})

    def tags(self, call: Call) -> Answer:
        """Tags of each category."""
        found: dict[str, list[str]] = {}
        for plan in series.ALL:
            known = found.setdefault(plan.category, [])
            known += [tag for tag in plan.tags if tag not in known]
        return Answer(200, {"tags_by_categories": found})

    def filters(self, call: Call) -> Answer:
        """Scopes and competitions of each sport."""
        name = series.NBA.competition or ""
        basketball = {"scopes": list(_SCOPES), "competitions": {name: {"scopes": list(_SCOPES)}}}
        return Answer(
            200, {"filters_by_sports": {"Basketball": basketball}, "sport_ordering": ["Basketball"]}
        )
