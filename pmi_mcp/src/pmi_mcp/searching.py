"""Text search at one venue: its own where it has one, else reading its listing and saying how much."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from unicodedata import combining, normalize

from pmi_core.capabilities import Capability
from pmi_core.models import Market, MarketQuery, MarketStatus, SearchQuery
from pmi_core.provider import require
from pmi_mcp.cursors import Place
from pmi_mcp.gathering import Reader, Slice, pages
from pmi_mcp.wording import checked

if TYPE_CHECKING:
    from pmi_core.models import Page
    from pmi_mcp.venues import Venues

__all__ = ["matches", "search"]

_PAGE = 200
_WORDS = re.compile(r"\w+")


def search(
    venues: Venues, text: str, status: MarketStatus | None, limit: int, *, scan: int
) -> Reader[Market]:
    """Read a venue's matches from a place on; at most ``scan`` rows of a listing are looked at."""
    ask_venue: Reader[Market] = pages(
        venues,
        Capability.SEARCH,
        limit,
        SearchQuery,
        lambda part, query: part.search(query),
        text=text,
        status=status,
    )

    async def read(name: str, place: Place) -> Slice[Market]:
        opened = await venues.venue(name)
        if opened.search is not None:
            found = await ask_venue(name, place)
            return Slice(
                found.items, found.places, {"venue": name, "complete": found.places(len(found.items)) is None}
            )
        reader = require(opened.markets, Capability.MARKETS, opened)
        return await _scan(
            reader,
            place,
            venues=venues,
            name=name,
            hits=matches(text),
            status=status,
            limit=limit,
            most=scan,
        )

    return read


def matches(text: str) -> Callable[[Market], bool]:
    """Whether a market speaks of every word of the text, in any order, accents and case aside."""
    wanted = _WORDS.findall(_folded(text)) or [_folded(text)]

    def hits(market: Market) -> bool:
        said = " ".join(
            (
                market.ref,
                market.title,
                market.subtitle or "",
                market.event_ref or "",
                *(outcome.label for outcome in market.outcomes),
            )
        )
        said = _folded(said)
        return all(word in said for word in wanted)

    return hits


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join(letter for letter in normalize("NFKD", text.casefold()) if not combining(letter))


async def _scan(
    reader: Any,
    start: Place,
    *,
    venues: Venues,
    name: str,
    hits: Callable[[Market], bool],
    status: MarketStatus | None,
    limit: int,
    most: int,
) -> Slice[Market]:
    """Look through a listing until enough is found, enough was looked at, or it ends."""
    items: list[Market] = []
    after: list[Place] = []
    scanned = 0
    place: Place | None = start
    while place is not None and len(items) < limit and scanned < most:
        query = checked(MarketQuery, status=status, limit=_PAGE, cursor=place.cursor)
        page: Page[Market] = await venues.wait(name, reader.list_markets(query))
        resting = None if page.cursor is None else Place(page.cursor)
        for row, market in enumerate(page.items[place.skip :], start=place.skip + 1):
            scanned += 1
            if hits(market):
                items.append(market)
                after.append(Place(place.cursor, row))
                if len(items) == limit:
                    if row < len(page.items):
                        resting = after[-1]
                    break
        place = resting
    end = place

    def places(used: int) -> Place | None:
        if used == len(items):
            return end
        return after[used - 1] if used else start

    facts: dict[str, Any] = {"venue": name, "scanned": scanned, "complete": end is None}
    if end is not None:
        facts["why"] = (
            "enough was found" if len(items) == limit else "the venue has no search; go on with the cursor"
        )
    return Slice(items, places, facts)
