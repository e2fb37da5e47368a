"""What is known of the watched markets, and whether it can be relied on."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from datetime import datetime

    from pmi_core.identifiers import MarketRef
    from pmi_core.models import Fill, Order, OrderBook, Trade, Update
    from pmi_mcp.terminal.live.past import Past

__all__ = ["Board", "Feed", "Watched"]

_KEPT = 200
_WORST = ("closed", "ended", "gap", "connecting", "pause", "stale", "resyncing", "awaited", "live")

Happened = TypeVar("Happened", "Trade", "Fill")


@dataclass(slots=True)
class Feed:
    """How one subscription stands for a market."""

    state: str = "connecting"
    reason: str | None = None
    is_current: bool = False
    """Whether what is shown is from after the last loss."""
    turn: int = 0
    """Grows whenever it stands anew: what was asked for in an earlier turn proves nothing."""

    @property
    def word(self) -> str:
        """Its state; ``awaited`` where the connection is live and what is shown is not yet."""
        return "awaited" if self.state == "live" and not self.is_current else self.state

    @property
    def is_live(self) -> bool:
        """Whether what is shown can be relied on."""
        return self.word == "live"

    def stand(self, state: str, reason: str | None) -> None:
        """Take a new state."""
        self.state, self.reason = state, reason
        self.is_current = self.is_current and state == "live"
        self.turn += 1


@dataclass(slots=True)
class Watched:
    """One market."""

    ref: MarketRef
    title: str = ""
    has_account: bool = False
    """Whether own orders and fills are heard of."""
    of_book: Feed = field(default_factory=Feed)
    of_events: Feed = field(default_factory=Feed)
    """Of trades and, where there is an account, of own orders and fills."""
    book: OrderBook | None = None
    trades: deque[Trade] = field(default_factory=lambda: deque(maxlen=_KEPT))
    """Newest first."""
    fills: deque[Fill] = field(default_factory=lambda: deque(maxlen=_KEPT))
    """Newest first."""
    orders: dict[str, Order] = field(default_factory=dict)
    """Own ones that still work, by ref."""
    heard: dict[str, Order] = field(default_factory=dict)
    """Own ones as they were last heard of in this turn of the events, by ref."""

    @property
    def worst(self) -> tuple[str, str | None, str | None]:
        """The state that is furthest from live, its reason, and which part it concerns if not all."""
        book, events = self.of_book, self.of_events
        feed = min(book, events, key=lambda feed: _WORST.index(feed.word))
        if book.word == events.word:
            return feed.word, book.reason or events.reason, None
        named = "trades, own orders" if self.has_account else "trades"
        return feed.word, feed.reason, "book" if feed is book else named

    def put(self, order: Order) -> None:
        """Take an own order as it is now."""
        if order.is_terminal:
            self.orders.pop(_name(order), None)
        else:
            self.orders[_name(order)] = order

    def copy(self) -> Watched:
        """The same as it is now, which nothing changes any more."""
        return replace(
            self,
            of_book=replace(self.of_book),
            of_events=replace(self.of_events),
            trades=deque(self.trades),
            fills=deque(self.fills),
            orders=dict(self.orders),
        )


class Board:
    """Takes updates of both subscriptions of a venue: that of books, and that of events."""

    def __init__(self, refs: Iterable[MarketRef], accounts: frozenset[str] = frozenset()) -> None:
        self.markets = {ref: Watched(ref, has_account=ref.venue in accounts) for ref in refs}

    def hear(self, venue: str, update: Update, *, of_books: bool) -> None:
        """Take what a venue said to one of the two."""
        if update.type == "connection":
            refs = [ref.market for ref in update.market_refs]
            self.stand(venue, update.state.value, update.reason, refs, of_books=of_books)
        elif update.type == "book":
            if (market := self.markets.get(update.market_ref.market)) is not None:
                market.book = update.book
                # A whole book is proof enough, also while other markets of the subscription lack theirs.
                market.of_book.stand("live", None)
                market.of_book.is_current = True
        elif update.type == "trade":
            if (market := self.markets.get(update.trade.market_ref.market)) is not None and all(
                trade.trade_id != update.trade.trade_id for trade in market.trades
            ):
                market.trades.appendleft(update.trade)
        elif update.type == "fill":
            if (market := self.markets.get(update.fill.market_ref.market)) is not None:
                _merge(market.fills, [update.fill], _fill_key)
        elif update.type == "fill_reversed":
            if (market := self.markets.get(update.fill.market_ref.market)) is not None:
                gone = _fill_key(update.fill)
                market.fills = deque((f for f in market.fills if _fill_key(f) != gone), maxlen=_KEPT)
        elif (
            update.type == "order"
            and (market := self.markets.get(update.order.market_ref.market)) is not None
        ):
            market.heard[_name(update.order)] = update.order
            market.put(update.order)

    def take(self, ref: MarketRef, past: Past, turn: int) -> None:
        """Take what was read of a market, asked for in this turn of its events."""
        market = self.markets[ref]
        if past.trades is not None:
            self.remember(ref, past.trades, is_all=past.has_all_trades)
        if past.fills is not None:
            _merge(market.fills, past.fills, _fill_key)
        if past.orders is not None:
            market.orders = {}
            # What was heard meanwhile may be newer; where it is older, its successor is on the way.
            for order in (*past.orders, *market.heard.values()):
                market.put(order)
        if market.of_events.turn == turn and market.of_events.state == "live":
            market.of_events.is_current = past.failure is None
            market.of_events.reason = past.failure

    def remember(self, ref: MarketRef, past: Iterable[Trade], *, is_all: bool = True) -> None:
        """Take trades that were read, newest first; ``is_all`` says that there are none before them."""
        read, kept = list(past), self.markets[ref].trades
        known = {trade.trade_id for trade in kept}
        if read and not is_all and not any(trade.trade_id in known for trade in read):
            # Between these and the ones of before some are missing, which a list cannot show.
            beginning = min(trade.time for trade in read)
            for trade in [trade for trade in kept if trade.time < beginning]:
                kept.remove(trade)
        _merge(kept, read, lambda trade: trade.trade_id)

    def stand(
        self, venue: str, state: str, reason: str | None, refs: Iterable[MarketRef] = (), *, of_books: bool
    ) -> None:
        """Take how a subscription at a venue stands, for some of its markets or all."""
        concerned = set(refs)
        for ref, market in self.markets.items():
            if ref.venue == venue and (not concerned or ref in concerned):
                if of_books:
                    market.of_book.stand(state, reason)
                elif state != "live" or market.of_events.state != "live":
                    market.of_events.stand(state, reason)
                    market.heard = {}


def _name(order: Order) -> str:
    return str(order.ref or order.client_order_id)


def _fill_key(fill: Fill) -> Hashable:
    return fill.order_ref, fill.trade_id


def _merge(kept: deque[Happened], more: Iterable[Happened], key: Callable[[Happened], Hashable]) -> None:
    """Put more among those that are kept, newest first, each once; the oldest make room."""
    found: dict[Hashable, Happened] = {key(one): one for one in kept}
    found.update((key(one), one) for one in more)

    def moment(one: Happened) -> datetime:
        return one.time

    newest = sorted(found.values(), key=moment, reverse=True)[:_KEPT]
    kept.clear()
    kept.extend(newest)
