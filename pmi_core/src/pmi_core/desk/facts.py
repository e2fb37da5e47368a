"""What is true at the venue right now, read together before an order is judged."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import StaleBook
from pmi_core.identifiers import EventRef, MarketRef
from pmi_core.models import (
    Balance,
    BookState,
    FeeSchedule,
    Market,
    Order,
    OrderBook,
    OrderQuery,
    OrderStatus,
    OutcomeSide,
    Position,
    PositionQuery,
)
from pmi_core.provider import Venue, require

__all__ = ["OPEN_STATUSES", "Facts", "fees_of", "open_orders", "read_book", "read_facts", "reference_price"]

OPEN_STATUSES = frozenset({OrderStatus.PENDING, OrderStatus.OPEN, OrderStatus.PARTIAL})
_PAGES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A market, its book in terms of one outcome, and what the account has there."""

    market: Market
    fees: FeeSchedule | None
    """None where the venue does not say what it charges."""
    book: OrderBook | None
    balances: tuple[Balance, ...] | None
    """None where the venue does not tell."""
    positions: tuple[Position, ...] | None
    """Of the whole event, or of the market where it has none."""
    working: tuple[Order, ...] | None
    """Open orders at the venue."""

    @property
    def cash(self) -> Decimal | None:
        """Free cash in the market's currency; None where the venue does not tell."""
        if self.balances is None:
            return None
        rows = [row.available for row in self.balances if row.currency == self.market.currency]
        return sum(rows, Decimal(0))

    def held(self, outcome: OutcomeSide) -> Decimal:
        """Contracts of that outcome in the account."""
        rows = self.positions or ()
        return sum(
            (row.size for row in rows if row.market_ref == self.market.ref and row.outcome is outcome),
            Decimal(0),
        )

    def invested(self, market: MarketRef | None) -> Decimal:
        """What was paid for what is held in one market, or in the whole event."""
        rows = self.positions or ()
        return sum((row.cost for row in rows if market in (None, row.market_ref)), Decimal(0))


async def read_facts(
    venue: Venue, market_ref: MarketRef, outcome: OutcomeSide, clock: Clock, book_age: int
) -> Facts:
    """Read everything that judging one order needs.

    Raises:
        StaleBook: the book is not live, or too old.
        PmiError: whatever a read raises.
    """
    markets = require(venue.markets, Capability.MARKETS, venue)
    market, book, balances, working = await asyncio.gather(
        markets.get_market(market_ref),
        read_book(venue, market_ref, outcome, clock, book_age),
        _balances(venue),
        open_orders(venue),
    )
    positions = await _positions(venue, market.ref, market.event_ref)
    return Facts(
        market=market,
        fees=await fees_of(venue, market),
        book=book,
        balances=balances,
        positions=positions,
        working=working,
    )


async def read_book(
    venue: Venue, market_ref: MarketRef, outcome: OutcomeSide, clock: Clock, book_age: int
) -> OrderBook | None:
    """Read the book of one outcome; None at a venue without books.

    Raises:
        StaleBook: the book is not live, or too old.
    """
    if venue.books is None:
        return None
    book = await venue.books.get_book(market_ref.of(outcome.value))
    if book.outcome is not outcome:
        book = book.mirror()
    age = clock.now() - book.received_time
    if book.state in (BookState.STALE, BookState.RESYNCING) or age > timedelta(seconds=book_age):
        raise StaleBook(
            f"the book of {market_ref} is {book.state.value} and {age.total_seconds():.0f} s old",
            venue=venue.name,
            capability="books",
            hint="wait until it is live again; no order is judged by an old book",
        )
    return book


def reference_price(market: Market, book: OrderBook | None, outcome: OutcomeSide) -> Decimal | None:
    """The middle of the market in terms of an outcome; the one side that there is, or None."""
    if book is not None:
        if book.mid is not None:
            return book.mid
        best = book.best_bid or book.best_ask
        return None if best is None else best.price
    shown = market.outcome(outcome)
    if shown.bid is not None and shown.ask is not None:
        return (shown.bid + shown.ask) / 2
    return shown.bid if shown.bid is not None else shown.ask


async def open_orders(venue: Venue) -> tuple[Order, ...] | None:
    """The account's working orders; None where they cannot be told or are too many to read."""
    if venue.orders is None:
        return None
    rows: list[Order] = []
    query = OrderQuery(statuses=OPEN_STATUSES, limit=1000)
    for _ in range(_PAGES):
        page = await venue.orders.list_orders(query)
        rows += [order for order in page.items if order.status in OPEN_STATUSES]
        if page.cursor is None:
            return tuple(rows)
        query = query.model_copy(update={"cursor": page.cursor})
    return None


async def _balances(venue: Venue) -> tuple[Balance, ...] | None:
    return None if venue.account is None else await venue.account.get_balance()


async def _positions(venue: Venue, market: MarketRef, event: EventRef | None) -> tuple[Position, ...] | None:
    if venue.account is None:
        return None
    rows: list[Position] = []
    query = PositionQuery(market_ref=None if event else market, event_ref=event, limit=1000)
    for _ in range(_PAGES):
        page = await venue.account.list_positions(query)
        rows += page.items
        if page.cursor is None:
            break
        query = query.model_copy(update={"cursor": page.cursor})
    return tuple(rows)


async def fees_of(venue: Venue, market: Market) -> FeeSchedule | None:
    """The market's schedule, or that of its series where the market does not say."""
    if market.fees is not None or venue.events is None or market.event_ref is None:
        return market.fees
    event = await venue.events.get_event(market.event_ref)
    told = next((other.fees for other in event.markets if other.ref == market.ref), None)
    if told is None and event.series_ref is not None:
        told = (await venue.events.get_series(event.series_ref)).fees
    return told
