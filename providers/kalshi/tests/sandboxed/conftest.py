"""The provider over a real network of this machine, at an exchange whose time runs ahead."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from pmi_core.provider import OpenContext
from pmi_core.testing.clock import RunningClock
from pmi_provider_kalshi.plugin import pmi_provider
from pmi_provider_kalshi.sandbox import Sandbox

SPEED = 20


@pytest.fixture
def trading():
    """Serve an exchange and open it; gives both.  The stream's address may be another that leads there."""

    @asynccontextmanager
    async def opened(*, through=lambda address: address, **settings):
        clock = RunningClock(SPEED)
        async with clock.running(), Sandbox(clock=clock, tier="prime", **settings) as sandbox:
            provider = pmi_provider()
            told = provider.settings.model_validate(
                {
                    "environment": "custom",
                    "rest_url": sandbox.rest_url,
                    "ws_url": through(sandbox.ws_url),
                    "api_key_id": sandbox.api_key_id,
                    "private_key": sandbox.private_key,
                    "timeout": 120,
                }
            )
            async with await provider.open(OpenContext(name="kalshi", settings=told, clock=clock)) as venue:
                yield sandbox, venue

    return opened
