"""What answering, accepting and confirming quotes puts at risk."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pmi_core.capabilities import Capability
from pmi_core.desk.draft import AcceptDraft, ConfirmDraft, QuoteDraft
from pmi_core.desk.facts import fees_of
from pmi_core.desk.risk import worst_fees
from pmi_core.errors import InvalidOrder, NotFound
from pmi_core.identifiers import MarketRef, QuoteRef
from pmi_core.models import Action, Market, OrderDraft, OutcomeSide, Quote, QuoteListQuery
from pmi_core.numbers import ONE, WIDE, ZERO, Rounding, round_to
from pmi_core.provider import Venue, require

__all__ = ["Stake", "find_quote", "quote_at_stake", "rfq_at_stake"]

_PAGES = 20
_STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Stake:
    """What a deal may cost."""

    market: Market
    loss: Decimal
    orders: tuple[OrderDraft, ...]
    """Orders that would do the same, for whoever judges orders."""


async def rfq_at_stake(venue: Venue, draft: QuoteDraft) -> Stake:
    """What the dearer bid for a request for quotes could cost."""
    rfq = await require(venue.quotes, Capability.QUOTES, venue).get_rfq(draft.rfq_ref)
    market = await _market(venue, rfq.market_ref)
    sides = ((OutcomeSide.YES, draft.yes_bid), (OutcomeSide.NO, draft.no_bid))
    bids = [(side, bid) for side, bid in sides if bid]
    if not bids:
        raise InvalidOrder("a quote bids for at least one side", venue=venue.name)
    losses: list[Decimal] = []
    orders: list[OrderDraft] = []
    for side, bid in bids:
        size = rfq.size
        if size is None:
            size = round_to(WIDE.divide(rfq.notional or ZERO, bid), _STEP, Rounding.CEILING)
        losses.append(_cost(market, bid, size))
        orders += _as_order(market, side, bid, size, draft.intent)
    return Stake(market, max(losses), tuple(orders))


async def quote_at_stake(venue: Venue, draft: AcceptDraft | ConfirmDraft) -> Stake:
    """What the account pays for its side of a quote.

    The asker gets what the maker does not: the other outcome, at one less the maker's bid.
    """
    quote = await find_quote(venue, draft.quote_ref)
    market = await _market(venue, quote.market_ref)
    accepting = isinstance(draft, AcceptDraft)
    side = draft.side if isinstance(draft, AcceptDraft) else quote.accepted_side
    bid = quote.yes_bid if side is OutcomeSide.YES else quote.no_bid
    if side is None or bid is None or quote.size is None or accepting is quote.mine:
        raise InvalidOrder(
            "the quote does not bid for that side, is not accepted yet, or is on the other end",
            venue=venue.name,
        )
    price, gets = (ONE - bid, side.opposite) if accepting else (bid, side)
    orders = _as_order(market, gets, price, quote.size, draft.intent)
    return Stake(market, _cost(market, price, quote.size), orders)


async def find_quote(venue: Venue, ref: QuoteRef) -> Quote:
    """Read one quote from the list of those that the account sees.

    Raises:
        NotFound: it is not among them.
    """
    part = require(venue.quotes, Capability.QUOTES, venue)
    query = QuoteListQuery(limit=1000)
    for _ in range(_PAGES):
        page = await part.list_quotes(query)
        found = next((quote for quote in page.items if quote.ref == ref), None)
        if found is not None:
            return found
        if page.cursor is None:
            break
        query = query.model_copy(update={"cursor": page.cursor})
    raise NotFound(f"{venue.name} shows no quote {ref}", venue=venue.name)


def _as_order(
    market: Market, side: OutcomeSide, price: Decimal, size: Decimal, intent: str
) -> tuple[OrderDraft, ...]:
    """The order that would buy the same, where a price between 0 and 1 makes one."""
    if not (ZERO < price < ONE and size > 0):
        return ()
    order = OrderDraft(
        market_ref=market.ref, outcome=side, action=Action.BUY, size=size, price=price, intent=intent
    )
    return (order,)


def _cost(market: Market, price: Decimal, size: Decimal) -> Decimal:
    if market.fees is None:
        raise InvalidOrder("the venue does not say what it charges here")
    return price * size + worst_fees(market.fees, price, price, size)[0]


async def _market(venue: Venue, ref: MarketRef) -> Market:
    """The market with its fees, which some venues tell only of its event or series."""
    market = await require(venue.markets, Capability.MARKETS, venue).get_market(ref)
    fees = await fees_of(venue, market)
    return market if market.fees is fees else market.model_copy(update={"fees": fees})
