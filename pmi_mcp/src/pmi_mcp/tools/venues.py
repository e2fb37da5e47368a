"""Tools about the venues themselves."""

from __future__ import annotations

import asyncio
from typing import Any

from pmi_core.capabilities import Capability
from pmi_core.errors import PmiError
from pmi_mcp.asking import ask_all
from pmi_mcp.failures import describe
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.texts import clean
from pmi_mcp.tools.arguments import DetailWord, VenueName
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import declared_view, opened_view, status_view

__all__ = ["TOOLS", "get_exchange_status", "list_venues"]


_NO_VENUE = "no venue is there; a person must install a provider: pip install pmi-provider-NAME"


async def list_venues(venues: Venues, *, venue: VenueName = None, detail: DetailWord = "brief") -> Answer:
    """Show configured venues; in full each is opened and asked."""
    show = _opened if detail == "full" else _declared
    rows = await asyncio.gather(*(show(venues, name) for name in venues.choose(venue)))
    broken = [
        {"provider": plugin.name, "stage": plugin.stage.value, "reason": clean(plugin.reason, 300)}
        for plugin in venues.registry.broken
    ]
    return Answer(
        facts={"mode": venues.registry.config.mode.value},
        name="venues",
        rows=rows,
        advice="name one venue",
        after=({"broken": broken} if broken else {}) | ({} if rows else {"hint": _NO_VENUE}),
    )


async def _declared(venues: Venues, name: str) -> dict[str, Any]:
    try:
        provider = venues.provider_of(name)
    except PmiError as error:
        return {"venue": name, "status": "broken", "reason": describe(error)["message"]}
    row = declared_view(name, provider)
    try:
        settings = venues.registry.settings_of(name)
    except PmiError as error:
        told = describe(error)
        return row | {"status": "needs settings", "reason": told["message"]}
    if provider.write_class is not None:
        row["orders_move"] = provider.write_class(settings).value
    return row | {"status": "open" if name in venues.registry.opened else "ready"}


async def _opened(venues: Venues, name: str) -> dict[str, Any]:
    try:
        return opened_view(await venues.venue(name)) | {"status": "open"}
    except PmiError as error:
        told = describe(error)
        return await _declared(venues, name) | {"status": "cannot be opened", "reason": told["message"]}


async def get_exchange_status(venues: Venues, *, venue: VenueName = None) -> Answer:
    """Ask venues whether they work."""
    names = venues.choose(venue, Capability.STATUS)

    async def ask(name: str) -> dict[str, Any]:
        part = await venues.part(name, Capability.STATUS)
        return status_view(name, await venues.wait(name, part.get_status()))

    if venue is not None:
        return Answer(name="venues", rows=[await ask(name) for name in names])
    answers = await ask_all(names, ask)
    rows = [describe(answer) if isinstance(answer, PmiError) else answer for answer in answers]
    return Answer(name="venues", rows=rows, advice="name one venue")


TOOLS = (
    ToolSpec(
        function=list_venues,
        title="List venues",
        description="Venues that can be asked, what each can do, and plugins that are broken. "
        "Full opens each: environment, currency, rate limits left.",
        toolset=Toolset.CORE,
    ),
    ToolSpec(
        function=get_exchange_status,
        title="Exchange status",
        description="Whether venues answer and trade right now.",
        toolset=Toolset.BROWSE,
        needs=(Capability.STATUS,),
    ),
)
