"""What an order would take at once: from a firm book, else as the venue prices it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pmi_core.analysis.cost import FillCost, fill_cost
from pmi_core.analysis.quoted import cost_of_quote
from pmi_core.desk.facts import Facts
from pmi_core.models import Action, BookSource, OrderBook, OrderRequest, QuoteQuery
from pmi_core.provider import Venue

__all__ = ["taking_now"]


async def taking_now(venue: Venue, request: OrderRequest, facts: Facts) -> FillCost | None:
    """What would trade at once; None where neither a book nor the venue tells.

    A book that is not firm is drawn from a formula; what trades by it, and at which price, only the
    venue's own quote says.

    Raises:
        PmiError: whatever asking for a quote raises.
    """
    if request.post_only:
        return None
    if venue.pricing is None or _is_firm(facts.book):
        return None if facts.book is None else _walk(facts.book, request, facts)
    quoted = await _ask(venue, request, request.size, request.notional)
    reach = None if facts.book is None else _walk(facts.book, request, facts)
    if not _is_within(quoted, request):
        if reach is None or not reach.size:
            return reach  # without a book, part of it may trade, and nobody says which
        quoted = await _ask(venue, request, reach.size, None)
        if not _is_within(quoted, request):
            return reach
    return quoted if reach is None else replace(quoted, available=max(reach.available, quoted.size))


def _is_firm(book: OrderBook | None) -> bool:
    return book is not None and book.firm and book.source is not BookSource.CURVE


async def _ask(
    venue: Venue, request: OrderRequest, size: Decimal | None, notional: Decimal | None
) -> FillCost:
    assert venue.pricing is not None
    query = QuoteQuery(
        market_ref=request.market_ref,
        outcome=request.outcome,
        action=request.action,
        size=size,
        notional=notional,
    )
    return cost_of_quote(await venue.pricing.get_quote(query))


def _is_within(cost: FillCost, request: OrderRequest) -> bool:
    """Whether all of it trades within the limit."""
    if cost.worst_price is None:
        return True
    if request.action is Action.BUY:
        return cost.worst_price <= request.price
    return cost.worst_price >= request.price


def _walk(book: OrderBook, request: OrderRequest, facts: Facts) -> FillCost:
    return fill_cost(
        book,
        request.action,
        size=request.size,
        notional=request.notional,
        limit=request.price,
        fees=facts.fees,
        size_step=facts.market.size_step,
    )
