"""One channel of the venue on one connection: who wants it, and how far its messages have come."""

from __future__ import annotations

from enum import Enum

from pmi_core.books import Place, Sequence
from pmi_core.errors import SequenceGap
from pmi_core.transport.socket import Topic
from pmi_provider_kalshi.streaming.channels import FILTERED

__all__ = ["Line", "Order"]


class Order(Enum):
    """What the number of a message tells."""

    NEXT = 1
    """It is the one expected."""
    AFTER_A_GAP = 0
    """It is the newest, and something before it was lost."""
    OLD = -1
    """It was heard before, or belongs to a subscription that is over."""


class Line:
    """One of the venue's channels.

    Attributes:
        name: the venue's word.
        topics: what is wanted of it.
        sid: the number of its subscription; None until it is confirmed.
        asked: whether it was asked for, where the channel is for everything.
        sequence: of its messages.
    """

    __slots__ = ("_over", "asked", "ever", "name", "sequence", "sid", "topics")

    def __init__(self, name: str) -> None:
        self.name = name
        self.topics: dict[Topic, None] = {}
        self.ever: set[str] = set()
        """Markets that were ever wanted here; a message about another one was garbled."""
        self.sid: int | None = None
        self.asked = False
        self.sequence = Sequence()
        self._over: set[int] = set()

    @property
    def filtered(self) -> bool:
        """Whether it is subscribed to market by market."""
        return self.name in FILTERED

    def begin(self, sid: int) -> None:
        """Take the number of the subscription; the same one again changes nothing."""
        if sid != self.sid:
            self.end()
            self.sid = sid

    def end(self) -> None:
        """The subscription is over; what still comes of it counts for nothing."""
        if self.sid is not None:
            self._over.add(self.sid)
        self.sid = None
        self.asked = False
        self.sequence = Sequence()

    def knows(self, sid: int) -> bool:
        """Whether messages of that number are of this channel's subscription, begun here if need be."""
        if sid == self.sid:
            return True
        if sid in self._over or self.sid is not None:
            return False
        self.begin(sid)
        return True

    def take(self, sid: int, number: int) -> Order:
        """Say where a message stands among those before it.

        Raises:
            SequenceGap: the venue counts anew, so nothing that is known can be trusted.
        """
        if not self.knows(sid):
            return Order.OLD
        last = self.sequence.last
        place = self.sequence.take(number)
        if place is Place.NEXT:
            return Order.NEXT
        if place is Place.REPEATED:
            return Order.OLD
        if last is not None and number < last:
            raise SequenceGap(
                f"channel {self.name} went from message {last} back to {number}", capability="stream"
            )
        return Order.AFTER_A_GAP
