"""One side of a book: levels by price, best last, each a queue in order of arrival."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

from pmi_core.exchange.order import Order
from pmi_core.exchange.sides import BID

__all__ = ["Book", "Level", "Side"]


class Level:
    """A queue of orders at one price; leaving it from anywhere costs the same."""

    __slots__ = ("head", "price", "size", "tail")

    def __init__(self, price: int) -> None:
        self.price = price
        self.size = 0
        self.head: Order | None = None
        self.tail: Order | None = None

    def __iter__(self) -> Iterator[Order]:
        order = self.head
        while order is not None:
            following = order.next
            yield order
            order = following


class Side:
    """Bids or asks.  ``keys`` ascend towards the best price: the price itself, or its negative."""

    __slots__ = ("keys", "levels", "sign")

    def __init__(self, side: int) -> None:
        self.sign = 1 if side == BID else -1
        self.keys: list[int] = []
        self.levels: dict[int, Level] = {}
        """By key."""

    def add(self, order: Order) -> Level:
        """Put an order at the end of its price's queue."""
        key = order.price * self.sign
        level = self.levels.get(key)
        if level is None:
            level = self.levels[key] = Level(order.price)
            keys = self.keys
            if not keys or key > keys[-1]:
                keys.append(key)
            else:
                insort(keys, key)
        last = level.tail
        if last is None:
            level.head = order
        else:
            last.next = order
            order.prev = last
        level.tail = order
        level.size += order.remaining
        return level

    def remove(self, order: Order) -> Level:
        """Take an order out; what of it still works leaves the level's size with it."""
        key = order.price * self.sign
        level = self.levels[key]
        before, after = order.prev, order.next
        if before is None:
            level.head = after
        else:
            before.next = after
        if after is None:
            level.tail = before
        else:
            after.prev = before
        order.prev = order.next = None
        level.size -= order.remaining
        if level.head is None:
            del self.levels[key]
            keys = self.keys
            if keys[-1] == key:
                keys.pop()
            else:
                del keys[bisect_left(keys, key)]
        return level

    def level_of(self, order: Order) -> Level:
        """The level at which an order rests."""
        return self.levels[order.price * self.sign]

    def best(self) -> Level | None:
        """The best level."""
        return self.levels[self.keys[-1]] if self.keys else None

    def __iter__(self) -> Iterator[Level]:
        """Levels, best first."""
        for key in reversed(self.keys):
            yield self.levels[key]


Book = tuple[Side, Side]
"""Bids and asks, to be picked by side."""
