"""What is known of the watched markets, and whether it can be relied on."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pmi_core.identifiers import MarketRef
    from pmi_core.models import Fill, Order, OrderBook, Trade, Update

__all__ = ["Board", "Watched"]

_KEPT = 200


@dataclass(slots=True)
class Watched:
    """One market."""

    ref: MarketRef
    title: str = ""
    state: str = "connecting"
    """Of the connection; a book is to be relied on only while this is ``live``."""
    reason: str | None = None
    book: OrderBook | None = None
    is_current: bool = False
    """Whether the book came after the connection was last lost."""
    trades: deque[Trade] = field(default_factory=lambda: deque(maxlen=_KEPT))
    """Newest first."""
    fills: deque[Fill] = field(default_factory=lambda: deque(maxlen=_KEPT))
    orders: dict[str, Order] = field(default_factory=dict)
    """Own ones that still work, by ref."""

    @property
    def is_live(self) -> bool:
        """Whether the book shows what the venue said last."""
        return self.state == "live" and self.book is not None and self.is_current


class Board:
    """Takes updates; ``version`` grows with each, so that a view knows when to draw."""

    def __init__(self, refs: Iterable[MarketRef]) -> None:
        self.markets = {ref: Watched(ref) for ref in refs}
        self.version = 0

    def hear(self, venue: str, update: Update) -> None:
        """Take what a venue said."""
        self.version += 1
        if update.type == "connection":
            refs = [ref.market for ref in update.market_refs]
            self.stand(venue, update.state.value, update.reason, refs)
        elif update.type == "book":
            if (market := self.markets.get(update.market_ref.market)) is not None:
                market.book, market.is_current = update.book, True
                # A whole book is proof enough, also while other markets of the subscription lack theirs.
                market.state, market.reason = "live", None
        elif update.type == "trade":
            if (market := self.markets.get(update.trade.market_ref.market)) is not None:
                market.trades.appendleft(update.trade)
        elif update.type == "fill":
            if (market := self.markets.get(update.fill.market_ref.market)) is not None:
                market.fills.appendleft(update.fill)
        elif update.type == "order":
            self.order(update.order)

    def remember(self, ref: MarketRef, past: Iterable[Trade]) -> None:
        """Take trades of before, newest first, under those that came meanwhile."""
        self.version += 1
        trades = self.markets[ref].trades
        known = {trade.trade_id for trade in trades}
        older = (trade for trade in past if trade.trade_id not in known)
        trades.extend(islice(older, _KEPT - len(trades)))  # a full deque would drop the newest

    def order(self, order: Order) -> None:
        """Take an own order as it is now."""
        self.version += 1
        market = self.markets.get(order.market_ref.market)
        name = order.ref or order.client_order_id
        if market is None or name is None:
            return
        if order.is_terminal:
            market.orders.pop(name, None)
        else:
            market.orders[name] = order

    def stand(self, venue: str, state: str, reason: str | None, refs: Iterable[MarketRef] = ()) -> None:
        """Take how the connection to a venue stands, for some of its markets or all."""
        self.version += 1
        concerned = set(refs)
        for ref, market in self.markets.items():
            if ref.venue == venue and (not concerned or ref in concerned):
                market.state, market.reason = state, reason
                market.is_current = market.is_current and state == "live"
