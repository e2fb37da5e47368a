"""The client's side of a venue without numbers."""

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
    timestamp: str
    price_changes: list[Entry]


class HashedChanges(msgspec.Struct, gc=False, tag_field="event_type", tag="price_change"):
    timestamp: str
    price_changes: list[HashedEntry]


class Book(msgspec.Struct, tag_field="event_type", tag="book"):
    asset_id: str
    timestamp: str
    hash: str = ""
    bids: list[Quoted] = []
    asks: list[Quoted] = []


class PolymarketDialect:
    def __init__(self, ears, feed, *, whole_hash=True):
        self.ears = ears
        self.feed = feed
        self.whole_hash = whole_hash
        self.begun = False
        self.topics = {}
        self.newest = {}  # asset -> the newest time stamp seen
        one = (HashedChanges if whole_hash else Changes) | Book
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
        if frame == b"PONG":
            self.ears.pong()
            return
        if frame[:1] == b"[":
            for message in self.read_many(frame):
                self._take(message)
        else:
            self._take(self.read_one(frame))

    def _take(self, message):
        if type(message) is Book:
            self._book(message)
            return
        stamp, books, newest = message.timestamp, self.feed.books, self.newest
        for entry in message.price_changes:
            asset = entry.asset_id
            book = books.get(asset)
            if book is None:
                continue
            before = newest.get(asset, "")
            if stamp > before:  # as many digits in every stamp
                newest[asset] = stamp
            elif stamp < before:
                book.doubt("an older message came late, and may have undone a newer one")
            scale = book.scale
            price, size = scale.ticks(entry.price), scale.units(entry.size)
            if self.whole_hash:
                book.put(entry.side == "BUY", price, size)
                if book.is_live and entry.hash != hashed(book.bids, book.asks):
                    book.doubt("the book is not the one whose hash the venue states")
            wrong = book.apply(
                entry.side == "BUY",
                price,
                size,
                self.ears.received,
                None,
                None,
                scale.best_bid(entry.best_bid),
                scale.best_ask(entry.best_ask),
            )
            if wrong is not None:
                self.ears.gap([self.topics[asset]], wrong)

    def _book(self, message):
        book = self.feed.books.get(message.asset_id)
        topic = self.topics.get(message.asset_id)
        stamp = message.timestamp
        if book is None or topic is None or stamp < self.newest.get(message.asset_id, ""):
            return
        self.newest[message.asset_id] = stamp
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
