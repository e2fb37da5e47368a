"""The contract over real HTTP, against the sandbox, by a clock that runs ahead."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from decimal import Decimal

import httpx2
import pytest
from anyio.from_thread import start_blocking_portal

from pmi_core.testing.clock import RunningClock
from pmi_core.testing.conformance import ProviderContract
from pmi_core.testing.recordings import Recordings
from pmi_provider_kalshi.plugin import pmi_provider
from pmi_provider_kalshi.sandbox import Sandbox

SPEED = 8


class Unwaiting:
    """The same time for a client that waits for nothing but time: instead of sleeping it leaps."""

    def __init__(self, clock):
        self.now, self.monotonic, self.advance = clock.now, clock.monotonic, clock.advance

    async def sleep(self, seconds):
        await self.advance(max(seconds, 0))
        await asyncio.sleep(0)


def read_of(request):
    """Which read a test is about, if it is about one."""
    case = getattr(request.node, "callspec", None)
    return None if case is None else case.params.get("read")


def is_of_failures(request):
    return request.node.name.startswith("test_failures")


def only_reads(request):
    """Whether a rule leaves the sandbox as it found it, and may share one with others."""
    if is_of_failures(request):
        return read_of(request) is not None
    return {"may_trade", "cut", "ending"}.isdisjoint(request.fixturenames)


@asynccontextmanager
async def served(clock):
    """A sandbox where prices stand, and its time."""
    async with clock.running(), Sandbox(clock=clock, tier="prime", moving=False) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def standing():
    """A sandbox for every test that changes nothing in it, in a thread of its own."""
    with (
        start_blocking_portal("asyncio") as portal,
        portal.wrap_async_context_manager(served(RunningClock(SPEED))) as sandbox,
    ):
        yield sandbox


def settings_for(sandbox):
    return {
        "environment": "custom",
        "rest_url": sandbox.rest_url,
        "ws_url": sandbox.ws_url,
        "api_key_id": sandbox.api_key_id,
        "private_key": sandbox.private_key,
        "timeout": 120,
    }


class TestAgainstTheSandbox(ProviderContract):
    """Everything that the provider declares."""

    @pytest.fixture
    def provider(self):
        return pmi_provider()

    @pytest.fixture
    def recordings(self):
        """None, also where the same run proves the contract on recordings by name: they tell of another world."""
        return Recordings()

    @pytest.fixture
    def clock(self, request):
        if not only_reads(request):
            return RunningClock(SPEED)
        clock = request.getfixturevalue("standing").clock
        return Unwaiting(clock) if is_of_failures(request) else clock

    @pytest.fixture
    def transport(self):
        """The network of this machine, with the contract's misfortunes before it."""
        return httpx2.AsyncHTTPTransport(verify=False)

    @pytest.fixture
    def may_stream(self):
        return True

    @pytest.fixture
    async def own(self, clock):
        """A sandbox for one test."""
        async with served(clock) as sandbox:
            yield sandbox

    @pytest.fixture
    def open_settings(self, request):
        settings = settings_for(request.getfixturevalue("standing" if only_reads(request) else "own"))
        if "closed_slots" in request.node.name:
            del settings["api_key_id"], settings["private_key"]
        return settings

    @pytest.fixture
    def cut(self, own):
        """Turns the client away while the block runs, abruptly as a network does."""

        @asynccontextmanager
        async def broken():
            own.bar_streams()
            yield
            own.admit_streams()

        return broken

    @pytest.fixture
    def ending(self, own):
        """Settles a market: the venue does not announce that one closes, only that it is decided."""

        async def settled(ref):
            own.settle_market(ref.native, Decimal(1))

        return settled
