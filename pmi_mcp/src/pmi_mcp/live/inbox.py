"""What a subscription heard and its client has not asked for yet: bounded, whatever happens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from pmi_core.clock import Clock
from pmi_core.identifiers import MarketRef
from pmi_core.models import BookUpdate, ConnectionState, ConnectionUpdate, TickerUpdate, Update

__all__ = ["Inbox", "Loss", "Standing"]


@dataclass(frozen=True, slots=True)
class Loss:
    """Updates that never got here, told among the events."""

    reason: str
    received_time: datetime


@dataclass(slots=True)
class Standing:
    """How one market stands: the newest of each kind, and whether it is under way."""

    state: ConnectionState = ConnectionState.CONNECTING
    reason: str | None = None
    book: BookUpdate | None = None
    """Only while it is under way."""
    ticker: TickerUpdate | None = None
    changed: int = 0
    """The revision of the last change of anything."""
    book_changed: int = 0
    ticker_changed: int = 0

    def rise(self, revision: int) -> None:
        """It is under way; what came before that was known has not been told to anybody."""
        if self.state is not ConnectionState.LIVE:
            self.book_changed = self.ticker_changed = revision
        self.state, self.reason = ConnectionState.LIVE, None

    def fall(self, state: ConnectionState, reason: str | None) -> None:
        """It is not under way any more: what was heard before may be wrong by now."""
        self.state, self.reason, self.book, self.ticker = state, reason, None, None


class Inbox:
    """Keeps one standing for each market, and the last so many events; counts what it must forget.

    Every change has a revision; revisions only rise, so that a client that says how far it read is told
    the rest.

    Args:
        markets: those that are subscribed to.
        room: events kept.
    """

    def __init__(self, markets: Iterable[MarketRef], room: int) -> None:
        self.standings = {ref: Standing() for ref in markets}
        self.events: deque[tuple[int, Update | Loss]] = deque()
        self.counted = 0
        """Events ever heard; the kept ones are the last of them."""
        self.revision = 0
        self.state = ConnectionState.CONNECTING
        self.reason: str | None = None
        self.heard: datetime | None = None
        """When anything arrived last."""
        self.on_news: Callable[[], None] | None = None
        """Called after each change, where somebody must be told of it at once."""
        self._room = room
        self._news = asyncio.Event()

    @property
    def forgotten(self) -> int:
        """Events that made room for newer ones."""
        return self.counted - len(self.events)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.state is ConnectionState.CLOSED

    def put(self, update: Update) -> None:
        """Take an update in."""
        self.revision += 1
        self.heard = update.received_time
        if isinstance(update, BookUpdate):
            standing = self.standings.get(update.market_ref)
            if standing is not None:
                # A whole book is proof enough, also while other markets of the subscription still lack theirs.
                standing.state, standing.reason = ConnectionState.LIVE, None
                standing.book, standing.book_changed = update, self.revision
                standing.changed = self.revision
        elif isinstance(update, TickerUpdate):
            standing = self.standings.get(update.market_ref)
            if standing is not None:
                standing.ticker, standing.ticker_changed = update, self.revision
                standing.changed = self.revision
        else:
            if isinstance(update, ConnectionUpdate):
                self._stand(update)
            self._keep(update)
        self._tell()

    def lose(self, reason: str, now: datetime) -> None:
        """Note that updates were lost on the way here."""
        self.revision += 1
        self._fall(ConnectionState.GAP, reason)
        self._keep(Loss(reason, now))
        self._tell()

    def close(self, reason: str | None) -> None:
        """Nothing more will come; what is kept can still be read."""
        if not self.is_over:
            self.revision += 1
            self._fall(ConnectionState.CLOSED, reason)
            self._tell()

    async def newer(self, revision: int, seconds: float, clock: Clock) -> None:
        """Wait until there is something after this revision, or time is up, or nothing will come."""
        if seconds <= 0 or self.revision > revision or self.is_over:
            return
        waits = asyncio.ensure_future(self._newer(revision)), asyncio.ensure_future(clock.sleep(seconds))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _newer(self, revision: int) -> None:
        while self.revision <= revision and not self.is_over:
            self._news.clear()
            await self._news.wait()

    def _stand(self, update: ConnectionUpdate) -> None:
        if not update.market_refs:
            self.state, self.reason = update.state, update.reason
        for ref in update.market_refs or self.standings:
            standing = self.standings.get(MarketRef(ref))
            if standing is None:
                continue
            self._change(standing)
            if update.state is ConnectionState.LIVE:
                standing.rise(self.revision)
            else:
                standing.fall(update.state, update.reason)

    def _fall(self, state: ConnectionState, reason: str | None) -> None:
        self.state, self.reason = state, reason
        for standing in self.standings.values():
            standing.fall(state, reason)
            self._change(standing)

    def _change(self, standing: Standing) -> None:
        """Each has a revision of its own, so that an answer can stop between any two."""
        self.revision += 1
        standing.changed = self.revision

    def _keep(self, event: Update | Loss) -> None:
        self.revision += 1
        self.counted += 1
        self.events.append((self.revision, event))
        if len(self.events) > self._room:
            self.events.popleft()

    def _tell(self) -> None:
        self._news.set()
        if self.on_news is not None:
            self.on_news()
