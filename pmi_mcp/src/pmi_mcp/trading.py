"""Which venues a server may write to, and its desk: opened when first needed, tended while it lives."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from pmi_core.desk.policy import Policy
from pmi_core.errors import PmiError, RequestError
from pmi_core.provider import VenueInfo, WriteClass
from pmi_mcp.sealing import Seal, read_key

if TYPE_CHECKING:
    from pmi_core.capabilities import Capability
    from pmi_core.desk import Desk
    from pmi_mcp.approvals import ApprovalPage
    from pmi_mcp.venues import Venues

__all__ = ["Trading"]

_log = logging.getLogger(__name__)

_QUIET_SECONDS = 30.0
"""How long a start waits for a first question before the desk is opened all the same."""

_AFTERWARDS = 0.3
"""Seconds that the first answer has to be on its way."""


@dataclass(frozen=True, slots=True)
class _Opened:
    desk: Desk
    page: ApprovalPage | None


class Trading:
    """The desk of one server.

    Everything that is heavy loads in the background after the first answer, or with the first call that
    writes.  One task opens the desk and closes it again, because what it holds must end where it began.

    Args:
        venues: what the tools may ask.
        read_only: whether nothing is written, whatever the mode says.
    """

    def __init__(self, venues: Venues, *, read_only: bool = False) -> None:
        self._venues = venues
        config = venues.registry.config
        self._policy = Policy(config.mode, config.policy)
        self.writable = (
            () if read_only else tuple(name for name in venues.venue_names if self._may_write(name))
        )
        self._seal: Seal | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._opened: asyncio.Future[_Opened] | None = None
        self._asked = asyncio.Event()
        self._ending = asyncio.Event()

    def able(self, *capabilities: Capability) -> tuple[str, ...]:
        """The venues that may be written to and have at least one of the capabilities."""
        return tuple(name for name in self._venues.able(*capabilities) if name in self.writable)

    def _may_write(self, name: str) -> bool:
        """Whether mode and caps let anything be ordered there, judged by what its provider declares.

        What cannot be told without opening the venue counts as real money; the desk judges the opened
        venue again, each time.
        """
        try:
            provider = self._venues.registry.provider_of(name)
            settings = self._venues.registry.settings_of(name)
            told = WriteClass.REAL if provider.write_class is None else provider.write_class(settings)
        except PmiError:
            return False
        info = VenueInfo(
            name=name, provider=provider.name, title=provider.title, environment="", write_class=told
        )
        return self._policy.allows_writing(info) is None

    @property
    def seal(self) -> Seal:
        """What makes and checks tokens; its key is read once, and made where there is none."""
        if self._seal is None:
            self._seal = Seal(read_key(self._venues.registry.config.data_dir))
        return self._seal

    async def desk(self) -> Desk:
        """The desk, opened now if it is not open yet.

        Raises:
            PmiError: it cannot be opened; the next call tries again.
        """
        return (await self._open()).desk

    async def present(self, code: str) -> bool:
        """Show the approval page for a code to the person at this machine; False where there is none."""
        page = (await self._open()).page
        if page is None:
            return False
        try:
            return await page.present(code)
        except PmiError as error:
            _log.warning("the approval page cannot be shown: %s", error)
            return False

    def answered(self) -> None:
        """Take note that a client was answered: what is heavy may load from now on."""
        self._asked.set()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Tend the desk until the block ends; nothing is opened where nothing may be written."""
        if not self.writable:
            yield
            return
        starter = asyncio.create_task(self._start_quietly(), context=contextvars.Context())
        try:
            yield
        finally:
            starter.cancel()
            self._ending.set()
            await asyncio.gather(starter, *([self._keeper] if self._keeper else []), return_exceptions=True)

    # ---------------------------------------------------------------------------------- inside

    async def _start_quietly(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_QUIET_SECONDS):
                await self._asked.wait()
                await asyncio.sleep(_AFTERWARDS)
        try:
            await self._open()
        except PmiError as error:
            _log.warning("the desk is not open, so nothing is sent in the background: %s", error)

    async def _open(self) -> _Opened:
        if self._ending.is_set():
            raise RequestError("the server is ending", hint="ask again when it runs")
        if self._opened is None:
            self._opened = asyncio.get_running_loop().create_future()
            # Nothing of the call that happens to be the first stays with the desk.
            self._keeper = asyncio.create_task(self._keep(self._opened), context=contextvars.Context())
        return await asyncio.shield(self._opened)

    async def _keep(self, opened: asyncio.Future[_Opened]) -> None:
        """Hold the desk and the page open, in one task from their beginning to their end."""
        try:
            async with contextlib.AsyncExitStack() as stack:
                desks = await asyncio.to_thread(import_module, "pmi_core.desk.desk")
                desk: Desk = await stack.enter_async_context(desks.Desk(self._venues.registry))
                page = await self._page(desk, stack)
                await stack.enter_async_context(desk.tending())
                opened.set_result(_Opened(desk, page))
                await self._ending.wait()
        except BaseException as error:
            if opened.done():
                raise
            self._opened = None
            opened.set_exception(error)
            opened.exception()  # it is told to whoever waits, and to nobody else
            if not isinstance(error, Exception):
                raise

    async def _page(self, desk: Desk, stack: contextlib.AsyncExitStack) -> ApprovalPage | None:
        """The page, which serves nothing before it is shown; None where it cannot be."""
        try:
            approvals = await asyncio.to_thread(import_module, "pmi_mcp.approvals")
            settings = approvals.read_page_settings(self._venues.registry.config)
            page: ApprovalPage = await stack.enter_async_context(approvals.ApprovalPage(desk, settings))
        except (PmiError, ImportError) as error:
            _log.warning("there is no approval page: %s", error)
            return None
        return page
