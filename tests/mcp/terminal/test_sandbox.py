"""``pmi sandbox``: finds the provider, hands over what was asked for, ends when it is told to."""

from __future__ import annotations

import asyncio
import json
import signal
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pmi_core.errors import SettingsError
from pmi_mcp.terminal.app import app
from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.session import Session


@pytest.fixture
def sandboxed(registry_of, world, monkeypatch):
    """Run the command over a provider whose sandbox asks to be ended as soon as it stands."""
    from pmi_mcp_doubles import provider

    requests, ended = [], []

    @asynccontextmanager
    async def serve(request):
        if request.options.get("broken"):
            raise SettingsError("option broken has no value that works")
        requests.append(request)
        asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGTERM)
        yield {"rest_url": "http://127.0.0.1:1", "api_key_id": "an-id"}
        ended.append(request)

    def run(*args, sandbox=serve):
        made = replace(provider(world), sandbox=sandbox)
        monkeypatch.setattr(Session, "registry", lambda _: registry_of(made))
        return CliRunner().invoke(app, ["sandbox", *args])

    run.requests, run.ended = requests, ended
    return run


def test_it_says_where_it_is_in_one_line_and_stops_when_asked(sandboxed):
    told = sandboxed("alpha", "--port", "0", "--seed", "7")
    assert told.exit_code == Exit.OK, told.output
    assert json.loads(told.stdout) == {"rest_url": "http://127.0.0.1:1", "api_key_id": "an-id"}
    assert told.stdout.count("\n") == 1
    assert sandboxed.ended == sandboxed.requests
    assert (sandboxed.requests[0].port, sandboxed.requests[0].seed) == (0, 7)


def test_what_is_asked_for_arrives(sandboxed):
    faults = ("--fault", "drop-answer=0.1", "--fault", "slow=0.25")
    options = ("--option", "tier=prime", "--key", "own.pem", "--read-lag", "0.5")
    assert sandboxed("alpha", *faults, *options).exit_code == Exit.OK
    (request,) = sandboxed.requests
    assert request.faults == {"drop-answer": Decimal("0.1"), "slow": Decimal("0.25")}
    assert request.options == {"tier": "prime"}
    assert (request.private_key_path, request.read_lag) == (Path("own.pem"), Decimal("0.5"))


@pytest.mark.parametrize(
    "args",
    [
        ("--fault", "slow"),
        ("--fault", "slow=often"),
        ("--fault", "=1"),
        ("--option", "tier"),
        ("--read-lag", "-1"),
        ("--read-lag", "NaN"),
        ("--port", "70000"),
    ],
)
def test_nonsense_is_refused_before_anything_starts(sandboxed, args):
    assert sandboxed("alpha", *args).exit_code == Exit.USAGE
    assert not sandboxed.requests


def test_a_provider_without_a_sandbox_says_so(sandboxed):
    told = sandboxed("alpha", sandbox=None)
    assert told.exit_code == Exit.USAGE
    assert "has no sandbox" in told.stderr


def test_an_unknown_provider_is_named(sandboxed):
    told = sandboxed("nobody")
    assert told.exit_code == Exit.SETTINGS
    assert "nobody" in told.stderr


def test_what_the_sandbox_refuses_is_said(sandboxed):
    told = sandboxed("alpha", "--option", "broken=yes")
    assert told.exit_code == Exit.SETTINGS
    assert "option broken" in told.stderr
