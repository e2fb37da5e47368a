"""`reference/tools.md`."""

from __future__ import annotations

import asyncio
from typing import Any

from fastmcp import FastMCP
from text import code, page, table

from pmi_core.plugins.registry import Registry
from pmi_mcp.registering import register
from pmi_mcp.settings import ServerSettings
from pmi_mcp.tools import ALL, Writes
from pmi_mcp.trading import Trading
from pmi_mcp.venues import Venues

TITLE = "Tools"
_WRITES = {
    Writes.ORDERS: "It writes: through preview and approval, see [one road](../explanation/one-road.md).",
    Writes.REDUCES: "It writes, and only takes risk away: no approval, never blocked.",
    Writes.ASKS: "It writes something that costs nothing by itself: no approval.",
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
        parts.append(f"{head}\n\n{_arguments(schemas[spec.name])}")
    return page(
        TITLE,
        "`pmi-mcp` offers these tools. A tool that no configured venue can serve is not offered, nor is one that "
        "writes where the mode closes every venue that it could write to, or the server is read-only.\n\n"
        "Answers are structured content. Numbers are exact decimal text; a field that is absent is not known, "
        "never 0. `untrusted` names the fields that hold text of venues and their users, `truncated` says what "
        "was cut, `cursor` goes on. A failure is an answer too: `error`, `message`, `hint`.",
        *parts,
    )


async def _schemas() -> dict[str, dict[str, Any]]:
    server: FastMCP[Any] = FastMCP("reference")
    settings = ServerSettings()
    venues = Venues(Registry.load(environ={}))
    trading = Trading(venues)
    for spec in ALL:
        register(server, spec, venues, settings, trading)
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
