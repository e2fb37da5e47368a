"""``pmi venues``: what is configured and what it can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from pmi_mcp.terminal.options import Json
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["venues"]


def venues(context: typer.Context, as_json: Json = False) -> None:
    """List the configured venues, without opening them."""

    async def work(registry: Registry, screen: Screen) -> None:
        rows = []
        for name in registry.venue_names:
            provider = registry.provider_of(name)
            rows.append(
                {
                    "venue": name,
                    "provider": provider.name,
                    "title": provider.title,
                    "capabilities": sorted(provider.capabilities),
                }
            )
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
            [[row["venue"], row["title"], ", ".join(row["capabilities"])] for row in rows],
        )
        for plugin in broken:
            screen.note(f"broken: {plugin['provider']} ({plugin['reason']}); see `pmi doctor`")
        screen.note(f"mode: {registry.config.mode}")

    run(context, work, as_json=as_json)
