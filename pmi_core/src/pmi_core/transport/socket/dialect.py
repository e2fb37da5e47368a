"""What a provider supplies so that core can talk with its venue over a socket."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from pmi_core.errors import PmiError
from pmi_core.identifiers import MarketRef
from pmi_core.models.update import ACCOUNT_CHANNELS, Channel, Subscription

__all__ = ["Dialect", "Ears", "Message", "Topic", "topics_of"]

Message = str | bytes
"""What is sent: text goes out as a text frame, bytes as a binary frame."""


class Topic(NamedTuple):
    """One thing to hear about."""

    channel: Channel
    market: str = ""
    """The venue's own id; empty where the topic is the account, or every market."""


def topics_of(subscription: Subscription) -> dict[Topic, MarketRef | None]:
    """The topics of a subscription where the native part of a ref is what the venue's stream wants.

    Account channels are one topic each, without a market; so is lifecycle where no market is named.
    """
    topics: dict[Topic, MarketRef | None] = {}
    for channel in sorted(subscription.channels):
        if channel in ACCOUNT_CHANNELS or not subscription.market_refs:
            topics[Topic(channel)] = None
        else:
            topics.update({Topic(channel, ref.native): ref for ref in subscription.market_refs})
    return topics


class Ears(Protocol):
    """What a dialect tells the socket about what it read; every call is quick and never waits."""

    @property
    def received(self) -> datetime:
        """When the message that is being read came from the network."""
        ...

    def answered(self, topics: Iterable[Topic]) -> None:
        """These are under way: acknowledged or, for a book, its snapshot was applied."""
        ...

    def gap(self, topics: Iterable[Topic], reason: str) -> None:
        """Updates of these were lost; :meth:`Dialect.resync` will be asked for what to send."""
        ...

    def refused(self, topics: Iterable[Topic], error: PmiError) -> None:
        """The venue will not serve these; whoever wants them gets the error."""
        ...

    def pong(self) -> None:
        """The frame only answered a heartbeat, or was one; it does not count as data."""
        ...

    def send(self, message: Message) -> None:
        """Send something soon, such as the answer to the venue's own text heartbeat."""
        ...


class Dialect(Protocol):
    """How one venue talks over one connection; made anew for every connection, so it may hold its state.

    Nothing here waits.  Messages are sent in the order given.
    """

    def opening(self) -> Iterable[Message]:
        """What to send first, such as a login; nothing where the handshake says it all."""
        ...

    def subscribe(self, topics: Sequence[Topic]) -> Iterable[Message]:
        """What to send to hear of topics that were not asked for on this connection.

        Each must be told to :meth:`Ears.answered`, at once where the venue confirms nothing.
        """
        ...

    def unsubscribe(self, topics: Sequence[Topic]) -> Iterable[Message]:
        """What to send to hear no more of topics; they were all answered before."""
        ...

    def resync(self, topics: Sequence[Topic]) -> Iterable[Message]:
        """What to send for a fresh snapshot of topics with a gap, or that were not answered in time.

        Nothing at all means that the connection is opened anew.
        """
        ...

    def probe(self, topics: Collection[Topic]) -> Iterable[Message]:
        """What to send after a long silence so that a healthy venue must answer with data.

        Nothing at all means that silence alone opens the connection anew.
        """
        ...

    def heartbeat(self) -> Message | None:
        """The venue's own text heartbeat; None where the protocol's ping is enough."""
        ...

    def read(self, frame: bytes) -> None:
        """Take one message: change books, publish updates, tell the ears.

        Raises:
            PmiError: the message makes no sense, or the venue gives up the whole connection.  It is
                opened anew, unless the error says that this cannot help (a key, a right, a wrong question).
        """
        ...

    def closed(self, code: int | None, reason: str) -> PmiError | None:
        """What the venue means by closing with a code; None for the default meaning."""
        ...
