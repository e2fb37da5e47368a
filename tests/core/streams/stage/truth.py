"""What is true at a venue: books that change by lot, and every state that they ever had."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random


@dataclass
class TrueBook:
    """Bids and asks in ticks of 1/10000 and units of 1/100, with all their history."""

    bids: dict[int, int]
    asks: dict[int, int]
    history: list[tuple[frozenset, frozenset]] = field(default_factory=list)

    def __post_init__(self):
        self.remember()

    def remember(self):
        self.history.append((frozenset(self.bids.items()), frozenset(self.asks.items())))


@dataclass
class Change:
    market: str
    is_bid: bool
    price: int
    size: int
    by: int


class Truth:
    def __init__(self, markets, seed, levels=5):
        self.random = Random(seed)
        self.trades = 0
        self.books = {}
        for name in markets:
            middle = self.random.randrange(3000, 7000, 100)
            bids = {middle - 100 * i: self.random.randrange(100, 9000) for i in range(1, levels + 1)}
            asks = {middle + 100 * i: self.random.randrange(100, 9000) for i in range(1, levels + 1)}
            self.books[name] = TrueBook(bids, asks)

    def change(self, market=None):
        """One level of one book changes; never into a crossed book, and always really."""
        random = self.random
        name = market or random.choice(list(self.books))
        book = self.books[name]
        is_bid = random.random() < 0.5
        side, other = (book.bids, book.asks) if is_bid else (book.asks, book.bids)
        if side and random.random() < 0.3:
            price, size = random.choice(list(side)), 0
        else:
            edge = (min(other, default=9900) if is_bid else max(other, default=100)) // 100
            low, high = (max(edge - 12, 1), edge - 1) if is_bid else (edge + 1, min(edge + 12, 99))
            price = 100 * random.randint(min(low, high), max(low, high))
            if (is_bid and other and price >= min(other)) or (not is_bid and other and price <= max(other)):
                price = next(iter(side), 100 if is_bid else 9900)
            size = random.randrange(100, 9000)
        before = side.get(price, 0)
        if size == before:
            size += 1
        if size:
            side[price] = size
        else:
            del side[price]
        book.remember()
        return Change(name, is_bid, price, size, size - before)


def price_text(ticks):
    return f"{ticks / 10_000:.4f}"


def size_text(units):
    return f"{units / 100:.2f}"
