"""Events and markets: listed, opened, paused, closed, determined, settled, voided, reopened."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pmi_core.errors import Duplicate, MarketNotOpen, NotFound, RequestError
from pmi_core.exchange.commands import (
    AddEvent,
    AddMarket,
    CloseMarket,
    DetermineMarket,
    PauseMarket,
    ReopenMarket,
    ResumeMarket,
    SetCloseTime,
    SettleMarket,
    VoidMarket,
)
from pmi_core.exchange.events import CancelReason, MarketChanged
from pmi_core.exchange.market import Market
from pmi_core.exchange.negotiation import Negotiation
from pmi_core.exchange.orders import Orders
from pmi_core.exchange.payout import Payout
from pmi_core.exchange.specs import MarketSpec
from pmi_core.exchange.state import State
from pmi_core.exchange.timers import TimerKind
from pmi_core.exchange.treasury import Treasury
from pmi_core.exchange.units import SCALE, from_units, to_units
from pmi_core.models.market import MarketResult, MarketStatus, Trading
from pmi_core.models.update import LifecycleKind

__all__ = ["Follower", "Lifecycle"]

_ENDED = (MarketStatus.SETTLED, MarketStatus.VOIDED)


class Follower(Protocol):
    """Whatever takes its result from markets' results."""

    def follow(self, leg: Market) -> None:
        """A market ended."""
        ...

    def unfollow(self, leg: Market) -> None:
        """A market is open again."""
        ...


