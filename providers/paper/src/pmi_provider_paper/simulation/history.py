"""What has happened in a market: the members' trades, and volume and candles made of them.

Nothing is recorded; an hour is computed when it is asked for.  Candles, volume and the listing of
trades all read the same trades, so they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from pmi_core.models import CandleInterval, Execution
from pmi_core.numbers import ZERO
from pmi_provider_paper.catalogue.plans import Listing
from pmi_provider_paper.simulation.crowd import Crowd

__all__ = ["CandleShape", "History", "Print"]

_DAY: int = 24
_HELD: Decimal = Decimal("0.4")
"""Share of the traded contracts that is still held by somebody."""


class Print(NamedTuple):
    """A public trade, in YES terms."""

    id: str
    time: datetime
    price: Decimal
    size: Decimal
    taker_yes: bool
    off_book: bool = False


class CandleShape(NamedTuple):
    """One step of history."""

    start: datetime
    open: Decimal | None
    high: Decimal | None
    low: Decimal | None
    close: Decimal | None
    bid: Decimal | None
    ask: Decimal | None
    volume: Decimal


class History:
    """Reads the past of markets.

    Args:
        crowd: the members who traded.
        correct: gives the prints of one hour of a market, given those of the members: where the
            account took part, its own trades stand in their place.
    """

    def __init__(self, crowd: Crowd, correct: Callable[[str, int, list[Print]], list[Print]]) -> None:
        self._crowd = crowd
        self._correct = correct
        self._days: dict[tuple[str, int], Decimal] = {}

    def hour(self, listing: Listing, hour: int, now: datetime) -> list[Print]:
        """The trades of an hour up to now, oldest first."""
        crowd = self._crowd
        found = [
            Print(trade.id, crowd.moment_of(trade.step), trade.price, trade.size, trade.taker_yes)
            for trade in crowd.flow(listing, hour)
        ]
        return [one for one in self._correct(listing.code, hour, found) if one.time <= now]

    def newest_first(self, listing: Listing, start: datetime, end: datetime) -> Iterator[Print]:
        """Trades from ``end`` back to ``start``, both included."""
        event = listing.event
        first = max(start, event.open_time)
        last = min(end, event.close_time + timedelta(hours=1))
        for hour in range(self._crowd.hour_of(last), self._crowd.hour_of(first) - 1, -1):
            for one in reversed(self.hour(listing, hour, end)):
                if one.time >= start:
                    yield one

    def last(self, listing: Listing, now: datetime) -> Decimal | None:
        """The price of the newest trade within two days of trading, in YES terms."""
        start = min(now, listing.event.close_time) - timedelta(days=2)
        newest = next(self.newest_first(listing, start, now), None)
        return None if newest is None else newest.price

    def _span(self, listing: Listing, first: int, last: int) -> Decimal:
        """Members' volume of whole hours, ``last`` excluded; whole days are remembered."""
        total, hour = ZERO, first
        while hour < last:
            if hour % _DAY == 0 and hour + _DAY <= last:
                name = (listing.code, hour)
                day = self._days.get(name)
                if day is None:
                    each = (self._crowd.volume(listing, one) for one in range(hour, hour + _DAY))
                    day = self._days[name] = sum(each, ZERO)
                total += day
                hour += _DAY
            else:
                total += self._crowd.volume(listing, hour)
                hour += 1
        return total

    def volume(self, listing: Listing, now: datetime, *, since: datetime | None = None) -> Decimal:
        """Contracts that the members traded since a moment, or since the market opened."""
        event = listing.event
        crowd = self._crowd
        until = min(now, event.close_time)
        start = event.open_time if since is None else max(since, event.open_time)
        if until <= start:
            return ZERO
        first, last = crowd.hour_of(start), crowd.hour_of(until)
        total = self._span(listing, first, last)
        if since is not None and start == since:
            total -= sum(
                (one.size for one in crowd.flow(listing, first) if crowd.moment_of(one.step) < since), ZERO
            )
        if until < event.close_time:
            total += sum(
                (one.size for one in crowd.flow(listing, last) if crowd.moment_of(one.step) <= until), ZERO
            )
        return max(total, ZERO)

    def open_interest(self, listing: Listing, volume: Decimal) -> Decimal:
        """Contracts that the members hold, given what they traded."""
        step = listing.series.size_step
        return (volume * _HELD // step) * step

    def candles(
        self, listing: Listing, interval: CandleInterval, start: datetime, end: datetime, now: datetime
    ) -> list[CandleShape]:
        """Steps between two moments, oldest first; only while the market traded."""
        event = listing.event
        length = timedelta(seconds=interval.seconds)
        epoch = self._crowd.moment_of(0)
        at = epoch + (max(start, event.open_time) - epoch) // length * length
        if at < start:
            at += length
        until = min(end, event.close_time, now)
        prints = list(self.newest_first(listing, at, min(now, end)))
        made: list[CandleShape] = []
        while at < until:
            following = at + length
            within: list[Print] = []
            while prints and prints[-1].time < following:
                within.append(prints.pop())
            made.append(self._candle(listing, at, min(following, until), within))
            at = following
        return made

    def _candle(self, listing: Listing, start: datetime, until: datetime, within: list[Print]) -> CandleShape:
        prices = [one.price for one in within]
        bid, ask = self._best(listing, until)
        return CandleShape(
            start=start,
            open=prices[0] if prices else None,
            high=max(prices, default=None),
            low=min(prices, default=None),
            close=prices[-1] if prices else None,
            bid=bid,
            ask=ask,
            volume=sum((one.size for one in within), ZERO),
        )

    def _best(self, listing: Listing, until: datetime) -> tuple[Decimal | None, Decimal | None]:
        step = self._crowd.step_of(until - timedelta(microseconds=1))
        if listing.series.execution is Execution.AMM:
            price = self._crowd.curve_price(listing, step)
            return price, price
        ladder = self._crowd.ladder(listing, step, best_only=True)
        return (
            ladder.bids[0].price if ladder.bids else None,
            ladder.asks[0].price if ladder.asks else None,
        )
