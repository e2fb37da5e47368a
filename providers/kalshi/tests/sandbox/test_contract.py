"""The contract over real HTTP, against the sandbox, by a clock that runs ahead."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import ClassVar

import httpx2
import pytest
from anyio.from_thread import start_blocking_portal

from pmi_core.clock import SystemClock
from pmi_core.testing.clock import START
from pmi_core.testing.conformance import ProviderContract
from pmi_core.testing.conformance.questions import READS
from pmi_core.testing.recordings import Recordings
from pmi_provider_kalshi.plugin import pmi_provider
from pmi_provider_kalshi.sandbox import Sandbox


class QuickClock(SystemClock):
    """Runs many times as fast as the machine's, for client and sandbox alike."""

    SPEED: ClassVar[int] = 8  # a stamp is good for 20 of its seconds, also on a busy machine

    def __init__(self):
        self.begun = time.monotonic()

    def now(self):
        return START + timedelta(seconds=self.monotonic())

    def monotonic(self):
        return (time.monotonic() - self.begun) * self.SPEED

    async def sleep(self, seconds):
        await asyncio.sleep(max(seconds, 0) / self.SPEED)


def read_of(request):
    """Which read a test is about, if it is about one."""
    case = getattr(request.node, "callspec", None)
    return None if case is None else case.params.get("read")


def is_of_failures(request):
    return read_of(request) is not None and request.node.name.startswith("test_failures")


@pytest.fixture(scope="module")
def standing():
    """A sandbox for every test that changes nothing in it, in a thread of its own."""
    clock = QuickClock()
    with start_blocking_portal("asyncio") as portal:
        opening = Sandbox(clock=clock, tier="prime", moving=False)
        with portal.wrap_async_context_manager(opening) as sandbox:
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

    def test_declaration_settings_refuse_unknown_keys(self, provider, standing):
        """A rule without ``async``, which cannot wait for a sandbox of its own."""
        settings = settings_for(standing)
        assert provider.settings.model_validate(settings).has_key
        super().test_declaration_settings_refuse_unknown_keys(provider, settings)

    @pytest.fixture
    def provider(self):
        return pmi_provider()

    @pytest.fixture
    def recordings(self):
        """None, also where the same run proves the contract on recordings by name: they tell of another world."""
        return Recordings()

    @pytest.fixture(autouse=True)
    def _proved_once(self, request, provider):
        """Failures of public reads are proved on recorded answers; a sandbox for each would take long."""
        read = read_of(request)
        if read is not None and READS[read].capability not in provider.keyed:
            pytest.skip("proved on recorded answers")

    @pytest.fixture
    def clock(self, request):
        return request.getfixturevalue("standing").clock if is_of_failures(request) else QuickClock()

    @pytest.fixture
    def transport(self):
        """The network of this machine, with the contract's misfortunes before it."""
        return httpx2.AsyncHTTPTransport(verify=False)

    @pytest.fixture
    def may_stream(self):
        return True

    @pytest.fixture
    async def sandbox(self, request, clock):
        """One of its own, but for tests of failures: those only read."""
        if is_of_failures(request):
            yield request.getfixturevalue("standing")
            return
        async with Sandbox(clock=clock, tier="prime", moving=False) as sandbox:
            yield sandbox

    @pytest.fixture
    def open_settings(self, sandbox):
        return settings_for(sandbox)
