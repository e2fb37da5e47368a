"""What an account holds in a market, and what its working orders there need."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Protocol

from pmi_core.exchange.market import Market
from pmi_core.exchange.purse import Purse
from pmi_core.exchange.sides import ASK, BID
from pmi_core.exchange.units import SCALE

__all__ = ["Entry", "Holding", "Working"]


class Working(Protocol):
    """What a holding must know of a working order."""

    id: str
    side: int
    price: int
    place: int
    remaining: int
    hold: int
    reduce_only: bool


Entry = tuple[int, int, Working]
"""(key, place, order): sorts the order that fills first to the front."""


class Holding:
    """A signed position (YES positive, NO negative) with the working orders that may change it.

    Contracts held cover orders that would close them, in the order in which those would fill; what
    is not covered opens a position and needs its ``hold``.  Orders that fill first are covered
    first, so a fill never takes the cover of another order.
    """

    __slots__ = (
        "account",
        "cost",
        "fees",
        "full",
        "lot",
        "market",
        "need",
        "open",
        "purse",
        "queue",
        "realized",
        "reducing",
        "size",
        "traded",
    )

    def __init__(self, account: str, market: Market, purse: Purse) -> None:
        self.account = account
        self.market = market
        self.purse = purse
        """Of the market's currency."""
        self.lot = market.lot
        self.size = 0
        self.cost = 0
        self.realized = 0
        self.fees = 0
        self.traded = 0
        self.queue: tuple[list[Entry], list[Entry]] = ([], [])
        self.open = [0, 0]
        """Contracts of working orders, by side."""
        self.full = [0, 0]
        """Money those orders would need without any cover."""
        self.need = [0, 0]
        """Money they need; their sum is part of what the purse reserves."""
        self.reducing = 0
        """Working reduce-only orders."""

    def cover(self, side: int) -> int:
        """Contracts held that orders on ``side`` would close."""
        held = self.size if side == ASK else -self.size
        return max(0, held)

    def enqueue(self, order: Working) -> None:
        """Count a working order."""
        side = order.side
        key = order.price if side == ASK else -order.price
        insort(self.queue[side], (key, order.place, order))
        self.open[side] += order.remaining
        self.full[side] += order.remaining // self.lot * order.hold
        if order.reduce_only:
            self.reducing += 1

    def dequeue(self, order: Working) -> None:
        """Count an order no longer; it must be called before its price, place or rest change."""
        side = order.side
        key = order.price if side == ASK else -order.price
        queue = self.queue[side]
        if len(queue) == 1:
            queue.pop()
        else:
            del queue[bisect_left(queue, (key, order.place))]  # a shorter tuple sorts first
        self.open[side] -= order.remaining
        self.full[side] -= order.remaining // self.lot * order.hold
        if order.reduce_only:
            self.reducing -= 1

    def shrink(self, order: Working, size: int) -> None:
        """Take ``size`` contracts off a counted order."""
        side = order.side
        order.remaining -= size
        self.open[side] -= size
        self.full[side] -= size // self.lot * order.hold

    def refresh(self) -> None:
        """Reserve anew what the working orders need."""
        need, full, held = self.need, self.full, self.size
        # what is held covers one side at most; the other needs all of it
        bid = self._uncovered(BID, -held) if held < 0 else full[BID]
        ask = self._uncovered(ASK, held) if held > 0 else full[ASK]
        change = bid + ask - need[0] - need[1]
        if change:
            self.purse.reserved += change
        need[0], need[1] = bid, ask

    def _uncovered(self, side: int, cover: int) -> int:
        """Money that the orders of a side need for what ``cover`` contracts leave bare."""
        needed = self.full[side]
        if not needed:
            return 0
        bare = self.open[side] - cover
        if bare <= 0:
            return 0
        queue = self.queue[side]
        lot = self.lot
        if bare <= cover:  # whichever end is nearer
            needed = 0
            for _, _, order in reversed(queue):
                rest = order.remaining
                if rest >= bare:
                    return needed + bare // lot * order.hold
                needed += rest // lot * order.hold
                bare -= rest
        for _, _, order in queue:
            rest = order.remaining
            if rest >= cover:
                return needed - cover // lot * order.hold
            needed -= rest // lot * order.hold
            cover -= rest
        return needed

    def recount(self, side: int) -> int:
        """The same as ``need``, worked out order by order."""
        needed, cover = 0, self.cover(side)
        for _, _, order in self.queue[side]:
            rest = order.remaining
            if cover >= rest:
                cover -= rest
            else:
                needed += (rest - cover) // self.lot * order.hold
                cover = 0
        return needed

    def change(self, side: int, size: int, value: int) -> tuple[int, int, int]:
        """Trade ``size`` contracts whose YES leg is worth ``value``.

        Gives the change of cash without fees, the contracts that closed, and the profit on them.
        Opposite contracts net: a pair is worth 1.
        """
        self.traded += size
        held = self.size
        if side == ASK:
            held = -held
            value = SCALE * size - value
        closed = profit = 0
        if held >= 0:
            self.cost += value
        else:
            closed = min(size, -held)
            part = value if closed == size else value * closed // size
            cost = self.cost if closed == -held else self.cost * closed // -held
            profit = SCALE * closed - part - cost
            self.realized += profit
            self.cost += value - part - cost
        held += size
        self.size = held if side == BID else -held
        return SCALE * closed - value, closed, profit
