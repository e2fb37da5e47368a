"""The tool that says what taking from a book would cost now."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from pmi_core.analysis.cost import fill_cost
from pmi_core.capabilities import Capability
from pmi_core.errors import CapabilityMissing, NotFound
from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    Action,
    Event,
    FeeSchedule,
    Market,
    OrderBook,
    OutcomeSide,
    PriceQuote,
    QuoteQuery,
    Series,
)
from pmi_core.provider import Venue, require
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.tools.arguments import OneVenue
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import book_cost_view, quoted_cost_view
from pmi_mcp.wording import checked

__all__ = ["TOOLS", "quote_cost"]


async def quote_cost(
    venues: Venues,
    *,
    market: Annotated[str, Field(description="Market ref, with #no to take NO; or URL, or own id")],
    action: Annotated[Literal["buy", "sell"], Field(description="Taking asks, or bids")],
    size: Annotated[str | None, Field(description="Contracts, as 12 or 0.5; or else notional")] = None,
    notional: Annotated[str | None, Field(description="Money without fees; or else size")] = None,
    venue: OneVenue = None,
) -> Answer:
    """Price an order that takes, without placing any: by the venue itself where it can."""
    opened, ref = await venues.locate(market, venue)
    query = checked(
        QuoteQuery,
        market_ref=ref.market,
        outcome=OutcomeSide(ref.outcome or OutcomeSide.YES),
        action=action,
        size=size,
        notional=notional,
    )
    try:
        facts = await _ask(venues, opened, query)
    except NotFound as error:
        raise venues.with_nearest(error, ref) from None
    return Answer(facts=facts)


async def _ask(venues: Venues, opened: Venue, query: QuoteQuery) -> dict[str, Any]:
    name = opened.name
    if opened.pricing is not None:
        quote: PriceQuote = await venues.wait(name, opened.pricing.get_quote(query))
        return quoted_cost_view(quote, venues.clock.now())
    books = require(opened.books, Capability.BOOKS, opened)
    known = await _market(venues, opened, query.market_ref)
    fees = await _fees(venues, opened, known)
    # The book comes last, so that it is as fresh as it can be.
    book: OrderBook = await venues.wait(name, books.get_book(query.market_ref.of(query.outcome.value)))
    now = venues.clock.now()
    if fees is not None and not fees.applies_at(now):
        fees = None
    cost = fill_cost(
        book,
        Action(query.action),
        size=query.size,
        notional=query.notional,
        fees=fees,
        size_step=known.size_step if known else None,
    )
    return book_cost_view(cost, query, book, known, fees, now)


async def _market(venues: Venues, opened: Venue, ref: MarketRef) -> Market | None:
    if opened.markets is None:
        return None
    found: Market = await venues.wait(opened.name, opened.markets.get_market(ref))
    return found


async def _fees(venues: Venues, opened: Venue, market: Market | None) -> FeeSchedule | None:
    """What the venue says for the market, else inside its event, else for its series."""
    if market is None or market.fees is not None:
        return market.fees if market else None
    if market.event_ref is None or opened.events is None:
        return None
    try:
        event: Event = await venues.wait(opened.name, opened.events.get_event(market.event_ref))
        told = next((member.fees for member in event.markets if member.ref == market.ref), None)
        if told is not None or event.series_ref is None:
            return told
        series: Series = await venues.wait(opened.name, opened.events.get_series(event.series_ref))
    except (NotFound, CapabilityMissing):
        return None
    return series.fees


TOOLS = (
    ToolSpec(
        function=quote_cost,
        title="Quote cost",
        description="What taking a size or a notional now would cost, placing nothing. `cost` is paid (buy) or "
        "received (sell) without fees, `total` with them; `complete` says whether all can be had.",
        toolset=Toolset.CORE,
        needs=(Capability.PRICING, Capability.BOOKS),
    ),
)
