"""``pmi venues``: what is configured and what it can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from pmi_mcp.terminal.options import Json
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["NO_VENUE", "venues"]

NO_VENUE = "no venue is there: install a provider, `pip install pmi-provider-NAME`, beside this command"


def venues(context: typer.Context, as_json: Json = False) -> None:
    """List the configured venues, without opening them."""

    async def work(registry: Registry, screen: Screen) -> None:
        rows = [_row(registry, name) for name in registry.venue_names]
        broken = [
            {
                "provider": plugin.name,
                "distribution": plugin.distribution,
                "stage": plugin.stage,
                "reason": plugin.reason,
            }
            for plugin in registry.broken
        ]
        if screen.as_json:
            screen.document("venues", mode=str(registry.config.mode), items=rows, broken=broken)
            return
        screen.table(
            ["venue", "title", "capabilities"],
            [
                [row["venue"], row.get("title"), row.get("error") or ", ".join(row["capabilities"])]
                for row in rows
            ],
        )
        for plugin in broken:
            screen.note(f"broken: {plugin['provider']} ({plugin['reason']}); see `pmi doctor`")
        if not rows:
            screen.note(NO_VENUE)
        screen.note(f"mode: {registry.config.mode}")

    run(context, work, as_json=as_json)


def _row(registry: Registry, name: str) -> dict[str, Any]:
    from pmi_core.errors import PmiError

    try:
        provider = registry.provider_of(name)
    except PmiError as error:
        return {"venue": name, "error": str(error)}
    return {
        "venue": name,
        "provider": provider.name,
        "title": provider.title,
        "capabilities": sorted(provider.capabilities),
    }
