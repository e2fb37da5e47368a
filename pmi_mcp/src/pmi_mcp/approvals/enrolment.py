"""Enrolling one passkey: a page that asks for the code that a terminal shows."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from pmi_core.desk.draft import new_code
from pmi_core.errors import OrderRefused, PmiError, RequestError
from pmi_mcp.approvals.addresses import Address, Addresses
from pmi_mcp.approvals.ceremony import Ceremony
from pmi_mcp.approvals.guard import Guard
from pmi_mcp.approvals.loopback import Loopback
from pmi_mcp.approvals.passkeys import Passkey, Passkeys
from pmi_mcp.approvals.shell import Shell, answer, read_json, secret_of
from pmi_mcp.texts import clean

if TYPE_CHECKING:
    from starlette.requests import Request

    from pmi_core.desk import Desk

__all__ = ["Enrolment"]

_TRIES = 5
_SECONDS = 300.0
_PARTING = 1.0
"""Seconds in which the browser can fetch what belongs to its last page."""


class Enrolment:
    """Serves one page, once; async context manager.

    Args:
        desk: where it is written down.
        name: of the new key.
        by: who enrols it, for the journal.
        port: 0 for any that is free.

    Attributes:
        code: what the person types on the page; shown in the terminal alone.
        address: of the page.

    Raises:
        PluginError: the library for passkeys is not installed.
        RequestError: a key of that name is enrolled.
        SettingsError: the port is taken.
    """

    def __init__(self, desk: Desk, name: str, by: str, *, port: int = 0) -> None:
        self._desk = desk
        self._name = name
        self._by = by
        self._clock = desk.registry.clock
        self._passkeys = Passkeys(desk.registry.config.data_dir)
        self._addresses = Addresses(self._clock)
        self._loopback = Loopback(port)
        self._shell = Shell()
        self._tries = _TRIES
        self._done: asyncio.Future[Passkey] | None = None
        self.code = new_code()
        self.address = ""

    async def wait(self) -> Passkey:
        """The new key.

        Raises:
            OrderRefused: the code was wrong too often, or nobody came in time.
        """
        assert self._done is not None
        try:
            async with asyncio.timeout(_SECONDS):
                made = await asyncio.shield(self._done)
        except TimeoutError:
            raise OrderRefused(
                "nobody enrolled a passkey in time", hint="begin again: pmi passkey add", code="passkey"
            ) from None
        await asyncio.sleep(_PARTING)
        return made

    async def __aenter__(self) -> Self:
        if any(one.name == self._name for one in self._passkeys.all()):
            raise RequestError(f"a passkey {self._name!r} is enrolled already", hint="give it another --name")
        Ceremony("")
        self._done = asyncio.get_running_loop().create_future()
        await self._loopback.start(self._app)
        gone = self._clock.now() + timedelta(seconds=_SECONDS)
        self.address = f"{self._loopback.origin}/{self._addresses.issue(self._name, gone).token}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._loopback.aclose()
        if self._done is not None and self._done.done():
            self._done.exception()  # it was told, or nobody waits for it

    def _app(self, origin: str) -> Guard:
        routes = [
            Route("/static/{name}", self._shell.file),
            Route("/{token}", self._show),
            Route("/{token}/begin", self._sealed(self._begin), methods=["POST"]),
            Route("/{token}/end", self._sealed(self._end), methods=["POST"]),
        ]
        return Guard(Starlette(routes=routes, exception_handlers={404: self._nowhere}), origin)

    async def _nowhere(self, request: Request, error: Exception) -> Response:
        return self._shell.nowhere()

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
        return self._shell.page(
            "enrol.html",
            owner=owner,
            name=clean(self._name, 60),
            seal=address.seal(secret),
            path=f"/{address.token}",
        )

    def _sealed(
        self, work: Callable[[Address, dict[str, object]], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Let pass only the page itself, in the browser that opened it."""

        async def checked(request: Request) -> Response:
            address = self._addresses.find(request.path_params["token"])
            secret = None if address is None else secret_of(request, address)
            told = await read_json(request)
            if (
                address is None
                or secret is None
                or not address.belongs_to(secret)
                or not address.sealed(secret, str(told.get("seal", "")))
            ):
                return answer("That did not come from this page. Nothing was done.", status=403)
            return await work(address, told)

        return checked

    async def _begin(self, address: Address, told: dict[str, object]) -> Response:
        assert self._done is not None
        if self._done.done():
            return answer("This enrolment is over. Begin again: pmi passkey add", status=409)
        typed = "".join(letter for letter in str(told.get("code", "")).upper() if letter.isalnum())
        if not hmac.compare_digest(typed.encode(), self.code.replace("-", "").encode()):
            self._tries -= 1
            if self._tries:
                return answer("That is not the code in your terminal.", status=403)
            self._done.set_exception(
                OrderRefused("the code was wrong too often; nothing was enrolled", code="passkey")
            )
            return answer("That was wrong too often. Begin again: pmi passkey add", status=403)
        options, address.state = Ceremony(self._loopback.origin).begin_enrolment(
            self._name, self._passkeys.all()
        )
        return answer("", options=options)

    async def _end(self, address: Address, told: dict[str, object]) -> Response:
        assert self._done is not None
        state, given = address.take_state(), told.get("credential")
        if state is None or not isinstance(given, dict) or self._done.done():
            return answer("Nothing was asked, or it was answered. Nothing was done.", status=403)
        try:
            made = Ceremony(self._loopback.origin).end_enrolment(state, given, self._name, self._clock.now())
            await self._desk.note_passkey("added", self._name, self._by)
            self._passkeys.add(made)
        except PmiError as error:
            return answer(clean(str(error), 300), status=409)
        self._done.set_result(made)
        return answer(f"The passkey {clean(self._name, 60)} is enrolled. You can close this page.")
