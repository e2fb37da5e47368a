"""Reads: what stands, as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pmi_core.errors import NotFound
from pmi_core.exchange.commands import Leg
from pmi_core.exchange.depth import cost_of, curve_levels
from pmi_core.exchange.events import Traded
from pmi_core.exchange.lookups import (
    fill_view,
    group_view,
    market_view,
    order_view,
    position_view,
    quote_view,
    rfq_view,
    settlement_view,
)
from pmi_core.exchange.sides import ASK, BID
from pmi_core.exchange.snapshot import snapshot
from pmi_core.exchange.specs import CollectionSpec, EventSpec
from pmi_core.exchange.state import State
from pmi_core.exchange.units import from_money, from_units
from pmi_core.exchange.views import (
    BalanceView,
    BookView,
    CostView,
    FillView,
    GroupView,
    MarketView,
    OrderView,
    PositionView,
    QuoteView,
    RfqView,
    SettlementView,
)
from pmi_core.models.book import BookSource
from pmi_core.models.market import OutcomeSide
from pmi_core.models.order import Action

__all__ = ["Readings"]

_CURVE_DEPTH = 20


class Readings:
    """Looks at the state and changes nothing; lists of what happened come newest first.

    Ids that nothing is known by raise NotFound.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def seq(self) -> int:
        """Number of the last event."""
        return self._state.log.seq

    def accounts(self) -> tuple[str, ...]:
        """Ids of all accounts, the houses of curves among them."""
        return tuple(self._state.accounts)

    def balances(self, account: str) -> tuple[BalanceView, ...]:
        """Money by currency."""
        found = self._state.account(account)
        return tuple(self.balance(account, currency) for currency in found.purses)

    def balance(self, account: str, currency: str = "USD") -> BalanceView:
        """Money of one currency; zeros where the account never had any."""
        purse = self._state.account(account).purses.get(currency)
        cash, reserved = (purse.cash, purse.reserved) if purse is not None else (0, 0)
        return BalanceView(
            account, currency, from_money(cash), from_money(cash - reserved), from_money(reserved)
        )

    def positions(self, account: str, *, include_closed: bool = False) -> tuple[PositionView, ...]:
        """What an account holds, by market id."""
        holdings = self._state.account(account).holdings
        return tuple(
            position_view(holding)
            for _, holding in sorted(holdings.items())
            if holding.size or (include_closed and holding.traded)
        )

    def position(self, account: str, market_id: str) -> PositionView | None:
        """What an account holds in one market; None if it never traded there."""
        self._state.market(market_id)
        holding = self._state.account(account).holdings.get(market_id)
        return position_view(holding) if holding is not None and holding.traded else None

    def settlements(self, account: str) -> tuple[SettlementView, ...]:
        """What markets paid to an account."""
        found = self._state.account(account)
        return tuple(
            settlement_view(settled, self._state.markets[settled.market_id])
            for settled in reversed(found.settlements)
        )

    def order(self, order_id: str) -> OrderView:
        """One order."""
        order = self._state.orders.get(order_id)
        if order is None:
            raise NotFound(f"there is no order {order_id!r}", code="order")
        return order_view(order)

    def find_by_client_id(self, account: str, client_order_id: str) -> OrderView | None:
        """The order of a client order id; None if it was never used, or the order was dropped."""
        order_id = self._state.account(account).client_ids.get(client_order_id)
        order = self._state.orders.get(order_id) if order_id is not None else None
        return order_view(order) if order is not None else None

    def each_order(
        self, account: str, *, market_id: str | None = None, working: bool = False
    ) -> Iterator[OrderView]:
        """An account's orders, newest first, made as they are asked for."""
        found = self._state.account(account)
        for order in reversed(found.orders.values()):
            if (market_id is None or order.market.id == market_id) and (order.status is None or not working):
                yield order_view(order)

    def orders(
        self, account: str, *, market_id: str | None = None, working: bool = False
    ) -> tuple[OrderView, ...]:
        """An account's orders; ``working`` leaves the terminal ones out."""
        return tuple(self.each_order(account, market_id=market_id, working=working))

    def fills(
        self, account: str, *, market_id: str | None = None, order_id: str | None = None
    ) -> tuple[FillView, ...]:
        """An account's fills."""
        found = self._state.account(account)
        return tuple(
            fill_view(trade, order)
            for trade, order in reversed(found.fills)
            if (market_id is None or trade.market_id == market_id)
            and (order_id is None or order.id == order_id)
        )

    def queue_ahead(self, order_id: str) -> Decimal | None:
        """Contracts that fill before a resting order at its price or better; None if it does not rest."""
        order = self._state.orders.get(order_id)
        if order is None:
            raise NotFound(f"there is no order {order_id!r}", code="order")
        if order.status is not None:
            return None
        ahead = 0
        side = self._state.books[order.market.id][order.side]
        own = side.level_of(order)
        for level in side:
            if level is own:
                break
            ahead += level.size
        for other in own:
            if other is order:
                break
            ahead += other.remaining
        return from_units(ahead)

    def events(self) -> tuple[EventSpec, ...]:
        """Every event."""
        return tuple(self._state.events.values())

    def event_markets(self, event_id: str) -> tuple[str, ...]:
        """Ids of an event's markets."""
        found = self._state.event_markets.get(event_id)
        if found is None:
            raise NotFound(f"there is no event {event_id!r}", code="event")
        return tuple(found)

    def market_ids(self) -> tuple[str, ...]:
        """Ids of all markets, in the order in which they were listed."""
        return tuple(self._state.markets)

    def market(self, market_id: str) -> MarketView:
        """One market with its best prices."""
        return market_view(self._state.market(market_id), self._state.books[market_id])

    def markets(self) -> tuple[MarketView, ...]:
        """Every market."""
        return tuple(
            market_view(market, self._state.books[market.id]) for market in self._state.markets.values()
        )

    def book(self, market_id: str, depth: int | None = None) -> BookView:
        """A market's book in YES terms; of a curve, what its formula gives at the grid's prices."""
        market = self._state.market(market_id)
        if market.curve is not None:
            bids, asks = (curve_levels(market, side, depth or _CURVE_DEPTH) for side in (BID, ASK))
            return BookView(market_id, bids, asks, market.sequence, BookSource.CURVE, firm=False)
        sides = []
        for side in self._state.books[market_id]:
            keys = side.keys[-depth:] if depth else side.keys
            levels = (side.levels[key] for key in reversed(keys))
            sides.append(tuple((from_units(level.price), from_units(level.size)) for level in levels))
        return BookView(market_id, sides[BID], sides[ASK], market.sequence, BookSource.VENUE, firm=True)

    def cost(
        self,
        market_id: str,
        outcome: OutcomeSide,
        action: Action,
        *,
        size: Decimal | None = None,
        notional: Decimal | None = None,
    ) -> CostView:
        """What taking a size, or for a notional, would give now; exact if nothing moves before.

        The groups of makers and orders of the same account are not looked at.
        """
        market = self._state.market(market_id)
        book = self._state.books[market_id]
        return cost_of(market, book, outcome, action, size=size, notional=notional, now=self._state.now)

    def trades(self, market_id: str) -> tuple[Traded, ...]:
        """A market's public trades."""
        return tuple(reversed(self._state.market(market_id).trades))

    def group(self, group_id: str) -> GroupView:
        """One order group."""
        group = self._state.groups.get(group_id)
        if group is None:
            raise NotFound(f"there is no order group {group_id!r}", code="group")
        return group_view(group, self._state.now)

    def groups(self, account: str) -> tuple[GroupView, ...]:
        """An account's order groups."""
        return tuple(
            group_view(group, self._state.now) for group in self._state.account(account).groups.values()
        )

    def rfq(self, rfq_id: str) -> RfqView:
        """One request for quotes."""
        rfq = self._state.rfqs.get(rfq_id)
        if rfq is None:
            raise NotFound(f"there is no request {rfq_id!r}", code="rfq")
        return rfq_view(rfq)

    def rfqs(self) -> tuple[RfqView, ...]:
        """Every request for quotes."""
        return tuple(rfq_view(rfq) for rfq in reversed(self._state.rfqs.values()))

    def quote(self, quote_id: str) -> QuoteView:
        """One quote."""
        quote = self._state.quotes.get(quote_id)
        if quote is None:
            raise NotFound(f"there is no quote {quote_id!r}", code="quote")
        return quote_view(quote)

    def quotes(self, rfq_id: str | None = None) -> tuple[QuoteView, ...]:
        """Every quote, or those that answer one request."""
        return tuple(
            quote_view(quote)
            for quote in reversed(self._state.quotes.values())
            if rfq_id is None or quote.rfq.id == rfq_id
        )

    def collections(self) -> tuple[CollectionSpec, ...]:
        """Every collection."""
        return tuple(self._state.collections.values())

    def combo(self, collection_id: str, legs: tuple[Leg, ...]) -> str | None:
        """Id of a combination's market; None while nobody opened it."""
        pairs = tuple((leg.market_id, leg.outcome.value) for leg in legs)
        found = self._state.combos.get((collection_id, pairs))
        return found or self._state.combos.get((collection_id, tuple(sorted(pairs))))

    def totals(self, currency: str = "USD") -> dict[str, Decimal]:
        """The ledger's own sums: ``outside`` money brought in, ``fees`` taken, ``voided`` kept."""
        ledger = self._state.ledger
        return {
            "outside": from_money(ledger.outside[currency]),
            "fees": from_money(ledger.fees[currency]),
            "voided": from_money(ledger.voided[currency]),
        }

    def assert_balanced(self) -> None:
        """Count every dollar, contract and reserve anew.

        Raises:
            LedgerBroken: a sum is not what the books say; the engine has a fault.
        """
        state = self._state
        state.ledger.audit(state.accounts.values(), state.markets.values(), state.holders)

    def snapshot(self) -> dict[str, Any]:
        """Everything that stands, as comparable plain data: equal snapshots are equal exchanges."""
        return snapshot(self._state)
