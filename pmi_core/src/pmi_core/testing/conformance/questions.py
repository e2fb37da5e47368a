"""One ordinary question per read, the same ones that the other rules ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pmi_core.capabilities import Capability
from pmi_core.models import (
    Action,
    CollectionQuery,
    EventQuery,
    FillQuery,
    MarketQuery,
    MarketStatus,
    MilestoneQuery,
    OrderQuery,
    OutcomeSide,
    PositionQuery,
    QuoteQuery,
    RfqQuery,
    SearchQuery,
    SeriesQuery,
    SettlementQuery,
    TradeQuery,
)
from pmi_core.provider import Venue
from pmi_core.testing.conformance.samples import LOOKED_AT, Subjects, a_book, a_market, an_event_ref, hourly

__all__ = ["READS", "Question"]

Ask = Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Question:
    """A read: its capability, and how it is asked."""

    capability: Capability
    prepare: Callable[[Any, Venue, Subjects], Awaitable[Ask]]


def _fixed(capability: Capability, method: str, *arguments: object) -> Question:
    async def prepare(part: Any, venue: Venue, subjects: Subjects) -> Ask:
        return lambda: getattr(part, method)(*arguments)

    return Question(capability, prepare)


async def _market(part: Any, venue: Venue, subjects: Subjects) -> Ask:
    ref = (await a_market(venue, subjects)).ref
    return lambda: part.get_market(ref)


async def _event(part: Any, venue: Venue, subjects: Subjects) -> Ask:
    ref = await an_event_ref(venue, subjects)
    return lambda: part.get_event(ref)


async def _search(part: Any, venue: Venue, subjects: Subjects) -> Ask:
    text = (await a_market(venue, subjects)).title[:400]
    return lambda: part.search(SearchQuery(text=text, limit=50))


async def _book(part: Any, venue: Venue, subjects: Subjects) -> Ask:
    ref = (await a_book(venue, subjects)).market_ref
    return lambda: part.get_book(ref)


async def _price(part: Any, venue: Venue, subjects: Subjects) -> Ask:
    ref = (await a_book(venue, subjects)).market_ref
    query = QuoteQuery(market_ref=ref, outcome=OutcomeSide.YES, action=Action.BUY, size=Decimal(1))
    return lambda: part.get_quote(query)


async def _trades(part: Any, venue: Venue, subjects: Subjects) -> Ask:
    ref = (await a_market(venue, subjects)).ref
    return lambda: part.list_trades(TradeQuery(market_ref=ref, limit=LOOKED_AT))


async def _candles(part: Any, venue: Venue, subjects: Subjects) -> Ask:
    market = await a_market(venue, subjects)
    query = hourly(market.ref, market.as_of)
    return lambda: part.list_candles(query)


READS: Final[dict[str, Question]] = {
    "get_status": _fixed(Capability.STATUS, "get_status"),
    "list_markets": _fixed(
        Capability.MARKETS, "list_markets", MarketQuery(status=MarketStatus.OPEN, limit=LOOKED_AT)
    ),
    "get_market": Question(Capability.MARKETS, _market),
    "list_events": _fixed(Capability.EVENTS, "list_events", EventQuery(limit=LOOKED_AT)),
    "get_event": Question(Capability.EVENTS, _event),
    "list_series": _fixed(Capability.EVENTS, "list_series", SeriesQuery(limit=LOOKED_AT)),
    "search": Question(Capability.SEARCH, _search),
    "get_book": Question(Capability.BOOKS, _book),
    "get_quote": Question(Capability.PRICING, _price),
    "list_trades": Question(Capability.TRADES, _trades),
    "list_candles": Question(Capability.CANDLES, _candles),
    "list_milestones": _fixed(Capability.MILESTONES, "list_milestones", MilestoneQuery(limit=LOOKED_AT)),
    "get_balance": _fixed(Capability.ACCOUNT, "get_balance"),
    "list_positions": _fixed(Capability.ACCOUNT, "list_positions", PositionQuery(limit=LOOKED_AT)),
    "list_settlements": _fixed(Capability.ACCOUNT, "list_settlements", SettlementQuery(limit=LOOKED_AT)),
    "list_orders": _fixed(Capability.ORDERS, "list_orders", OrderQuery(limit=LOOKED_AT)),
    "list_fills": _fixed(Capability.ORDERS, "list_fills", FillQuery(limit=LOOKED_AT)),
    "list_groups": _fixed(Capability.GROUPS, "list_groups"),
    "list_rfqs": _fixed(Capability.QUOTES, "list_rfqs", RfqQuery(limit=LOOKED_AT)),
    "list_collections": _fixed(Capability.COMBOS, "list_collections", CollectionQuery(limit=LOOKED_AT)),
}
"""Every read by its method's name."""
