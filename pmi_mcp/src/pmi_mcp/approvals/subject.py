"""What a draft that is no order is about, read at the venue when the page is shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pmi_core.desk.draft import AcceptDraft, AmendDraft, ConfirmDraft, GroupDraft, QuoteDraft, TransferDraft
from pmi_core.desk.negotiation import find_quote
from pmi_core.errors import PmiError
from pmi_core.numbers import ZERO, counted
from pmi_core.transfers import transfers_of
from pmi_mcp.approvals.amounts import contracts, money, price
from pmi_mcp.texts import clean, identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pmi_core.desk import Draft, Preview
    from pmi_core.identifiers import MarketRef
    from pmi_core.models import Quote
    from pmi_core.plugins.registry import Registry
    from pmi_core.provider import Venue

__all__ = ["read_subject"]

_SECONDS = 4.0


async def read_subject(registry: Registry, preview: Preview) -> tuple[tuple[str, str], ...]:
    """Names and values; what cannot be read from here is said to be so."""
    draft, found = preview.draft, list(_named(preview.draft))
    if not found:
        return ()
    try:
        async with asyncio.timeout(_SECONDS):
            venue = await registry.venue(preview.venue)
            found += await _read(draft, venue, preview.currency)
    except (PmiError, TimeoutError):
        found.append(("More", "the venue could not be asked for more from here"))
    return tuple(found)


def _named(draft: Draft) -> list[tuple[str, str]]:  # noqa: PLR0911 - one for each kind
    """What the draft itself names."""
    match draft:
        case AmendDraft():
            return [("Order", identifier(draft.order_ref))]
        case QuoteDraft():
            rest = "waits in the book" if draft.rest_remainder else "is dropped"
            return [("Request for quotes", identifier(draft.rfq_ref)), ("What is left over", rest)]
        case AcceptDraft():
            sides = f"the maker gets {draft.side.value.upper()}, you get {draft.side.opposite.value.upper()}"
            return [("Quote", identifier(draft.quote_ref)), ("Sides", sides)]
        case ConfirmDraft():
            return [("Quote", identifier(draft.quote_ref))]
        case GroupDraft():
            return [("Order group", identifier(draft.group_ref))]
        case TransferDraft():
            return [("From", identifier(draft.source)), ("To", identifier(draft.destination))]
        case _:
            return []


async def _read(draft: Draft, venue: Venue, currency: str) -> list[tuple[str, str]]:
    """What the venue knows of it."""
    match draft:
        case AmendDraft() if venue.orders is not None:
            order = await venue.orders.get_order(draft.order_ref)
            now = [] if order.size is None else [f"{contracts(order.size)} at {price(order.price, currency)}"]
            return [*(("It is now", one) for one in now), ("Filled already", contracts(order.filled))]
        case QuoteDraft() if venue.quotes is not None:
            rfq = await venue.quotes.get_rfq(draft.rfq_ref)
            rows = await _market(venue, rfq.market_ref)
            wanted = contracts(rfq.size) if rfq.size is not None else money(rfq.notional or ZERO, currency)
            return [*rows, ("Asked for", wanted)]
        case AcceptDraft() | ConfirmDraft() if venue.quotes is not None:
            quote = await find_quote(venue, draft.quote_ref)
            return [*await _market(venue, quote.market_ref), *_quoted(quote, currency)]
        case GroupDraft() if venue.groups is not None:
            group = await venue.groups.get_group(draft.group_ref)
            return [
                ("Limit now", f"{contracts(group.limit)} in {counted(group.window_seconds, 'second')}"),
                ("State now", "stopped" if group.triggered else "working"),
                ("Orders in it", str(len(group.orders))),
            ]
        case TransferDraft():
            named = {place.name: place for place in await transfers_of(venue).list_places()}
            ends = [named[name] for name in (draft.source, draft.destination) if name in named]
            return [(clean(one.title, 80), f"{money(one.cash, one.currency)} now") for one in ends]
        case _:
            return []


def _quoted(quote: Quote, currency: str) -> Iterator[tuple[str, str]]:
    for name, bid in (("Maker's bid for YES", quote.yes_bid), ("Maker's bid for NO", quote.no_bid)):
        if bid is not None:
            yield name, price(bid, currency)
    if quote.size is not None:
        yield "Size", contracts(quote.size)
    if quote.accepted_side is not None:
        yield "Accepted side", quote.accepted_side.value.upper()


async def _market(venue: Venue, ref: MarketRef) -> list[tuple[str, str]]:
    rows = [("Market", identifier(ref))]
    if venue.markets is not None:
        rows.insert(0, ("Question", clean((await venue.markets.get_market(ref)).title, 300)))
    return rows
