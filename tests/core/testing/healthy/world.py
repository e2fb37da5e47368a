"""A small venue in memory that keeps every promise: one account against a house that stands still.

It shares no code with the exchange engine, so that the contract is proved by something else than
what it is used on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from pmi_core import (
    Action,
    Liquidity,
    Market,
    MarketResult,
    MarketStatus,
    Outcome,
    OutcomeSide,
    QuadraticFee,
    Strike,
    StrikeKind,
    Trading,
    cent_grid,
)
from pmi_core.clock import Clock
from pmi_core.identifiers import EventRef, MarketRef
from pmi_core.models import BookState, Fill, Level, Order, OrderBook, Trade
from pmi_core.numbers import ONE, ZERO

FEES = QuadraticFee(taker_rate=Decimal("0.07"), step=Decimal("0.0001"))
YES, NO, BUY, SELL = OutcomeSide.YES, OutcomeSide.NO, Action.BUY, Action.SELL
HOUSE = {
    "RAIN-1": (
        [("0.40", "20"), ("0.38", "30"), ("0.31", "5.5")],
        [("0.45", "12"), ("0.46", "25"), ("0.60", "9")],
    ),
    "RAIN-2": ([("0.10", "100")], [("0.20", "100")]),
    "SNOW-1": ([], [("0.99", "3")]),
    "SNOW-2": ([], []),
}
TITLES = {
    "RAIN-1": "Will it rain in Aberdeen tomorrow",
    "RAIN-2": "Will it rain in Bergen tomorrow",
    "SNOW-1": "Will it snow in Calgary this week",
    "SNOW-2": "Will it snow in Davos this week",
    "RAIN-0": "Did it rain in Aberdeen yesterday",
}
EVENTS = {"RAIN": ("RAIN-1", "RAIN-2", "RAIN-0"), "SNOW": ("SNOW-1", "SNOW-2")}


@dataclass
class Resting:
    """Interest in the book, in YES terms; the house's has no order."""

    bid: bool
    price: Decimal
    size: Decimal
    order: str | None = None


