"""The embedded exchange: a whole prediction-market venue in memory, pure and deterministic.

It matches by price and time in one book per two-outcome market, or trades against a curve; it keeps
a double-entry ledger, charges fees, runs order groups, requests for quotes, combos and the life of
markets from opening to settlement.  Commands carry their time; there is no clock, input or output.

Commands are in ``pmi_core.exchange.commands``, events in ``events``, what reads answer in ``views``.
"""

from pmi_core.exchange import commands, events, views
from pmi_core.exchange.exchange import Exchange, Listener
from pmi_core.exchange.journal import from_json, from_json_lines, to_json, to_json_lines
from pmi_core.exchange.ledger import LedgerBroken
from pmi_core.exchange.specs import (
    CollectionSpec,
    EventSpec,
    ExchangeSettings,
    MarketSpec,
    PoolSpec,
    Retention,
)

__all__ = [
    "CollectionSpec",
    "EventSpec",
    "Exchange",
    "ExchangeSettings",
    "LedgerBroken",
    "Listener",
    "MarketSpec",
    "PoolSpec",
    "Retention",
    "commands",
    "events",
    "from_json",
    "from_json_lines",
    "to_json",
    "to_json_lines",
    "views",
]
