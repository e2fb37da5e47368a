"""``pmi demo``: a short session with the real server, as an assistant would have it."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from pmi_mcp.terminal.exits import Exit

if TYPE_CHECKING:
    from fastmcp import Client

    from pmi_mcp.terminal.screen import Screen

__all__ = ["demo"]

_VENUE: Final = "paper"
"""The practice venue, which is there without any configuration."""
_QUESTION: Final = "rain"
_PATIENCE: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Step:
    """One call of the session, and why it is made."""

    tool: str
    purpose: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.tool}({given})"


def demo(context: typer.Context) -> None:
    """Start the MCP server and play a short session on the practice exchange; no network."""
    screen = context.obj.screen()
    try:
        asyncio.run(_bounded(screen))
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
    except BrokenPipeError:
        # The reader of a pipe has seen enough; nobody is left to be told.
        sys.stdout = None
    except _Stopped as reason:
        screen.note(f"the demonstration stopped: {reason}")
        raise typer.Exit(Exit.NO) from None


class _Stopped(Exception):
    """The session could not go on; the text says why."""


async def _bounded(screen: Screen) -> None:
    try:
        async with asyncio.timeout(_PATIENCE):
            await _play(screen)
    except TimeoutError:
        raise _Stopped(f"the server took longer than {_PATIENCE:.0f} seconds") from None


@asynccontextmanager
async def _server(folder: Path) -> AsyncIterator[Client[Any]]:
    """The server as a child process over standard input and output, with an account of its own.

    The child gets the usual few variables of the environment and none that begins with PMI.
    """
    from fastmcp import Client
    from fastmcp.client.transports import StdioTransport

    config = folder / "pmi.toml"
    config.write_text(f"[venues.{_VENUE}]\n", encoding="utf-8")
    config.chmod(0o600)
    log = folder / "server.log"
    transport = StdioTransport(
        command=sys.executable,
        args=["-m", "pmi_mcp", "--toolsets", "core,trading"],
        env={"PMI_CONFIG": str(config), "PMI_HOME": str(folder / "home")},
        log_file=log,
    )
    try:
        async with Client(transport) as client:
            yield client
    except (_Stopped, BrokenPipeError):
        raise
    except Exception as error:
        said = log.read_text(encoding="utf-8").strip()[-2_000:] if log.exists() else ""
        raise _Stopped(f"{error}\n{said}".strip()) from error


async def _play(screen: Screen) -> None:
    screen.say("This is pmi-mcp as an assistant sees it: tools over a child process.", style="bold")
    screen.say("The venue is simulated: no network, no account, no money.\n")
    with tempfile.TemporaryDirectory(prefix="pmi-demo-") as folder:
        async with _server(Path(folder)) as client:
            tools = await client.list_tools()
            screen.say(f"The server offers {len(tools)} tools:")
            screen.say("  " + ", ".join(tool.name for tool in tools) + "\n", style="dim")
            await _session(client, screen)
    screen.say("Next: `pmi search WORDS`, `pmi doctor`, or add `pmi-mcp` to your assistant.")


async def _session(client: Client[Any], screen: Screen) -> None:
    there = await _ask(client, screen, _Step("list_venues", "Which venues are there?", {}), _show_venues)
    if reason := next((row["reason"] for row in there["venues"] if "reason" in row), None):
        raise _Stopped(reason)
    found = await _ask(
        client,
        screen,
        _Step(
            "search_markets",
            f"What is asked about {_QUESTION}?",
            {"query": _QUESTION, "venue": _VENUE, "limit": 5},
        ),
        _show_markets,
    )
    quoted = [row for row in found["markets"] if row.get("yes_bid") and row.get("yes_ask")]
    if not quoted:
        raise _Stopped(f"no market about {_QUESTION} has prices")
    ref = quoted[0]["ref"]
    await _ask(
        client, screen, _Step("get_market", "What exactly is the question?", {"market": ref}), _show_market
    )
    await _ask(
        client,
        screen,
        _Step("get_orderbook", "What can be traded, at which price?", {"market": ref, "depth": 5}),
        _show_book,
    )
    await _ask(
        client,
        screen,
        _Step(
            "get_candlesticks",
            "How did the price get there?",
            {"market": ref, "interval": "1h", "start": "3d"},
        ),
        _show_chart,
    )
    await _ask(client, screen, _Step("get_balance", "What could I spend?", {"venue": _VENUE}), _show_balance)


async def _ask(client: Client[Any], screen: Screen, step: _Step, show: Any) -> dict[str, Any]:
    """Call a tool, print what was asked, and show the answer."""
    answer = await client.call_tool(step.tool, step.arguments, raise_on_error=False)
    screen.say(step.purpose, style="bold")
    screen.say(f"  {step}", style="dim")
    if answer.is_error or answer.structured_content is None:
        said = " ".join(getattr(block, "text", "") for block in answer.content)
        raise _Stopped(f"{step.tool} answered: {said or 'nothing'}")
    content: dict[str, Any] = answer.structured_content
    show(screen, content)
    screen.say()
    return content


def _show_venues(screen: Screen, content: dict[str, Any]) -> None:
    screen.table(
        ["venue", "title", "can"],
        [
            [venue["venue"], venue.get("title"), ", ".join(venue.get("can", [venue["status"]]))]
            for venue in content["venues"]
        ],
        for_people=True,
    )


def _show_markets(screen: Screen, content: dict[str, Any]) -> None:
    screen.table(
        ["ref", "market", "bid", "ask", "closes"],
        [
            [
                row["ref"],
                row["title"],
                row.get("yes_bid"),
                row.get("yes_ask"),
                row.get("closes", "")[:10],
            ]
            for row in content["markets"]
        ],
        numeric=frozenset({"bid", "ask", "closes"}),
        for_people=True,
    )


def _show_market(screen: Screen, content: dict[str, Any]) -> None:
    from pmi_mcp.texts import clean

    screen.say(f"  {clean(content['title'])}")
    screen.say(f"  {clean(content.get('rules', ''), 600)}")


def _show_book(screen: Screen, content: dict[str, Any]) -> None:
    asks = list(zip(content["asks"]["price"], content["asks"]["size"], strict=True))
    bids = list(zip(content["bids"]["price"], content["bids"]["size"], strict=True))
    screen.table(
        ["side", "price", "size"],
        [*(["ask", *level] for level in reversed(asks)), *(["bid", *level] for level in bids)],
        numeric=frozenset({"price", "size"}),
        for_people=True,
    )


def _show_chart(screen: Screen, content: dict[str, Any]) -> None:
    from datetime import datetime, timedelta

    from pmi_core.models import Candle
    from pmi_mcp.terminal.chart import draw_chart

    length = timedelta(hours=1)
    candles = content["candles"]
    empty = [None] * len(candles["start"])
    rows = [
        Candle(
            start=(start := datetime.fromisoformat(text)),
            end=start + length,
            close=close,
            bid_close=bid,
            ask_close=ask,
            volume=volume,
        )
        for text, close, bid, ask, volume in zip(
            candles["start"],
            *(candles.get(name, empty) for name in ("close", "bid", "ask", "volume")),
            strict=True,
        )
    ]
    chart = draw_chart(rows, width=min(screen.width, 76), height=8, ascii_only=screen.ascii_only)
    screen.say(str(chart))


def _show_balance(screen: Screen, content: dict[str, Any]) -> None:
    for row in content["balances"]:
        screen.say(f"  {row['available']} {row['currency']} available of {row['total']}")
