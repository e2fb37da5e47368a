"""``pmi market``: one market, with its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from pmi_mcp.terminal.options import Json, Reference, VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.models import Market
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["market"]

_RULES = 4_000


def market(
    context: typer.Context, reference: Reference, venue: VenueName = None, as_json: Json = False
) -> None:
    """Show one market: prices, dates, rules and how it is resolved."""

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_core.capabilities import Capability
        from pmi_core.provider import require
        from pmi_mcp.addressing import find_market

        opened, ref = await find_market(registry, reference, venue)
        reader = require(opened.markets, Capability.MARKETS, opened)
        with screen.working("reading the market"):
            found = await reader.get_market(ref.market)
        if screen.as_json:
            screen.document("market", item=found.model_dump(mode="json"))
        else:
            _show(screen, found)

    run(context, work, as_json=as_json)


def _show(screen: Screen, found: Market) -> None:
    from pmi_mcp.texts import clean

    screen.say(clean(found.title), style="bold")
    if found.subtitle:
        screen.say(clean(found.subtitle))
    screen.say()
    screen.table(
        ["outcome", "label", "bid", "size", "ask", "size ", "last"],
        [
            [
                side.polarity.upper(),
                side.label,
                side.bid,
                side.bid_size,
                side.ask,
                side.ask_size,
                side.last,
            ]
            for side in found.outcomes
        ],
        numeric=frozenset({"bid", "ask", "size", "size ", "last"}),
    )
    screen.say()
    screen.table(["", ""], _facts(found))
    if found.rules:
        screen.say()
        screen.say("rules (the venue's words)", style="bold")
        screen.say(clean(found.rules, _RULES, lines=True))


def _facts(found: Market) -> list[tuple[str, object]]:
    times = {
        "opens": found.open_time,
        "closes": found.close_time,
        "result expected": found.expected_expiration_time,
        "settled": found.settled_time,
    }
    facts: list[tuple[str, object]] = [
        ("ref", found.ref),
        ("event", found.event_ref),
        ("status", f"{found.status}, trading {found.trading}, {found.execution}"),
        *((name, moment and f"{moment:%Y-%m-%d %H:%M} UTC") for name, moment in times.items()),
        ("result", found.result),
        ("settlement value", found.settlement_value),
        ("volume", found.volume),
        ("volume 24 h", found.volume_24h),
        ("open interest", found.open_interest),
        ("size step", found.size_step),
        ("resolved from", ", ".join(source.name for source in found.resolution_sources)),
        ("as of", f"{found.as_of:%Y-%m-%d %H:%M:%S} UTC"),
    ]
    return [(name, value) for name, value in facts if value not in (None, "")]
