"""Everything that stands, in one place; the rooms of the exchange share it."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

from pmi_core.errors import NotFound
from pmi_core.exchange.account import Account
from pmi_core.exchange.book import Book, Level, Side
from pmi_core.exchange.events import GroupChange, GroupChanged, LevelChanged
from pmi_core.exchange.group import Group
from pmi_core.exchange.holding import Holding
from pmi_core.exchange.ledger import Ledger
from pmi_core.exchange.log import Log
from pmi_core.exchange.lookups import fill_view, order_view
from pmi_core.exchange.market import Market
from pmi_core.exchange.order import Order
from pmi_core.exchange.quotes import Quote, Rfq
from pmi_core.exchange.sides import ASK, BID
from pmi_core.exchange.specs import CollectionSpec, EventSpec, ExchangeSettings
from pmi_core.exchange.timers import TimerKind, Timers
from pmi_core.exchange.units import from_units
from pmi_core.exchange.views import Drained
from pmi_core.models.quote import QuoteStatus, RfqStatus

__all__ = ["State"]

_OVER = (QuoteStatus.EXECUTED, QuoteStatus.CANCELED)


class State:
    """Tables by id, the ledger, the log and what is due."""

    def __init__(self, settings: ExchangeSettings) -> None:
        self.settings = settings
        self.now = datetime.min.replace(tzinfo=UTC)
        self.log = Log(settings.retention.events)
        self.timers = Timers()
        self.ledger = Ledger()
        self.accounts: dict[str, Account] = {}
        self.events: dict[str, EventSpec] = {}
        self.event_markets: dict[str, list[str]] = {}
        self.markets: dict[str, Market] = {}
        self.books: dict[str, Book] = {}
        self.holders: dict[str, dict[str, Holding]] = {}
        """What is held in each market, by account."""
        self.collections: dict[str, CollectionSpec] = {}
        self.combos: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
        """Market ids by collection and legs."""
        self.orders: dict[str, Order] = {}
        self.groups: dict[str, Group] = {}
        self.rfqs: dict[str, Rfq] = {}
        self.quotes: dict[str, Quote] = {}
        self.terminal: deque[Order] = deque()
        self.dropped_ids: deque[tuple[Account, str]] = deque()
        self.counts = {"order": 0, "trade": 0, "group": 0, "rfq": 0, "quote": 0, "place": 0}

    def count(self, what: str) -> int:
        """The next number of a kind."""
        number = self.counts[what] + 1
        self.counts[what] = number
        return number

    def account(self, name: str) -> Account:
        """Find an account.

        Raises:
            NotFound: nobody opened it.
        """
        account = self.accounts.get(name)
        if account is None:
            raise NotFound(f"there is no account {name!r}", hint="open it first", code="account")
        return account

    def market(self, market_id: str) -> Market:
        """Find a market.

        Raises:
            NotFound: it is not listed.
        """
        market = self.markets.get(market_id)
        if market is None:
            raise NotFound(f"there is no market {market_id!r}", code="market")
        return market

    def order(self, account: str, order_id: str) -> Order:
        """Find an account's order; other accounts' orders are as good as absent.

        Raises:
            NotFound: the account has no such order.
        """
        order = self.orders.get(order_id)
        if order is None or order.account != account:
            raise NotFound(f"account {account!r} has no order {order_id!r}", code="order")
        return order

    def group(self, account: str, group_id: str) -> Group:
        """Find an account's order group.

        Raises:
            NotFound: the account has no such group.
        """
        group = self.groups.get(group_id)
        if group is None or group.account != account:
            raise NotFound(f"account {account!r} has no order group {group_id!r}", code="group")
        return group

    def list_market(self, market: Market) -> None:
        """Take in a market with an empty book, of which nobody holds anything."""
        self.markets[market.id] = market
        self.books[market.id] = (Side(BID), Side(ASK))
        self.holders[market.id] = {}

    def attach(self, holding: Holding) -> None:
        """Take in what an account is about to hold in a market, where it held nothing ever before."""
        market = holding.market
        account = self.accounts[holding.account]
        holding.purse = account.purses.setdefault(market.currency, holding.purse)
        account.holdings[market.id] = self.holders[market.id][account.id] = holding

    def note_level(self, market: Market, side: int, level: Level, delta: int) -> None:
        """Tell that a level's total has changed by ``delta``."""
        market.sequence = self.log.emit(
            LevelChanged,
            market.id,
            "ask" if side else "bid",
            from_units(level.price),
            from_units(level.size),
            from_units(delta),
        )

    def note_group(self, group: Group, change: GroupChange) -> None:
        """Tell what has become of a group."""
        self.log.emit(GroupChanged, group.id, group.account, change, from_units(group.limit))

    def retire(self, order: Order) -> None:
        """An order became terminal: it stays readable as long as retention says."""
        if order.expires_at is not None:
            self.timers.lapse(order.id)
        terminal = self.terminal
        terminal.append(order)
        bound = self.settings.retention.orders
        if bound is not None and len(terminal) > bound:
            self.forget(terminal.popleft())

    def forget(self, order: Order) -> None:
        """Drop a terminal order; its client order id stays used."""
        account = self.accounts[order.account]
        del self.orders[order.id]
        del account.orders[order.id]
        bound = self.settings.retention.client_ids
        if bound is not None:
            ids = self.dropped_ids
            ids.append((account, order.client_id))
            if len(ids) > bound:
                oldest, client_id = ids.popleft()
                oldest.client_ids.pop(client_id, None)

    def schedule(self, moment: datetime | None, kind: TimerKind, key: str) -> None:
        """Look at ``key`` at ``moment``, where there is one."""
        if moment is not None:
            self.timers.add(moment, kind, key)

    def drain(self) -> Drained:
        """Hand out and forget what is over."""
        orders = []
        while self.terminal:
            order = self.terminal.popleft()
            orders.append(order_view(order))
            self.forget(order)
        fills = [fill_view(*fill) for account in self.accounts.values() for fill in account.fills]
        trades = [trade for market in self.markets.values() for trade in market.trades]
        for account in self.accounts.values():
            account.fills.clear()
        for market in self.markets.values():
            market.trades.clear()
        self._forget_requests()
        return Drained(
            self.log.drain(),
            tuple(orders),
            tuple(sorted(fills, key=lambda fill: fill.seq)),
            tuple(sorted(trades, key=lambda trade: trade.seq)),
        )

    def _forget_requests(self) -> None:
        """Closed requests go with their quotes, once none of those can still be executed."""
        for rfq in list(self.rfqs.values()):
            over = all(quote.status in _OVER for quote in rfq.quotes)
            if rfq.status is RfqStatus.CLOSED and over:
                del self.rfqs[rfq.id]
                for quote in rfq.quotes:
                    del self.quotes[quote.id]
