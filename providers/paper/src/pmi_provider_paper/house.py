"""The opened exchange: scenario, members, floor, memory and file under one clock.

Everything happens in turns.  A turn takes the file, reads it again if another process wrote to it,
lets pass what is due, does what was asked, and writes before it gives the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

from pmi_core.calls import CallRecord
from pmi_core.clock import Clock
from pmi_core.errors import NotFound, PmiError, RequestError
from pmi_core.identifiers import MarketRef, Ref
from pmi_core.models import FillSettlement, MarketStatus
from pmi_provider_paper.bookkeeping import Bookkeeper
from pmi_provider_paper.catalogue import EventPlan, Listing, Scenario
from pmi_provider_paper.clockwork import Clockwork
from pmi_provider_paper.combinations import combination
from pmi_provider_paper.facts import status_of
from pmi_provider_paper.floor import Floor
from pmi_provider_paper.memory import Memory
from pmi_provider_paper.records import FillRecord
from pmi_provider_paper.restoring import Restored, restore, undo_fill
from pmi_provider_paper.settings import Fills, PaperSettings
from pmi_provider_paper.simulation.crowd import Crowd
from pmi_provider_paper.simulation.history import History, Print
from pmi_provider_paper.simulation.noise import key_of, share
from pmi_provider_paper.store import Store

__all__ = ["House"]

_MOST_LISTED = 1500
"""Markets that the engine holds before it is built anew with only those that matter."""

Decider = Callable[[str, datetime], None]


class House:
    """One opened practice exchange.

    Args:
        name: the configured venue's name.
        settings: how it behaves.
        store: where the account is kept.
        clock: what time it is.
        on_call: hears of every finished call.
    """

    def __init__(
        self,
        name: str,
        settings: PaperSettings,
        store: Store,
        clock: Clock,
        on_call: Callable[[CallRecord], None],
    ) -> None:
        self.name = name
        self._on_call = on_call
        self.settings = settings
        self.clock = clock
        self.scenario = Scenario(settings.seed)
        pace = timedelta(milliseconds=int(settings.pace * 1000))
        self.crowd = Crowd(settings.seed, pace, live=settings.live)
        self.memory = Memory(settings.starting_cash)
        self.history = History(self.crowd, self._correct, self._is_alone)
        self.deciders: dict[str, Decider] = {"fill": self._decide_fill}
        """Who decides what is due, by the kind of record."""
        self._store = store
        self._listeners: list[Callable[[], None]] = []
        self._closers: list[Callable[[], None]] = []
        self._combos: dict[str, Listing] = {}
        self._open = True
        self._stale = True
        self._settlement: timedelta | None = None
        if settings.fills is Fills.DELAYED:
            self._settlement = timedelta(milliseconds=int(settings.settlement_delay * 1000))
        self._restored: Restored | None = None
        self._clockwork: Clockwork | None = None

    # ------------------------------------------------------------------------------------- turns

    @property
    def floor(self) -> Floor:
        """The engine with the members' orders."""
        assert self._restored is not None
        return self._restored.floor

    @property
    def books(self) -> Bookkeeper:
        """Who records what the engine says."""
        assert self._restored is not None
        return self._restored.books

    @property
    def clockwork(self) -> Clockwork:
        """Who lets time pass."""
        assert self._clockwork is not None
        return self._clockwork

    @contextmanager
    def turn(self, capability: str, method: str | None) -> Iterator[datetime]:
        """Do something at the present moment, with everything before it done and written after it.

        Args:
            capability: the slot that was asked.
            method: what was asked of it; None for what nobody asked, which is not a call.

        Raises:
            PmiError: what was asked failed; it names the venue and the capability.
        """
        start, failure = self.clock.monotonic(), None
        try:
            with self._transaction() as now:
                yield now
        except PmiError as error:
            failure = type(error).__name__
            error.venue = error.venue or self.name
            error.capability = error.capability or capability
            raise
        finally:
            if method is not None:
                seconds = self.clock.monotonic() - start
                self._on_call(
                    CallRecord(
                        venue=self.name,
                        capability=capability,
                        method=method,
                        seconds=seconds,
                        attempts=1,
                        error=failure,
                    )
                )

    @contextmanager
    def _transaction(self) -> Iterator[datetime]:
        if not self._open:
            raise RequestError(f"venue {self.name!r} is closed", hint="open it again")
        self._store.begin()
        try:
            now = self._prepare()
        except BaseException:
            self._give_up()
            raise
        try:
            yield now
        except PmiError:
            self._finish()  # what was due before is kept, and of a refused request nothing is there
            raise
        except BaseException:
            self._give_up()
            raise
        self._finish()

    def _give_up(self) -> None:
        """Forget this turn: the next one reads the file again."""
        self._store.roll_back()
        self._stale = True

    def _prepare(self) -> datetime:
        now = self.clock.now()
        if self._store.was_changed() or self._stale:
            self._load(now)
        now = max(now, self.floor.now)
        if self.floor.listed > _MOST_LISTED:
            self._use(restore(self.memory, self.crowd, self.lookup, now, self._settlement))
        self.clockwork.catch_up(now)
        return now

    def _finish(self) -> None:
        try:
            written = self.memory.save(self._store)
            self._store.commit()
        except BaseException:
            self._give_up()
            raise
        if written:
            for listener in list(self._listeners):
                listener()

    def _load(self, now: datetime) -> None:
        memory = Memory(self.settings.starting_cash)
        memory.load(self._store)
        self.memory = memory
        self._combos.clear()
        self._use(restore(memory, self.crowd, self.lookup, now, self._settlement))
        self._stale = False

    def _use(self, restored: Restored) -> None:
        self._restored = restored
        if self._clockwork is None:
            self._clockwork = Clockwork(restored.books, self.lookup, self._decide)
        else:
            self._clockwork.use(restored.books)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Hear after every turn that changed the account; call the result to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def on_close(self, closer: Callable[[], None]) -> Callable[[], None]:
        """Call ``closer`` when the exchange is closed; call the result to forget it."""
        self._closers.append(closer)
        return lambda: self._closers.remove(closer)

    def close(self) -> None:
        """Give the file back and end every stream; may be called twice."""
        if self._open:
            self._open = False
            self._store.close()
            for closer in list(self._closers):
                closer()

    @property
    def is_open(self) -> bool:
        """Whether the exchange can still be asked."""
        return self._open

    # ----------------------------------------------------------------------------------- deciding

    def _decide(self, kind: str, name: str, when: datetime) -> None:
        self.deciders[kind](name, when)

    def _decide_fill(self, name: str, when: datetime) -> None:
        fill = self.memory.fills[name]
        if not self._fails(fill) or fill.market in self.memory.settlements or not self._undo(fill, when):
            fill.settlement = FillSettlement.CONFIRMED
            fill.due = None
            self.memory.put_fill(fill)

    def _fails(self, fill: FillRecord) -> bool:
        return share(key_of("fill", self.settings.seed, fill.id), 0) * 100 < self.settings.failure_percent

    def _undo(self, fill: FillRecord, when: datetime) -> bool:
        now = max(when, self.floor.now)
        restored = undo_fill(fill, self.memory, self.crowd, self.lookup, now, self._settlement)
        if restored is not None:
            self._use(restored)
        return restored is not None

    # ------------------------------------------------------------------------------------ looking

    def _correct(self, market: str, hour: int, prints: list[Print]) -> list[Print]:
        return self.memory.correct(market, hour, prints)  # the memory may be another one by now

    def _is_alone(self, market: str) -> bool:
        return self.memory.is_alone(market)

    def lookup(self, code: str) -> Listing | None:
        """The market of a code, a combination included, or None."""
        found = self.scenario.market(code) or self._combos.get(code)
        if found is None and code in self.memory.combos:
            found = combination(self.memory.combos[code], self.scenario)
            if found is not None:
                self._combos[code] = found
        return found

    def native(self, ref: Ref) -> str:
        """A ref's own code, after checking that it belongs here."""
        return ref.at(self.name)

    def listing(self, market: MarketRef | str) -> Listing:
        """The market that a ref names.

        Raises:
            NotFound: there is none.
        """
        ref = MarketRef(market)
        found = self.lookup(self.native(ref))
        if found is None:
            raise NotFound(
                f"{ref} names no market", venue=self.name, hint="list or search markets for their refs"
            )
        return found

    def combos(self) -> list[Listing]:
        """The combinations that were opened, oldest first."""
        found = [self.lookup(code) for code in self.memory.combos]
        return [listing for listing in found if listing is not None]

    def is_listed(self, event: EventPlan, now: datetime) -> bool:
        """Whether an event stands in listings at a moment."""
        return event in self.scenario.listed(now)

    def is_touched(self, code: str) -> bool:
        """Whether the account has an order in a market, so that its book is not the members' alone."""
        return any(self.memory.orders[name].market == code for name in self.books.engine_of)

    def status(self, listing: Listing, now: datetime) -> MarketStatus:
        """Where a market is in its life."""
        return status_of(listing.event, now, void=self.crowd.beliefs.is_void(listing))

    def seconds(self, amount: Decimal) -> timedelta:
        """A setting in seconds as a length of time."""
        return timedelta(milliseconds=int(amount * 1000))
