"""What a venue may be able to do: one small Protocol per capability.

The value of a :class:`Capability` is the name of the slot in
:class:`pmi_core.provider.Venue` that holds the part.  Every method takes refs of the configured
venue (``MarketRef`` or the same text) and raises only errors of :mod:`pmi_core.errors`.
"""

from __future__ import annotations

from enum import StrEnum

from pmi_core.capabilities.browsing import (
    EventReader,
    MarketReader,
    MarketSearcher,
    MilestoneReader,
    StatusReader,
)
from pmi_core.capabilities.negotiation import (
    ComboBuilder,
    QuoteTrader,
)
from pmi_core.capabilities.prices import (
    BookReader,
    CandleReader,
    QuotePricer,
    TradeReader,
)
from pmi_core.capabilities.stream import (
    UpdateStream,
)
from pmi_core.capabilities.trading import (
    AccountReader,
    BatchTrader,
    GroupKeeper,
    OrderAmender,
    OrderPlacer,
    QueueReader,
)

__all__ = [
    "PROTOCOLS",
    "AccountReader",
    "BatchTrader",
    "BookReader",
    "CandleReader",
    "Capability",
    "ComboBuilder",
    "EventReader",
    "GroupKeeper",
    "MarketReader",
    "MarketSearcher",
    "MilestoneReader",
    "OrderAmender",
    "OrderPlacer",
    "QueueReader",
    "QuotePricer",
    "QuoteTrader",
    "StatusReader",
    "TradeReader",
    "UpdateStream",
]


class Capability(StrEnum):
    """The slots of a venue."""

    STATUS = "status"
    MARKETS = "markets"
    EVENTS = "events"
    SEARCH = "search"
    BOOKS = "books"
    PRICING = "pricing"
    TRADES = "trades"
    CANDLES = "candles"
    MILESTONES = "milestones"
    ACCOUNT = "account"
    ORDERS = "orders"
    AMEND = "amend"
    BATCH = "batch"
    QUEUE = "queue"
    GROUPS = "groups"
    QUOTES = "quotes"
    COMBOS = "combos"
    STREAM = "stream"


PROTOCOLS: dict[Capability, type] = {
    Capability.STATUS: StatusReader,
    Capability.MARKETS: MarketReader,
    Capability.EVENTS: EventReader,
    Capability.SEARCH: MarketSearcher,
    Capability.BOOKS: BookReader,
    Capability.PRICING: QuotePricer,
    Capability.TRADES: TradeReader,
    Capability.CANDLES: CandleReader,
    Capability.MILESTONES: MilestoneReader,
    Capability.ACCOUNT: AccountReader,
    Capability.ORDERS: OrderPlacer,
    Capability.AMEND: OrderAmender,
    Capability.BATCH: BatchTrader,
    Capability.QUEUE: QueueReader,
    Capability.GROUPS: GroupKeeper,
    Capability.QUOTES: QuoteTrader,
    Capability.COMBOS: ComboBuilder,
    Capability.STREAM: UpdateStream,
}
"""Which Protocol the part in each slot keeps."""
