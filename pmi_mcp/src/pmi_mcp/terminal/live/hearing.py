"""Brings the board what the venues say, and what is read of them when a loss is over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from pmi_core.errors import PmiError, SequenceGap
from pmi_core.models import Channel, Delivery
from pmi_mcp.terminal.live.past import read_past

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pmi_core.clock import Clock
    from pmi_core.models import Subscription, Update
    from pmi_mcp.terminal.live.board import Board
    from pmi_mcp.terminal.live.sources import Source

__all__ = ["Hearing"]

_AGAIN: Final = 5.0
"""Seconds before a venue that could not be read is asked again."""


class Hearing:
    """Hears every source with two subscriptions: of books the newest, of events each.

    Args:
        sources: what is heard.
        board: takes it.
        clock: gives the passing of time.
        warn: tells a person what went wrong.
        recorded: whether the sources play a recording, in which the end of a session is a pause.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        board: Board,
        clock: Clock,
        warn: Callable[[str], None],
        *,
        recorded: bool = False,
    ) -> None:
        self._sources = sources
        self._board = board
        self._clock = clock
        self._warn = warn
        self._recorded = recorded
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to hear in the background."""
        for source in self._sources:
            due = asyncio.Event()
            due.set()  # whatever is there is shown at once, though nothing proves it yet
            events = frozenset({Channel.TRADE}) | source.account
            for work in (
                self._follow(source, source.wanted(frozenset({Channel.BOOK}), Delivery.LATEST), None),
                self._follow(source, source.wanted(events), due),
                self._catch_up(source, due),
                self._name(source),
            ):
                self._tasks.append(asyncio.create_task(work))

    async def aclose(self) -> None:
        """Hear no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _name(self, source: Source) -> None:
        try:
            for ref, market in (await source.markets()).items():
                self._board.markets[ref].title = market.title
        except PmiError as error:
            self._warn(error.message)

    async def _follow(self, source: Source, wanted: Subscription, due: asyncio.Event | None) -> None:
        """Hear one subscription to its end; ``due`` is set whenever events are under way again."""
        name, of_books = source.venue.name, due is None
        while True:
            try:
                async for update in source.updates(wanted):
                    if self._recorded and _is_end_of_session(update):
                        self._board.stand(name, "pause", None, of_books=of_books)
                        continue
                    self._board.hear(name, update, of_books=of_books)
                    if due is not None and update.type == "connection" and update.state.value == "live":
                        due.set()
            except SequenceGap as gap:
                self._board.stand(name, "gap", gap.message, of_books=of_books)
                self._warn(f"{name}: {gap.message}")
                continue
            except PmiError as error:
                self._board.stand(name, "closed", error.message, of_books=of_books)
                return
            over = ("ended", None) if self._recorded else ("closed", "the venue ended the stream")
            self._board.stand(name, *over, of_books=of_books)
            return

    async def _catch_up(self, source: Source, due: asyncio.Event) -> None:
        """Read orders, fills and trades whenever they may have changed unheard."""
        warned = None
        while True:
            await due.wait()
            due.clear()
            again = False
            for ref in source.refs:
                events = self._board.markets[ref].of_events
                if events.is_live:
                    continue
                turn = events.turn
                past = await read_past(source.venue, ref)
                self._board.take(ref, past, turn)
                again = again or past.is_worth_repeating
                if past.failure not in (None, warned):
                    warned = past.failure
                    self._warn(f"{source.venue.name}: {past.failure}")
            if again:
                await self._clock.sleep(_AGAIN)
                due.set()


def _is_end_of_session(update: Update) -> bool:
    return update.type == "connection" and update.state.value == "closed" and not update.market_refs
