"""What a venue double shows of its truth: one market, its book, an account, the orders that are seen yet."""

from __future__ import annotations

from decimal import Decimal

from pmi_core import (
    Balance,
    Fill,
    IdempotencyKind,
    Level,
    Market,
    MarketRef,
    NotFound,
    OrderBook,
    Outcome,
    Page,
    Position,
    QuadraticFee,
    Unreachable,
    cent_grid,
)
from pmi_core.identifiers import EventRef


class Showing:
    """The reading half of the double; what is true and what is hidden stands in the fields of the other."""

    def market(self, ref):
        return Market(
            ref=ref,
            event_ref=EventRef(f"{self.name}:EVENT"),
            title="Heads?",
            outcomes=(Outcome(label="Yes", polarity="yes"), Outcome(label="No", polarity="no")),
            status="open",
            trading=self.trading,
            price_grid=cent_grid(),
            size_step="1",
            min_size="1",
            fees=QuadraticFee(taker_rate="0.07", step="0.01"),
            currency=self.currency,
            as_of=self.clock.now(),
        )

    async def get_market(self, market):
        return self.market(MarketRef(market).market)

    async def get_book(self, market, depth=None):
        ref = MarketRef(market)
        book = OrderBook(
            market_ref=ref.market,
            bids=(Level(price=self.book_price - Decimal("0.01"), size="100000"),),
            asks=(Level(price=self.book_price + Decimal("0.01"), size="100000"),),
            received_time=self.clock.now(),
        )
        return book.mirror() if ref.outcome == "no" else book

    async def get_books(self, markets):
        return tuple([await self.get_book(market) for market in markets])

    async def list_markets(self, query):
        return Page(items=())

    async def get_balance(self):
        return (
            Balance(
                currency=self.currency,
                total=self.cash,
                available=self.cash,
                reserved="0",
                as_of=self.clock.now(),
            ),
        )

    async def list_positions(self, query):
        if not self.held:
            return Page(items=())
        row = Position(
            market_ref=query.market_ref or MarketRef(f"{self.name}:HEADS"),
            outcome="yes",
            size=self.held,
            cost=self.held / 2,
            realized_pnl="0",
            fees="0",
            as_of=self.clock.now(),
        )
        return Page(items=(row,))

    async def list_settlements(self, query):
        return Page(items=())

    def _seen(self):
        if self.reads_fail:
            self.reads_fail -= 1
            raise Unreachable("no answer", venue=self.name)
        now = self.clock.now().timestamp()
        return [order for order, shows in self.orders_made if shows <= now]

    async def find_by_client_id(self, client_order_id):
        if self.idempotency.kind is IdempotencyKind.NONE:
            self._seen()
            return None
        return next((one for one in self._seen() if one.client_order_id == client_order_id), None)

    async def list_orders(self, query):
        rows = [
            order
            for order in self._seen()
            if (query.market_ref in (None, order.market_ref))
            and (not query.statuses or order.status in query.statuses)
            and (query.start is None or order.created_time >= query.start)
        ]
        return Page(items=tuple(reversed(rows)))

    async def list_fills(self, query):
        return Page[Fill](items=())

    async def get_order(self, order):
        found = next((one for one in self._seen() if one.ref == order), None)
        if found is None:
            raise NotFound(f"no order {order}", venue=self.name)
        return found
