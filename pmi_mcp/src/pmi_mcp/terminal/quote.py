"""``pmi quote``: what taking would cost now; nothing is ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.options import Json, Reference, VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from decimal import Decimal

    from pmi_core.identifiers import MarketRef
    from pmi_core.models import FeeSchedule, Market, PriceQuote, QuoteQuery
    from pmi_core.plugins.registry import Registry
    from pmi_core.provider import Venue
    from pmi_mcp.terminal.screen import Screen
    from pmi_mcp.venues import Venues

__all__ = ["quote"]


def quote(
    context: typer.Context,
    reference: Reference,
    *,
    buy: Annotated[
        bool, typer.Option("--buy/--sell", help="Buy the outcome, or with --sell sell it.")
    ] = True,
    outcome: Annotated[
        str | None, typer.Option("--outcome", "-o", help="yes or no; else what REF names, else yes.")
    ] = None,
    size: Annotated[str | None, typer.Option("--size", help="Contracts.")] = None,
    notional: Annotated[
        str | None, typer.Option("--notional", help="Instead of --size: money without fees.")
    ] = None,
    venue: VenueName = None,
    as_json: Json = False,
) -> None:
    """Show what taking would cost now, without ordering; the exit status is 1 if nothing can be had."""

    async def work(registry: Registry, screen: Screen) -> Exit:
        from pmi_core.models import QuoteQuery
        from pmi_mcp.addressing import find_market
        from pmi_mcp.terminal.listing import patient
        from pmi_mcp.wording import checked

        venues = patient(registry)
        opened, ref = await find_market(venues, reference, venue, patience=venues.patience)
        query = checked(
            QuoteQuery,
            market_ref=ref.market,
            outcome=_side(ref, outcome),
            action="buy" if buy else "sell",
            size=size,
            notional=notional,
        )
        with screen.working("asking the price"):
            if opened.pricing is not None:
                found = await venues.wait(opened.name, opened.pricing.get_quote(query))
                fees_known = True
            else:
                found, fees_known = await _from_book(venues, opened, query)
        total = _total(found) if fees_known else None
        if screen.as_json:
            item = found.model_dump(mode="json")
            item |= {"fees": item["fees"] if fees_known else None, "total": total}
            item |= {"fees_certainty": item["fees_certainty"] if fees_known else None}
            screen.document("quote", item=item)
        else:
            _show(screen, found, total)
        return Exit.OK if found.size else Exit.NO

    run(context, work, as_json=as_json)


def _side(ref: MarketRef, outcome: str | None) -> str:
    """The outcome that is meant: by the option, by the ref, else YES."""
    from pmi_core.errors import RequestError

    wanted = None if outcome is None else outcome.strip().lower()
    if wanted and ref.outcome and wanted != ref.outcome:
        raise RequestError(
            f"the ref names {ref.outcome.upper()} and --outcome something else", hint="leave one of them out"
        )
    return wanted or ref.outcome or "yes"


async def _from_book(venues: Venues, opened: Venue, query: QuoteQuery) -> tuple[PriceQuote, bool]:
    """Walk the book of a venue that computes no prices; whether its fees are known comes second."""
    from pmi_core.analysis.cost import fill_cost
    from pmi_core.capabilities import Capability
    from pmi_core.errors import MarketNotOpen
    from pmi_core.models import PriceQuote
    from pmi_core.provider import require

    books = require(opened.books, Capability.BOOKS, opened)
    markets = require(opened.markets, Capability.MARKETS, opened)
    market = await venues.wait(opened.name, markets.get_market(query.market_ref))
    if not market.is_open:
        raise MarketNotOpen(
            f"{query.market_ref} takes no orders now (status {market.status}, trading {market.trading})",
            venue=opened.name,
        )
    fees = await _fees(venues, opened, market)
    book = await venues.wait(opened.name, books.get_book(query.market_ref.of(query.outcome)))
    cost = fill_cost(
        book,
        query.action,
        size=query.size,
        notional=query.notional,
        fees=fees,
        size_step=market.size_step,
    )
    found = PriceQuote(
        market_ref=query.market_ref,
        outcome=query.outcome,
        action=query.action,
        size=cost.size,
        average_price=cost.average_price,
        worst_price=cost.worst_price,
        cost=cost.cost,
        fees=cost.fees,
        fees_certainty=cost.fees_certainty,
        price_after=cost.price_after,
        complete=cost.complete,
        firm=book.firm,
        currency=market.currency,
        as_of=book.venue_time or book.received_time,
    )
    return found, fees is not None


async def _fees(venues: Venues, opened: Venue, market: Market) -> FeeSchedule | None:
    """The market's fees, or those of its series where the market does not say."""
    if market.fees is not None or market.event_ref is None or opened.events is None:
        return market.fees
    event = await venues.wait(opened.name, opened.events.get_event(market.event_ref))
    if event.series_ref is None:
        return None
    series = await venues.wait(opened.name, opened.events.get_series(event.series_ref))
    return series.fees


def _total(found: PriceQuote) -> Decimal:
    """What leaves the account (buy) or comes in (sell), fees included."""
    from pmi_core.models import Action
    from pmi_core.numbers import WIDE

    combine = WIDE.add if found.action is Action.BUY else WIDE.subtract
    return combine(found.cost, found.fees)


def _show(screen: Screen, found: PriceQuote, total: Decimal | None) -> None:
    from pmi_mcp.views.values import number

    facts: list[tuple[str, object]] = [
        ("ref", found.market_ref),
        ("what", f"{found.action} {found.outcome}"),
        ("size", number(found.size)),
        ("average price", number(found.average_price)),
        ("worst price", number(found.worst_price)),
        ("cost", number(found.cost)),
        ("fees", None if total is None else number(found.fees)),
        ("fees are", "not known" if total is None else found.fees_certainty.replace("_", " ")),
        ("total", number(total)),
        ("currency", found.currency),
        ("price after", number(found.price_after)),
        ("complete", "yes" if found.complete else "no"),
        ("firm", "yes" if found.firm else "no"),
        ("as of", f"{found.as_of:%Y-%m-%d %H:%M:%S} UTC"),
    ]
    screen.table(["", ""], [(name, value) for name, value in facts if value is not None])
    if not found.size:
        screen.note("nothing can be had")
    elif not found.complete:
        screen.note("only a part of it can be had")
