"""The exchange as a whole: commands go in, events come out, reads look at what stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pmi_core.errors import RequestError
from pmi_core.exchange import commands
from pmi_core.exchange.admission import Admission
from pmi_core.exchange.clearing import Clearing
from pmi_core.exchange.combos import Combos
from pmi_core.exchange.commands import Advance, AnyCommand
from pmi_core.exchange.events import AnyEvent, Commanded, Event
from pmi_core.exchange.groups import Groups
from pmi_core.exchange.lifecycle import Lifecycle
from pmi_core.exchange.negotiation import Negotiation
from pmi_core.exchange.orders import Orders
from pmi_core.exchange.readings import Readings
from pmi_core.exchange.specs import ExchangeSettings
from pmi_core.exchange.state import State
from pmi_core.exchange.timers import TimerKind
from pmi_core.exchange.trading import Trading
from pmi_core.exchange.treasury import Treasury
from pmi_core.exchange.views import Drained

__all__ = ["Exchange", "Listener"]

Listener = Callable[[tuple[Event, ...]], None]
"""Is told the events of each accepted command, after the state has changed."""


class Exchange(Readings):
    """A prediction-market exchange in memory: pure, deterministic, without input, output or clock.

    ``apply`` is the only way to change it.  The same commands give the same events and the same
    state, whenever and wherever they are applied.  Ids of orders, trades, groups, requests and
    quotes are counted in the order in which they come to be.

    One thread at a time may use it.
    """

    def __init__(self, settings: ExchangeSettings | None = None) -> None:
        self.settings = settings or ExchangeSettings()
        state = State(self.settings)
        super().__init__(state)
        self._state = state
        self._listeners: list[Listener] = []
        orders, admission, clearing = Orders(state), Admission(state), Clearing(state)
        treasury = Treasury(state)
        groups = Groups(state, orders)
        trading = Trading(state, orders, admission, clearing)
        negotiation = Negotiation(state, orders, admission, clearing)
        lifecycle = Lifecycle(state, orders, treasury, negotiation)
        combos = Combos(state, lifecycle)
        self._handlers: dict[type, Callable[[Any], None]] = {
            commands.OpenAccount: treasury.open_account,
            commands.Deposit: treasury.deposit,
            commands.Withdraw: treasury.withdraw,
            commands.AddEvent: lifecycle.add_event,
            commands.AddMarket: lifecycle.add_market,
            commands.AddCollection: combos.add_collection,
            commands.OpenCombo: combos.open_combo,
            commands.PauseMarket: lifecycle.pause,
            commands.ResumeMarket: lifecycle.resume,
            commands.SetCloseTime: lifecycle.set_close_time,
            commands.CloseMarket: lifecycle.close,
            commands.DetermineMarket: lifecycle.determine,
            commands.SettleMarket: lifecycle.settle,
            commands.VoidMarket: lifecycle.void,
            commands.ReopenMarket: lifecycle.reopen,
            commands.PlaceOrder: trading.place,
            commands.AmendOrder: trading.amend,
            commands.DecreaseOrder: trading.decrease,
            commands.CancelOrder: trading.cancel,
            commands.CancelAll: trading.cancel_all,
            commands.CreateGroup: groups.create,
            commands.SetGroupLimit: groups.set_limit,
            commands.TriggerGroup: groups.trigger,
            commands.ResetGroup: groups.reset,
            commands.DeleteGroup: groups.delete,
            commands.CreateRfq: negotiation.create_rfq,
            commands.CancelRfq: negotiation.cancel_rfq,
            commands.CreateQuote: negotiation.create_quote,
            commands.AcceptQuote: negotiation.accept,
            commands.ConfirmQuote: negotiation.confirm,
            commands.CancelQuote: negotiation.cancel_quote,
            Advance: self._run_due,
        }
        self._due: dict[TimerKind, Callable[[str], None]] = {
            TimerKind.OPEN: lifecycle.open_due,
            TimerKind.CLOSE: lifecycle.close_due,
            TimerKind.SETTLE: lifecycle.settle_due,
            TimerKind.EXPIRE: trading.expire_due,
            TimerKind.CONFIRM: negotiation.confirm_due,
            TimerKind.EXECUTE: negotiation.execute_due,
        }

    def apply(self, command: AnyCommand) -> tuple[Event, ...]:
        """Carry out one command and give the events that followed, the ``Commanded`` first.

        What time has brought about up to ``command.time`` happens before, with an ``Advance`` of
        its own, also when the command itself is refused.  An ``Advance`` with nothing due and the
        cancel of a terminal order give no events.

        Raises:
            RequestError: the command was refused and changed nothing: OffGrid, BelowMinimum,
                WouldCross, Duplicate, InsufficientFunds, MarketNotOpen, InvalidOrder, NotFound,
                OrderRefused, or RequestError itself.  ``code`` says the reason in one word.
        """
        state = self._state
        time = command.time
        if time.tzinfo is None or time < state.now:
            raise RequestError(
                f"the command's time {time} is naive or before {state.now}",
                hint="give aware times that never run backwards",
                code="time",
            )
        handler = self._handlers.get(type(command))
        if handler is None:
            raise RequestError(f"{type(command).__name__} is not a command of the exchange", code="command")
        timers = state.timers
        early: tuple[Event, ...] = ()
        if timers.heap and timers.heap[0][0] <= time:
            early = self._carry_out(Advance(time=time), self._run_due)
        if handler == self._run_due:
            return early
        return early + self._carry_out(command, handler)

    def _carry_out(self, command: AnyCommand, handler: Callable[[Any], None]) -> tuple[Event, ...]:
        state = self._state
        log = state.log
        before = state.now
        state.now = command.time
        log.begin(command)
        try:
            handler(command)
        except RequestError:
            log.roll_back()
            state.now = before
            raise
        happened = log.commit()
        if not happened:
            state.now = before
            return happened
        for listener in self._listeners:
            listener(happened)
        return happened

    def _run_due(self, command: Advance) -> None:
        for kind, key in self._state.timers.due(command.time):
            self._due[kind](key)
        if not self._state.log.has_consequences:  # what was due had changed meanwhile
            self._state.log.keep_silent()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell ``listener`` the events of every accepted command from now on; call the result to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def since(self, seq: int) -> tuple[Event, ...]:
        """Every event numbered above ``seq``, in order; 0 gives all.

        Raises:
            RequestError: some of them were dropped or drained already.
        """
        return self._state.log.since(seq)

    def drain(self) -> Drained:
        """Hand out and forget every event, terminal order, fill and trade so far.

        Positions, balances, working orders, settlements and used client order ids stay.
        """
        return self._state.drain()

    @classmethod
    def replay(cls, events: Iterable[AnyEvent], settings: ExchangeSettings | None = None) -> Exchange:
        """Build the exchange whose history ``events`` is, from its first event on.

        Each recorded consequence is compared with what happens again.

        Raises:
            RequestError: an event is missing, or does not follow from those before it.
        """
        again = cls(settings)
        expected: list[Event] = []
        for event in events:
            if expected:
                if event != expected.pop():
                    raise _diverged(event)
                continue
            if not isinstance(event, Commanded):
                raise _diverged(event)
            try:
                happened = again.apply(event.command)
            except RequestError as error:
                raise _diverged(event) from error
            if not happened or happened[0] != event:
                raise _diverged(event)
            expected = list(happened[:0:-1])
        if expected:
            raise RequestError(
                f"the history ends before event {expected[-1].seq}", hint="give it whole", code="history"
            )
        return again


def _diverged(event: Event) -> RequestError:
    return RequestError(
        f"event {event.seq} ({type(event).__name__}) does not follow from those before it",
        hint="replay the whole history in order, with the settings it was made under",
        code="history",
    )
