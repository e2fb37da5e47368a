"""Live updates, found by looking: after every turn, and at every tick while somebody listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Final

from pmi_core.errors import BusyError, PmiError
from pmi_core.models import ConnectionState, ConnectionUpdate, Subscription, Update
from pmi_provider_paper.account import PaperAccount
from pmi_provider_paper.board import Board
from pmi_provider_paper.delivery import Outlet
from pmi_provider_paper.house import House
from pmi_provider_paper.watching import Watch

__all__ = ["PaperStream"]

_AT_LEAST: Final = 0.25
"""Real seconds between two looks, unless the tick is shorter."""


class PaperStream:
    """Keeps :class:`pmi_core.capabilities.UpdateStream`."""

    def __init__(self, house: House, board: Board, account: PaperAccount) -> None:
        self._house = house
        self._board = board
        self._account = account

    def subscribe(self, subscription: Subscription) -> AbstractAsyncContextManager[AsyncIterator[Update]]:
        return self._open(subscription)

    @asynccontextmanager
    async def _open(self, wanted: Subscription) -> AsyncIterator[AsyncIterator[Update]]:
        house = self._house
        outlet = Outlet(wanted.delivery, wanted.buffer, house.name)
        with house.turn("stream", "subscribe") as now:
            watch = Watch(house, self._board, self._account, wanted)
            outlet.put(ConnectionUpdate(state=ConnectionState.LIVE, received_time=now))
            for update in watch.look(now, move=True):
                outlet.put(update)

        def hear() -> None:
            for update in watch.look(house.floor.now, move=False):
                outlet.put(update)

        silence = house.subscribe(hear)
        forget = house.on_close(outlet.finish)
        ticking = asyncio.create_task(self._tick(watch, outlet))
        ticking.add_done_callback(lambda _: outlet.finish())
        try:
            yield outlet
        finally:
            silence()
            forget()
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
            outlet.drop()

    async def _tick(self, watch: Watch, outlet: Outlet) -> None:
        """Look again and again until the subscription ends."""
        house = self._house
        pause = float(house.settings.tick)
        stale = False
        while house.is_open:
            # A clock that is moved by hand must not make the stream spin.
            await asyncio.gather(house.clock.sleep(pause), asyncio.sleep(min(pause, _AT_LEAST)))
            try:
                with house.turn("stream", None) as now:
                    found = watch.look(now, move=True)
            except BusyError as busy:
                if not stale:
                    stale = True
                    outlet.put(
                        ConnectionUpdate(
                            state=ConnectionState.STALE, reason=busy.message, received_time=house.clock.now()
                        )
                    )
                continue
            except PmiError as error:
                outlet.finish(error)
                return
            if stale:
                stale = False
                outlet.put(ConnectionUpdate(state=ConnectionState.LIVE, received_time=now))
            for update in found:
                outlet.put(update)
