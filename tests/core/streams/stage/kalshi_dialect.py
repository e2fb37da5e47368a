"""The client's side of a venue that numbers its messages per subscription."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from pmi_core.books import Place, Sequence
from pmi_core.errors import NotFound, UnexpectedAnswer, VenueError
from pmi_core.identifiers import MarketRef
from pmi_core.models import Action, Channel, OutcomeSide, Trade, TradeUpdate
from pmi_core.transport.socket import Topic

CHANNELS = {Channel.BOOK: "orderbook_delta", Channel.TRADE: "trade"}
TRADED = datetime(2026, 1, 5, tzinfo=UTC)


class DeltaBody(msgspec.Struct, gc=False):
    market_ticker: str
    price_dollars: str
    delta_fp: str
    side: Literal["yes", "no"]


class Delta(msgspec.Struct, gc=False, tag="orderbook_delta"):
    sid: int
    seq: int
    msg: DeltaBody


class SnapshotBody(msgspec.Struct):
    market_ticker: str
    yes_dollars_fp: list[tuple[str, str]] = []
    no_dollars_fp: list[tuple[str, str]] = []


class Snapshot(msgspec.Struct, tag="orderbook_snapshot"):
    sid: int
    seq: int
    msg: SnapshotBody


class TradeBody(msgspec.Struct):
    market_ticker: str
    trade_id: str


class TradeFrame(msgspec.Struct, tag="trade"):
    sid: int
    seq: int
    msg: TradeBody


class SubscribedBody(msgspec.Struct):
    channel: str
    sid: int


class Subscribed(msgspec.Struct, tag="subscribed"):
    id: int
    msg: SubscribedBody


class Ok(msgspec.Struct, tag="ok"):
    sid: int = 0
    seq: int = 0


class ErrorBody(msgspec.Struct):
    code: int
    msg: str = ""
    market_tickers: list[str] = []


class Error(msgspec.Struct, tag="error"):
    msg: ErrorBody


read_frame = msgspec.json.Decoder(Delta | Snapshot | TradeFrame | Subscribed | Ok | Error).decode


class KalshiDialect:
    def __init__(self, ears, feed):
        self.ears = ears
        self.feed = feed
        self.ids = 0
        self.asked = {}  # command id -> topics
        self.topics = {Channel.BOOK: {}, Channel.TRADE: {}}
        self.sids = {}
        self.sequences = {}
        self.lately = Place.NEXT
        self.ever = set()

    def _command(self, cmd, **params):
        self.ids += 1
        return json.dumps({"id": self.ids, "cmd": cmd, "params": params})

    def opening(self):
        return ()

    def subscribe(self, topics):
        for channel, word in CHANNELS.items():
            mine = [topic for topic in topics if topic.channel is channel]
            self.topics[channel].update({topic.market: topic for topic in mine})
            if mine:
                tickers = [topic.market for topic in mine]
                self.ever.update(tickers)
                yield self._command("subscribe", channels=[word], market_tickers=tickers)
                self.asked[self.ids] = mine

    def unsubscribe(self, topics):
        yield from self._update(topics, "delete_markets")
        for topic in topics:
            del self.topics[topic.channel][topic.market]

    def resync(self, topics):
        books = [topic for topic in topics if topic.channel is Channel.BOOK]
        if Channel.BOOK in self.sids and books:
            yield from self._update(books, "get_snapshot")
            topics = [topic for topic in topics if topic.channel is not Channel.BOOK]
        yield from self.subscribe(topics)

    def _update(self, topics, action):
        for channel, sid in list(self.sids.items()):
            tickers = [topic.market for topic in topics if topic.channel is channel]
            if tickers:
                yield self._command("update_subscription", sids=[sid], action=action, market_tickers=tickers)

    def probe(self, topics):
        one = next((topic for topic in topics if topic.channel is Channel.BOOK), None)
        return self.resync([one]) if one else [self._command("list_subscriptions")]

    def heartbeat(self):
        return None

    def closed(self, code, reason):
        return None

    def read(self, frame):
        message = read_frame(frame)
        kind = type(message)
        if kind is Delta:
            sequence = self.sequences.get(message.sid)
            if sequence is not None and message.seq == sequence.last + 1:
                sequence.last += 1  # as nearly always
                self._delta(message)
            elif self._in_order(Channel.BOOK, message):
                self._delta(message)
        elif kind is Snapshot:
            self._snapshot(message)
        elif kind is TradeFrame:
            newest = self._in_order(Channel.TRADE, message) or (
                self.lately is Place.GAP and self.sequences[message.sid].is_newest(message.seq)
            )
            if newest:
                self._trade(message.msg)
        else:
            self._reply(message)

    def _delta(self, message):
        body = message.msg
        book = self.feed.books.get(body.market_ticker)
        if book is None:
            self._asked_for(body.market_ticker)
            return
        scale = book.scale
        is_bid = body.side == "yes"
        price = (scale.ticks if is_bid else scale.mirrored)(body.price_dollars)
        by = scale.units(body.delta_fp)
        wrong = book.apply(is_bid, price, by, self.ears.received, message.seq, adds=True)
        if wrong is not None:
            self.ears.gap([self.topics[Channel.BOOK][body.market_ticker]], wrong)

    def _reply(self, message):
        kind = type(message)
        if kind is Subscribed:
            channel = next(one for one, word in CHANNELS.items() if word == message.msg.channel)
            self.sids[channel] = message.msg.sid
            asked = self.asked.pop(message.id, [])
            self.ears.answered(topic for topic in asked if topic.channel is not Channel.BOOK)
        elif kind is Ok:
            for channel, sid in self.sids.items():
                if sid == message.sid and message.seq:
                    self._in_order(channel, message)
        elif message.msg.market_tickers:
            names = message.msg.market_tickers
            topics = [some[name] for some in self.topics.values() for name in names if name in some]
            self.ears.refused(topics, NotFound(f"the venue knows no market {', '.join(names)}"))
        else:
            raise VenueError(message.msg.msg, code=str(message.msg.code))

    def _in_order(self, channel, message):
        sequence = self.sequences.get(message.sid)
        if sequence is None:
            sequence = self.sequences[message.sid] = Sequence()
            self.sids[channel] = message.sid
        place = self.lately = sequence.take(message.seq)
        if place is Place.GAP:
            topics = list(self.topics[channel].values())
            self.ears.gap(topics, f"message {message.seq} is not the one expected")
            if channel is Channel.TRADE:
                self.ears.answered(topics)  # what is lost cannot be had again here; the rest goes on
        return place is Place.NEXT

    def _snapshot(self, message):
        in_order = self._in_order(Channel.BOOK, message)
        body = message.msg
        book = self.feed.books.get(body.market_ticker)
        topic = self.topics[Channel.BOOK].get(body.market_ticker)
        if (
            book is None
            or topic is None
            or (not in_order and not self.sequences[message.sid].is_newest(message.seq))
        ):
            if book is None and topic is not None:
                self.ears.answered([topic])  # whoever asked for it has left
            return
        scale = book.scale
        book.replace(
            [(scale.ticks(p), scale.units(q)) for p, q in body.yes_dollars_fp],
            [(scale.mirrored(p), scale.units(q)) for p, q in body.no_dollars_fp],
        )
        wrong = book.commit(self.ears.received, sequence=message.seq)
        if wrong is None:
            self.ears.answered([topic])
        else:
            self.ears.gap([topic], wrong)

    def _asked_for(self, ticker):
        """A market that was never asked for is a market whose name was garbled, and whose update is lost."""
        if ticker not in self.ever:
            raise UnexpectedAnswer("the venue speaks of a market that was not asked for")

    def _trade(self, body):
        self._asked_for(body.market_ticker)
        trade = Trade(
            trade_id=body.trade_id,
            market_ref=MarketRef.make("here", body.market_ticker),
            price=Decimal("0.5"),
            size=Decimal(1),
            taker_outcome=OutcomeSide.YES,
            taker_action=Action.BUY,
            time=TRADED,
        )
        self.feed.publish(
            Topic(Channel.TRADE, body.market_ticker),
            TradeUpdate(trade=trade, received_time=self.ears.received),
        )
