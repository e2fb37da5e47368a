"""The program itself, as a client starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport

from pmi_mcp import __version__
from pmi_mcp.settings import Toolset

pytestmark = pytest.mark.anyio

PLUGIN = """
print("a plugin that prints when it is imported")
import logging
from datetime import UTC, datetime
from pmi_core import (Capability, ExchangeStatus, Market, Outcome, Provider, Venue, VenueInfo, WriteClass, hookimpl)
from pmi_core.settings import ProviderSettings

NOW = datetime(2026, 1, 5, tzinfo=UTC)

class Reader:
    async def get_status(self):
        print("a plugin that prints when it is asked")
        logging.getLogger("noisy").warning("told \\x1b]52;c;aGk=\\x07the log")
        return ExchangeStatus(exchange_active=True, trading_active=True, as_of=NOW)

    async def get_market(self, ref):
        return Market(ref=ref, title="Rain?", status="open", trading="open", as_of=NOW,
                      outcomes=(Outcome(label="Yes", polarity="yes"), Outcome(label="No", polarity="no")))

async def open_it(context):
    async def resolve(text):
        return None
    async def close():
        print("closed", end=" ")
    reader = Reader()
    return Venue(info=VenueInfo(name=context.name, provider="loud", title="Loud", environment="test",
                                write_class=WriteClass.SIMULATED),
                 resolver=resolve, closer=close, status=reader, markets=reader)

@hookimpl
def pmi_provider():
    print("a plugin that prints when it is described")
    return Provider(name="loud", title="Loud", settings=ProviderSettings, open=open_it,
                    capabilities=frozenset({Capability.STATUS, Capability.MARKETS}))
"""
RUN = ["-c", "import sys; from pmi_mcp.server import main; sys.exit(main())"]


@pytest.fixture
def environment(tmp_path, inherited):
    """An environment with one more plugin installed, and nothing configured but its venue."""
    site = tmp_path / "site"
    about = site / "pmi_provider_loud-1.dist-info"
    about.mkdir(parents=True)
    (site / "loud_plugin.py").write_text(PLUGIN, encoding="utf-8")
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: pmi-provider-loud\nVersion: 1\n", encoding="utf-8"
    )
    (about / "entry_points.txt").write_text("[pmi.providers]\nloud = loud_plugin\n", encoding="utf-8")
    config = tmp_path / "pmi.toml"
    config.write_text("[venues.loud]\n", encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(site), inherited.get("PYTHONPATH")]))
    return inherited | {"PYTHONPATH": path, "PMI_HOME": str(tmp_path), "PMI_CONFIG": str(config)}


def run(environment, *arguments, **options):
    return subprocess.run(
        [sys.executable, *RUN, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_client_lists_tools_and_calls_two(environment, mode):
    transport = StdioTransport(sys.executable, [*RUN, "--toolsets", "all"], env=environment)
    async with Client(transport, mode=mode) as client:
        assert [tool.name for tool in await client.list_tools()] == [
            "list_venues",
            "get_exchange_status",
            "search_markets",
            "get_market",
        ]
        status = (await client.call_tool("get_exchange_status", {})).structured_content
        market = (await client.call_tool("get_market", {"market": "loud:RAIN"})).structured_content
    assert status["venues"][0]["trading_active"] is True
    assert market["title"] == "Rain?"


def test_standard_output_is_the_protocol_and_nothing_else(environment):
    def line(**message):
        return json.dumps({"jsonrpc": "2.0", **message}) + "\n"

    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    with subprocess.Popen(
        [sys.executable, *RUN, "--toolsets=core,browse"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdin.write(line(id=1, method="initialize", params=hello))
        process.stdin.write(line(method="notifications/initialized"))
        process.stdin.write(
            line(id=2, method="tools/call", params={"name": "get_exchange_status", "arguments": {}})
        )
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.stdin.close()
        rest, errors = process.stdout.read(), process.stderr.read()
        assert process.wait(timeout=30) == 0
    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[0]["result"]["serverInfo"]["version"] == __version__
    assert "data to quote" in answers[0]["result"]["instructions"]
    assert answers[1]["result"]["structuredContent"]["venues"][0]["venue"] == "loud"
    assert rest == ""
    assert "imported" in errors
    assert "asked" in errors
    assert "closed" in errors
    (logged,) = [json.loads(text) for text in errors.splitlines() if text.startswith("{") and "noisy" in text]
    assert (logged["event"], logged["level"], logged["logger"]) == ("told the log", "warning", "noisy")


def test_its_version_and_its_options_cost_nothing(environment):
    assert run(environment, "--version").stdout == f"pmi-mcp {__version__}\n"
    offered = " ".join(run(environment, "--help").stdout.split())
    assert "--read-only" in offered
    assert f"core (the default), {', '.join(list(Toolset)[1:])}; or all" in offered
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, pmi_mcp.server\nprint(*sorted({'fastmcp', 'pydantic', 'structlog'} & set(sys.modules)))",
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    "arguments, toml, said",
    [
        (["--venue", "nowhere"], "", "no venue 'nowhere' is configured"),
        ([], "[mcp]\nanswer_bytes = 1\n", "answer_bytes"),
        ([], "mod = 1\n", "did you mean mode?"),
        ([], "not toml at all\n", "pmi.toml"),
        (["--toolsets", "core,everything"], "", "there is no set of tools 'everything'"),
    ],
)
def test_a_start_that_cannot_be_says_why(environment, tmp_path, arguments, toml, said):
    (tmp_path / "wrong").mkdir()
    file = tmp_path / "wrong" / "pmi.toml"
    file.write_text(toml, encoding="utf-8")
    done = run(environment, "--config", str(file), *arguments, input="")
    assert done.returncode == 3
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_wrong_option_is_refused(environment):
    done = run(environment, "--log-level", "everything")
    assert done.returncode == 2
    assert "invalid choice: 'everything'" in done.stderr
