"""Live updates, found by looking: after every turn, and at every tick while somebody listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Final

from pmi_core.errors import BusyError, PmiError
from pmi_core.models import ConnectionState, Subscription, Update
from pmi_core.streams import Listener
from pmi_core.transport.socket import Report, topics_of
from pmi_provider_paper.account import PaperAccount
from pmi_provider_paper.board import Board
from pmi_provider_paper.house import House
from pmi_provider_paper.watching import Watch

__all__ = ["PaperStream"]

_AT_LEAST: Final = 0.25
"""Real seconds between two looks, unless the tick is shorter."""


class PaperStream:
    """Keeps :class:`pmi_core.capabilities.UpdateStream`.

    There is no connection that could break; a subscription is stale while another process keeps the
    account file, and closed when the venue is.
    """

    def __init__(self, house: House, board: Board, account: PaperAccount) -> None:
        self._house = house
        self._board = board
        self._account = account

    def subscribe(self, subscription: Subscription) -> AbstractAsyncContextManager[AsyncIterator[Update]]:
        return self._open(subscription)

    @asynccontextmanager
    async def _open(self, wanted: Subscription) -> AsyncIterator[AsyncIterator[Update]]:
        house = self._house
        listener = Listener(wanted, topics_of(wanted), house.name)
        with house.turn("stream", "subscribe") as now:
            watch = Watch(house, self._board, self._account, wanted)
            listener.begin((), now)

        def hear() -> None:
            now = house.floor.now
            for update in [*watch.look(watch.touched(), now, move=False), *watch.look_around(now)]:
                listener.outlet.put(update)

        def close() -> None:
            listener.close("the venue was closed", None, house.clock.now())

        silence, forget = house.subscribe(hear), house.on_close(close)
        ticking: asyncio.Task[None] | None = None
        try:
            await self._look(watch, listener)
            ticking = asyncio.create_task(self._tick(watch, listener))
            ticking.add_done_callback(lambda _: listener.outlet.finish())
            yield listener.outlet
        finally:
            silence()
            forget()
            listener.outlet.drop()
            if ticking is not None:
                ticking.cancel()
                with suppress(asyncio.CancelledError):
                    await ticking

    async def _look(self, watch: Watch, listener: Listener) -> None:
        """Look at everything once, a few markets in each turn."""
        for portion in watch.portions():
            with self._house.turn("stream", None) as now:
                found = watch.look(portion, now, move=True)
            for update in found:
                listener.outlet.put(update)
            await asyncio.sleep(0)
        with self._house.turn("stream", None) as now:
            found = watch.look_around(now)
        for update in found:
            listener.outlet.put(update)

    async def _tick(self, watch: Watch, listener: Listener) -> None:
        """Look again and again until the subscription ends."""
        house = self._house
        pause = float(house.settings.tick)
        topics = tuple(listener.topics)
        stale = False
        while house.is_open:
            # A clock that is moved by hand must not make the stream spin.
            await asyncio.gather(house.clock.sleep(pause), asyncio.sleep(min(pause, _AT_LEAST)))
            try:
                if stale:
                    with house.turn("stream", None) as now:
                        watch.forget()
                    stale = False
                    listener.rise(topics, now)
                await self._look(watch, listener)
            except BusyError as busy:
                if not stale:
                    stale = True
                    report = Report(ConnectionState.STALE, topics, busy.message)
                    listener.fall(topics, report, house.clock.now())
            except PmiError as error:
                listener.close(error.message, error, house.clock.now())
                return
