"""The approval page's requests: show, approve, refuse, tell."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pmi_core.errors import OrderRefused, PmiError, SettingsError
from pmi_core.settings import ApprovalChannel
from pmi_mcp.approvals import ceremony
from pmi_mcp.approvals.depth import read_depth
from pmi_mcp.approvals.fate import fate_of
from pmi_mcp.approvals.guard import Guard
from pmi_mcp.approvals.sheet import sheet_of
from pmi_mcp.approvals.shell import Shell, answer, read_form, read_json, secret_of
from pmi_mcp.approvals.subject import read_subject
from pmi_mcp.texts import clean

if TYPE_CHECKING:
    from starlette.requests import Request

    from pmi_core.clock import Clock
    from pmi_core.desk import Desk, Preview
    from pmi_mcp.approvals.addresses import Address, Addresses
    from pmi_mcp.approvals.decisions import Decisions
    from pmi_mcp.approvals.fate import Fate

__all__ = ["Site"]

Owned = Callable[["Request", "Address", str], Awaitable[Response]]


class Site:
    """Answers for the addresses of one page.

    Args:
        desk: where drafts wait and are decided.
        addresses: those that were given out.
        decisions: says yes and no to the desk.
        clock: what the countdown is counted by.
        origin: of the page.
    """

    def __init__(
        self, desk: Desk, addresses: Addresses, decisions: Decisions, clock: Clock, origin: str
    ) -> None:
        self._desk = desk
        self._addresses = addresses
        self._decisions = decisions
        self._clock = clock
        self._origin = origin
        self._shell = Shell()
        self._untold: set[str] = set()
        self._told = asyncio.Event()
        self._told.set()

    def app(self) -> Guard:
        """The application, guarded."""
        routes = [
            Route("/static/{name}", self._shell.file),
            Route("/{token}", self._show),
            Route("/{token}", self._owned(self._decide), methods=["POST"]),
            Route("/{token}/fate", self._owned(self._tell)),
            Route("/{token}/challenge", self._owned(self._challenge), methods=["POST"]),
            Route("/{token}/passkey", self._owned(self._sign), methods=["POST"]),
        ]
        return Guard(Starlette(routes=routes, exception_handlers={404: self._nowhere}), self._origin)

    @property
    def is_awaited(self) -> bool:
        """Whether somebody decided here and has not yet seen what became of it."""
        return bool(self._untold)

    async def told(self) -> None:
        """Wait until everybody who decided here has seen what became of it."""
        await self._told.wait()

    def _decided(self, address: Address) -> RedirectResponse:
        """Send the browser back to the page, which says what becomes of it."""
        self._untold.add(address.token)
        self._told.clear()
        return RedirectResponse(f"/{address.token}", 303)

    async def _nowhere(self, request: Request, error: Exception) -> Response:
        return self._shell.nowhere()

    def _owned(self, work: Owned) -> Callable[[Request], Awaitable[Response]]:
        """Let pass only the browser that opened the address first."""

        async def checked(request: Request) -> Response:
            address = self._addresses.find(request.path_params["token"])
            if address is None:
                return self._shell.nowhere()
            secret = secret_of(request, address)
            if secret is None or not address.belongs_to(secret):
                return self._shell.foreign()
            return await work(request, address, secret)

        return checked

    async def _show(self, request: Request) -> Response:
        address = self._addresses.find(request.path_params["token"])
        if address is None:
            return self._shell.nowhere()
        secret, owner = secret_of(request, address), None
        if secret is None or not address.belongs_to(secret):
            secret = address.claim()
            if secret is None:
                return self._shell.foreign()
            owner = (address, secret)
        try:
            preview = await self._desk.shown(address.subject)
            fate = await fate_of(self._desk, preview)
            values = await self._values(preview, fate)
        except PmiError as error:
            return self._failed(error)
        if fate.kind not in ("open", "wait"):
            self._untold.discard(address.token)
            if not self._untold:
                self._told.set()
        template = "order.html" if fate.is_open else "fate.html"
        return self._shell.page(
            template, owner=owner, seal=address.seal(secret), path=f"/{address.token}", fate=fate, **values
        )

    async def _values(self, preview: Preview, fate: Fate) -> dict[str, Any]:
        now = self._clock.now()
        if not fate.is_open:
            return {"sheet": sheet_of(preview, (None,) * len(preview.orders), ()), "now": now}
        registry = self._desk.registry
        reading = (read_depth(registry, preview.venue, shown.request) for shown in preview.orders)
        depths, facts = await asyncio.gather(asyncio.gather(*reading), read_subject(registry, preview))
        keys, missing = 0, not ceremony.available()
        if ApprovalChannel.PASSKEY in preview.approve_with and not missing:
            keys = self._decisions.known_keys()
        return {
            "sheet": sheet_of(preview, tuple(depths), facts),
            "now": now,
            "left": max(0, int((preview.expires_at - now).total_seconds())),
            "keys": keys,
            "install": ceremony.INSTALL if missing else "",
        }

    async def _decide(self, request: Request, address: Address, secret: str) -> Response:
        form = await read_form(request)
        if not address.sealed(secret, form.get("seal", "")):
            return self._shell.message(
                "Nothing was done", "That form is not the one of this page.", status=403
            )
        try:
            match form.get("answer"):
                case "approve":
                    preview = await self._desk.shown(address.subject)
                    if ApprovalChannel.PAGE not in preview.approve_with:
                        return self._shell.message(
                            "Nothing was approved", "A passkey approves this; a button does not.", status=403
                        )
                    await self._decisions.approve(address.subject, ApprovalChannel.PAGE)
                case "refuse":
                    await self._decisions.refuse(address.subject)
                case _:
                    return self._shell.message("Nothing was done", "That is no answer.", status=400)
        except OrderRefused:
            pass  # decided already: the page says how
        except PmiError as error:
            return self._failed(error)
        return self._decided(address)

    async def _tell(self, request: Request, address: Address, secret: str) -> Response:
        try:
            fate = await fate_of(self._desk, await self._desk.shown(address.subject))
        except PmiError as error:
            return answer(clean(str(error), 300), status=503)
        return answer(fate.said, kind=fate.kind, title=fate.title, moving=fate.is_moving)

    async def _challenge(self, request: Request, address: Address, secret: str) -> Response:
        told = await read_json(request)
        if not address.sealed(secret, str(told.get("seal", ""))):
            return answer("That did not come from this page. Nothing was done.", status=403)
        try:
            preview = await self._desk.shown(address.subject)
            options, address.state = self._decisions.challenge(self._origin, preview)
        except PmiError as error:
            return answer(clean(str(error), 300), status=503 if isinstance(error, SettingsError) else 409)
        return answer("", options=options)

    async def _sign(self, request: Request, address: Address, secret: str) -> Response:
        told = await read_json(request)
        if not address.sealed(secret, str(told.get("seal", ""))):
            return answer("That did not come from this page. Nothing was done.", status=403)
        state = address.take_state()
        given = told.get("credential")
        if state is None or not isinstance(given, dict):
            return answer(
                "Nothing was asked of a passkey, or its answer was used. Nothing was done.", status=403
            )
        try:
            preview = await self._desk.shown(address.subject)
            await self._decisions.approve_signed(self._origin, preview, state, given)
        except OrderRefused as error:
            return answer(clean(str(error), 300), status=403 if error.code == "passkey" else 409)
        except PmiError as error:
            return answer(clean(str(error), 300), status=503)
        self._decided(address)
        return answer("Approved.")

    def _failed(self, error: PmiError) -> Response:
        return self._shell.message("This cannot be shown", clean(str(error), 400), status=503)
