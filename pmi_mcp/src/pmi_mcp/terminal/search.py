"""``pmi search``: markets by words, at one venue or all."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.options import Cursor, Json, Limit, StatusWord, VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.models import Market
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.gathering import Gathered
    from pmi_mcp.terminal.screen import Screen

__all__ = ["search"]


def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="What the market speaks of.")],
    *,
    venue: VenueName = None,
    status: StatusWord = "open",
    limit: Limit = 20,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """Find markets by words; the exit status is 1 when nothing was found."""

    async def work(registry: Registry, screen: Screen) -> Exit:
        from pmi_core.capabilities import Capability
        from pmi_core.models import MarketQuery
        from pmi_mcp.gathering import gather
        from pmi_mcp.searching import search as search_venues
        from pmi_mcp.settings import read_server_settings
        from pmi_mcp.venues import Venues
        from pmi_mcp.wording import checked

        settings = read_server_settings(registry.config)
        wanted = checked(MarketQuery, status=None if status == "any" else status)
        venues = Venues(registry, patience=settings.venue_seconds)
        names = venues.choose(venue, Capability.SEARCH, Capability.MARKETS)
        reading = search_venues(venues, " ".join(words), wanted.status, limit, scan=settings.scan_rows)
        with screen.working(f"searching {', '.join(names)}"):
            found = await gather(names, cursor, reading, limit=limit)
        _show(screen, found)
        return Exit.OK if found.rows else Exit.NO

    run(context, work, as_json=as_json)


def _show(screen: Screen, found: Gathered[Market]) -> None:
    from pmi_core.numbers import counted

    more = found.cursor(len(found.rows))
    searched = [answer.facts for answer in found.slices.values()]
    if screen.as_json:
        screen.document(
            "search",
            items=[market.model_dump(mode="json") for _, market in found.rows],
            cursor=more,
            searched=searched,
            errors=found.errors,
        )
        return
    screen.table(
        ["ref", "market", "bid", "ask", "closes"],
        [
            [
                market.ref,
                market.title,
                _shown(market.yes.bid),
                _shown(market.yes.ask),
                market.close_time and f"{market.close_time:%Y-%m-%d}",
            ]
            for _, market in found.rows
        ],
        numeric=frozenset({"bid", "ask", "closes"}),
    )
    for facts in searched:
        if not facts.get("complete", True):
            looked = f" ({counted(facts['scanned'], 'row')} looked at)" if "scanned" in facts else ""
            screen.note(f"{facts['venue']}: there may be more{looked}")
    for error in found.errors:
        screen.note(f"{error.get('venue', 'a venue')} could not be searched: {error.get('message')}")
    if more:
        screen.note(f"more with --cursor {more}")
    if not found.rows:
        screen.note("nothing found")


def _shown(price: Decimal | None) -> str:
    return "" if price is None else format(price, "f")
