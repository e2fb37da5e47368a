"""The client's side of a venue without numbers."""

from __future__ import annotations

import json
from collections import Counter

import msgspec

from pmi_core.transport.codec import decode
from stage.polymarket_shaped import hashed


class Quoted(msgspec.Struct, gc=False):
    price: str
    size: str


class Entry(msgspec.Struct, gc=False):
    asset_id: str
    price: str
    size: str
    side: str
    hash: str = ""
    best_bid: str = ""
    best_ask: str = ""


class Message(msgspec.Struct, gc=False):
    event_type: str
    timestamp: str = "0"
    asset_id: str = ""
    hash: str = ""
    bids: list[Quoted] = []
    asks: list[Quoted] = []
    price_changes: list[Entry] = []


class PolymarketDialect:
    def __init__(self, ears, feed, *, whole_hash=True):
        self.ears = ears
        self.feed = feed
        self.whole_hash = whole_hash
        self.begun = False
        self.topics = {}
        self.newest = Counter()  # asset -> the newest time stamp seen

    def opening(self):
        return ()

    def _asking(self, operation, assets):
        if not self.begun:
            self.begun = True
            return json.dumps({"type": "market", "assets_ids": assets})
        return json.dumps({"operation": operation, "assets_ids": assets})

    def subscribe(self, topics):
        self.topics.update({topic.market: topic for topic in topics})
        return [self._asking("subscribe", [topic.market for topic in topics])]

    def unsubscribe(self, topics):
        for topic in topics:
            del self.topics[topic.market]
        return [self._asking("unsubscribe", [topic.market for topic in topics])]

    def resync(self, topics):
        assets = [topic.market for topic in topics]
        return [self._asking("unsubscribe", assets), self._asking("subscribe", assets)]

    def probe(self, topics):
        return self.resync([next(iter(topics))])

    def heartbeat(self):
        return "PING"

    def closed(self, code, reason):
        return None

    def read(self, frame):
        if frame == b"PONG":
            self.ears.pong()
            return
        for message in decode(list[Message], frame) if frame[:1] == b"[" else (decode(Message, frame),):
            if message.event_type == "price_change":
                stamp = int(message.timestamp)
                for entry in message.price_changes:
                    self._change(entry, stamp)
            elif message.event_type == "book":
                self._book(message)

    def _change(self, entry, stamp):
        book = self.feed.books.get(entry.asset_id)
        if book is None:
            return
        self.newest[entry.asset_id] = max(self.newest[entry.asset_id], stamp)
        scale = book.scale
        book.put(entry.side == "BUY", scale.ticks(entry.price), scale.units(entry.size))
        bid, ask = scale.ticks(entry.best_bid or "0"), scale.ticks(entry.best_ask or "1")
        book.expect(bid or None, ask if ask != scale.one else None)
        if self.whole_hash and book.is_live and entry.hash != hashed(book.bids, book.asks):
            book.doubt("the book is not the one whose hash the venue states")
        wrong = book.commit(self.feed.now())
        if wrong is not None:
            self.ears.gap([self.topics[entry.asset_id]], wrong)

    def _book(self, message):
        book = self.feed.books.get(message.asset_id)
        topic = self.topics.get(message.asset_id)
        stamp = int(message.timestamp)
        if book is None or topic is None or stamp < self.newest[message.asset_id]:
            return
        self.newest[message.asset_id] = stamp
        scale = book.scale
        book.replace(
            [(scale.ticks(one.price), scale.units(one.size)) for one in message.bids],
            [(scale.ticks(one.price), scale.units(one.size)) for one in message.asks],
        )
        if self.whole_hash and message.hash != hashed(book.bids, book.asks):
            book.doubt("the snapshot is not the one whose hash the venue states")
        wrong = book.commit(self.feed.now())
        if wrong is None:
            self.ears.answered([topic])
        else:
            self.ears.gap([topic], wrong)