class Lifecycle:
    """Commands on events and markets.

    Attributes:
        followers: are told of every market that ends or is open again.
    """

    def __init__(self, state: State, orders: Orders, treasury: Treasury, negotiation: Negotiation) -> None:
        self._state = state
        self._orders = orders
        self._treasury = treasury
        self._negotiation = negotiation
        self.followers: list[Follower] = []
        self._payout = Payout(state, treasury)

    def add_event(self, command: AddEvent) -> None:
        """List an event."""
        events = self._state.events
        spec = command.spec
        if spec.id in events:
            raise Duplicate(f"event {spec.id!r} is listed already", code="event")
        events[spec.id] = spec
        self._state.event_markets[spec.id] = []

    def add_market(self, command: AddMarket) -> None:
        """List a market."""
        self.list_market(command.spec)

    def list_market(self, spec: MarketSpec) -> Market:
        """List a market and open it, unless it opens later.

        Raises:
            Duplicate: its id is taken.
            NotFound: its event is not listed.
        """
        state = self._state
        if spec.id in state.markets:
            raise Duplicate(f"market {spec.id!r} is listed already", code="market")
        if spec.event_id is not None:
            if spec.event_id not in state.events:
                raise NotFound(f"there is no event {spec.event_id!r}", hint="list it first", code="event")
            state.event_markets[spec.event_id].append(spec.id)
        market = Market(spec, state.settings.retention.trades)
        state.list_market(market)
        self._note(market, LifecycleKind.CREATED)
        if market.curve is not None:
            house = self._treasury.open_house(market.id, market.currency, market.curve.subsidy)
            state.attach(house.holding(market))
        if spec.open_time is not None and spec.open_time > state.now:
            state.schedule(spec.open_time, TimerKind.OPEN, market.id)
        else:
            self._open(market, LifecycleKind.OPENED)
        return market

    def _note(self, market: Market, kind: LifecycleKind) -> None:
        value = None if market.value is None else from_units(market.value)
        self._state.log.emit(MarketChanged, market.id, kind, value, market.close_time)

    def _open(self, market: Market, kind: LifecycleKind) -> None:
        market.status = MarketStatus.OPEN
        market.trading = Trading.OPEN
        self._note(market, kind)
        self._watch_close(market)

    def _watch_close(self, market: Market) -> None:
        if market.close_time is None:
            return
        if market.close_time <= self._state.now:
            self._close(market)
        else:
            self._state.schedule(market.close_time, TimerKind.CLOSE, market.id)

    def _close(self, market: Market) -> None:
        market.status = MarketStatus.CLOSED
        market.trading = Trading.NONE
        self._note(market, LifecycleKind.CLOSED)
        self._orders.clear(market, CancelReason.CLOSE)
        self._negotiation.close_market(market)

    def open_due(self, market_id: str) -> None:
        """A market's opening time may have come."""
        market = self._state.markets[market_id]
        opens = market.spec.open_time
        if market.status is MarketStatus.UNOPENED and opens is not None and opens <= self._state.now:
            self._open(market, LifecycleKind.OPENED)

    def close_due(self, market_id: str) -> None:
        """A market's closing time may have come."""
        market = self._state.markets[market_id]
        if market.status is not MarketStatus.OPEN or market.close_time is None:
            return
        if market.close_time <= self._state.now:
            self._close(market)

    def settle_due(self, market_id: str) -> None:
        """A market's settlement may be due."""
        market = self._state.markets[market_id]
        if market.status is not MarketStatus.DETERMINED or market.settle_at is None:
            return
        if market.settle_at <= self._state.now:
            self._settle(market)

    def pause(self, command: PauseMarket) -> None:
        """Stop taking orders for a while."""
        market = self._in(command.market_id, MarketStatus.OPEN)
        if market.trading is Trading.PAUSED:
            self._state.log.keep_silent()
            return
        market.trading = Trading.PAUSED
        self._note(market, LifecycleKind.PAUSED)
        self._orders.clear(market, CancelReason.PAUSE, on_pause_only=True)

    def resume(self, command: ResumeMarket) -> None:
        """Take orders again."""
        market = self._in(command.market_id, MarketStatus.OPEN)
        if market.trading is not Trading.PAUSED:
            self._state.log.keep_silent()
            return
        if command.cancel_resting:
            self._orders.clear(market, CancelReason.PAUSE)
        market.trading = Trading.OPEN
        self._note(market, LifecycleKind.RESUMED)

    def set_close_time(self, command: SetCloseTime) -> None:
        """Move the close."""
        market = self._in(command.market_id, MarketStatus.OPEN, MarketStatus.UNOPENED)
        _check_aware(command.close_time)
        market.close_time = command.close_time
        self._note(market, LifecycleKind.CLOSE_TIME_CHANGED)
        if market.status is MarketStatus.OPEN:
            self._watch_close(market)

    def close(self, command: CloseMarket) -> None:
        """Close now."""
        self._close(self._in(command.market_id, MarketStatus.OPEN, MarketStatus.UNOPENED))

    def determine(self, command: DetermineMarket) -> None:
        """State the result."""
        market = self._in(command.market_id, MarketStatus.OPEN, MarketStatus.CLOSED, MarketStatus.DETERMINED)
        value = to_units(command.value)
        if value is None or not 0 <= value <= SCALE:
            raise RequestError(
                f"{command.value} is not a settlement value",
                hint="give 0 to 1 with at most 6 places",
                code="value",
            )
        self._check_exclusive(market, value)
        self.determine_at(market, value)

    def determine_at(self, market: Market, value: int) -> None:
        """Determine a market, and the combos that follow from it."""
        state = self._state
        if market.status in (MarketStatus.OPEN, MarketStatus.UNOPENED):
            self._close(market)
        market.status = MarketStatus.DETERMINED
        market.value = value
        market.result = {0: MarketResult.NO, SCALE: MarketResult.YES}.get(value, MarketResult.FRACTION)
        self._note(market, LifecycleKind.DETERMINED)
        delay = market.spec.settlement_delay
        if delay is not None:
            market.settle_at = state.now + delay
            if delay:
                state.schedule(market.settle_at, TimerKind.SETTLE, market.id)
            else:
                self._settle(market)
        for follower in self.followers:
            follower.follow(market)

    def _check_exclusive(self, market: Market, value: int) -> None:
        event = self._state.events.get(market.event_id) if market.event_id is not None else None
        if event is None or not event.mutually_exclusive:
            return
        siblings = (self._state.markets[one] for one in self._state.event_markets[event.id])
        others = sum(one.value or 0 for one in siblings if one is not market)
        if others + value > SCALE:
            raise RequestError(
                f"the markets of {event.id!r} exclude each other, and the others pay {from_units(others)} already",
                hint="correct their result first",
                code="exclusive",
            )

    def settle(self, command: SettleMarket) -> None:
        """Pay the result."""
        self._settle(self._in(command.market_id, MarketStatus.DETERMINED))

    def _settle(self, market: Market) -> None:
        market.status = MarketStatus.SETTLED
        market.settled_time = self._state.now
        self._note(market, LifecycleKind.SETTLED)
        self._payout.settle(market)

    def void(self, command: VoidMarket) -> None:
        """Call a market off."""
        market = self._state.market(command.market_id)
        if market.status in _ENDED:
            raise MarketNotOpen(f"{market.id} is {market.status} already", code=market.status.value)
        self.void_now(market)

    def void_now(self, market: Market) -> None:
        """Give stakes back, and let combos go on without this leg."""
        if market.status in (MarketStatus.OPEN, MarketStatus.UNOPENED):
            self._close(market)
        market.status = MarketStatus.VOIDED
        market.value = None
        market.result = MarketResult.VOID
        market.settled_time = self._state.now
        self._note(market, LifecycleKind.VOIDED)
        self._payout.void(market)
        for follower in self.followers:
            follower.follow(market)

    def reopen(self, command: ReopenMarket) -> None:
        """Take a closed or determined market back."""
        market = self._in(command.market_id, MarketStatus.CLOSED, MarketStatus.DETERMINED)
        _check_aware(command.close_time)
        if command.close_time is not None and command.close_time <= command.time:
            raise RequestError("a market reopens with a close in the future, or none", code="close_time")
        self.reopen_until(market, command.close_time)

    def reopen_until(self, market: Market, close_time: datetime | None) -> None:
        """Reopen a market, and the combos that its result had decided."""
        market.close_time = close_time
        market.value = market.result = market.settle_at = None
        self._open(market, LifecycleKind.REOPENED)
        for follower in self.followers:
            follower.unfollow(market)

    def _in(self, market_id: str, *statuses: MarketStatus) -> Market:
        market = self._state.market(market_id)
        if market.status not in statuses:
            raise MarketNotOpen(
                f"{market_id} is {market.status}, not {' or '.join(statuses)}", code=market.status.value
            )
        return market


def _check_aware(moment: datetime | None) -> None:
    if moment is not None and moment.tzinfo is None:
        raise RequestError("times are aware", hint="give it a time zone", code="time")
