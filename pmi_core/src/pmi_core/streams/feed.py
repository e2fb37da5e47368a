"""What a venue says, shared among everybody who listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

from pmi_core.books import LiveBook, Scale
from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import RequestError
from pmi_core.identifiers import MarketRef
from pmi_core.models import BookState, Channel, ConnectionState, Subscription, Update
from pmi_core.streams.listener import Listener
from pmi_core.transport.socket import Report, SocketClient, Topic, topics_of

__all__ = ["Feed"]

_DARK = {ConnectionState.GAP: BookState.RESYNCING, ConnectionState.RESYNCING: BookState.RESYNCING}


class Feed:
    """The live side of one opened venue: keeps the books, and tells every subscription what concerns it.

    A topic that several subscriptions want is asked for once.  The provider's dialect writes into
    :attr:`books` and calls :meth:`publish`; the sockets report to :meth:`hear`.

    Args:
        venue: the configured venue's name.
        clock: gives the time at which something was received.
        scale: of the integers in the books; needed where books are streamed.
    """

    def __init__(self, *, venue: str, clock: Clock | None = None, scale: Scale | None = None) -> None:
        self.venue = venue
        self._clock = clock or SystemClock()
        self.now: Callable[[], datetime] = self._clock.now
        """The present moment, to stamp what is received."""
        self._scale = scale
        self._clients: list[tuple[SocketClient, frozenset[Channel]]] = []
        self._listeners: dict[Topic, tuple[Listener, ...]] = {}
        self.books: dict[str, LiveBook] = {}
        """The books to write into, by the market id of their topics; only those that somebody listens to."""
        self._live: set[Topic] = set()
        self._waiting: list[tuple[frozenset[Topic], asyncio.Future[None]]] = []
        self._closed = False

    def join(self, client: SocketClient, channels: Collection[Channel] = tuple(Channel)) -> None:
        """Ask this client for topics of these channels; the first one that takes a channel is asked."""
        self._clients.append((client, frozenset(channels)))

    # --------------------------------------------------------------------------- for the dialects

    def publish(self, topic: Topic, update: Update) -> None:
        """Tell an update to whoever listens to its topic, or to all markets of its channel."""
        for listener in self._listeners.get(topic, ()):
            listener.outlet.put(update)
        if topic.market:
            for listener in self._listeners.get(Topic(topic.channel), ()):
                if topic not in listener.topics:
                    listener.outlet.put(update)

    # --------------------------------------------------------------------------- for the sockets

    def hear(self, report: Report) -> None:
        """Take a change of state of some topics."""
        live = report.state is ConnectionState.LIVE
        concerned: dict[Listener, list[Topic]] = {}
        for topic in report.topics:
            if live:
                self._live.add(topic)
            else:
                self._live.discard(topic)
                book = self.books.get(topic.market)
                if book is not None and topic.channel is Channel.BOOK:
                    book.lose(_DARK.get(report.state, BookState.STALE))
            for listener in self._listeners.get(topic, ()):
                concerned.setdefault(listener, []).append(topic)
        for topics_awaited, over in self._waiting:
            gone = report.reason is not None and not topics_awaited.isdisjoint(report.topics)
            if (gone or topics_awaited <= self._live) and not over.done():
                over.set_result(None)
        for listener, topics in concerned.items():
            if live:
                listener.rise(topics, self._clock.now())
            else:
                listener.fall(topics, report, self._clock.now())

    # ------------------------------------------------------------------------ for whoever listens

    def listen(
        self, subscription: Subscription, topics: Mapping[Topic, MarketRef | None] | None = None
    ) -> AbstractAsyncContextManager[AsyncIterator[Update]]:
        """Open a subscription, as :meth:`pmi_core.capabilities.UpdateStream.subscribe` promises.

        Args:
            subscription: what is wanted.
            topics: the same in the venue's own ids; by default the native parts of the refs.
        """
        return self._listen(subscription, topics_of(subscription) if topics is None else topics)

    async def begun(self, topics: Collection[Topic]) -> None:
        """Wait until topics that are listened to are all under way, or something is in the way of it.

        The subscription itself says which: by its connection updates, or by its error.
        """
        awaited = frozenset(topics)
        if awaited <= self._live or self._closed:
            return
        waiting = (awaited, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            await waiting[1]
        finally:
            self._waiting.remove(waiting)

    @asynccontextmanager
    async def _listen(
        self, subscription: Subscription, topics: Mapping[Topic, MarketRef | None]
    ) -> AsyncIterator[AsyncIterator[Update]]:
        if self._closed:
            raise RequestError(
                "the venue is closed", hint="open it again", venue=self.venue, capability="stream"
            )
        asked = self._sorted(topics)
        listener = Listener(subscription, topics, self.venue)
        listener.begin({topic for topic in topics if topic not in self._live}, self._clock.now())
        try:
            self._add(listener)
            for client, wanted in asked:
                client.want(wanted)
            yield listener.outlet
        finally:
            self._remove(listener)
            listener.outlet.drop()

    def _add(self, listener: Listener) -> None:
        for topic, ref in listener.topics.items():
            self._listeners[topic] = (*self._listeners.get(topic, ()), listener)
            if topic.channel is Channel.BOOK and ref is not None:
                book = self.books.get(topic.market)
                if book is None:
                    assert self._scale is not None, "a feed with books has a scale"
                    book = self.books[topic.market] = LiveBook(ref, self._scale)
                listener.silence.append(book.listen(listener.outlet.put_book))
                if book.is_live:
                    listener.outlet.put_book(book.view())

    def _remove(self, listener: Listener) -> None:
        for silence in listener.silence:
            silence()
        gone = []
        for topic in listener.topics:
            kept = tuple(one for one in self._listeners.get(topic, ()) if one is not listener)
            if kept:
                self._listeners[topic] = kept
            elif self._listeners.pop(topic, None) is not None:
                gone.append(topic)
                self._live.discard(topic)
                book = self.books.pop(topic.market, None) if topic.channel is Channel.BOOK else None
                if book is not None:
                    book.lose(BookState.STALE)
        for client, wanted in self._sorted(gone):
            client.drop(wanted)

    def _sorted(self, topics: Iterable[Topic]) -> list[tuple[SocketClient, list[Topic]]]:
        found = []
        left = list(topics)
        for client, channels in self._clients:
            mine = [topic for topic in left if topic.channel in channels]
            left = [topic for topic in left if topic.channel not in channels]
            if mine:
                found.append((client, mine))
        if left:
            names = ", ".join(sorted({topic.channel.value for topic in left}))
            raise RequestError(
                f"venue {self.venue!r} streams no {names}", venue=self.venue, capability="stream"
            )
        return found

    async def aclose(self) -> None:
        """End every subscription and connection; may be called twice."""
        self._closed = True
        await asyncio.gather(*(client.aclose() for client, _ in self._clients))
        for book in self.books.values():
            book.lose(BookState.STALE)
        for _, over in self._waiting:
            if not over.done():
                over.set_result(None)
        for listener in {one for some in self._listeners.values() for one in some}:
            listener.close("the venue was closed", None, self._clock.now())
