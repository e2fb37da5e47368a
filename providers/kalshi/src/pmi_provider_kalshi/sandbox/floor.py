"""The trading floor: the engine under one clock, with the house's members and the calendar at work."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pmi_core.clock import Clock
from pmi_core.errors import NotFound
from pmi_core.exchange import CollectionSpec, EventSpec, Exchange, ExchangeSettings, MarketSpec, Retention
from pmi_core.exchange.commands import (
    AddCollection,
    AddEvent,
    AddMarket,
    Advance,
    AnyCommand,
    Deposit,
    DetermineMarket,
    PauseMarket,
    ResumeMarket,
    SetCloseTime,
    SettleMarket,
)
from pmi_core.exchange.events import Event
from pmi_core.exchange.views import MarketView
from pmi_core.models import MarketStatus, OutcomeSide, Trading
from pmi_provider_kalshi.fees import FeeTerms
from pmi_provider_kalshi.sandbox.counterparts import Counterparts
from pmi_provider_kalshi.sandbox.grids import grid
from pmi_provider_kalshi.sandbox.market_maker import ROUND, MarketMaker
from pmi_provider_kalshi.sandbox.names import account_of
from pmi_provider_kalshi.sandbox.noise import pick
from pmi_provider_kalshi.sandbox.scenario import series
from pmi_provider_kalshi.sandbox.scenario.beliefs import Beliefs
from pmi_provider_kalshi.sandbox.scenario.calendar import COMBO_COLLECTION, Calendar
from pmi_provider_kalshi.sandbox.scenario.history import History
from pmi_provider_kalshi.sandbox.scenario.plans import EventPlan, SeriesPlan
from pmi_provider_kalshi.sandbox.scenario.quoting import Ladder, ladder

__all__ = ["Floor", "FloorPlan"]

_STEP = Decimal("0.01")
_FAR = 30
"""Steps after which nobody plays the ones between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorPlan:
    """How the floor behaves.

    Attributes:
        seed: of everything that is left to chance.
        moving: whether prices move and strangers trade; a maker quotes in any case.
        pace: the length of a step.
        cash: dollars that the member begins with on each shard.
        execution_delay: time between a quote's confirmation and its execution.
    """

    seed: int = 1
    moving: bool = True
    pace: timedelta = timedelta(seconds=1)
    cash: Decimal = Decimal(10_000)
    execution_delay: timedelta = timedelta(seconds=1)


