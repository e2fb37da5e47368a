"""The hand that places small orders at the venue under test."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import count
from typing import Any

from pmi_core.capabilities import Capability, OrderPlacer
from pmi_core.clock import Clock
from pmi_core.errors import RequestError
from pmi_core.models import (
    Action,
    Balance,
    Execution,
    Fill,
    FillQuery,
    Level,
    Market,
    Order,
    OrderBook,
    OrderQuery,
    OrderRequest,
    OrderStatus,
    OutcomeSide,
    PositionQuery,
    TimeInForce,
)
from pmi_core.numbers import ONE, ZERO, Rounding, round_to
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.recognition import check_named, finds_again
from pmi_core.testing.conformance.samples import open_markets

__all__ = ["BUY", "NO", "SELL", "YES", "Trader", "a_trader", "check_rejected", "size_at"]

BUY, SELL = Action.BUY, Action.SELL
YES, NO = OutcomeSide.YES, OutcomeSide.NO
_DIGITS = "0123456789abcdef"
PATIENCE = 60
"""Seconds of the venue's clock within which an order that was accepted first is decided."""


def size_at(levels: Iterable[Level], price: Decimal) -> Decimal:
    """Contracts that rest at exactly ``price``."""
    return sum((level.size for level in levels if level.price == price), ZERO)


def check_rejected(order: Order) -> None:
    """Assert that an order ended rejected, with nothing done and a reason."""
    assert order.status is OrderStatus.REJECTED, f"the order is {order.status} and should be rejected"
    assert (order.filled, order.remaining) == (ZERO, ZERO), "a rejected order works or was filled"
    assert (order.reject_reason or "").strip(), "the order was rejected and nothing says why"


