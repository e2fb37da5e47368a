"""The whole state as plain comparable data."""

from __future__ import annotations

from typing import Any

from pmi_core.exchange.account import Account
from pmi_core.exchange.book import Book
from pmi_core.exchange.lookups import (
    group_view,
    market_view,
    order_view,
    position_view,
    quote_view,
    rfq_view,
)
from pmi_core.exchange.market import Market
from pmi_core.exchange.state import State

__all__ = ["snapshot"]


def snapshot(state: State) -> dict[str, Any]:
    """Everything that later commands or reads depend on."""
    ledger = state.ledger
    return {
        "seq": state.log.seq,
        "now": state.now,
        "counts": dict(state.counts),
        "accounts": {name: _account(account) for name, account in state.accounts.items()},
        "events": dict(state.events),
        "markets": {name: _market(market, state.books[name]) for name, market in state.markets.items()},
        "collections": dict(state.collections),
        "combos": dict(state.combos),
        "orders": {
            name: (order_view(order), order.place, order.carried) for name, order in state.orders.items()
        },
        "groups": {name: group_view(group, state.now) for name, group in state.groups.items()},
        "rfqs": {name: rfq_view(rfq) for name, rfq in state.rfqs.items()},
        "quotes": {name: quote_view(quote) for name, quote in state.quotes.items()},
        "terminal": [order.id for order in state.terminal],
        "ledger": [
            {currency: money for currency, money in table.items() if money}
            for table in (ledger.outside, ledger.fees, ledger.voided)
        ],
    }


def _account(account: Account) -> dict[str, Any]:
    return {
        "purses": {code: (purse.cash, purse.reserved) for code, purse in account.purses.items()},
        "positions": {
            name: (position_view(holding), tuple(holding.need), holding.reducing)
            for name, holding in account.holdings.items()
        },
        "client_ids": dict(account.client_ids),
        "fills": [(trade, order.id) for trade, order in account.fills],
        "settlements": list(account.settlements),
        "open_rfqs": account.open_rfqs,
    }


def _market(market: Market, book: Book) -> dict[str, Any]:
    return {
        "view": market_view(market, book),
        "clearing": market.clearing,
        "sequence": market.sequence,
        "trades": list(market.trades),
        "sold": market.curve.sold if market.curve is not None else None,
        "settle_at": market.settle_at,
        "combos": list(market.combos),
        "book": [
            [(level.price, level.size, [order.id for order in level]) for level in side] for side in book
        ],
    }
