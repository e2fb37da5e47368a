"""Combos: the collection, and opening a combination's market."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pmi_core.errors import RequestError
from pmi_core.exchange.commands import Leg, OpenCombo
from pmi_core.models import OutcomeSide
from pmi_provider_kalshi.sandbox.call import Answer, Call, page
from pmi_provider_kalshi.sandbox.grids import bands
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import invalid, missing
from pmi_provider_kalshi.sandbox.routes import Route, get, write
from pmi_provider_kalshi.sandbox.rows.markets import market_row
from pmi_provider_kalshi.sandbox.rows.sending import shown
from pmi_provider_kalshi.sandbox.scenario import series
from pmi_provider_kalshi.sandbox.writing import stamp

__all__ = ["CollectionsDesk"]


class CollectionsDesk:
    """Collections and their combinations."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        base = "/multivariate_event_collections"
        one = f"{base}/{{collection_ticker}}"
        return (
            get(base, "GetMultivariateEventCollections", self.listing),
            get(one, "GetMultivariateEventCollection", self.one),
            write(
                "POST",
                one,
                "CreateMarketInMultivariateEventCollection",
                self.open,
                struct="CreateMarketInMultivariateEventCollectionRequest",
            ),
        )

    def _rows(self) -> list[dict[str, Any]]:
        start = self._office.floor.start
        rows = []
        for spec in self._office.engine.collections():
            events = [
                {
                    "ticker": ticker,
                    "is_yes_only": spec.yes_only,
                    "size_max": 1 if spec.one_market_per_event else None,
                    "size_min": None,
                    "active_quoters": [self._office.names.alias_of("house")],
                }
                for ticker in spec.event_ids
            ]
            rows.append(
                {
                    "collection_ticker": spec.id,
                    "series_ticker": series.COMBO.ticker,
                    "exchange_index": series.COMBO.shard,
                    "title": "What will happen together?",
                    "description": "Choose any combination of games, temperatures and rates.",
                    "open_date": stamp(start - timedelta(days=1)),
                    "close_date": stamp(start + timedelta(days=80)),
                    "associated_events": events,
                    "associated_event_tickers": list(spec.event_ids),
                    "is_ordered": spec.ordered,
                    "is_single_market_per_event": spec.one_market_per_event,
                    "is_all_yes": spec.yes_only,
                    "size_min": spec.min_legs,
                    "size_max": spec.max_legs,
                    "functional_description": "Resolves to YES if every leg does; "
                    "fractions are multiplied and rounded down.",
                    "price_level_structure": series.COMBO.structure,
                    "price_ranges": bands(series.COMBO.structure),
                }
            )
        return rows

    def listing(self, call: Call) -> Answer:
        """Collections."""
        limit = call.limit(200, 100)
        status = call.choice("status", ("unopened", "open", "closed"))
        event, plan = call.text("associated_event_ticker"), call.text("series_ticker")
        rows = [
            row
            for row in self._rows()
            if status in (None, "open")
            and plan in (None, row["series_ticker"])
            and (event is None or event in row["associated_event_tickers"])
        ]
        found, cursor = page(call, rows, limit, lambda row: str(row["collection_ticker"]))
        return Answer(200, {"multivariate_contracts": list(found), "cursor": cursor})

    def one(self, call: Call) -> Answer:
        """One collection."""
        wanted = call.params["collection_ticker"]
        row = next((row for row in self._rows() if row["collection_ticker"] == wanted), None)
        if row is None:
            raise missing()
        return Answer(200, {"multivariate_contract": row})

    def open(self, call: Call) -> Answer:
        """Open a combination's market, or name the one that exists."""
        body = call.body
        legs = []
        floor = self._office.floor
        for row in body.rows("selected_markets", "TickerPair"):
            ticker, event = row.needed("market_ticker"), row.needed("event_ticker")
            known = floor.calendar.markets.get(ticker)
            if known is None or known[0].ticker != event or floor.view(ticker) is None:
                raise invalid(f"market {ticker} does not belong to event {event}")
            legs.append(Leg(ticker, OutcomeSide(row.choice("side", ("yes", "no")))))
        try:
            floor.apply(OpenCombo, collection_id=call.params["collection_ticker"], legs=tuple(legs))
        except RequestError as error:
            if error.code == "collection":
                raise missing() from None
            raise invalid(error.message) from None
        ticker = self._office.engine.combo(call.params["collection_ticker"], tuple(legs)) or ""
        floor.watch(ticker)
        answer: dict[str, Any] = {"event_ticker": ticker, "market_ticker": ticker}
        if body.flag("with_market_payload"):
            answer["market"] = shown(market_row(floor, ticker, call.now))
        return Answer(200, answer)
