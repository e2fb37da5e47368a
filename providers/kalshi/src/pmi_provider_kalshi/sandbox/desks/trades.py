"""Public trades, the historical cutoff, and candles of markets and events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from pmi_provider_kalshi.sandbox.call import Answer, Call, page
from pmi_provider_kalshi.sandbox.noise import uuid_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import bad_parameter, invalid, missing
from pmi_provider_kalshi.sandbox.routes import Route, get
from pmi_provider_kalshi.sandbox.rows.candles import bar_row, latest_row, old_bar_row
from pmi_provider_kalshi.sandbox.rows.markets import all_prints
from pmi_provider_kalshi.sandbox.scenario.candles import Bar, bars
from pmi_provider_kalshi.sandbox.scenario.history import Print
from pmi_provider_kalshi.sandbox.writing import count, dollars, moment, stamp

__all__ = ["TradesDesk", "trade_row"]

_PERIODS: Final = (1, 60, 1440)
_MOST_BARS: Final = 5_000
_MOST_IN_ALL: Final = 10_000


def trade_row(one: Print, trade_id: str) -> dict[str, Any]:
    """A public trade as it is sent."""
    side = "yes" if one.taker_yes else "no"
    return {
        "trade_id": trade_id,
        "ticker": one.ticker,
        "count_fp": count(one.size),
        "yes_price_dollars": dollars(one.price),
        "no_price_dollars": dollars(1 - one.price),
        "taker_side": side,
        "taker_outcome_side": side,
        "taker_book_side": "bid" if one.taker_yes else "ask",
        "created_time": stamp(one.time),
        "is_block_trade": one.block,
    }


class TradesDesk:
    """What was traded, by anybody."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._floor = office.floor

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        return (
            get("/markets/trades", "GetTrades", self.trades),
            get("/historical/trades", "GetTradesHistorical", self.old_trades),
            get("/historical/cutoff", "GetHistoricalCutoff", self.cutoff),
            get(
                "/series/{series_ticker}/markets/{ticker}/candlesticks", "GetMarketCandlesticks", self.candles
            ),
            get("/markets/candlesticks", "BatchGetMarketCandlesticks", self.many),
            get(
                "/series/{series_ticker}/events/{ticker}/candlesticks",
                "GetMarketCandlesticksByEvent",
                self.of_event,
            ),
            get(
                "/historical/markets/{ticker}/candlesticks",
                "GetMarketCandlesticksHistorical",
                self.old_candles,
            ),
            get(
                "/series/{series_ticker}/events/{ticker}/forecast_percentile_history",
                "GetEventForecastPercentilesHistory",
                self.forecasts,
                scope="read",
            ),
        )

    def cutoff(self, call: Call) -> Answer:
        """Where the historical tier begins."""
        since = stamp(self._floor.calendar.cutoff)
        names = (
            "market_settled_ts",
            "trades_created_ts",
            "orders_updated_ts",
            "market_positions_last_updated_ts",
        )
        return Answer(200, dict.fromkeys(names, since))

    # ----------------------------------------------------------------------------------- trades

    def _id_of(self, one: Print) -> str:
        """Trades of the engine have counted names, earlier ones public names already."""
        return one.trade_id if "-" in one.trade_id else self._office.names.of(one.trade_id)

    def _tickers(self, ticker: str | None) -> list[str]:
        calendar = self._floor.calendar
        every = [
            *calendar.markets,
            *(one for one in self._floor.engine.market_ids() if one not in calendar.markets),
        ]
        return every if ticker is None else [one for one in every if one == ticker]

    def _trades(self, call: Call, *, old: bool) -> Answer:
        limit, ticker = call.limit(1000, 100), call.text("ticker")
        block = call.text("is_block_trade")
        cutoff = self._floor.calendar.cutoff
        found = [
            one
            for name in self._tickers(ticker)
            for one in all_prints(self._floor, name)
            if (one.time < cutoff) is old
            and call.within(one.time)
            and (block is None or one.block is call.flag("is_block_trade"))
        ]
        found.sort(key=lambda one: (one.time, one.trade_id), reverse=True)
        rows, cursor = page(call, found, limit, self._id_of)
        return Answer(200, {"trades": [trade_row(one, self._id_of(one)) for one in rows], "cursor": cursor})

    def trades(self, call: Call) -> Answer:
        """Trades since the cutoff, newest first."""
        return self._trades(call, old=False)

    def old_trades(self, call: Call) -> Answer:
        """Trades before the cutoff, newest first."""
        return self._trades(call, old=True)

    # ---------------------------------------------------------------------------------- candles

    def _span(self, call: Call) -> tuple[int, int, int]:
        start, end, minutes = (_needed(call, name) for name in ("start_ts", "end_ts", "period_interval"))
        if minutes not in _PERIODS:
            raise bad_parameter(call.operation, "PeriodInterval", "oneof")
        if end < start:
            raise invalid("end_ts is before start_ts")
        if (end - start) // (60 * minutes) > _MOST_BARS:
            raise invalid(f"requested time range exceeds the maximum of {_MOST_BARS} candlesticks")
        return start, end, minutes

    def _bars(self, ticker: str, span: tuple[int, int, int], now: datetime) -> Iterator[Bar]:
        start, end, minutes = span
        known = self._floor.calendar.markets.get(ticker)
        opened = self._floor.start if known is None else known[0].open_time
        closed = now if known is None else min(known[0].close_time, now)
        prints = all_prints(self._floor, ticker)
        if known is None and prints:
            opened = prints[0].time

        def quotes(at: int) -> tuple[Decimal, Decimal]:
            ladder = self._floor.ladder(ticker, moment(at))
            bid = ladder.bids[0][0] if ladder.bids else Decimal(0)
            return bid, ladder.asks[0][0] if ladder.asks else Decimal(1)

        return bars(
            prints,
            start=start,
            end=end,
            minutes=minutes,
            quotes=quotes,
            since=int(opened.timestamp()),
            until=int(closed.timestamp()),
        )

    def _is_live(self, ticker: str) -> bool:
        known = self._floor.calendar.markets.get(ticker)
        if known is None:
            return self._floor.view(ticker) is not None
        return not self._floor.calendar.is_archived(known[0])

    def _rows(self, call: Call, ticker: str, span: tuple[int, int, int]) -> list[dict[str, Any]]:
        rows = [bar_row(bar) for bar in self._bars(ticker, span, call.now)]
        if call.flag("include_latest_before_start"):
            earlier = (0, span[0] - 1, span[2])
            before = list(self._bars(ticker, earlier, call.now))
            if before:
                length = span[2] * 60
                rows.insert(0, latest_row(before[-1], -(-span[0] // length) * length))
        return rows

    def candles(self, call: Call) -> Answer:
        """Candles of one market."""
        span, ticker = self._span(call), call.params["ticker"]
        if not self._is_live(ticker) or self._floor.series_of(ticker).ticker != call.params["series_ticker"]:
            raise missing()
        return Answer(200, {"ticker": ticker, "candlesticks": self._rows(call, ticker, span)})

    def many(self, call: Call) -> Answer:
        """Candles of up to a hundred markets; unknown ones are left out."""
        call.needed("market_tickers")
        span, tickers = self._span(call), call.texts("market_tickers")
        if len(tickers) > 100:
            raise bad_parameter(call.operation, "MarketTickers", "max")
        rows = [
            {"market_ticker": ticker, "candlesticks": self._rows(call, ticker, span)}
            for ticker in tickers
            if self._is_live(ticker)
        ]
        if sum(len(row["candlesticks"]) for row in rows) > _MOST_IN_ALL:
            raise invalid(f"requested candlesticks exceed the maximum of {_MOST_IN_ALL}")
        return Answer(200, {"markets": rows})

    def of_event(self, call: Call) -> Answer:
        """Candles of an event's markets."""
        span = self._span(call)
        event = self._floor.calendar.events.get(call.params["ticker"])
        if event is None or event.series.ticker != call.params["series_ticker"]:
            raise missing()
        tickers = [market.ticker for market in event.markets]
        return Answer(
            200,
            {
                "market_tickers": tickers,
                "market_candlesticks": [
                    [bar_row(bar) for bar in self._bars(ticker, span, call.now)] for ticker in tickers
                ],
                "adjusted_end_ts": span[1],
            },
        )

    def old_candles(self, call: Call) -> Answer:
        """Candles of a market of the historical tier, with other names of the same fields."""
        span, ticker = self._span(call), call.params["ticker"]
        known = self._floor.calendar.markets.get(ticker)
        if known is None or not self._floor.calendar.is_archived(known[0]):
            raise missing()
        rows = [old_bar_row(bar) for bar in self._bars(ticker, span, call.now)]
        return Answer(200, {"ticker": ticker, "candlesticks": rows})

    def forecasts(self, call: Call) -> Answer:
        """Forecasts of a ladder's value, by percentiles in hundredths of a percent."""
        event = self._floor.calendar.events.get(call.params["ticker"])
        percentiles = _percentiles(call)
        if event is None:
            raise missing()
        start, end, minutes = (_needed(call, name) for name in ("start_ts", "end_ts", "period_interval"))
        if minutes not in (0, *_PERIODS):
            raise bad_parameter(call.operation, "PeriodInterval", "oneof")
        length = max(minutes * 60, 5)
        points = []
        for at in range(-(-start // length) * length, min(end, int(call.now.timestamp())) + 1, length)[:500]:
            rows = []
            for percentile in percentiles:
                share = Decimal(percentile) / 10_000
                luck = Decimal(int(uuid_of(at, event.ticker)[:4], 16)) / 65_536 / 50
                value = Decimal(str(event.center)) + Decimal(str(event.spread)) * (
                    share - Decimal("0.5") + luck
                )
                value = value.quantize(Decimal("0.01"))
                rows.append(
                    {
                        "percentile": percentile,
                        "raw_numerical_forecast": value,
                        "numerical_forecast": value,
                        "formatted_forecast": str(value),
                    }
                )
            points.append(
                {
                    "event_ticker": event.ticker,
                    "end_period_ts": at,
                    "period_interval": minutes,
                    "percentile_points": rows,
                }
            )
        return Answer(200, {"forecast_history": points})


def _needed(call: Call, name: str) -> int:
    """A whole number of the query that must be there."""
    call.needed(name)
    number = call.number(name)
    assert number is not None
    return number


def _percentiles(call: Call) -> list[int]:
    """One to ten percentiles, in hundredths of a percent."""
    texts = call.texts("percentiles")
    if not texts or len(texts) > 10:
        raise bad_parameter(call.operation, "Percentiles", "max" if texts else "required")
    if not all(text.isascii() and text.isdecimal() and int(text) <= 9999 for text in texts):
        raise bad_parameter(call.operation, "Percentiles", "lte")
    return [int(text) for text in texts]
