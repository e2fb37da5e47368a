"""A web server that only this machine can reach, inside the running loop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import uvicorn

from pmi_core.errors import SettingsError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["Loopback"]

_TRIES = 20


class Loopback:
    """Serves one application at ``http://localhost:PORT``.

    Both addresses that ``localhost`` may mean are taken, so that no other program of this machine can
    stand in for this one on the second.

    Args:
        port: 0 for any that is free.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.origin = ""

    async def start(self, make: Callable[[str], ASGIApp]) -> None:
        """Listen, and serve what ``make`` gives for the origin that was had.

        Raises:
            SettingsError: the port is taken, or may not be taken.
        """
        sockets = _listen_anywhere(self._port)
        self.origin = f"http://localhost:{sockets[0].getsockname()[1]}"
        config = uvicorn.Config(
            make(self.origin),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            http="h11",
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=2,
            limit_concurrency=64,
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets), name="pmi approval page")
        ready = asyncio.create_task(self._server.ready.wait())
        await asyncio.wait({ready, self._task}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._task.done():
            self._task.result()

    async def aclose(self) -> None:
        """Stop listening; what is being answered has a moment to end."""
        if self._server is not None and self._task is not None:
            self._server.leave.set()
            await asyncio.wait({self._task})
            self._server = self._task = None


class _Server(uvicorn.Server):
    """Leaves the process's signals to the program that it is a part of."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self.leave = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        await self.leave.wait()  # instead of looking ten times a second

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listen_anywhere(port: int) -> list[socket.socket]:
    """Sockets for one port on both loopback addresses; the second where the machine has it."""
    last: OSError | None = None
    for _ in range(1 if port else _TRIES):
        try:
            first = _listen(socket.AF_INET, "127.0.0.1", port)
        except OSError as error:
            raise _taken(port, error) from None
        try:
            return [first, _listen(socket.AF_INET6, "::1", first.getsockname()[1])]
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                return [first]  # no second loopback address here
            first.close()
            last = error
    raise _taken(port, last)


def _listen(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        address: Any = (host, port)
        made.bind(address)
    except BaseException:
        made.close()
        raise
    return made


def _taken(port: int, error: OSError | None) -> SettingsError:
    where = f"port {port}" if port else "any port"
    why = error.strerror if error is not None else "it is taken"
    return SettingsError(
        f"the approval page cannot be served on {where} of this machine: {why}",
        hint="choose another port under [approvals], or 0 for any; `pmi approve CODE` works without the page",
    )
