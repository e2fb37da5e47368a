"""Letting time pass: whatever was due since the last look happens, in order, at its own moment.

The members act at every step, but only steps that can concern the account are carried out in the
engine: where one of its orders would trade, or where the queue at its price changes.  The result is
the same as carrying out all of them, however often somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from pmi_core.exchange.commands import Advance, DetermineMarket, SettleMarket, VoidMarket
from pmi_core.models import Execution
from pmi_core.numbers import ONE
from pmi_provider_paper.bookkeeping import Bookkeeper
from pmi_provider_paper.catalogue import Listing
from pmi_provider_paper.floor import Floor, buys_yes
from pmi_provider_paper.memory import Memory
from pmi_provider_paper.records import OrderRecord

__all__ = ["Clockwork"]

_MOST_STEPS: Final = 20_000
"""Steps that are looked through at most after nobody looked; older ones passed without trades."""


class _Job(NamedTuple):
    when: datetime
    order: int
    name: str
    run: Callable[[datetime], None]


class Clockwork:
    """Brings one floor and one memory up to a moment.

    Args:
        decide: decides a due order, fill or quote, given its kind, its id and the moment.
    """

    def __init__(
        self,
        books: Bookkeeper,
        lookup: Callable[[str], Listing | None],
        decide: Callable[[str, str, datetime], None],
    ) -> None:
        self.books = books
        self._lookup = lookup
        self._decide = decide
        self._scanned: dict[str, int] = {}

    @property
    def _memory(self) -> Memory:
        return self.books.memory

    @property
    def _floor(self) -> Floor:
        return self.books.floor

    def catch_up(self, now: datetime) -> None:
        """Let everything happen that is due until ``now``."""
        while (job := self._next(now)) is not None:
            job.run(job.when)
        self.books.absorb(self._floor.apply(Advance(time=max(now, self._floor.now))))

    def use(self, books: Bookkeeper) -> None:
        """Go on with a floor that was built anew."""
        self.books = books

    def _next(self, now: datetime) -> _Job | None:
        kinds = (self._next_due, self._next_ending, self._next_timer, self._next_step)
        jobs = [job for job in (find(now) for find in kinds) if job is not None]
        return min(jobs, key=lambda job: job[:3], default=None)

    def _next_timer(self, now: datetime) -> _Job | None:
        """The next moment at which the engine itself ends one of the account's orders."""
        moments: set[datetime] = set()
        for name in self.books.engine_of:
            order = self._memory.orders[name]
            if order.expires_at is not None:
                moments.add(order.expires_at)
            listing = self._lookup(order.market)
            if listing is not None:
                moments.update(listing.event.closings())
        when = min((moment for moment in moments if self._floor.now < moment <= now), default=None)

        def run(moment: datetime) -> None:
            self.books.absorb(self._floor.apply(Advance(time=moment)))

        return None if when is None else _Job(when, 1, "", run)

    def _next_due(self, now: datetime) -> _Job | None:
        due = [(when, kind, name) for (kind, name), when in self._memory.waiting.items() if when <= now]
        if not due:
            return None
        when, kind, name = min(due)

        def run(moment: datetime) -> None:
            self._decide(kind, name, moment)

        return _Job(when, 0, kind, run)

    def _next_ending(self, now: datetime) -> _Job | None:
        found: list[tuple[datetime, str, Listing, bool]] = []
        for position in self._memory.positions.values():
            if position.settled:
                continue
            listing = self._lookup(position.id)
            if listing is None:
                continue
            void = self._floor.crowd.beliefs.is_void(listing)
            when = listing.event.determined_time if void else listing.event.settled_time
            if when <= now:
                found.append((when, listing.code, listing, void))
        if not found:
            return None
        when, code, listing, void = min(found, key=lambda one: one[:2])

        def run(moment: datetime) -> None:
            self._end(listing, moment, void=void)

        return _Job(when, 1, code, run)

    def _end(self, listing: Listing, when: datetime, *, void: bool) -> None:
        floor, time = self._floor, max(when, self._floor.now)
        floor.list_market(listing, time)
        if void:
            self.books.absorb(floor.apply(VoidMarket(time=time, market_id=listing.code)), when=when)
        else:
            value = floor.crowd.beliefs.answer(listing)
            assert value is not None
            events = floor.apply(DetermineMarket(time=time, market_id=listing.code, value=value))
            self.books.absorb(events, when=when)
            events = floor.apply(SettleMarket(time=time, market_id=listing.code))
            self.books.absorb(events, when=when)
        self.books.close_position(listing.code)

    # ------------------------------------------------------------------------- the members' steps

    def watch(self, code: str, step: int) -> None:
        """Begin to look for steps that concern an order, from the one after ``step``."""
        self._scanned.setdefault(code, step)

    def _next_step(self, now: datetime) -> _Job | None:
        crowd = self._floor.crowd
        if not crowd.live:
            return None
        last = crowd.step_of(now)
        orders: dict[str, list[OrderRecord]] = {}
        for name in self.books.engine_of:
            order = self._memory.orders[name]
            orders.setdefault(order.market, []).append(order)
        for code in [code for code in self._scanned if code not in orders]:
            del self._scanned[code]
        best: tuple[int, str, Listing] | None = None
        for code, working in orders.items():
            listing = self._lookup(code)
            if listing is None or listing.series.execution is Execution.AMM:
                continue
            step = self._scan(listing, working, last if best is None else min(last, best[0]))
            if step is not None and (best is None or (step, code) < best[:2]):
                best = (step, code, listing)
        if best is None:
            return None
        step, code, listing = best

        def run(moment: datetime) -> None:
            del moment
            self.visit(listing, step)
            self._scanned[code] = step

        return _Job(crowd.moment_of(step), 2, code, run)

    def _scan(self, listing: Listing, working: list[OrderRecord], last: int) -> int | None:
        """The next step that concerns one of a market's orders, up to ``last``."""
        code = listing.code
        step = max(self._scanned.setdefault(code, last), last - _MOST_STEPS) + 1
        wanted = [
            (
                buys_yes(order.outcome, order.action),
                order.price if order.outcome == "yes" else ONE - order.price,
            )
            for order in working
        ]
        while step <= last:
            if self._concerns(listing, wanted, step):
                self._scanned[code] = step - 1
                return step
            step += 1
        self._scanned[code] = max(last, self._scanned[code])
        return None

    def _concerns(self, listing: Listing, wanted: list[tuple[bool, Decimal]], step: int) -> bool:
        crowd = self._floor.crowd
        moment = crowd.moment_of(step)
        if not crowd.trades_at(listing, moment):
            return False
        if any(trade.step == step for trade in crowd.flow(listing, crowd.hour_of(moment))):
            return True
        ladder = crowd.ladder(listing, step)
        for bid, price in wanted:
            facing = ladder.asks if bid else ladder.bids
            if facing and (facing[0].price <= price if bid else facing[0].price >= price):
                return True
            stands = next(
                (rung.stamp for rung in (ladder.bids if bid else ladder.asks) if rung.price == price), None
            )
            if stands != self._floor.rung_at(listing.code, bid=bid, price=price):
                return True
        return False

    def visit(self, listing: Listing, step: int) -> None:
        """Carry out one step of a market: the makers move, the takers take, the makers fill up."""
        floor, crowd = self._floor, self._floor.crowd
        moment = crowd.moment_of(step)
        time = max(moment, floor.now)
        self.books.absorb(floor.bring_to(listing, step, time))
        taken = False
        for trade in crowd.flow(listing, crowd.hour_of(moment)):
            if trade.step == step:
                self.books.absorb(floor.take(listing, trade, time), instead_of=trade.id)
                taken = True
        if taken:
            self.books.absorb(floor.requote(listing, step, time))
