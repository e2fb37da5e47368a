"""The approval page of one process: nothing is started before it is needed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pmi_core.errors import PmiError, RequestError
from pmi_mcp.approvals.addresses import Addresses
from pmi_mcp.approvals.settings import PageSettings, read_page_settings

if TYPE_CHECKING:
    from pmi_core.clock import Clock
    from pmi_core.desk import Desk
    from pmi_mcp.approvals.decisions import Decisions
    from pmi_mcp.approvals.guard import Guard
    from pmi_mcp.approvals.loopback import Loopback
    from pmi_mcp.approvals.site import Site

__all__ = ["ApprovalPage"]

_log = logging.getLogger(__name__)
_AFTERWARDS = timedelta(minutes=15)
"""How long an address still tells what became of a draft after its end."""

_PARTING = 0.5
"""Seconds in which a browser can fetch what belongs to its last page."""


class ApprovalPage:
    """Shows drafts that wait to a person, in a browser of this machine; async context manager.

    Args:
        desk: where they wait.
        settings: the section ``[approvals]`` otherwise.
        clock: the desk's otherwise.
        opener: opens an address in a browser and says whether it could.
        linger: seconds for which closing waits for a browser to see what became of a decision.
    """

    def __init__(
        self,
        desk: Desk,
        settings: PageSettings | None = None,
        *,
        clock: Clock | None = None,
        opener: Callable[[str], Awaitable[bool]] | None = None,
        linger: float = 5.0,
    ) -> None:
        self.settings = settings or read_page_settings(desk.registry.config)
        self._desk = desk
        self._clock = clock or desk.registry.clock
        self._opener = opener
        self._linger = linger
        self._addresses = Addresses(self._clock)
        self._loopback: Loopback | None = None
        self._decisions: Decisions | None = None
        self._site: Site | None = None
        self._starting = asyncio.Lock()

    async def present(self, code: str) -> bool:
        """Show a draft in the person's browser; False where none was opened.

        The address is told to nobody else.  That the page cannot be shown stops nothing: the draft can
        still be approved in a terminal.
        """
        if not (self.settings.page and self.settings.open_browser):
            return False
        from pmi_mcp.approvals.browser import open_browser

        try:
            address = await self.address(code)
        except PmiError as error:
            _log.warning("the approval page cannot be shown: %s", error)
            return False
        return await (self._opener or open_browser)(address)

    async def address(self, code: str) -> str:
        """A new address at which a person sees a draft and decides; never for a model.

        It works in the browser that opens it first, until a while after the draft has expired.

        Raises:
            NotFound: no draft has that code.
            RequestError: the page is switched off.
            SettingsError: the port is taken.
        """
        if not self.settings.page:
            raise RequestError(
                "the approval page is switched off",
                hint="a person sets page = true under [approvals], or approves in a terminal",
            )
        preview = await self._desk.shown(code)
        origin = await self._started()
        made = self._addresses.issue(preview.code, preview.expires_at + _AFTERWARDS)
        return f"{origin}/{made.token}"

    async def aclose(self) -> None:
        """Stop serving; every address leads nowhere."""
        async with self._starting:
            if self._site is not None and self._site.is_awaited:
                await self._see_off(self._site)
            if self._loopback is not None:
                await self._loopback.aclose()
            if self._decisions is not None:
                await self._decisions.aclose()
            self._site = self._loopback = self._decisions = None

    async def _see_off(self, site: Site) -> None:
        """Let those who decided see what becomes of it, for a moment."""
        try:
            async with asyncio.timeout(self._linger):
                await site.told()
        except TimeoutError:
            return
        await asyncio.sleep(_PARTING)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _started(self) -> str:
        """The origin of the page, which is served from the first question on."""
        async with self._starting:
            if self._loopback is None:
                # The web libraries take most of a second to load, in which the loop goes on.
                for name in ("decisions", "loopback", "site"):
                    await asyncio.to_thread(import_module, f"pmi_mcp.approvals.{name}")
                from pmi_mcp.approvals.decisions import Decisions
                from pmi_mcp.approvals.loopback import Loopback
                from pmi_mcp.approvals.site import Site

                decisions = Decisions(self._desk, self._clock)
                loopback = Loopback(self.settings.port)

                def make(origin: str) -> Guard:
                    self._site = Site(self._desk, self._addresses, decisions, self._clock, origin)
                    return self._site.app()

                await loopback.start(make)
                self._loopback, self._decisions = loopback, decisions
            return self._loopback.origin
