"""The provider over a real network of this machine, at an exchange whose time runs ahead."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from pmi_core.clock import SystemClock
from pmi_core.provider import OpenContext
from pmi_core.testing.clock import START
from pmi_provider_kalshi.plugin import pmi_provider
from pmi_provider_kalshi.sandbox import Sandbox

SPEED, STEP = 20, 0.2


class Ahead(SystemClock):
    """Runs many times as fast as the machine's, for client and exchange alike, while the loop turns.

    It goes on by one step whenever the loop comes round to it, so a machine that is too busy slows it down
    together with everything else: a stamp of a few seconds' worth never grows old for want of a processor.
    """

    def __init__(self):
        self.passed = 0.0

    def now(self):
        return START + timedelta(seconds=self.passed)

    def monotonic(self):
        return self.passed

    async def sleep(self, seconds):
        until = self.passed + seconds
        await asyncio.sleep(0)
        while self.passed < until:
            await asyncio.sleep(max(until - self.passed, STEP) / SPEED)

    async def run(self):
        while True:
            await asyncio.sleep(STEP / SPEED)
            self.passed += STEP


@asynccontextmanager
async def running(clock):
    going = asyncio.ensure_future(clock.run())
    try:
        yield
    finally:
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)


@pytest.fixture
def trading():
    """Serve an exchange and open it; gives both."""

    @asynccontextmanager
    async def opened(**settings):
        clock = Ahead()
        async with running(clock), Sandbox(clock=clock, tier="prime", **settings) as sandbox:
            provider = pmi_provider()
            told = provider.settings.model_validate(
                {
                    "environment": "custom",
                    "rest_url": sandbox.rest_url,
                    "ws_url": sandbox.ws_url,
                    "api_key_id": sandbox.api_key_id,
                    "private_key": sandbox.private_key,
                    "timeout": 120,
                }
            )
            async with await provider.open(OpenContext(name="kalshi", settings=told, clock=clock)) as venue:
                yield sandbox, venue

    return opened
