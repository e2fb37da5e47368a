"""`reference/tools.md`."""

from __future__ import annotations

import asyncio
from typing import Any

from fastmcp import FastMCP
from text import code, member_notes, page, table

from pmi_core.desk.policy import Policy
from pmi_core.plugins.registry import Registry
from pmi_core.provider import VenueInfo, WriteClass
from pmi_core.settings import Mode, PolicySettings
from pmi_mcp.live.subscriptions import Subscriptions
from pmi_mcp.live.watching import ACCOUNT, BOOK
from pmi_mcp.prompts import ALL as PROMPTS
from pmi_mcp.registering import register
from pmi_mcp.settings import ServerSettings, Toolset
from pmi_mcp.tools import ALL, Writes
from pmi_mcp.trading import Trading
from pmi_mcp.venues import Venues

TITLE = "Tools"
_WRITES = {
    Writes.ORDERS: "It writes: through preview and approval, see [one road](../explanation/one-road.md).",
    Writes.REDUCES: "It writes, and only takes risk away: no approval, never blocked.",
    Writes.ASKS: "It writes something that costs nothing by itself: no approval.",
}
_CHANGES = {
    None: "",
    Writes.ORDERS: "after a yes",
    Writes.REDUCES: "takes risk away",
    Writes.ASKS: "costs nothing",
}


def build() -> str:
    """Every tool of `pmi-mcp` with its arguments."""
    schemas = asyncio.run(_schemas())
    parts = []
    for spec in ALL:
        needs = ", ".join(f"[{need.value}](capabilities.md#{need.value})" for need in spec.needs)
        head = f"## {spec.name}\n\n**{spec.title}.** {spec.description}\n\nToolset: `{spec.toolset.value}`."
        offered = " that the mode lets be written to" if spec.writes else ""
        if needs or offered:
            head += f" Offered where a configured venue{offered}{' has ' if needs else ' is there'}{needs}."
        if spec.writes is not None:
            head += f" {_WRITES[spec.writes]}"
        if spec.follows is not None:
            head += " It comes along with every set in which something needs a yes."
        parts.append(f"{head}\n\n{_arguments(schemas[spec.name])}")
    parts.append(f"## Prompts\n\n{_prompts()}")
    parts.append(f"## Resources\n\n{_resources()}")
    parts.insert(0, f"## All tools\n\n{_overview()}")
    parts.insert(0, f"## Sets of tools\n\n{_sets()}")
    return page(
        TITLE,
        "`pmi-mcp` offers these tools. A tool that no configured venue can serve is not offered, nor is one that "
        "writes where the mode closes every venue that it could write to, or the server is read-only.\n\n"
        "Answers are structured content. Numbers are exact decimal text; a field that is absent is not known, "
        "never 0. `untrusted` names the fields that hold text of venues and their users, `truncated` says what "
        "was cut, `cursor` goes on. A failure is an answer too: `error`, `message`, `hint`.",
        *parts,
    )


def _sets() -> str:
    notes = member_notes(Toolset)
    default = ServerSettings().toolsets
    rows = [
        [
            code(one.value),
            sum(spec.toolset is one for spec in ALL),
            notes[one.name] + (" Offered by default." if one in default else ""),
        ]
        for one in Toolset
    ]
    return (
        "`--toolsets core,trading` on the command line, or `toolsets` under `[mcp]`, chooses; `all` is every one.\n\n"
        + table(["set", "tools", "what for"], rows)
    )


def _overview() -> str:
    rows = [
        [
            f"[{code(spec.name)}](#{spec.name})",
            code(spec.toolset.value),
            " or ".join(need.value for need in spec.needs),
            _CHANGES[spec.writes],
            "every one" if spec.writes is None else ", ".join(code(mode.value) for mode in _writing_modes()),
        ]
        for spec in ALL
    ]
    return (
        "What a tool needs is a capability of a configured venue. What the [modes](modes.md) mean is said on "
        "their own page.\n\n" + table(["tool", "set", "needs", "changes", "modes"], rows)
    )


def _prompts() -> str:
    rows = [
        [
            code(spec.name),
            spec.description,
            "; ".join(
                f"{code(name)}: {field.description}{' (required)' if field.is_required() else ''}"
                for name, field in spec.asks.model_fields.items()
            ),
            ", ".join(code(tool) for tool in spec.needs),
        ]
        for spec in PROMPTS
    ]
    return (
        "What a person may ask for in one word, where the client shows prompts. Each names only tools that are "
        "offered, and is offered where the tools are that it cannot do without.\n\n"
        + table(["prompt", "what for", "arguments", "needs"], rows)
    )


def _resources() -> str:
    rows = [
        [code(f"{BOOK}{{ref}}"), "the book of a market, in YES terms"],
        [code(f"{ACCOUNT}{{venue}}"), "cash, positions and working orders at a venue"],
    ]
    return (
        "Documents that a client may read, and watch for changes: "
        "[follow markets](../how-to/follow-markets-with-an-assistant.md). They come with the set `live`.\n\n"
        + table(["URI", "what"], rows)
    )


def _writing_modes() -> list[Mode]:
    """The modes in which anything may be written to, caps being written down."""
    venues = [
        VenueInfo(name="venue", provider="venue", title="", environment="", write_class=moves)
        for moves in WriteClass
    ]
    rules = PolicySettings(max_order="1", max_day="1")
    return [mode for mode in Mode if any(Policy(mode, rules).allows_writing(one) is None for one in venues)]


async def _schemas() -> dict[str, dict[str, Any]]:
    server: FastMCP[Any] = FastMCP("reference")
    settings = ServerSettings()
    venues = Venues(Registry.load(environ={}))
    trading = Trading(venues)
    subscriptions = Subscriptions(venues, settings)
    for spec in ALL:
        register(server, spec, venues, settings, trading, subscriptions)
    return {tool.name: tool.parameters for tool in await server.list_tools(run_middleware=False)}


def _arguments(schema: dict[str, Any]) -> str:
    properties = schema.get("properties", {})
    if not properties:
        return "Takes no arguments."
    required = schema.get("required", [])
    return table(
        ["argument", "type", "default", "meaning"],
        [
            [
                code(name),
                _kind(found),
                "required" if name in required else code(found.get("default", "")),
                found.get("description", ""),
            ]
            for name, found in properties.items()
        ],
    )


def _kind(found: dict[str, Any]) -> str:
    if "enum" in found:
        return ", ".join(code(choice) for choice in found["enum"])
    kinds = [found, *found.get("anyOf", [])]
    names = [kind["type"] for kind in kinds if "type" in kind]
    bounds = [f"{found[key]}" for key in ("minimum", "maximum") if key in found]
    return " or ".join(names) + (f", {' to '.join(bounds)}" if len(bounds) == 2 else "")