class Floor:
    """The engine and all that happens around the member."""

    def __init__(self, plan: FloorPlan, clock: Clock) -> None:
        self.plan = plan
        self._clock = clock
        self.start = self._now = _to_millis(clock.now())
        self.engine = Exchange(
            ExchangeSettings(
                execution_delay=plan.execution_delay,
                retention=Retention(events=20_000, orders=50_000, client_ids=200_000, trades=2_000),
            )
        )
        self.calendar = Calendar(plan.seed, self.start)
        self.beliefs = Beliefs(plan.seed, None if plan.moving else self.start)
        self.history = History(self.calendar, self.beliefs)
        self.paused = False
        self._step = self._step_of(self.start)
        self._undecided: list[tuple[datetime, str]] = []
        self._phases: dict[str, int] = {}
        for shard, _ in series.SHARDS:
            self.engine.apply(Deposit(time=self.start, account=account_of(0, shard), amount=plan.cash))
        self._maker = MarketMaker(self.engine, plan.seed, self.start, patient=not plan.moving)
        for event in list(self.calendar.events.values()):
            self._list(event, self.start)
        self._list_collection()
        asked = tuple(ticker for ticker in self.engine.market_ids() if ticker.startswith("KXFED"))
        self._counterparts = Counterparts(self.engine, plan.seed, self.chance, asked, self.start)
        self._counterparts.act(self.start)

    # ------------------------------------------------------------------------------------- time

    def _step_of(self, moment: datetime) -> int:
        return int(moment.timestamp() / self.plan.pace.total_seconds())

    def now(self) -> datetime:
        """The present moment to the millisecond, which never runs backwards."""
        self._now = max(self._now, _to_millis(self._clock.now()))
        return self._now

    def catch_up(self) -> datetime:
        """Let everything happen that is due; gives the present moment."""
        now = self.now()
        target = self._step_of(now)
        if target - self._step > _FAR:
            self._step = target - 1
            self._turn(now, whole=True)
        while self._step < target:
            self._step += 1
            self._turn(now, whole=False)
        self.engine.apply(Advance(time=now))
        return now

    def apply(self, command: Callable[..., AnyCommand], **fields: Any) -> tuple[Event, ...]:
        """Carry out a command of the present moment.

        Raises:
            RequestError: the engine refuses it.
        """
        return self.engine.apply(command(time=self.now(), **fields))

    def _turn(self, now: datetime, *, whole: bool) -> None:
        engine = self.engine
        engine.apply(Advance(time=now))
        for event in self.calendar.due(now):
            self._list(event, now)
        while self._undecided and self._undecided[0][0] <= now:
            self._decide(heapq.heappop(self._undecided)[1], now)
        for ticker, phase in list(self._phases.items()):
            if whole or phase == self._step % ROUND:
                self._quote(ticker, now)
            if self.plan.moving and ticker in self.calendar.markets:
                self._maker.take(ticker, self._step, self.calendar.markets[ticker][0].activity, now)
        self._counterparts.act(now)

    def pause(self) -> None:
        """Stop trading everywhere; orders can still be canceled, and some are by their own wish."""
        now = self.catch_up()
        self.paused = True
        for market in self.engine.markets():
            if market.trading is Trading.OPEN:
                self.engine.apply(PauseMarket(time=now, market_id=market.id))

    def resume(self) -> None:
        """Trade again; what rested is canceled, as at the exchange."""
        now = self.catch_up()
        self.paused = False
        for market in self.engine.markets():
            known = self.calendar.markets.get(market.id)
            if market.trading is Trading.PAUSED and not (known is not None and known[0].paused):
                self.engine.apply(ResumeMarket(time=now, market_id=market.id, cancel_resting=True))

    def close(self, ticker: str, when: datetime | None) -> None:
        """Move a market's close, to now by default."""
        now = self.catch_up()
        self.engine.apply(SetCloseTime(time=now, market_id=ticker, close_time=when or now))

    def settle(self, ticker: str, value: Decimal) -> None:
        """Decide a market and pay it out."""
        now = self.catch_up()
        if self.engine.market(ticker).status in (MarketStatus.UNOPENED, MarketStatus.OPEN):
            self.close(ticker, None)
        self.engine.apply(DetermineMarket(time=now, market_id=ticker, value=value))
        if self.engine.market(ticker).status is MarketStatus.DETERMINED:
            self.engine.apply(SettleMarket(time=now, market_id=ticker))

    # ---------------------------------------------------------------------------------- listing

    def _list(self, event: EventPlan, now: datetime) -> None:
        """Bring an event with its markets to the engine, unless all is over."""
        if self.calendar.is_over(event):
            return
        self.engine.apply(
            AddEvent(time=now, spec=EventSpec(id=event.ticker, mutually_exclusive=event.exclusive or None))
        )
        terms = self._terms(event.series)
        for market in event.markets:
            spec = MarketSpec(
                id=market.ticker,
                event_id=event.ticker,
                open_time=event.open_time,
                close_time=max(event.close_time, event.open_time + timedelta(seconds=1)),
                **terms,
            )
            self.engine.apply(AddMarket(time=now, spec=spec))
            self._phases[market.ticker] = pick(0, ROUND - 1, "phase", market.ticker)
            if event.paused or self.paused:
                self._pause_new(market.ticker, now)
            else:
                self._quote(market.ticker, now)
        heapq.heappush(self._undecided, (event.decided_time, event.ticker))

    def _pause_new(self, ticker: str, now: datetime) -> None:
        if self.engine.market(ticker).trading is Trading.OPEN:
            self.engine.apply(PauseMarket(time=now, market_id=ticker))

    def _terms(self, plan: SeriesPlan) -> dict[str, Any]:
        return {
            "price_grid": grid(plan.structure),
            "size_step": _STEP,
            "fees": FeeTerms().schedule(plan.fee_type, plan.multiplier),
            "fee_rebates": True,
            "settlement_delay": plan.timer,
        }

    def _list_collection(self) -> None:
        """List the collection of combos: over all events with open markets of the two days."""
        events = tuple(
            event.ticker
            for event in self.calendar.events.values()
            if event.series in (series.NBA, series.FED, series.HEAT) and not self.calendar.is_over(event)
        )
        spec = CollectionSpec(
            id=COMBO_COLLECTION, event_ids=events, min_legs=2, max_legs=6, **self._terms(series.COMBO)
        )
        self.engine.apply(AddCollection(time=self.start, spec=spec))

    def watch(self, ticker: str) -> None:
        """Quote a market that a member opened."""
        self._phases.setdefault(ticker, pick(0, ROUND - 1, "phase", ticker))
        self._quote(ticker, self.now())

    def _decide(self, ticker: str, now: datetime) -> None:
        event = self.calendar.events[ticker]
        paid = self.beliefs.results(event)
        for market in sorted(event.markets, key=lambda one: paid[one.ticker]):
            found = self.engine.market(market.ticker)
            if found.status in (MarketStatus.OPEN, MarketStatus.CLOSED):
                self.engine.apply(
                    DetermineMarket(time=now, market_id=market.ticker, value=paid[market.ticker])
                )

    # ---------------------------------------------------------------------------------- quoting

    def chance(self, ticker: str, when: datetime) -> float:
        """The fair price of a market, of a combo as the product of its legs."""
        known = self.calendar.markets.get(ticker)
        if known is not None:
            return self.beliefs.chance(*known, when)
        chance = 1.0
        for leg in self.engine.market(ticker).legs:
            yes = self.chance(leg.market_id, when)
            chance *= yes if leg.outcome is OutcomeSide.YES else 1 - yes
        return max(chance, 0.01)

    def ladder(self, ticker: str, when: datetime) -> Ladder:
        """What the maker quotes at a moment."""
        known = self.calendar.markets.get(ticker)
        structure = (known[0].series if known is not None else series.COMBO).structure
        seen = when if self.plan.moving else self.start
        return ladder(self.plan.seed, ticker, self.chance(ticker, when), grid(structure), seen)

    def _quote(self, ticker: str, now: datetime) -> None:
        market = self.engine.market(ticker)
        if market.trading is Trading.OPEN:
            self._maker.quote(ticker, self.ladder(ticker, now), now)
        elif market.status in (MarketStatus.SETTLED, MarketStatus.VOIDED):
            self._maker.forget(ticker)
            self._phases.pop(ticker, None)

    # ---------------------------------------------------------------------------------- looking

    def view(self, ticker: str) -> MarketView | None:
        """The engine's market; None for one that was over when the sandbox opened, or never was."""
        try:
            return self.engine.market(ticker)
        except NotFound:
            return None

    def series_of(self, ticker: str) -> SeriesPlan:
        """The series of a market, of a combo the series of combos."""
        known = self.calendar.markets.get(ticker)
        return known[0].series if known is not None else series.COMBO


def _to_millis(moment: datetime) -> datetime:
    """A moment as the matching engine stamps it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
