"""The ``pmi`` command over venues in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from typer.testing import CliRunner

from pmi_mcp.terminal.app import app
from pmi_mcp.terminal.session import Session


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def pmi(registry_of, monkeypatch):
    """Run a command over worlds: ``pmi("book", "alpha:RATE-1", worlds=[world])``."""

    def run(*args, worlds=(), broken=(), toml="", environ=None):
        from pmi_mcp_doubles import provider

        providers = [provider(world) for world in worlds]
        known = {"toml": toml, "broken": broken, "environ": environ}
        monkeypatch.setattr(Session, "registry", lambda _: registry_of(*providers, **known))
        monkeypatch.setenv("COLUMNS", "100")
        result = CliRunner().invoke(app, list(args))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return run
