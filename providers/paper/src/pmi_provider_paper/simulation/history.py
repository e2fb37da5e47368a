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
        is_alone: whether the account never traded in a market.
    """

    def __init__(
        self,
        crowd: Crowd,
        correct: Callable[[str, int, list[Print]], list[Print]],
        is_alone: Callable[[str], bool],
    ) -> None:
        self._crowd = crowd
        self._correct = correct
        self._is_alone = is_alone

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
        """The price of the newest trade of the last two days of trading, in YES terms."""
        end = min(now, listing.event.close_time)
        if self._is_alone(listing.code):
            return self._members_last(listing, end)
        newest = next(self.newest_first(listing, end - timedelta(days=2), now), None)
        return None if newest is None else newest.price

    def _members_last(self, listing: Listing, end: datetime) -> Decimal | None:
        crowd = self._crowd
        step, hour = crowd.step_of(end), crowd.hour_of(end)
        for each in range(hour, hour - 2 * _DAY, -1):
            for sketch in reversed(crowd.sketches(listing, each)):
                if sketch.step <= step:
                    return crowd.priced(listing, sketch).price
        return None

    def volume(self, listing: Listing, now: datetime, *, since: datetime | None = None) -> Decimal:
        """Contracts that the members traded since a moment, or since the market opened."""
        until = min(now, listing.event.close_time)
        total = self._before(listing, until)
        if since is not None and since > listing.event.open_time:
            total -= self._before(listing, min(since, until))
        return total

    def _before(self, listing: Listing, moment: datetime) -> Decimal:
        """Contracts that the members traded up to a moment."""
        crowd = self._crowd
        hour, step = crowd.hour_of(moment), crowd.step_of(moment)
        within = (sketch.size for sketch in crowd.sketches(listing, hour) if sketch.step <= step)
        return crowd.traded(listing, hour) + sum(within, ZERO)

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
