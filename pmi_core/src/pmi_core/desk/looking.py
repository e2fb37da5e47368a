"""Looks for something that was sent and not clearly answered; never sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pmi_core.capabilities import Capability
from pmi_core.desk.attempt import Outcome, judge, request_of
from pmi_core.desk.intents import Intent, IntentState
from pmi_core.desk.moving import find_moved
from pmi_core.desk.negotiation import find_quote
from pmi_core.errors import NotFound
from pmi_core.identifiers import GroupRef, MarketRef, OrderRef, QuoteRef, RfqRef
from pmi_core.models import Fill, FillQuery, Order, OrderQuery, OrderRequest, QuoteListQuery, QuoteStatus
from pmi_core.provider import IdempotencyKind, Venue, require

__all__ = ["look"]

_PAGES = 20
_EARLIER = timedelta(seconds=5)
"""How much earlier than its intent a venue's clock may say that an order was made."""
_TAKEN = frozenset({QuoteStatus.ACCEPTED, QuoteStatus.CONFIRMED, QuoteStatus.EXECUTED})


async def look(venue: Venue, intent: Intent, known: frozenset[str]) -> Outcome:  # noqa: PLR0911 - one a kind
    """Look once, everywhere where it would show.

    Args:
        known: orders at the venue that are accounted for by other intents.

    Returns:
        DONE when it is found, ABSENT when everything was read and it is nowhere, UNKNOWN when that
        cannot be told.

    Raises:
        PmiError: the venue could not be asked.
    """
    match intent.kind:
        case "place":
            if venue.info.idempotency.kind is IdempotencyKind.NONE:
                return await _by_fingerprint(venue, intent, known)
            return await _by_id(venue, intent)
        case "amend":
            return await _amended(venue, intent)
        case "quote":
            return await _quoted(venue, intent)
        case "group":
            return await _group(venue, intent)
        case "transfer":
            moved = await find_moved(venue, intent)
            return _absent() if moved is None else judge(intent, moved)
        case _:
            return await _dealt(venue, intent)


async def _by_id(venue: Venue, intent: Intent) -> Outcome:
    orders = require(venue.orders, Capability.ORDERS, venue)
    found = await orders.find_by_client_id(intent.id)
    if found is None:
        rows = await _orders(venue, intent)
        found = next((order for order in rows if order.client_order_id == intent.id), None)
    if found is not None:
        return judge(intent, found)
    fill = next((one for one in await _fills(venue, intent) if one.client_order_id == intent.id), None)
    if fill is not None:  # the list of orders lags behind the list of fills
        return Outcome(IntentState.DONE, {"fill": fill.model_dump(mode="json")}, fill.order_ref)
    return _absent()


async def _by_fingerprint(venue: Venue, intent: Intent, known: frozenset[str]) -> Outcome:
    """The one order that is new, of the same content, and nobody else's."""
    request = request_of(intent)
    alike = [
        order for order in await _orders(venue, intent) if order.ref not in known and _same(order, request)
    ]
    if len(alike) == 1:
        return judge(intent, alike[0].model_copy(update={"client_order_id": None}))
    if alike:
        refs = ", ".join(str(order.ref) for order in alike)
        said = f"{len(alike)} orders look like it ({refs}); a person must say which one it is"
        return Outcome(IntentState.UNKNOWN, {"error": "UncertainError", "message": said, "ambiguous": True})
    return _absent()


def _same(order: Order, request: OrderRequest) -> bool:
    return (
        (order.market_ref, order.outcome, order.action, order.price, order.time_in_force)
        == (request.market_ref, request.outcome, request.action, request.price, request.time_in_force)
        and order.size in (None, request.size)
        and order.notional in (None, request.notional)
    )


async def _amended(venue: Venue, intent: Intent) -> Outcome:
    body = intent.body
    try:
        order = await require(venue.orders, Capability.ORDERS, venue).get_order(OrderRef(body["order_ref"]))
    except NotFound:
        return _absent()
    now = (order.price, order.size)
    if now == (Decimal(body["price"]), Decimal(body["size"])):
        return judge(intent, order)
    before = body["before"]
    if order.is_terminal or now == (Decimal(before["price"]), Decimal(before["size"])):
        return _absent()
    said = "the order has neither the old nor the new price and size"
    return Outcome(IntentState.UNKNOWN, {"error": "UncertainError", "message": said})


async def _quoted(venue: Venue, intent: Intent) -> Outcome:
    body = intent.body
    quotes = require(venue.quotes, Capability.QUOTES, venue)
    page = await quotes.list_quotes(QuoteListQuery(rfq_ref=RfqRef(body["rfq_ref"]), limit=1000))
    bids = [None if body[side] is None else Decimal(body[side]) for side in ("yes_bid", "no_bid")]
    earliest = _since(intent)
    for quote in page.items:
        if quote.mine and [quote.yes_bid, quote.no_bid] == bids and quote.created_time >= earliest:
            return Outcome(IntentState.DONE, {"result": quote.model_dump(mode="json")})
    return _absent()


async def _dealt(venue: Venue, intent: Intent) -> Outcome:
    try:
        quote = await find_quote(venue, QuoteRef(intent.body["quote_ref"]))
    except NotFound:
        return _absent()
    wanted = _TAKEN if intent.kind == "accept" else _TAKEN - {QuoteStatus.ACCEPTED}
    side = intent.body.get("side")
    if quote.status in wanted and (side is None or quote.accepted_side in (None, side)):
        return Outcome(IntentState.DONE, {"result": quote.model_dump(mode="json")}, quote.order_ref)
    return _absent()


async def _group(venue: Venue, intent: Intent) -> Outcome:
    body = intent.body
    group = await require(venue.groups, Capability.GROUPS, venue).get_group(GroupRef(body["group_ref"]))
    limit = body["limit"]
    if not group.triggered if limit is None else group.limit == Decimal(limit):
        return Outcome(IntentState.DONE, {"result": group.model_dump(mode="json")})
    return _absent()


async def _orders(venue: Venue, intent: Intent) -> list[Order]:
    """Orders of the market since the intent."""
    part = require(venue.orders, Capability.ORDERS, venue)
    query = OrderQuery(market_ref=MarketRef(intent.market), start=_since(intent), limit=1000)
    return await _all(part.list_orders, query)


async def _fills(venue: Venue, intent: Intent) -> list[Fill]:
    part = require(venue.orders, Capability.ORDERS, venue)
    query = FillQuery(market_ref=MarketRef(intent.market), start=_since(intent), limit=1000)
    return await _all(part.list_fills, query)


async def _all(read: Any, query: Any) -> list[Any]:
    rows: list[Any] = []
    for _ in range(_PAGES):
        page = await read(query)
        rows += page.items
        if page.cursor is None:
            break
        query = query.model_copy(update={"cursor": page.cursor})
    return rows


def _since(intent: Intent) -> datetime:
    return datetime.fromtimestamp(intent.created / 1000, UTC) - _EARLIER


def _absent() -> Outcome:
    return Outcome(IntentState.ABSENT, {"error": "NotFound", "message": "the venue shows nothing of it"})
