"""Markets: listed, read, and their books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from pmi_provider_kalshi.sandbox.call import Answer, Call, page
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import bad_parameter, invalid, missing
from pmi_provider_kalshi.sandbox.routes import Route, get
from pmi_provider_kalshi.sandbox.rows.markets import market_row, status_of
from pmi_provider_kalshi.sandbox.rows.sending import shown
from pmi_provider_kalshi.sandbox.writing import count, dollars

__all__ = ["STATUS_WORDS", "MarketsDesk", "book_row"]

STATUS_WORDS: Final = {
    "unopened": ("initialized",),
    "open": ("active",),
    "paused": ("inactive",),
    "closed": ("closed", "determined", "disputed", "amended"),
    "settled": ("finalized",),
}
"""Words of the filter to statuses."""


def book_row(
    bids: Sequence[tuple[Decimal, Decimal]], asks: Sequence[tuple[Decimal, Decimal]]
) -> dict[str, Any]:
    """A book as bids of YES and of NO, each ascending in price; empty sides are empty lists."""
    return {
        "yes_dollars": [[dollars(price), count(size)] for price, size in reversed(bids)],
        "no_dollars": [[dollars(1 - price), count(size)] for price, size in reversed(asks)],
    }


class MarketsDesk:
    """Public readings of markets."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._floor = office.floor

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        return (
            get("/markets", "GetMarkets", self.listing),
            get("/markets/{ticker}", "GetMarket", self.one),
            get("/markets/{ticker}/orderbook", "GetMarketOrderbook", self.book),
            get("/markets/orderbooks", "GetMarketOrderbooks", self.books),
            get("/historical/markets", "GetHistoricalMarkets", self.archive),
            get("/historical/markets/{ticker}", "GetHistoricalMarket", self.archived),
        )

    # ---------------------------------------------------------------------------------- listing

    def tickers(self, *, archived: bool) -> list[str]:
        """Tickers of the live tier, those that trade first, or of the historical one."""
        calendar = self._floor.calendar
        planned = [
            ticker
            for ticker, (event, _) in calendar.markets.items()
            if calendar.is_archived(event) is archived
        ]
        if archived:
            return planned
        combos = [ticker for ticker in self._floor.engine.market_ids() if ticker not in calendar.markets]
        # over when the sandbox opened: last
        planned.sort(key=lambda ticker: calendar.is_over(calendar.markets[ticker][0]))
        return planned + combos

    def row(self, ticker: str, now: datetime) -> dict[str, Any]:
        """One market as it is sent."""
        return market_row(self._floor, ticker, now)

    def _is_combo(self, ticker: str) -> bool:
        return ticker not in self._floor.calendar.markets

    def listing(self, call: Call) -> Answer:
        """Markets of the live tier."""
        limit = call.limit(1000, 100)
        status = call.choice("status", tuple(STATUS_WORDS))
        kinds = self._check_times(call, status)
        tickers = [
            ticker
            for ticker in self._filtered(call, self.tickers(archived=False))
            if (status is None or status_of(self._floor.view(ticker)) in STATUS_WORDS[status])
            and (not kinds or self._in_time(call, self.row(ticker, call.now)))
        ]
        # a row takes long to make, so it is made for what is shown alone
        found, cursor = page(call, tickers, limit, str)
        return Answer(
            200, {"markets": [shown(self.row(ticker, call.now)) for ticker in found], "cursor": cursor}
        )

    def _filtered(self, call: Call, tickers: list[str]) -> list[str]:
        wanted, event, series = call.texts("tickers"), call.text("event_ticker"), call.text("series_ticker")
        mve = call.choice("mve_filter", ("only", "exclude"))
        found = []
        for ticker in tickers:
            known = self._floor.calendar.markets.get(ticker)
            own_event = known[0].ticker if known is not None else ticker
            if (
                (wanted and ticker not in wanted)
                or (event is not None and own_event not in event.split(","))
                or (series is not None and self._floor.series_of(ticker).ticker != series)
                or (mve == "only" and known is not None)
                or (mve == "exclude" and known is None)
            ):
                continue
            found.append(ticker)
        return found

    @staticmethod
    def _check_times(call: Call, status: str | None) -> set[str]:
        """Which times have bounds: those go with certain statuses, and not with each other."""
        given = {
            kind
            for kind in ("created", "close", "settled", "updated")
            if call.number(f"min_{kind}_ts") is not None or call.number(f"max_{kind}_ts") is not None
        }
        allowed = {
            "created": ("unopened", "open", None),
            "close": ("closed", None),
            "settled": ("settled", None),
            "updated": (None,),
        }
        if len(given) > 1:
            raise invalid("timestamp filters are mutually exclusive")
        for kind in given:
            if status not in allowed[kind]:
                raise invalid(f"{kind} timestamps cannot be combined with status {status}")
        return given

    @staticmethod
    def _in_time(call: Call, row: dict[str, Any]) -> bool:
        for kind, name in (
            ("created", "_created"),
            ("close", "_close"),
            ("settled", "_settled"),
            ("updated", "_created"),
        ):
            low, high = f"min_{kind}_ts", f"max_{kind}_ts"
            when = row[name]
            if when is None:
                if call.number(low) is not None or call.number(high) is not None:
                    return False
            elif not call.within(when, low, high):
                return False
        return True

    def one(self, call: Call) -> Answer:
        """One market of the live tier."""
        ticker = call.params["ticker"]
        known = self._floor.calendar.markets.get(ticker)
        if known is None and self._floor.view(ticker) is None:
            raise missing()
        if known is not None and self._floor.calendar.is_archived(known[0]):
            raise missing()
        return Answer(200, {"market": shown(self.row(ticker, call.now))})

    def archive(self, call: Call) -> Answer:
        """Markets of the historical tier."""
        limit = call.limit(1000, 100)
        tickers = self._filtered(call, self.tickers(archived=True))
        found, cursor = page(call, tickers, limit, str)
        return Answer(200, {"markets": [shown(self.row(one, call.now)) for one in found], "cursor": cursor})

    def archived(self, call: Call) -> Answer:
        """One market of the historical tier."""
        ticker = call.params["ticker"]
        if ticker not in self.tickers(archived=True):
            raise missing()
        return Answer(200, {"market": shown(self.row(ticker, call.now))})

    # ------------------------------------------------------------------------------------ books

    def _book(self, ticker: str, depth: int | None) -> dict[str, Any]:
        if self._floor.view(ticker) is None:  # unknown tickers have an empty book, not an error
            return book_row((), ())
        book = self._floor.engine.book(ticker, depth or None)
        return book_row(book.bids, book.asks)

    def book(self, call: Call) -> Answer:
        """One book."""
        depth = call.number("depth")
        if depth is not None and not 0 <= depth <= 100:
            raise bad_parameter(call.operation, "Depth", "lte" if depth > 100 else "gte")
        return Answer(200, {"orderbook_fp": self._book(call.params["ticker"], depth)})

    def books(self, call: Call) -> Answer:
        """Books of up to a hundred markets, named by a repeated parameter."""
        tickers = [value for name, value in call.query if name == "tickers" and value]
        if not tickers:
            raise bad_parameter(call.operation, "Tickers", "required")
        if len(tickers) > 100:
            raise bad_parameter(call.operation, "Tickers", "max")
        rows = [
            {"ticker": ticker, "orderbook_fp": self._book(ticker, None)} for ticker in dict.fromkeys(tickers)
        ]
        return Answer(200, {"orderbooks": rows})
