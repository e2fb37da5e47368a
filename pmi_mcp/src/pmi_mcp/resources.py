"""Resources: books and accounts as documents that a client may watch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fastmcp.exceptions import ResourceError
from fastmcp.resources import ResourceTemplate

from pmi_core.capabilities import Capability
from pmi_core.errors import PmiError
from pmi_core.identifiers import MarketRef
from pmi_mcp.addressing import venue_of
from pmi_mcp.failures import describe, sentence
from pmi_mcp.live.watching import ACCOUNT, BOOK
from pmi_mcp.outputs import Answer, finish
from pmi_mcp.tools.account import get_balance, get_orders, get_positions
from pmi_mcp.views import book_view

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from fastmcp import FastMCP

    from pmi_core.models import OrderBook
    from pmi_mcp.live.watching import Watching
    from pmi_mcp.settings import ServerSettings
    from pmi_mcp.venues import Venues

__all__ = ["offer_resources"]

_DEPTH = 10
_ROWS = 50


def offer_resources(
    server: FastMCP[Any], venues: Venues, settings: ServerSettings, watching: Watching
) -> None:
    """Add the templates to a server.

    Args:
        server: gets them.
        venues: what they read.
        settings: how large a document may be.
        watching: knows the live books of markets that are watched.
    """

    async def read(answer: Awaitable[Answer]) -> str:
        try:
            body = finish(await answer, settings.answer_bytes)
        except PmiError as error:
            raise ResourceError(sentence(describe(error))) from None
        return json.dumps(body, ensure_ascii=False)

    async def book(ref: str) -> str:
        return await read(_book(venues, watching, ref))

    async def account(venue: str) -> str:
        return await read(_account(venues, venue))

    server.add_template(
        ResourceTemplate.from_function(
            book,
            uri_template=f"{BOOK}{{ref}}",
            name="book",
            title="Order book",
            description="The book of a market, in YES terms.",
            mime_type="application/json",
        )
    )
    if venues.able(Capability.ACCOUNT):
        server.add_template(
            ResourceTemplate.from_function(
                account,
                uri_template=f"{ACCOUNT}{{venue}}",
                name="account",
                title="Account",
                description="Cash, positions and working orders at a venue.",
                mime_type="application/json",
            )
        )


async def _book(venues: Venues, watching: Watching, text: str) -> Answer:
    ref = MarketRef(text)
    venue_of(venues, ref)
    book: OrderBook | None = watching.book(ref.market)
    if book is None:
        reader, _ = await venues.find(text, None, Capability.BOOKS)
        read: OrderBook = await venues.wait(ref.venue, reader.get_book(ref.market, _DEPTH))
        return Answer(facts=book_view(read, _DEPTH))
    return Answer(facts=book_view(book, _DEPTH))


async def _account(venues: Venues, name: str) -> Answer:
    venue_of(venues, name)
    cash = await get_balance(venues, venue=name)
    positions = await get_positions(venues, venue=name, limit=_ROWS)
    orders = await get_orders(venues, venue=name, limit=_ROWS)
    facts = {"venue": name, "as_of": venues.clock.now().isoformat().replace("+00:00", "Z")}
    cut = [part.name for part in (positions, orders) if part.cursor(len(part.rows)) is not None]
    if cut:
        readers = " and ".join(f"get_{name}" for name in cut)
        facts["cut"] = f"not all {' and '.join(str(name) for name in cut)} are here; {readers} lists all"
    return Answer(
        facts={**facts, "balances": list(cash.rows), "positions": list(positions.rows)},
        name="orders",
        rows=orders.rows,
        advice="get_orders reads all of them",
        after=positions.after | orders.after,
    )
