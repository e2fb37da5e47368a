"""What messages tell, handed to whoever listens."""

from __future__ import annotations

from datetime import datetime
from typing import Final, cast

from pmi_core.identifiers import MarketRef
from pmi_core.models import Channel, FillUpdate, OrderUpdate, PositionUpdate, TradeUpdate, Update
from pmi_core.streams import Feed
from pmi_core.transport.socket import Topic
from pmi_provider_kalshi.memory import OrderMemory
from pmi_provider_kalshi.native.notices import Notified
from pmi_provider_kalshi.streaming.channels import Notice, notice_topic
from pmi_provider_kalshi.streaming.labels import LabelBook
from pmi_provider_kalshi.translate import frames as translate
from pmi_provider_kalshi.wire import frames as wire

__all__ = ["Teller"]

_ORDERS: Final = Topic(Channel.ORDER)
_FILLS: Final = Topic(Channel.FILL)
_POSITIONS: Final = Topic(Channel.POSITION)


class Teller:
    """Translates messages and publishes them; everything raises UnexpectedAnswer where a value makes no sense.

    Args:
        feed: to whom updates are told.
        memory: the words in which this program's orders were given.
        labels: what the outcomes of markets are called.
        subaccount: whose affairs are told; None for all that the key may see.
        venue: the configured venue's name.
    """

    def __init__(
        self, feed: Feed, memory: OrderMemory, labels: LabelBook, subaccount: int | None, venue: str
    ) -> None:
        self.feed = feed
        self._memory = memory
        self._labels = labels
        self._subaccount = subaccount
        self._venue = venue

    def trade(self, row: wire.Trade, received: datetime) -> None:
        """Tell a public trade."""
        update = TradeUpdate(trade=translate.trade(row, self._venue), received_time=received)
        self.feed.publish(Topic(Channel.TRADE, row.market_ticker), update)

    def ticker(self, row: wire.Ticker, received: datetime) -> None:
        """Tell prices of a market."""
        ref = MarketRef.make(self._venue, row.market_ticker)
        labels = self._labels.of(row.market_ticker)
        update = translate.ticker(row, labels, ref, received, self._venue)
        self.feed.publish(Topic(Channel.TICKER, row.market_ticker), update)

    def order(self, row: wire.Order, received: datetime) -> None:
        """Tell an order as it stands, in the words in which it was given."""
        if not self._concerns(row.subaccount_number):
            return
        heard = self._memory.heard(translate.order_heard(row, self._venue), row.subaccount_number)
        self.feed.publish(_ORDERS, OrderUpdate(order=heard, received_time=received))

    def fill(self, row: wire.Fill, received: datetime) -> None:
        """Tell an execution, in the words in which its order was given."""
        if not self._concerns(row.subaccount):
            return
        heard = self._memory.fill(translate.fill(row, self._venue))
        self.feed.publish(_FILLS, FillUpdate(fill=heard, received_time=received))

    def position(self, row: wire.Position, received: datetime) -> None:
        """Tell what is held of a market."""
        if not self._concerns(row.subaccount):
            return
        update = PositionUpdate(
            position=translate.position(row, received, self._venue), received_time=received
        )
        self.feed.publish(_POSITIONS, update)

    def lifecycle(self, row: wire.Lifecycle, received: datetime) -> None:
        """Tell what happened to a market, where neutral words have a name for it."""
        if row.event_type == "metadata_updated" and row.yes_sub_title:
            self._labels.rename(row.market_ticker, row.yes_sub_title)
        kind = translate.kind_of(row.event_type)
        if kind is None:
            return
        update = translate.lifecycle(row, kind, received, self._venue)
        self.feed.publish(Topic(Channel.LIFECYCLE, row.market_ticker), update)

    def notice(self, kind: Notice, told: Notified) -> None:
        """Tell what no neutral channel has a word for."""
        if self._concerns(getattr(told, "subaccount", None)):
            self.feed.publish(notice_topic(kind), cast("Update", told))

    def _concerns(self, subaccount: int | None) -> bool:
        return self._subaccount is None or subaccount is None or subaccount == self._subaccount
