"""A venue without numbers: sends new totals, states best prices and a hash, and wants text heartbeats.

A change of a market is told of both its tokens, the second as the mirror of the first.
"""

from __future__ import annotations

import json
import zlib

from stage.server import Session
from stage.truth import price_text, size_text


def hashed(bids, asks):
    """A digest of the whole book, for both ends."""
    text = f"{sorted(bids.items())}{sorted(asks.items())}"
    return f"{zlib.crc32(text.encode()):08x}"


def levels(side):
    return [{"price": price_text(p), "size": size_text(q)} for p, q in side.items()]


class PolymarketShaped(Session):
    stamp = 1_700_000_000_000

    def __init__(self, venue, connection):
        super().__init__(venue, connection)
        self.assets = {}

    def stamped(self):
        PolymarketShaped.stamp += 1
        return str(PolymarketShaped.stamp)

    def heard(self, text):
        if text == "PING":
            self.say("PONG")
            return
        command = json.loads(text)
        if command.get("operation") == "unsubscribe":
            for asset in command["assets_ids"]:
                self.assets.pop(asset, None)
            return
        known = [asset for asset in command["assets_ids"] if asset in self.venue.truth.books]
        self.assets.update(dict.fromkeys(known))
        self.say([self.book(asset) for asset in known])

    def book(self, asset):
        book = self.venue.truth.books[asset]
        return {
            "event_type": "book",
            "asset_id": asset,
            "bids": levels(book.bids),
            "asks": levels(book.asks),
            "hash": hashed(book.bids, book.asks),
            "timestamp": self.stamped(),
        }

    def changed(self, change):
        if change.market not in self.assets:
            return
        book = self.venue.truth.books[change.market]
        entry = {
            "asset_id": change.market,
            "price": price_text(change.price),
            "size": size_text(change.size) if change.size else "0",
            "side": "BUY" if change.is_bid else "SELL",
            "hash": hashed(book.bids, book.asks),
            "best_bid": price_text(max(book.bids, default=0)),
            "best_ask": price_text(min(book.asks, default=10_000)),
        }
        other = {
            **entry,
            "asset_id": f"{change.market}-no",
            "price": price_text(10_000 - change.price),
            "side": "SELL" if change.is_bid else "BUY",
            "best_bid": price_text(10_000 - min(book.asks, default=10_000)),
            "best_ask": price_text(10_000 - max(book.bids, default=0)),
        }
        both = [entry, other]
        self.say({"event_type": "price_change", "timestamp": self.stamped(), "price_changes": both})

    def traded(self, market, number):
        """Trades of such a venue are not numbered, so nothing can be proved of them here."""