@dataclass
class World:
    name: str
    clock: Clock
    cash: Decimal = Decimal(10000)
    held: dict[str, Decimal] = field(default_factory=dict)
    """YES contracts, negative for NO."""
    cost: dict[str, Decimal] = field(default_factory=dict)
    realized: dict[str, Decimal] = field(default_factory=dict)
    fees: dict[str, Decimal] = field(default_factory=dict)
    books: dict[str, list[Resting]] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    trades: list[Trade] = field(default_factory=list)
    combos: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sequence: dict[str, int] = field(default_factory=dict)
    listeners: list[Callable[[str, object], None]] = field(default_factory=list)
    closers: list[Callable[[], None]] = field(default_factory=list)
    made: int = 0

    def __post_init__(self) -> None:
        self.start = self.clock.now()
        self.close = self.start + timedelta(days=1)
        for native, (bids, asks) in HOUSE.items():
            self.books[native] = [
                *(Resting(True, Decimal(price), Decimal(size)) for price, size in bids),
                *(Resting(False, Decimal(price), Decimal(size)) for price, size in asks),
            ]
        for number in range(-24, 6, 3):
            self.trades.append(
                Trade(
                    trade_id=f"old-{number}",
                    market_ref=self.ref("RAIN-1"),
                    price=Decimal("0.41") + Decimal(number % 5) / 100,
                    size=Decimal(number % 7 + 1),
                    taker_outcome=YES,
                    taker_action=BUY,
                    time=self.start - timedelta(hours=12 - number),
                )
            )

    def ref(self, native: str) -> MarketRef:
        return MarketRef.make(self.name, native)

    def new_id(self, kind: str) -> str:
        self.made += 1
        return f"{kind}-{self.made}"

    def tell(self, kind: str, fact: object) -> None:
        for listener in list(self.listeners):
            listener(kind, fact)

    # ------------------------------------------------------------------------------------ markets

    def market(self, native: str) -> Market | None:
        if native not in self.books and native != "RAIN-0":
            return None
        over = native == "RAIN-0"
        closed = self.clock.now() >= self.close
        book = None if over else self.book(native)
        bid, ask = (book.best_bid, book.best_ask) if book else (None, None)
        last = next(
            (trade.price for trade in reversed(self.trades) if trade.market_ref.native == native), None
        )
        event = next((event for event, markets in EVENTS.items() if native in markets), None)
        return Market(
            ref=self.ref(native),
            event_ref=EventRef.make(self.name, event) if event else None,
            title=TITLES.get(native, f"All of {native}"),
            rules="The gauge decides.",
            outcomes=(
                Outcome(
                    label="Yes",
                    polarity=YES,
                    bid=bid.price if bid else None,
                    bid_size=bid.size if bid else None,
                    ask=ask.price if ask else None,
                    ask_size=ask.size if ask else None,
                    last=last,
                ),
                Outcome(
                    label="No",
                    polarity=NO,
                    bid=ONE - ask.price if ask else None,
                    bid_size=ask.size if ask else None,
                    ask=ONE - bid.price if bid else None,
                    ask_size=bid.size if bid else None,
                    last=ONE - last if last is not None else None,
                ),
            ),
            status=MarketStatus.SETTLED if over else MarketStatus.CLOSED if closed else MarketStatus.OPEN,
            trading=Trading.NONE if over or closed else Trading.OPEN,
            strike=Strike(kind=StrikeKind.GREATER, floor=Decimal("0.1")),
            open_time=self.start - timedelta(days=3),
            close_time=self.start - timedelta(days=1) if over else self.close,
            settled_time=self.start - timedelta(hours=20) if over else None,
            price_grid=cent_grid(),
            size_step=Decimal("0.5"),
            min_size=Decimal(1),
            fees=FEES,
            volume=sum((trade.size for trade in self.trades if trade.market_ref.native == native), ZERO),
            result=MarketResult.YES if over else None,
            settlement_value=ONE if over else None,
            resolution_final=over,
            as_of=self.clock.now(),
        )

    def book(self, native: str) -> OrderBook:
        sides: dict[bool, dict[Decimal, Decimal]] = {True: {}, False: {}}
        for one in self.books[native]:
            sides[one.bid][one.price] = sides[one.bid].get(one.price, ZERO) + one.size
        bids, asks = (
            tuple(Level(price=price, size=sides[bid][price]) for price in sorted(sides[bid], reverse=bid))
            for bid in (True, False)
        )
        return OrderBook(
            market_ref=self.ref(native),
            bids=bids,
            asks=asks,
            sequence=self.sequence.get(native, 0),
            received_time=self.clock.now(),
            state=BookState.SNAPSHOT,
        )

    def book_changed(self, native: str) -> None:
        self.sequence[native] = self.sequence.get(native, 0) + 1
        self.tell("book", native)

    # ------------------------------------------------------------------------------------ matching

    def matches(self, native: str, bid: bool, limit: Decimal) -> list[Resting]:
        """What an order would meet, best first, oldest first."""
        against = [one for one in self.books[native] if one.bid is not bid]
        against = [one for one in against if (one.price <= limit if bid else one.price >= limit)]
        return sorted(against, key=lambda one: one.price if bid else -one.price)

    def filled(self, order: Order, price: Decimal, size: Decimal, liquidity: Liquidity) -> Order:
        """Book one fill at a YES price; gives the order afterwards."""
        native = order.market_ref.native
        own = price if order.outcome is YES else ONE - price
        fee = FEES.estimate(own, size, liquidity).amount
        fill = Fill(
            trade_id=self.new_id("trade"),
            order_ref=order.ref,
            client_order_id=order.client_order_id,
            market_ref=order.market_ref,
            outcome=order.outcome,
            action=order.action,
            price=own,
            size=size,
            fee=fee,
            liquidity=liquidity,
            time=self.clock.now(),
        )
        self.fills.append(fill)
        trade = Trade(
            trade_id=fill.trade_id,
            market_ref=order.market_ref,
            price=price,
            size=size,
            taker_outcome=order.outcome,
            taker_action=order.action,
            time=self.clock.now(),
        )
        self.trades.append(trade)
        self._move(native, size if rises(order) else -size, price)
        self.cash -= fee
        self.fees[native] = self.fees.get(native, ZERO) + fee
        filled = order.filled + size
        money = (order.filled_notional or ZERO) + own * size
        remaining = None if order.remaining is None else order.remaining - size
        self.tell("trade", trade)
        self.tell("fill", fill)
        self.tell("position", native)
        return order.model_copy(
            update={
                "filled": filled,
                "remaining": remaining,
                "filled_notional": money,
                "average_price": money / filled,
                "fees": order.fees + fee,
            }
        )

    def _move(self, native: str, change: Decimal, price: Decimal) -> None:
        held, cost = self.held.get(native, ZERO), self.cost.get(native, ZERO)
        closing = min(abs(held), abs(change)) if held * change < 0 else ZERO
        if closing:
            part = cost * closing / abs(held)
            paid = closing * (price if held > 0 else ONE - price)
            self.cash += paid
            self.realized[native] = self.realized.get(native, ZERO) + paid - part
            cost -= part
        opening = abs(change) - closing
        paid = opening * (price if change > 0 else ONE - price)
        self.cash -= paid
        self.held[native], self.cost[native] = held + change, cost + paid

    def reserved(self) -> Decimal:
        working = (one for one in self.orders.values() if not one.is_terminal and one.status != "pending")
        return sum((self.worst(order) for order in working), ZERO)

    def worst(self, order: Order) -> Decimal:
        """What the order may still cost, fees excluded."""
        left = order.remaining if order.remaining is not None else (order.notional or ZERO) / order.price
        held = self.held.get(order.market_ref.native, ZERO)
        has = held if order.outcome is YES else -held
        if order.action is BUY:
            return order.price * left
        return ZERO if has >= left else (ONE - order.price) * left


def rises(order: Order) -> bool:
    """Whether the order is a bid of the YES book."""
    return (order.outcome is YES) is (order.action is BUY)


def yes_price(order: Order) -> Decimal:
    return order.price if order.outcome is YES else ONE - order.price
