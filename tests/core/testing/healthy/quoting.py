"""The healthy venue's requests for quotes: a house that always answers, and one that asks."""

from __future__ import annotations

from decimal import Decimal

from pmi_core.errors import NotFound
from pmi_core.identifiers import OrderRef, QuoteRef, RfqRef
from pmi_core.models import (
    Liquidity,
    Order,
    OrderStatus,
    OutcomeSide,
    Page,
    Quote,
    QuoteListQuery,
    QuoteRequest,
    QuoteStatus,
    Rfq,
    RfqQuery,
    RfqRequest,
    RfqStatus,
    TimeInForce,
)
from pmi_core.numbers import ONE, ZERO

from .reading import Reading, known, page_of
from .world import BUY, YES


class Quotes(Reading):
    def __init__(self, world) -> None:
        super().__init__(world)
        self.rfqs: dict[str, Rfq] = {}
        self.quotes: dict[str, Quote] = {}
        self._ask("RAIN-2", Decimal(5), None, mine=False)

    def _ask(self, native: str, size: Decimal | None, notional: Decimal | None, *, mine: bool) -> Rfq:
        rfq = Rfq(
            ref=RfqRef.make(self.world.name, self.world.new_id("rfq")),
            market_ref=self.world.ref(native),
            size=size,
            notional=notional,
            status=RfqStatus.OPEN,
            mine=mine,
            created_time=self.world.clock.now(),
        )
        self.rfqs[rfq.ref] = rfq
        return rfq

    def _quote(self, rfq: Rfq, yes: Decimal | None, no: Decimal | None, *, mine: bool) -> Quote:
        quote = Quote(
            ref=QuoteRef.make(self.world.name, self.world.new_id("quote")),
            rfq_ref=rfq.ref,
            market_ref=rfq.market_ref,
            yes_bid=yes,
            no_bid=no,
            size=rfq.size,
            status=QuoteStatus.OPEN,
            mine=mine,
            created_time=self.world.clock.now(),
        )
        self.quotes[quote.ref] = quote
        return quote

    def _change(self, store, ref, **facts):
        if ref not in store:
            raise NotFound(f"no {ref}", venue=self.world.name)
        store[ref] = store[ref].model_copy(update=facts)
        return store[ref]

    async def create_rfq(self, request: RfqRequest) -> Rfq:
        native = known(self.world, request.market_ref)
        rfq = self._ask(native, request.size, request.notional, mine=True)
        self._quote(rfq, Decimal("0.40"), Decimal("0.50"), mine=False)
        return rfq

    async def list_rfqs(self, query: RfqQuery) -> Page[Rfq]:
        rows = [
            rfq
            for rfq in self.rfqs.values()
            if query.market_ref in (None, rfq.market_ref)
            and query.mine in (None, rfq.mine)
            and (not query.open_only or rfq.status is RfqStatus.OPEN)
        ]
        return page_of(rows, query.limit, query.cursor)

    async def get_rfq(self, rfq: RfqRef | str) -> Rfq:
        return self._change(self.rfqs, rfq)

    async def cancel_rfq(self, rfq: RfqRef | str) -> Rfq:
        closed = self._change(self.rfqs, rfq, status=RfqStatus.CLOSED, closed_time=self.world.clock.now())
        for quote in self.quotes.values():
            if quote.rfq_ref == rfq and quote.status is QuoteStatus.OPEN:
                self.quotes[quote.ref] = quote.model_copy(update={"status": QuoteStatus.CANCELED})
        return closed

    async def list_quotes(self, query: QuoteListQuery) -> Page[Quote]:
        rows = [
            quote
            for quote in self.quotes.values()
            if query.rfq_ref in (None, quote.rfq_ref)
            and (not query.open_only or quote.status is QuoteStatus.OPEN)
        ]
        return page_of(rows, query.limit, query.cursor)

    async def create_quote(self, request: QuoteRequest) -> Quote:
        rfq = self._change(self.rfqs, request.rfq_ref)
        return self._quote(rfq, request.yes_bid, request.no_bid, mine=True)

    async def accept_quote(self, quote: QuoteRef | str, side: OutcomeSide) -> Quote:
        found = self._change(self.quotes, quote)
        bid = found.yes_bid if side is YES else found.no_bid
        order = Order(
            ref=OrderRef.make(self.world.name, self.world.new_id("order")),
            client_order_id=None,
            market_ref=found.market_ref,
            outcome=side.opposite,
            action=BUY,
            size=found.size,
            price=ONE - bid,
            time_in_force=TimeInForce.FOK,
            status=OrderStatus.FILLED,
            filled=ZERO,
            remaining=found.size,
            fees=ZERO,
            created_time=self.world.clock.now(),
        )
        yes = bid if side is YES else ONE - bid
        self.world.orders[order.ref] = self.world.filled(order, yes, found.size, Liquidity.TAKER)
        return self._change(
            self.quotes, quote, accepted_side=side, status=QuoteStatus.EXECUTED, order_ref=order.ref
        )

    async def confirm_quote(self, quote: QuoteRef | str) -> Quote:
        return self._change(self.quotes, quote, status=QuoteStatus.CONFIRMED)

    async def cancel_quote(self, quote: QuoteRef | str) -> Quote:
        return self._change(self.quotes, quote, status=QuoteStatus.CANCELED)
