"""What a process that lives long does for the desk: sends what others approved, settles what is in doubt."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from pmi_core.clock import Clock
from pmi_core.desk.approval import Pending, Tickets, TicketState
from pmi_core.desk.delivery import POLL_SECONDS
from pmi_core.desk.dispatch import Dispatch
from pmi_core.desk.owner import Owner
from pmi_core.desk.reconcile import Reconciler
from pmi_core.desk.underway import UnderWay
from pmi_core.errors import PmiError
from pmi_core.plugins.registry import Registry
from pmi_core.settings import ApprovalChannel

__all__ = ["Tending"]

_log = logging.getLogger(__name__)

_OUT_OF_BAND = frozenset({ApprovalChannel.PAGE, ApprovalChannel.PASSKEY, ApprovalChannel.TERMINAL})
"""Channels by which a person answers elsewhere; what was approved in the conversation itself is sent by
whoever asked there."""
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0
_LATE_SECONDS = 600.0
"""How often what was given up in the last day is looked for once more."""


class Tending:
    """Two loops beside whatever else the process does.

    Of any number of processes that tend at once one sends: the approval is used up by one conditional
    update.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        tickets: Tickets,
        dispatch: Dispatch,
        reconciler: Reconciler,
        owner: Owner,
        under_way: UnderWay,
        clock: Clock,
    ) -> None:
        self._registry = registry
        self._tickets = tickets
        self._dispatch = dispatch
        self._reconciler = reconciler
        self._owner = owner
        self._under_way = under_way
        self._clock = clock
        self._untried: set[str] = set()
        """Venues that have not been looked at since the start; nothing is sent there before."""
        self._trying: dict[str, asyncio.Task[None]] = {}
        self._again: dict[str, tuple[float, float]] = {}
        """By code: not before this moment, and how long was waited for it."""

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Tend until the block ends."""
        self._untried = set(self._registry.venue_names)
        loops = [
            asyncio.create_task(self._for_ever(self._send_all)),
            asyncio.create_task(self._settle_all()),
        ]
        try:
            yield
        finally:
            tasks = [*loops, *self._trying.values()]
            for task in tasks:
                task.cancel()  # what is being sent goes on, and the desk waits for it when it closes
            await asyncio.gather(*tasks, return_exceptions=True)
            self._trying.clear()

    async def turn(self) -> None:
        """Do once what the loops do again and again, and wait for its end."""
        await asyncio.gather(*[self._begin(name) for name in self._registry.venue_names])
        await self._send_all()
        await asyncio.gather(*self._trying.values(), return_exceptions=True)

    async def _for_ever(self, work: Callable[[], Awaitable[float]]) -> None:
        """Do work again and again, each time after the seconds that it asks for; trouble ends nothing."""
        trouble = _FIRST_WAIT
        while True:
            try:
                wait = await work()
                trouble = _FIRST_WAIT
            except PmiError as error:
                _log.warning("the desk cannot be tended (again in %.0f s): %s", trouble, error)
                wait, trouble = trouble, min(_LONGEST_WAIT, 2 * trouble)
            except Exception:  # noqa: BLE001 - a loop that ended would leave orders unsent and in doubt
                _log.exception("tending the desk failed (again in %.0f s)", trouble)
                wait, trouble = trouble, min(_LONGEST_WAIT, 2 * trouble)
            await self._clock.sleep(wait)

    # --------------------------------------------------------------------------------- sending

    async def _send_all(self) -> float:
        """Start to send whatever this process should send now, and void what was never sent."""
        pending = await self._tickets.approved()
        codes = {one.code for one in pending}
        self._again = {code: told for code, told in self._again.items() if code in codes}
        for one in pending:
            if one.expires <= self._tickets.now:
                await self._tickets.lapse(await self._tickets.load(one.code))
                _log.warning("%s was approved and not sent before it expired", one.code)
            elif one.code not in self._trying and self._is_due(one):
                self._trying[one.code] = asyncio.create_task(self._try(one))
        return POLL_SECONDS

    def _is_due(self, one: Pending) -> bool:
        if one.channel not in _OUT_OF_BAND or one.venue not in self._registry.venue_names:
            return False
        if one.venue in self._untried or self._clock.monotonic() < self._again.get(one.code, (0.0, 0.0))[0]:
            return False
        return one.owner == self._owner.name or self._owner.is_dead(one.owner)

    async def _try(self, one: Pending) -> None:
        try:
            ticket = await self._tickets.load(one.code)
            venue = await self._registry.venue(one.venue)
            if one.owner != self._owner.name and not self._dispatch.suits(ticket, venue):
                self._postpone(one.code)  # another process may open that account
                return
            sent = await self._dispatch.send(one.code)
        except PmiError as error:
            if await self._still_approved(one.code):
                wait = self._postpone(one.code)
                _log.warning("%s cannot be sent yet (next try in %.0f s): %s", one.code, wait, error)
            else:
                _log.warning("%s was not sent: %s", one.code, error)
        except Exception:  # noqa: BLE001 - as above
            self._postpone(one.code)
            _log.exception("sending %s failed", one.code)
        else:
            if not sent.repeated:
                _log.info("%s was approved by %s and is sent", one.code, one.channel)
        finally:
            del self._trying[one.code]

    def _postpone(self, code: str) -> float:
        wait = min(_LONGEST_WAIT, 2 * self._again.get(code, (0.0, _FIRST_WAIT / 2))[1])
        self._again[code] = (self._clock.monotonic() + wait, wait)
        return wait

    async def _still_approved(self, code: str) -> bool:
        try:
            return (await self._tickets.load(code)).state is TicketState.APPROVED
        except PmiError:
            return True

    # -------------------------------------------------------------------------------- settling

    async def _settle_all(self) -> None:
        """Look for what is in doubt: everywhere at the start, then where something is, ever less often."""
        await asyncio.gather(*[self._begin(name) for name in self._registry.venue_names])
        await asyncio.gather(*[self._settle(name) for name in self._registry.venue_names])

    async def _begin(self, name: str) -> None:
        try:
            if await self._reconciler.has_work(name):
                await self._look(name)
        except PmiError as error:
            _log.warning("%s: what is in doubt cannot be read: %s", name, error)
        finally:
            self._untried.discard(name)

    async def _settle(self, name: str) -> None:
        wait, before = _FIRST_WAIT, frozenset[str]()
        late = self._clock.monotonic() + _LATE_SECONDS

        async def work() -> float:
            nonlocal wait, before, late
            doubts = await self._reconciler.doubts(name)
            if not doubts:
                wait, before = _FIRST_WAIT, doubts
                if self._clock.monotonic() < late:
                    return _FIRST_WAIT
            late = self._clock.monotonic() + _LATE_SECONDS
            if not doubts and not await self._reconciler.has_work(name):
                return _FIRST_WAIT
            wait = min(_LONGEST_WAIT, 2 * wait) if doubts == before else _FIRST_WAIT
            await self._look(name)
            before = await self._reconciler.doubts(name)
            told = ", ".join(sorted(before)[:5])
            if before:
                _log.warning("%s: in doubt are %s; looked for again in %.0f s", name, told, wait)
            elif doubts:
                _log.info("%s: nothing is in doubt any more", name)
            return wait

        await self._for_ever(work)

    async def _look(self, name: str) -> None:
        try:
            await self._dispatch.count()
            venue = await self._registry.venue(name)
            await self._under_way.shielded(self._reconciler.recover(venue))
        except PmiError as error:
            _log.warning("%s: what is in doubt cannot be looked for: %s", name, error)
