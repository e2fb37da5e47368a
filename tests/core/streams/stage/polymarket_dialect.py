"""The client's side of a venue without numbers; the second token of a market is left to be derived."""

from __future__ import annotations

import json
from typing import Literal

import msgspec

from stage.polymarket_shaped import hashed


class Quoted(msgspec.Struct, gc=False):
    price: str
    size: str


class Entry(msgspec.Struct, gc=False):
    asset_id: str
    price: str
    size: str
    side: Literal["BUY", "SELL"]
    best_bid: str = ""
    best_ask: str = ""


class HashedEntry(Entry, gc=False):
    hash: str = ""


class Changes(msgspec.Struct, gc=False, tag_field="event_type", tag="price_change"):
    price_changes: list[Entry]
    timestamp: str


class HashedChanges(msgspec.Struct, gc=False, tag_field="event_type", tag="price_change"):
    price_changes: list[HashedEntry]
    timestamp: str


class Book(msgspec.Struct, tag_field="event_type", tag="book"):
    asset_id: str
    timestamp: str
    hash: str = ""
    bids: list[Quoted] = []
    asks: list[Quoted] = []


class Kept:
    """A token whose book came."""

    __slots__ = ("book", "newest", "topic")

    def __init__(self, book, topic, newest):
        self.book = book
        self.topic = topic
        self.newest = newest  # the newest time stamp seen


class PolymarketDialect:
    def __init__(self, ears, feed, *, whole_hash=True):
        self.ears = ears
        self.feed = feed
        self.whole_hash = whole_hash
        self.begun = False
        self.topics = {}
        self.kept = {}
        changes = HashedChanges if whole_hash else Changes
        one = changes | Book
        self.read_changes = msgspec.json.Decoder(changes).decode  # as nearly all are, and a little quicker
        self.read_one = msgspec.json.Decoder(one).decode
        self.read_many = msgspec.json.Decoder(list[one]).decode

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
        try:
            message = self.read_changes(frame)
        except msgspec.DecodeError:
            self._read_other(frame)
        else:
            self._change(message)

    def _read_other(self, frame):
        if frame == b"PONG":
            self.ears.pong()
            return
        for message in self.read_many(frame) if frame[:1] == b"[" else [self.read_one(frame)]:
            if type(message) is Book:
                self._book(message)
            else:
                self._change(message)

    def _change(self, message):
        stamp, received = message.timestamp, self.ears.received
        for entry in message.price_changes:
            kept = self.kept.get(entry.asset_id)
            if kept is None:
                continue
            book = kept.book
            if stamp < kept.newest:  # as many digits in every stamp
                book.doubt("an older message came late, and may have undone a newer one")
            else:
                kept.newest = stamp
            scale = book.scale
            buys = entry.side == "BUY"
            price, size = scale.ticks(entry.price), scale.units(entry.size)
            if self.whole_hash:
                book.put(buys, price, size)
                if book.is_live and entry.hash != hashed(book.bids, book.asks):
                    book.doubt("the book is not the one whose hash the venue states")
            wrong = book.apply(
                buys,
                price,
                size,
                received,
                None,
                None,
                scale.best_bid(entry.best_bid),
                scale.best_ask(entry.best_ask),
            )
            if wrong is not None:
                self.ears.gap([kept.topic], wrong)

    def _book(self, message):
        asset, stamp = message.asset_id, message.timestamp
        book, topic, kept = self.feed.books.get(asset), self.topics.get(asset), self.kept.get(asset)
        if book is None or topic is None or (kept is not None and stamp < kept.newest):
            if book is None and topic is not None:
                self.ears.answered([topic])  # whoever asked for it has left
            return
        self.kept[asset] = Kept(book, topic, stamp)
        scale = book.scale
        book.replace(
            [(scale.ticks(one.price), scale.units(one.size)) for one in message.bids],
            [(scale.ticks(one.price), scale.units(one.size)) for one in message.asks],
        )
        if self.whole_hash and message.hash != hashed(book.bids, book.asks):
            book.doubt("the snapshot is not the one whose hash the venue states")
        wrong = book.commit(self.ears.received)
        if wrong is None:
            self.ears.answered([topic])
        else:
            self.ears.gap([topic], wrong)
