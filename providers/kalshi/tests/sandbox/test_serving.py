"""The way in from the command: options read, mistakes named."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pmi_core.errors import SettingsError
from pmi_core.provider import SandboxRequest
from pmi_provider_kalshi.plugin import pmi_provider

pytestmark = pytest.mark.anyio
KEYS = {"ed25519": "BEGIN PRIVATE KEY", "rsa": "BEGIN RSA PRIVATE KEY"}


@pytest.mark.parametrize("kind", list(KEYS))
async def test_options_arrive(clock, kind):
    options = {"key-type": kind, "tier": "prime", "cash": "12.5", "moving": "no", "execution-delay": "0"}
    request = SandboxRequest(seed=3, clock=clock, read_lag=Decimal("0.25"), options=options)
    async with pmi_provider().sandbox(request) as told:
        assert KEYS[kind] in Path(told["private_key_path"]).read_text("ascii")
        assert told["rest_url"].startswith("http://127.0.0.1:")
        assert told["ws_url"].endswith("/trade-api/ws/v2")


@pytest.mark.parametrize(
    "options",
    [
        {"colour": "red"},
        {"cash": "lots"},
        {"cash": "-1"},
        {"moving": "perhaps"},
        {"key-type": "dsa"},
        {"tier": "gold"},
        {"execution-delay": "soon"},
        {"control": "perhaps"},
    ],
)
async def test_mistakes_are_named(clock, options):
    (name,) = options
    with pytest.raises(SettingsError, match=name if name != "tier" else "gold"):
        async with pmi_provider().sandbox(SandboxRequest(clock=clock, options=options)):
            pass
