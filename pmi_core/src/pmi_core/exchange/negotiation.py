"""Requests for quotes: asked, quoted, accepted, confirmed, executed off the book."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from pmi_core.errors import InvalidOrder, NotFound, OrderRefused, RequestError
from pmi_core.exchange.account import Account
from pmi_core.exchange.admission import Admission
from pmi_core.exchange.clearing import Clearing
from pmi_core.exchange.commands import (
    AcceptQuote,
    CancelQuote,
    CancelRfq,
    ConfirmQuote,
    CreateQuote,
    CreateRfq,
    PlaceOrder,
)
from pmi_core.exchange.events import QuoteChanged, RfqChanged
from pmi_core.exchange.funds import check_trade, most_of_profit
from pmi_core.exchange.market import Market
from pmi_core.exchange.order import Order
from pmi_core.exchange.orders import Orders
from pmi_core.exchange.quotes import Quote, Rfq
from pmi_core.exchange.sides import side_of
from pmi_core.exchange.state import State
from pmi_core.exchange.timers import TimerKind
from pmi_core.exchange.units import SCALE, from_units, to_money
from pmi_core.models.market import OutcomeSide
from pmi_core.models.order import Action, TimeInForce
from pmi_core.models.quote import QuoteStatus, RfqStatus

__all__ = ["Negotiation"]

_PENDING = (QuoteStatus.OPEN, QuoteStatus.ACCEPTED)


class Negotiation:
    """Commands on requests and quotes.

    Nothing is reserved for a quote: both sides are checked when it is accepted, confirmed and
    executed.  An execution that one side cannot pay any more cancels the quote.
    """

    def __init__(self, state: State, orders: Orders, admission: Admission, clearing: Clearing) -> None:
        self._state = state
        self._orders = orders
        self._admission = admission
        self._clearing = clearing

    def _rfq(self, rfq_id: str) -> Rfq:
        rfq = self._state.rfqs.get(rfq_id)
        if rfq is None:
            raise NotFound(f"there is no request {rfq_id!r}", code="rfq")
        return rfq

    def _quote(self, quote_id: str) -> Quote:
        quote = self._state.quotes.get(quote_id)
        if quote is None:
            raise NotFound(f"there is no quote {quote_id!r}", code="quote")
        return quote

    def create_rfq(self, command: CreateRfq) -> None:
        """Ask for quotes."""
        state = self._state
        account = state.account(command.account)
        market = state.market(command.market_id)
        self._admission.check_open(market)
        if market.curve is not None:
            raise OrderRefused(f"{market.id} trades at its curve only", hint="place an order", code="curve")
        if (command.size is None) == (command.notional is None):
            raise InvalidOrder(
                "a request has a size or a notional", hint="give exactly one of them", code="size"
            )
        size = notional = None
        if command.size is not None:
            size = market.new_size_of(command.size)
        else:
            notional = to_money(command.notional) if command.notional is not None else None
            if notional is None or notional <= 0:
                raise InvalidOrder("a request's notional is positive", code="notional")
        if account.open_rfqs >= state.settings.max_open_rfqs:
            raise OrderRefused(
                f"account {account.id!r} has {account.open_rfqs} open requests",
                hint="cancel one first",
                code="rfqs",
            )
        rfq = Rfq(
            f"r{state.count('rfq')}", account, market, size, notional, command.rest_remainder, command.time
        )
        state.rfqs[rfq.id] = rfq
        account.open_rfqs += 1
        self._note_rfq(rfq)

    def _note_rfq(self, rfq: Rfq) -> None:
        self._state.log.emit(RfqChanged, rfq.id, rfq.account.id, rfq.market.id, rfq.status)

    def _move(self, quote: Quote, status: QuoteStatus, reason: str | None = None) -> None:
        quote.status = status
        quote.reason = reason
        quote.updated = self._state.now
        rfq = quote.rfq
        self._state.log.emit(
            QuoteChanged, quote.id, rfq.id, quote.account.id, rfq.account.id, rfq.market.id, status, reason
        )

    def cancel_rfq(self, command: CancelRfq) -> None:
        """Withdraw a request."""
        rfq = self._rfq(command.rfq_id)
        if rfq.account.id != command.account:
            raise NotFound(f"account {command.account!r} has no request {command.rfq_id!r}", code="rfq")
        if rfq.status is RfqStatus.CLOSED:
            self._state.log.keep_silent()
        else:
            self._close(rfq, "the request was withdrawn")

    def _close(self, rfq: Rfq, reason: str) -> None:
        rfq.status = RfqStatus.CLOSED
        rfq.closed = self._state.now
        rfq.account.open_rfqs -= 1
        self._note_rfq(rfq)
        for quote in rfq.quotes:
            if quote.status in _PENDING:
                self._move(quote, QuoteStatus.CANCELED, reason)

    def close_market(self, market: Market) -> None:
        """A market closed: its requests are void, confirmed quotes too."""
        for rfq in self._state.rfqs.values():
            if rfq.market is not market:
                continue
            if rfq.status is RfqStatus.OPEN:
                self._close(rfq, "the market closed")
            for quote in rfq.quotes:
                if quote.status is QuoteStatus.CONFIRMED:
                    self._move(quote, QuoteStatus.CANCELED, "the market closed")

    def create_quote(self, command: CreateQuote) -> None:
        """Answer a request."""
        state = self._state
        account = state.account(command.account)
        rfq = self._rfq(command.rfq_id)
        if rfq.status is RfqStatus.CLOSED:
            raise OrderRefused(f"request {rfq.id} is closed", code="rfq_closed")
        if rfq.account is account:
            raise OrderRefused("an account cannot quote on its own request", code="self_trade")
        self._admission.check_open(rfq.market)
        yes, no = (self._bid(rfq.market, bid) for bid in (command.yes_bid, command.no_bid))
        if yes is None and no is None:
            raise InvalidOrder("a quote bids for at least one side", code="quote")
        if yes is not None and no is not None and yes + no > SCALE:
            raise InvalidOrder("the two bids together would pay more than 1", code="quote")
        now = command.time
        quote = Quote(f"q{state.count('quote')}", rfq, account, yes, no, command.rest_remainder, now, now)
        quote.size = rfq.size
        state.quotes[quote.id] = quote
        rfq.quotes.append(quote)
        self._move(quote, QuoteStatus.OPEN)

    @staticmethod
    def _bid(market: Market, bid: Decimal | None) -> int | None:
        return None if bid is None else market.price_of(bid)

    def accept(self, command: AcceptQuote) -> None:
        """Accept a quote as the asker."""
        state = self._state
        quote = self._quote(command.quote_id)
        rfq = quote.rfq
        if rfq.account.id != command.account:
            raise NotFound(f"account {command.account!r} received no quote {quote.id!r}", code="quote")
        if quote.status is not QuoteStatus.OPEN or rfq.status is RfqStatus.CLOSED:
            raise OrderRefused(
                f"quote {quote.id} is {quote.status}, its request {rfq.status}", code="quote_status"
            )
        self._admission.check_open(rfq.market)
        if type(command.side) is not OutcomeSide:
            raise InvalidOrder("a side is OutcomeSide.YES or OutcomeSide.NO", code="kind")
        bid = quote.yes_bid if command.side is OutcomeSide.YES else quote.no_bid
        if bid is None:
            raise OrderRefused(f"quote {quote.id} does not bid for {command.side}", code="quote")
        size = self._sized(rfq, SCALE - bid)
        self._check(rfq.account, rfq.market, size, bid, command.side.opposite, asker=True)
        quote.side = command.side
        quote.size = size
        quote.accepted = command.time
        self._move(quote, QuoteStatus.ACCEPTED)
        expiry = command.time + timedelta(seconds=state.settings.confirm_seconds)
        state.schedule(expiry, TimerKind.CONFIRM, quote.id)

    def _sized(self, rfq: Rfq, asker_price: int) -> int:
        if rfq.size is not None:
            return rfq.size
        assert rfq.notional is not None
        size = rfq.notional // asker_price if asker_price else 0
        size -= size % rfq.market.lot
        if size < rfq.market.least:
            raise OrderRefused(
                f"the notional of request {rfq.id} buys too little at that price", code="notional"
            )
        return size

    def _check(
        self, account: Account, market: Market, size: int, bid: int, outcome: OutcomeSide, *, asker: bool
    ) -> None:
        """Check that an account can buy ``outcome``; ``bid`` is the maker's, for the other or for it."""
        own = SCALE - bid if asker else bid
        side = side_of(outcome, Action.BUY)
        value = (own if outcome is OutcomeSide.YES else SCALE - own) * size
        holding = account.holding(market)
        charges = market.charges
        fee = 0
        if charges.applies(self._state.now):
            if charges.on_trade and asker:
                fee = charges.at_most(own, size)
            elif asker:
                fee = most_of_profit(holding, side, size)
        check_trade(holding, side, size, value, fee)

    def confirm(self, command: ConfirmQuote) -> None:
        """Confirm an accepted quote as its maker."""
        quote = self._own(command.account, command.quote_id)
        if quote.status is not QuoteStatus.ACCEPTED:
            raise OrderRefused(f"quote {quote.id} is {quote.status}, not accepted", code="quote_status")
        market = quote.rfq.market
        self._admission.check_open(market)
        delay = self._state.settings.execution_delay
        assert quote.side is not None
        assert quote.size is not None
        self._check(quote.account, market, quote.size, quote.price, quote.side, asker=False)
        if not delay:
            self._check_both(quote)
        quote.confirmed = command.time
        self._move(quote, QuoteStatus.CONFIRMED)
        if delay:
            self._state.schedule(command.time + delay, TimerKind.EXECUTE, quote.id)
        else:
            self._execute(quote)

    def _check_both(self, quote: Quote) -> None:
        assert quote.side is not None
        assert quote.size is not None
        market = quote.rfq.market
        self._admission.check_open(market)
        self._check(quote.account, market, quote.size, quote.price, quote.side, asker=False)
        self._check(quote.rfq.account, market, quote.size, quote.price, quote.side.opposite, asker=True)

    def _own(self, account: str, quote_id: str) -> Quote:
        quote = self._quote(quote_id)
        if quote.account.id != account:
            raise NotFound(f"account {account!r} has no quote {quote_id!r}", code="quote")
        return quote

    def cancel_quote(self, command: CancelQuote) -> None:
        """Withdraw an own quote."""
        quote = self._own(command.account, command.quote_id)
        if quote.status is QuoteStatus.CONFIRMED:
            raise OrderRefused(f"quote {quote.id} is confirmed and binds", code="quote_status")
        if quote.status in _PENDING:
            self._move(quote, QuoteStatus.CANCELED, "its maker withdrew it")
        else:
            self._state.log.keep_silent()

    def confirm_due(self, quote_id: str) -> None:
        """An acceptance may have waited too long."""
        quote = self._state.quotes.get(quote_id)
        if quote is None:  # it is over, and was drained
            return
        waited = timedelta(seconds=self._state.settings.confirm_seconds)
        if (
            quote.status is QuoteStatus.ACCEPTED
            and quote.accepted is not None
            and quote.accepted + waited <= self._state.now
        ):
            self._move(quote, QuoteStatus.CANCELED, "its maker did not confirm in time")

    def execute_due(self, quote_id: str) -> None:
        """A confirmed quote's delay may be over."""
        quote = self._state.quotes.get(quote_id)
        if quote is None or quote.status is not QuoteStatus.CONFIRMED:
            return
        try:
            self._check_both(quote)
        except RequestError as error:
            self._move(quote, QuoteStatus.CANCELED, error.message)
            return
        self._execute(quote)

    def _execute(self, quote: Quote) -> None:
        """Trade between the two accounts at the maker's bid; the asker takes."""
        rfq = quote.rfq
        side, size = quote.side, quote.size
        assert side is not None
        assert size is not None
        maker = self._order(quote, quote.account, side, quote.price, size)
        asker = self._order(quote, rfq.account, side.opposite, SCALE - quote.price, size)
        self._clearing.pair(asker, maker, size, maker.price, off_book=True)
        for order in (maker, asker):
            order.remaining = 0
            self._orders.finish(order)
        for order in (maker, asker):
            self._orders.settle(order.holding)
        quote.maker_order, quote.asker_order = maker.id, asker.id
        self._move(quote, QuoteStatus.EXECUTED)
        if rfq.status is RfqStatus.OPEN:
            self._close(rfq, "another quote was executed")

    def _order(self, quote: Quote, account: Account, outcome: OutcomeSide, price: int, size: int) -> Order:
        """The order by which a quote's trade is booked."""
        market = quote.rfq.market
        asked = PlaceOrder(
            time=self._state.now,
            account=account.id,
            market_id=market.id,
            client_order_id=f"quote:{quote.id}:{'maker' if account is quote.account else 'asker'}",
            outcome=outcome,
            action=Action.BUY,
            price=from_units(price),
            size=from_units(size),
            time_in_force=TimeInForce.FOK,
        )
        order = Order("", asked, account.holding(market), price, size, self._state.now)
        order.hold = market.hold_of(order.side, order.price, price)
        self._orders.accept(order)
        return order
