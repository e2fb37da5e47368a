"""Series and events, those of combos apart, with their fee changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from pmi_provider_kalshi.sandbox.call import Answer, Call, page
from pmi_provider_kalshi.sandbox.desks.markets import STATUS_WORDS
from pmi_provider_kalshi.sandbox.desks.milestones import milestones_of
from pmi_provider_kalshi.sandbox.noise import uuid_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import missing, refusal
from pmi_provider_kalshi.sandbox.routes import Route, get
from pmi_provider_kalshi.sandbox.rows.markets import market_row, status_of, volume
from pmi_provider_kalshi.sandbox.rows.sending import shown
from pmi_provider_kalshi.sandbox.scenario import series
from pmi_provider_kalshi.sandbox.scenario.calendar import COMBO_COLLECTION
from pmi_provider_kalshi.sandbox.scenario.plans import EventPlan, SeriesPlan
from pmi_provider_kalshi.sandbox.writing import count, stamp

__all__ = ["EventsDesk"]

_FEE_CHANGE: Final = timedelta(days=30)


class EventsDesk:
    """Public readings of what markets belong to."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._floor = office.floor

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        return (
            get("/series", "GetSeriesList", self.all_series),
            get("/series/fee_changes", "GetSeriesFeeChanges", self.series_fees),
            get("/series/{series_ticker}", "GetSeries", self.one_series),
            get("/events", "GetEvents", self.listing),
            get("/events/multivariate", "GetMultivariateEvents", self.combos),
            get("/events/fee_changes", "GetEventFeeChanges", self.event_fees),
            get("/events/{event_ticker}", "GetEvent", self.one),
            get("/events/{event_ticker}/metadata", "GetEventMetadata", self.metadata),
        )

    # ----------------------------------------------------------------------------------- series

    def _series_row(self, plan: SeriesPlan, call: Call) -> dict[str, Any]:
        row: dict[str, Any] = {
            "ticker": plan.ticker,
            "frequency": plan.frequency,
            "title": plan.title,
            "category": plan.category,
            "categories": [plan.category],
            "tags": list(plan.tags) or None,
            "settlement_sources": _sources(plan),
            "contract_url": f"https://sandbox.invalid/contracts/{plan.ticker}",
            "contract_terms_url": f"https://sandbox.invalid/terms/{plan.ticker}.pdf",
            "fee_type": plan.fee_type,
            "fee_multiplier": plan.multiplier,
            "additional_prohibitions": [],
            "last_updated_ts": stamp(self._floor.start - _FEE_CHANGE),
            "exchange_index": plan.shard,
        }
        if call.flag("include_volume"):
            tickers = [ticker for ticker in self._tickers() if self._floor.series_of(ticker) is plan]
            total = sum((volume(self._floor, ticker) for ticker in tickers), Decimal(0))
            row["volume_fp"] = count(total)
        if call.flag("include_product_metadata"):
            row["product_metadata"] = {"competition": plan.competition} if plan.competition else {}
        return row

    def _tickers(self) -> list[str]:
        calendar = self._floor.calendar
        combos = [ticker for ticker in self._floor.engine.market_ids() if ticker not in calendar.markets]
        return [*calendar.markets, *combos]

    def all_series(self, call: Call) -> Answer:
        """Every series; not paged."""
        category, tags = call.text("category"), call.texts("tags")
        rows = [
            self._series_row(plan, call)
            for plan in series.ALL
            if category in (None, plan.category) and (not tags or set(tags) & set(plan.tags))
        ]
        return Answer(200, {"series": rows})

    def one_series(self, call: Call) -> Answer:
        """One series."""
        plan = next((plan for plan in series.ALL if plan.ticker == call.params["series_ticker"]), None)
        if plan is None:
            raise missing()
        return Answer(200, {"series": self._series_row(plan, call)})

    def series_fees(self, call: Call) -> Answer:
        """Changes of fees: one that is past, shown when history is asked for."""
        wanted = call.text("series_ticker")
        if not call.flag("show_historical") or wanted not in (None, series.NBA.ticker):
            return Answer(200, {"series_fee_change_arr": []})
        row = {
            "id": uuid_of("fee", series.NBA.ticker),
            "series_ticker": series.NBA.ticker,
            "fee_type": series.NBA.fee_type,
            "fee_multiplier": series.NBA.multiplier,
            "scheduled_ts": stamp(self._floor.start - _FEE_CHANGE),
        }
        return Answer(200, {"series_fee_change_arr": [row]})

    def event_fees(self, call: Call) -> Answer:
        """Scheduled overrides of events; the sandbox has none."""
        call.limit(1000, 100)
        return Answer(200, {"event_fee_changes": [], "cursor": ""})

    # ----------------------------------------------------------------------------------- events

    def _event_row(self, event: EventPlan) -> dict[str, Any]:
        dated = event.series in (series.HEAT, series.BTC_DAY, series.BTC_15M)
        row: dict[str, Any] = {
            "event_ticker": event.ticker,
            "series_ticker": event.series.ticker,
            "sub_title": event.subtitle,
            "title": event.title,
            "collateral_return_type": "MECNET" if event.exclusive else "",
            "mutually_exclusive": event.exclusive,
            "category": event.series.category,
            "settlement_sources": _sources(event.series),
            "last_updated_ts": stamp(event.open_time),
            "exchange_index": event.series.shard,
            "strike_period": "",
        }
        if dated:
            row["strike_date"] = stamp(event.close_time)
        return row

    def _combo_event(self, ticker: str, now: datetime) -> dict[str, Any]:
        market = market_row(self._floor, ticker, now)
        return {
            "event_ticker": ticker,
            "series_ticker": series.COMBO.ticker,
            "sub_title": "",
            "title": market["title"],
            "collateral_return_type": "",
            "mutually_exclusive": False,
            "category": series.COMBO.category,
            "settlement_sources": [],
            "last_updated_ts": stamp(self._floor.start),
            "exchange_index": series.COMBO.shard,
            "strike_period": "",
            "product_metadata": {"collection_ticker": COMBO_COLLECTION},
        }

    def _markets(self, event: EventPlan, now: datetime) -> list[dict[str, Any]]:
        return [shown(market_row(self._floor, market.ticker, now)) for market in event.markets]

    def listing(self, call: Call) -> Answer:
        """Events, those of combos left out; a status asks whether any market has it."""
        limit = call.limit(200, 200)
        words = {word: STATUS_WORDS[word] for word in ("unopened", "open", "closed", "settled")}
        status = call.choice("status", tuple(words))
        wanted, plan = call.texts("tickers"), call.text("series_ticker")
        close, updated = call.number("min_close_ts"), call.number("min_updated_ts")
        found = [
            event
            for event in self._floor.calendar.events.values()
            if (not wanted or event.ticker in wanted)
            and plan in (None, event.series.ticker)
            and (close is None or event.close_time.timestamp() > close)
            and (updated is None or event.open_time.timestamp() > updated)
            and (
                status is None
                or any(
                    status_of(self._floor.view(market.ticker)) in words[status] for market in event.markets
                )
            )
        ]
        found.sort(key=self._floor.calendar.is_over)
        rows, cursor = page(call, found, limit, lambda event: event.ticker)
        nested = call.flag("with_nested_markets")
        answer: dict[str, Any] = {
            "events": [
                self._event_row(event) | ({"markets": self._markets(event, call.now)} if nested else {})
                for event in rows
            ],
            "cursor": cursor,
        }
        if call.flag("with_milestones"):
            answer["milestones"] = [
                row for event in rows for row in milestones_of(self._office, event, call.now)
            ]
        return Answer(200, answer)

    def combos(self, call: Call) -> Answer:
        """Events of combos, one a combo."""
        limit = call.limit(200, 100)
        wanted, plan = call.texts("tickers"), call.text("series_ticker")
        collection = call.text("collection_ticker")
        planned = self._floor.calendar.markets
        found = [
            ticker
            for ticker in self._floor.engine.market_ids()
            if ticker not in planned
            and (not wanted or ticker in wanted)
            and plan in (None, series.COMBO.ticker)
            and collection in (None, COMBO_COLLECTION)
        ]
        rows, cursor = page(call, found, limit, str)
        nested = call.flag("with_nested_markets")
        events = []
        for ticker in rows:
            row = self._combo_event(ticker, call.now)
            if nested:
                row["markets"] = [shown(market_row(self._floor, ticker, call.now))]
            events.append(row)
        return Answer(200, {"events": events, "cursor": cursor})

    def one(self, call: Call) -> Answer:
        """One event; its markets stand beside it, or inside it when asked for."""
        ticker = call.params["event_ticker"]
        nested, without = call.flag("with_nested_markets"), call.flag("exclude_markets")
        if nested and without:
            raise refusal(
                400, "invalid_parameters", "exclude_markets cannot be combined with with_nested_markets"
            )
        event = self._floor.calendar.events.get(ticker)
        if event is not None:
            row, markets = self._event_row(event), self._markets(event, call.now)
        elif self._floor.view(ticker) is not None and ticker not in self._floor.calendar.markets:
            row = self._combo_event(ticker, call.now)
            markets = [shown(market_row(self._floor, ticker, call.now))]
        else:
            raise missing()
        if nested:
            return Answer(200, {"event": row | {"markets": markets}, "markets": []})
        return Answer(200, {"event": row, "markets": [] if without else markets})

    def metadata(self, call: Call) -> Answer:
        """Pictures and colours of an event."""
        event = self._floor.calendar.events.get(call.params["event_ticker"])
        if event is None:
            raise missing()
        details = [
            {
                "market_ticker": market.ticker,
                "image_url": f"https://sandbox.invalid/images/{market.ticker}.webp",
                "color_code": "#0AC285",
            }
            for market in event.markets
        ]
        row: dict[str, Any] = {
            "image_url": f"https://sandbox.invalid/images/{event.ticker}.webp",
            "market_details": details,
            "settlement_sources": _sources(event.series),
        }
        if event.series.competition is not None:
            row |= {"competition": event.series.competition, "competition_scope": "Game"}
        return Answer(200, row)


def _sources(plan: SeriesPlan) -> list[dict[str, str]]:
    return [{"name": name, "url": url} for name, url in plan.sources]
