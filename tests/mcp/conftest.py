"""Servers over a venue in memory, and clients of both eras of the protocol."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from fastmcp import Client

from pmi_core import Registry
from pmi_core.plugins.discovery import InstalledPlugin
from pmi_core.plugins.loading import load_plugins
from pmi_core.settings import load_config
from pmi_core.testing.clock import ManualClock


def _beside(name):
    """A module of this folder, importable by tests as ``pmi_mcp_<name>``."""
    spec = importlib.util.spec_from_file_location(f"pmi_mcp_{name}", Path(__file__).with_name(f"{name}.py"))
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


world_module = _beside("world")
doubles = _beside("doubles")
broadcast = _beside("broadcast")
_beside("previews")
_beside("stage")


def entry(module):
    return SimpleNamespace(load=lambda: module)


@pytest.fixture
def registry_of(tmp_path):
    """A registry over providers in memory, with a configuration written out as text."""

    def make(*providers, toml="", broken=(), environ=None):
        config = tmp_path / "pmi.toml"
        config.write_text(toml, encoding="utf-8")
        installed = [
            InstalledPlugin(one.name, f"pmi-provider-{one.name}", "1.0", entry(doubles.plugin(one)))
            for one in providers
        ]
        installed += [
            InstalledPlugin(name, f"pmi-provider-{name}", "1.0", entry(ModuleType(name))) for name in broken
        ]
        return Registry(
            load_config(config, {"PMI_HOME": str(tmp_path)} | (environ or {})),
            load_plugins(installed),
            ManualClock(world_module.NOW),
        )

    return make


@pytest.fixture
def inherited():
    """The environment of this process for one that it starts, without settings of a person or of the tests."""
    left_out = ("PMI_", "PYTHONUNBUFFERED")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}


@pytest.fixture
def world():
    return world_module.World()


@pytest.fixture
def serve(registry_of):
    """A server over worlds, or over a registry."""
    from pmi_mcp.server import build
    from pmi_mcp.settings import ServerSettings

    def make(*worlds, registry=None, **settings):
        registry = registry or registry_of(*(doubles.provider(one) for one in worlds))
        chosen = ServerSettings(**{"toolsets": "all"} | settings)
        return build(registry, chosen, ManualClock(world_module.NOW))

    return make


ERAS = {"modern": {}, "handshake": {"mode": "legacy"}}


@asynccontextmanager
async def _connected(server, era):
    async with Client(server, **ERAS[era]) as opened:
        yield Asker(opened)


@pytest.fixture(params=ERAS)
def connect(request):
    """A client of each era, in turn."""
    return lambda server: _connected(server, request.param)


@pytest.fixture
def in_both_eras():
    """An answer, after checking that clients of both eras get the same one."""

    async def ask(make_server, tool, **arguments):
        answers = []
        for era in ERAS:
            async with _connected(make_server(), era) as client:
                answers.append(await client.ask(tool, **arguments))
        assert answers[0] == answers[1]
        return answers[0]

    return ask


class Asker:
    """A client that gives an answer's data, or the data of its error."""

    def __init__(self, client):
        self.client = client

    async def result(self, tool, **arguments):
        return await self.client.call_tool(tool, arguments, raise_on_error=False)

    async def ask(self, tool, **arguments):
        result = await self.result(tool, **arguments)
        assert not result.is_error, result.content[0].text
        assert json.loads(result.content[0].text) == result.structured_content, "both forms say the same"
        return result.structured_content

    async def fail(self, tool, **arguments):
        result = await self.result(tool, **arguments)
        assert result.is_error, result.structured_content
        told = result.structured_content
        assert told["message"] in result.content[0].text
        assert "Traceback" not in result.content[0].text
        return told

    async def tools(self):
        return await self.client.list_tools()
