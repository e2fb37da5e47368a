"""The sandbox as a thing to start and stop: one port, one key pair, one exchange."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import SettingsError
from pmi_provider_kalshi.sandbox.connection import Connection
from pmi_provider_kalshi.sandbox.faults import Faults
from pmi_provider_kalshi.sandbox.feed.socket import SOCKET_PATH, Feed
from pmi_provider_kalshi.sandbox.floor import FloorPlan
from pmi_provider_kalshi.sandbox.keys import Key, KeyType, make_pair, public_of
from pmi_provider_kalshi.sandbox.noise import uuid_of
from pmi_provider_kalshi.sandbox.office import Office, OfficePlan
from pmi_provider_kalshi.sandbox.reception import BASE, Reception

__all__ = ["Sandbox"]


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

    async def __aenter__(self) -> Self:
        faults = Faults(self.faults, self.seed)
        floor = FloorPlan(
            seed=self.seed, moving=self.moving, cash=self.cash, execution_delay=self.execution_delay
        )
        self.office = Office(OfficePlan(floor=floor, tier=self.tier, read_lag=self.read_lag), self.clock)
        self._take_key()
        self.reception = Reception(self.office)
        self.feed = Feed(self.office, faults)
        self._lines: set[asyncio.Task[None]] = set()
        connection = Connection(self.reception, faults, self.clock, self.feed.upgrade, compress=self.compress)

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
        }
