"""What taking costs, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmi_core.models import Action, BookSource, BookState, FeeTime, MarketStatus
from pmi_core.numbers import WIDE
from pmi_mcp.views.fees import fee_view
from pmi_mcp.views.values import currency, moment, name_of, number, present

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from pmi_core.analysis.cost import FillCost
    from pmi_core.models import FeeSchedule, Market, OrderBook, PriceQuote, QuoteQuery

__all__ = ["book_cost_view", "quoted_cost_view"]


def quoted_cost_view(quote: PriceQuote, now: datetime) -> dict[str, Any]:
    """A price that the venue computed itself."""
    return _head(quote) | present(
        {
            **_taken(quote),
            "fees": number(quote.fees),
            "fees_certainty": quote.fees_certainty.value,
            "total": number(_total(quote.action, quote.cost, quote.fees)),
            "currency": currency(quote.currency),
            "firm": quote.firm,
            "source": "venue's quote",
            "as_of": moment(quote.as_of),
            "age_seconds": _age(quote.as_of, now),
        }
    )


def book_cost_view(
    cost: FillCost,
    query: QuoteQuery,
    book: OrderBook,
    market: Market | None,
    fees: FeeSchedule | None,
    now: datetime,
) -> dict[str, Any]:
    """A price that was computed from a book; fees are absent where nobody says what is charged."""
    current = book.state in (BookState.SNAPSHOT, BookState.LIVE)
    in_money = fees is not None and fees.paid_in == "money"
    due_now = fees is not None and fees.when is FeeTime.TRADE
    return _head(query) | present(
        {
            **_taken(cost),
            "fees": number(cost.fees) if fees is not None else None,
            "fees_certainty": cost.fees_certainty.value if fees is not None else "unknown",
            "fees_paid_in": fees.paid_in if fees is not None and not in_money else None,
            "fees_later": fee_view(fees) if not due_now else None,
            "total": number(_total(query.action, cost.cost, cost.fees)) if in_money else None,
            "currency": currency(market.currency) if market is not None else None,
            "status": market.status.value if market and market.status is not MarketStatus.OPEN else None,
            "firm": book.firm and current,
            "available": number(cost.available),
            "source": "formula of a market maker" if book.source is BookSource.CURVE else "order book",
            "book_state": book.state.value if not current else None,
            "as_of": moment(book.venue_time or book.received_time),
            "age_seconds": _age(book.venue_time or book.received_time, now),
        }
    )


def _head(asked: QuoteQuery | PriceQuote) -> dict[str, Any]:
    return {
        "market": name_of(asked.market_ref),
        "order": f"{asked.action.value} {asked.outcome.value}",
    }


def _taken(cost: FillCost | PriceQuote) -> dict[str, Any]:
    return {
        "size": number(cost.size),
        "complete": cost.complete,
        "average_price": number(cost.average_price),
        "worst_price": number(cost.worst_price),
        "price_after": number(cost.price_after),
        "cost": number(cost.cost),
    }


def _total(action: Action, cost: Decimal, fees: Decimal) -> Decimal:
    return WIDE.add(cost, fees) if action is Action.BUY else WIDE.subtract(cost, fees)


def _age(then: datetime, now: datetime) -> str:
    """Seconds to a tenth; clocks that differ make no age below 0."""
    return f"{max((now - then).total_seconds(), 0.0):.1f}"
