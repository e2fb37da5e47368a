"""The contract over real HTTP, against the sandbox, by a clock that runs ahead."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import ClassVar

import httpx2
import pytest

from pmi_core.clock import SystemClock
from pmi_core.testing.clock import START
from pmi_core.testing.conformance import ProviderContract
from pmi_core.testing.conformance.questions import READS
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


class TestAgainstTheSandbox(ProviderContract):
    """Everything that the provider declares."""

    # asks nothing of an opened venue, and is proved on recorded answers
    test_declaration_settings_refuse_unknown_keys = None

    @pytest.fixture
    def provider(self):
        return pmi_provider()

    @pytest.fixture(autouse=True)
    def _proved_once(self, request, provider):
        """Failures of public reads are proved on recorded answers; a sandbox for each would take long."""
        case = getattr(request.node, "callspec", None)
        read = None if case is None else case.params.get("read")
        if read is not None and READS[read].capability not in provider.keyed:
            pytest.skip("proved on recorded answers")

    @pytest.fixture
    def clock(self):
        return QuickClock()

    @pytest.fixture
    def transport(self):
        """The network of this machine, with the contract's misfortunes before it."""
        return httpx2.AsyncHTTPTransport(verify=False)

    @pytest.fixture
    def may_stream(self):
        return True

    @pytest.fixture
    async def sandbox(self, clock):
        async with Sandbox(clock=clock, tier="prime", moving=False) as sandbox:
            yield sandbox

    @pytest.fixture
    def open_settings(self, sandbox):
        return {
            "environment": "custom",
            "rest_url": sandbox.rest_url,
            "ws_url": sandbox.ws_url,
            "api_key_id": sandbox.api_key_id,
            "private_key": sandbox.private_key,
            "timeout": 120,
        }
