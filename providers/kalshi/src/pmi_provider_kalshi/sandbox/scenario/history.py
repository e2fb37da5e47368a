"""What was traded before the sandbox opened: made when somebody looks, the same every time."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from pmi_core.models import RangesGrid
from pmi_core.numbers import Rounding
from pmi_provider_kalshi.sandbox.grids import grid
from pmi_provider_kalshi.sandbox.noise import pick, share, uuid_of
from pmi_provider_kalshi.sandbox.scenario.beliefs import Beliefs
from pmi_provider_kalshi.sandbox.scenario.calendar import Calendar
from pmi_provider_kalshi.sandbox.scenario.plans import EventPlan, MarketPlan

__all__ = ["History", "Print"]

_SPAN: Final = timedelta(days=10)
_STEPS: Final = 60


class Print(NamedTuple):
    """One public trade."""

    trade_id: str
    ticker: str
    price: Decimal
    """In YES terms."""
    size: Decimal
    taker_yes: bool
    """Whether the taker bought YES; it bought NO otherwise."""
    time: datetime
    block: bool = False


class History:
    """The trades of each market up to the opening of the sandbox."""

    def __init__(self, calendar: Calendar, beliefs: Beliefs) -> None:
        self._calendar = calendar
        self._beliefs = beliefs
        self._prints: dict[str, tuple[Print, ...]] = {}

    def prints(self, ticker: str) -> tuple[Print, ...]:
        """A market's trades before the opening, oldest first; none where the market came later."""
        found = self._prints.get(ticker)
        if found is None:
            known = self._calendar.markets.get(ticker)
            found = self._prints[ticker] = () if known is None else self._make(*known)
        return found

    def _make(self, event: EventPlan, market: MarketPlan) -> tuple[Print, ...]:
        end = min(event.close_time, self._calendar.start)
        begin = max(event.open_time, end - _SPAN)
        if begin >= end or event.paused:
            return ()
        length = (end - begin) / _STEPS
        length = (
            max(length, timedelta(hours=4)) if event.activity < 200 else max(length, timedelta(seconds=40))
        )
        structure = grid(event.series.structure)
        made = []
        at, number = begin, 0
        while at + length <= end:
            made.append(self._print(event, market, structure, at, length, number))
            at, number = at + length, number + 1
        return tuple(made)

    def _print(
        self,
        event: EventPlan,
        market: MarketPlan,
        structure: RangesGrid,
        at: datetime,
        length: timedelta,
        number: int,
    ) -> Print:
        seed, ticker = self._calendar.seed, market.ticker
        when = at + length * share(seed, "when", ticker, number)
        when = when.replace(microsecond=when.microsecond // 1000 * 1000)
        up = share(seed, "taker", ticker, number) < 0.5
        fair = Decimal(round(self._beliefs.chance(event, market, when) * 10_000)) / 10_000
        asked = min(
            max(fair + (Decimal("0.01") if up else Decimal("-0.01")), Decimal("0.01")), Decimal("0.99")
        )
        price = structure.snap(asked, towards=Rounding.HALF_EVEN)
        assert price is not None
        most = max(event.activity, 2)
        return Print(
            uuid_of(seed, "trade", ticker, number),
            ticker,
            price,
            Decimal(pick(1, most, seed, "contracts", ticker, number)),
            up,
            when,
        )