class Trader:
    """Places orders of one small size in one lively market.

    Attributes:
        market: an open order-book market with offers on both sides.
        unit: the size of an ordinary order.
    """

    def __init__(self, venue: Venue, placer: OrderPlacer, market: Market, clock: Clock) -> None:
        self.venue = venue
        self.placer = placer
        self.market = market
        self.clock = clock
        step = market.size_step or ONE
        self.step = step
        self.unit = round_to(max(market.min_size or step, step, ONE), step, Rounding.UP)
        self._numbers = count(1)
        self._asked: dict[str, str] = {}

    def client_id(self) -> str:
        """A fresh client order id that the venue's alphabet and length allow."""
        rule = self.venue.info.idempotency
        allowed = rule.alphabet or _DIGITS
        digits = [one for one in _DIGITS if one in allowed] or list(allowed)[:16]
        number, text = next(self._numbers), ""
        while number:
            number, digit = divmod(number, len(digits))
            text = digits[digit] + text
        return text.rjust(min(rule.max_length or 32, 32), digits[0])

    def request(
        self, outcome: OutcomeSide, action: Action, price: Decimal, size: Decimal | None = None, **more: Any
    ) -> OrderRequest:
        """An order of the unit size unless told otherwise."""
        if "notional" not in more:
            more["size"] = self.unit if size is None else size
        more.setdefault("market_ref", self.market.ref)
        more.setdefault("client_order_id", self.client_id())
        return OrderRequest(outcome=outcome, action=action, price=price, **more)

    async def place(
        self, outcome: OutcomeSide, action: Action, price: Decimal, size: Decimal | None = None, **more: Any
    ) -> Order:
        """Place an order and wait until it is no longer pending."""
        return await self.send(self.request(outcome, action, price, size, **more))

    async def send(self, wanted: OrderRequest) -> Order:
        """Place this order and wait until it is no longer pending."""
        order = await self.arrived(await self.placer.place_order(wanted))
        if order.ref is not None:
            self._asked[order.ref] = wanted.client_order_id
        return order

    async def arrived(self, order: Order) -> Order:
        """Follow an order that the venue accepted first and decides on later; bounded."""
        for _ in range(PATIENCE):
            if order.status is not OrderStatus.PENDING:
                return order
            await self.clock.sleep(1)
            order = await self._followed(order)
        raise AssertionError(f"the order is still pending after {PATIENCE} seconds")

    async def _followed(self, order: Order) -> Order:
        if order.ref is not None:
            return await self.again(order)
        assert finds_again(self.venue), "a pending order has neither a ref nor an id by which it is found"
        return await self.placer.find_by_client_id(order.client_order_id or "") or order

    async def refused(self, wanted: OrderRequest, error: type[RequestError]) -> None:
        """Assert that an order is refused and that nothing came of it.

        Either at once, by that name, or where the venue answers ``pending`` first, by an order that
        ends rejected with a reason.
        """
        before = await self._latest()
        try:
            order = await self.placer.place_order(wanted)
        except error as refusal:
            assert refusal.message.strip(), "the refusal says nothing"
            await self.nothing_came_of(wanted)
        else:
            assert order.status is OrderStatus.PENDING, (
                f"the order is {order.status}; it should have been refused as {error.__name__}"
            )
            check_rejected(await self.arrived(order))
        working = [one for one in await self._latest() if one.status is not OrderStatus.REJECTED]
        assert {one.ref for one in working} <= {one.ref for one in before}, "a refused order exists"

    async def nothing_came_of(self, wanted: OrderRequest) -> None:
        """Assert that no order is found by the id of one that was refused at once."""
        found = await self.placer.find_by_client_id(wanted.client_order_id)
        assert found is None, "a refused order exists"

    async def _latest(self) -> tuple[Order, ...]:
        return (await self.placer.list_orders(OrderQuery(limit=20))).items

    def check_named(self, seen: Order | Fill) -> None:
        """Assert that an order or fill of this trader carries its client order id, or none where none is kept."""
        ref = seen.ref if isinstance(seen, Order) else seen.order_ref
        assert ref in self._asked, f"{ref} is not an order that was placed here"
        check_named(seen, self._asked[ref], self.venue)

    def ref(self, order: Order) -> str:
        """The name of an order that has one."""
        assert order.ref is not None, f"the venue gave no ref for {order.client_order_id}"
        return order.ref

    async def again(self, order: Order) -> Order:
        """Read the order as the venue knows it now."""
        return await self.placer.get_order(self.ref(order))

    async def book(self, outcome: OutcomeSide = YES) -> OrderBook:
        """The market's book in terms of the outcome."""
        reader = needs(self.venue.books, Capability.BOOKS, self.venue)
        return await reader.get_book(f"{self.market.ref}#{outcome}")

    async def best(self, outcome: OutcomeSide, action: Action) -> Level:
        """The level that taking would meet first."""
        book = await self.book(outcome)
        level = book.best_ask if action is BUY else book.best_bid
        return level or skip(f"nothing rests to {action} {outcome} of {self.market.ref} from")

    async def behind(self, outcome: OutcomeSide, action: Action) -> Decimal:
        """A price at which an order rests without being met: the best one of its own side."""
        return (await self.best(outcome, action.opposite)).price

    async def take(self, outcome: OutcomeSide, action: Action, size: Decimal | None = None) -> Order:
        """Take from the best level at its price, immediately or not at all."""
        level = await self.best(outcome, action)
        wanted = size or self.unit
        if level.size < wanted:
            skip(f"only {level.size} rest to {action} {outcome} of {self.market.ref} from")
        order = await self.place(outcome, action, level.price, wanted, time_in_force=TimeInForce.IOC)
        assert order.filled == wanted, f"{wanted} rested at {level.price} and {order.filled} were filled"
        return order

    async def holding(self, outcome: OutcomeSide) -> Decimal:
        """Contracts of the outcome that the account holds."""
        reader = needs(self.venue.account, Capability.ACCOUNT, self.venue)
        page = await reader.list_positions(PositionQuery(market_ref=self.market.ref))
        return sum((one.size for one in page.items if one.outcome is outcome), ZERO)

    async def net(self) -> Decimal:
        """YES contracts less NO contracts."""
        return await self.holding(YES) - await self.holding(NO)

    async def money(self) -> Balance:
        """Cash in the market's currency, all compartments together."""
        reader = needs(self.venue.account, Capability.ACCOUNT, self.venue)
        rows = [one for one in await reader.get_balance() if one.currency == self.market.currency]
        assert rows, f"the account has no {self.market.currency}"
        return rows[0].model_copy(
            update={
                name: sum((getattr(one, name) for one in rows), ZERO)
                for name in ("total", "available", "reserved")
            }
        )

    async def fills(self, order: Order) -> tuple[Fill, ...]:
        """The fills of an order."""
        return (await self.placer.list_fills(FillQuery(order_ref=order.ref))).items

    async def mine(self) -> tuple[Order, ...]:
        """The account's orders in the market."""
        return (await self.placer.list_orders(OrderQuery(market_ref=self.market.ref))).items

    def absent_order(self) -> str:
        """A ref that names no order."""
        return f"{self.venue.name}:PMI-NO-SUCH-ORDER"


async def a_trader(
    venue: Venue, clock: Clock, may_trade: bool, *, capability: Capability = Capability.ORDERS
) -> Trader:
    """Find a market to trade in; the rule is left unchecked where orders could leave this machine."""
    needs(getattr(venue, capability.value), capability, venue)
    placer = needs(venue.orders, Capability.ORDERS, venue)
    if not may_trade:
        skip(
            f"{venue.info.provider} is not simulated here; no order is ever placed to test {capability.value}"
        )
    reader = needs(venue.markets, Capability.MARKETS, venue)
    for market in await open_markets(reader, venue):
        if market.execution not in (Execution.CLOB, Execution.HYBRID) or not market.is_open:
            continue
        trader = Trader(venue, placer, market, clock)
        book = await trader.book()
        if book.best_bid and book.best_ask and min(book.best_bid.size, book.best_ask.size) >= 3 * trader.unit:
            return trader
    return skip(f"{venue.info.provider} has no open order book with a few contracts on both sides")
