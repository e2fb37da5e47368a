"""The sandbox as a thing to start and stop: one port, one key pair, one exchange."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from websockets.frames import EXTERNAL_CLOSE_CODES

from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import RequestError, SettingsError
from pmi_provider_kalshi.sandbox.connection import Connection
from pmi_provider_kalshi.sandbox.control import PREFIX, Control
from pmi_provider_kalshi.sandbox.faults import Faults
from pmi_provider_kalshi.sandbox.feed.socket import SOCKET_PATH, Feed
from pmi_provider_kalshi.sandbox.floor import FloorPlan
from pmi_provider_kalshi.sandbox.keys import Key, KeyType, make_pair, public_of
from pmi_provider_kalshi.sandbox.noise import uuid_of
from pmi_provider_kalshi.sandbox.office import Office, OfficePlan
from pmi_provider_kalshi.sandbox.reception import BASE, Reception

__all__ = ["Sandbox"]

_CODES: Final = "give 1000 to 1003, 1007 to 1014, or 3000 to 4999"
_REASON: Final = 123


@dataclass(kw_only=True)
class Sandbox:
    """A local exchange that speaks Kalshi's protocol over REST and WebSocket.

    Use as an async context manager; it listens on this machine only.

    Attributes:
        seed: of prices, ids and everything that is left to chance.
        port: to listen on; 0 takes a free one.
        clock: the time of the exchange.
        moving: whether prices move and strangers trade; a market maker quotes in any case.
        tier: of the rate limits: basic, advanced, premier, paragon or prime.
        key_type: which kind of key pair is made.
        private_key_path: a PEM file with the key to use instead of a new one.
        cash: dollars with which the account begins on each shard.
        read_lag: how much later private reads show what was written.
        faults: misfortunes by name, each with the share of calls that meet it.
        execution_delay: time between a quote's confirmation and its execution.
        folder: where a new private key is written; a temporary one by default.
        compress: whether long answers are compressed where the client takes that.
        control: whether what can be done here with the exchange can also be done over HTTP, without a key.
    """

    seed: int = 1
    port: int = 0
    clock: Clock = field(default_factory=SystemClock)
    moving: bool = True
    tier: str = "basic"
    key_type: KeyType = KeyType.ED25519
    private_key_path: Path | None = None
    cash: Decimal = Decimal(10_000)
    read_lag: timedelta = timedelta(0)
    faults: Mapping[str, Decimal] = field(default_factory=dict)
    execution_delay: timedelta = timedelta(seconds=1)
    folder: Path | None = None
    compress: bool = True
    control: bool = False

    async def __aenter__(self) -> Self:
        self._faults = Faults(self.faults, self.seed)
        floor = FloorPlan(
            seed=self.seed, moving=self.moving, cash=self.cash, execution_delay=self.execution_delay
        )
        self.office = Office(OfficePlan(floor=floor, tier=self.tier, read_lag=self.read_lag), self.clock)
        self._take_key()
        self.reception = Reception(self.office)
        self.feed = Feed(self.office, self._faults)
        self._lines: set[asyncio.Task[None]] = set()
        connection = Connection(
            self.reception,
            self._faults,
            self.clock,
            self.feed.upgrade,
            control=Control(self) if self.control else None,
            compress=self.compress,
        )

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._lines.add(task)
            with contextlib.suppress(asyncio.CancelledError):  # the sandbox closes
                await connection.serve(reader, writer)
            self._lines.discard(task)

        try:
            server = await asyncio.start_server(accept, "127.0.0.1", self.port)
        except OSError as error:
            self._forget_key()
            raise SettingsError(
                f"the sandbox cannot listen on port {self.port}: {error.strerror or error}",
                hint="give another port, or 0 for any free one",
            ) from error
        self._server = server
        self.port = server.sockets[0].getsockname()[1]
        self._pulse = asyncio.create_task(self._beat())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        tasks = [self._pulse, *self._lines]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._forget_key()

    async def _beat(self) -> None:
        """Let the exchange go on while nobody calls."""
        pace = self.office.plan.floor.pace.total_seconds()
        while True:
            await self.clock.sleep(pace)
            self.office.floor.catch_up()

    def _take_key(self) -> None:
        """Read the given key, or make one and write it where only the user can read it."""
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        if self.private_key_path is not None:
            try:
                pem = self.private_key_path.expanduser().read_text("utf-8")
            except OSError as error:
                raise SettingsError(
                    f"the private key cannot be read: {error.strerror or error}",
                    hint="give the path of a PEM file",
                ) from error
            public = public_of(pem)
            self.key_path = self.private_key_path.expanduser()
        else:
            pem, public = make_pair(self.key_type)
            folder = self.folder
            if folder is None:
                self._temporary = tempfile.TemporaryDirectory(prefix="pmi-sandbox-")
                folder = Path(self._temporary.name)
            self.key_path = folder / "sandbox-key.pem"
            self.key_path.touch(mode=0o600)
            self.key_path.write_text(pem, "utf-8")
        self.private_key = pem
        self.api_key_id = uuid_of(self.seed, "key")
        self.office.ring.add(Key(self.api_key_id, "sandbox", public))

    def _forget_key(self) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()

    def pause_trading(self) -> None:
        """Stop trading, as the exchange does for maintenance: orders can be canceled and nothing else."""
        self.office.floor.pause()

    def resume_trading(self) -> None:
        """Trade again, with empty books that the market maker fills."""
        self.office.floor.resume()

    def close_market(self, ticker: str, when: datetime | None = None) -> None:
        """Move a market's close: to now, or to a moment; it is decided when it would have been.

        Raises:
            RequestError: there is no such market, or it is over.
        """
        self.office.floor.close(ticker, when)

    def settle_market(self, ticker: str, value: Decimal) -> None:
        """Decide a market and pay it out at once, closing it before if need be.

        Args:
            value: what a contract on YES pays, from 0 to 1.

        Raises:
            RequestError: there is no such market, it is over, or the value is none.
        """
        self.office.floor.settle(ticker, value)

    def set_faults(self, faults: Mapping[str, Decimal]) -> None:
        """Take other shares of misfortunes from now on; those that are not named end.

        Raises:
            SettingsError: a name or a share is none.
        """
        self._faults.change(faults)
        self.faults = dict(faults)

    @property
    def streams(self) -> dict[int, tuple[str, ...]]:
        """Open connections of the stream by number, oldest first, with the channels each listens to."""
        lines = sorted(self.feed.lines, key=lambda line: line.number)
        return {line.number: line.session.channels for line in lines}

    def cut_streams(self, *numbers: int, code: int | None = None, reason: str = "") -> int:
        """Cut connections of the stream; gives how many there were.

        Args:
            numbers: of :attr:`streams`; all where none is given.
            code: to close with, such as 1001, 1012 or 4000; without one the connection breaks off abruptly.
            reason: said with the code, at most 123 bytes.

        Raises:
            RequestError: the protocol closes nothing with that code or reason.
        """
        if code is not None and code not in EXTERNAL_CLOSE_CODES and not 3000 <= code < 5000:
            raise RequestError(f"{code} is no code to close a connection with", hint=_CODES)
        if len(reason.encode("utf-8", "replace")) > _REASON:
            raise RequestError(f"a reason takes at most {_REASON} bytes", hint="say it shorter")
        lines = [line for line in self.feed.lines if not numbers or line.number in numbers]
        for line in lines:
            self.feed.cut(line, code, reason)
        return len(lines)

    def bar_streams(self, *, code: int | None = None, reason: str = "") -> int:
        """Cut every connection of the stream, as :meth:`cut_streams` does, and let nobody in until told."""
        cut = self.cut_streams(code=code, reason=reason)
        self.feed.barred = True
        return cut

    def admit_streams(self) -> None:
        """Let connections to the stream in again."""
        self.feed.barred = False

    @property
    def rest_url(self) -> str:
        """Where the paths of the exchange begin."""
        return f"http://127.0.0.1:{self.port}{BASE}"

    @property
    def ws_url(self) -> str:
        """Where its stream is."""
        return f"ws://127.0.0.1:{self.port}{SOCKET_PATH}"

    @property
    def announcement(self) -> dict[str, str]:
        """What a client needs to know."""
        return {
            "rest_url": self.rest_url,
            "ws_url": self.ws_url,
            "api_key_id": self.api_key_id,
            "private_key_path": str(self.key_path),
            **({"control_url": f"http://127.0.0.1:{self.port}{PREFIX}"} if self.control else {}),
        }
