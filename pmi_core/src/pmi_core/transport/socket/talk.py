"""One connection while it lasts: reading, asking, and watching for signs of life."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from pmi_core.clock import Clock
from pmi_core.errors import PmiError, SequenceGap, UnexpectedAnswer, Unreachable, VenueError
from pmi_core.models.update import ConnectionState
from pmi_core.transport.socket.closing import meaning
from pmi_core.transport.socket.dialect import Dialect, Ears, Message, Topic
from pmi_core.transport.socket.pace import Pulse
from pmi_core.transport.socket.report import Hear, Report
from pmi_core.transport.socket.wire import Ended, Wire

__all__ = ["Talk"]

_log: Final = logging.getLogger("pmi_core.transport.socket")
_TRIES: Final = 4
"""Times that a topic may stay unanswered while the venue goes on talking: it is asked for again, where no
other topic is under way on a new connection too, and then refused."""


class Idle(Exception):
    """Nobody wanted anything for a while."""


class Talk:
    """Keeps :class:`Ears` for the dialect of one connection.

    Args:
        wire: the open connection.
        dialect: makes the dialect, given its ears.
        wanted: what somebody wants to hear of; changed by others while this runs, see :meth:`look`.
        tries: how often each topic stayed unanswered, kept over connections.
        hear: told of changes of state.
        clock: measures silence and waits.
        pulse: how patient to be.
        linger: seconds without anything wanted after which the connection is idle.
    """

    def __init__(
        self,
        wire: Wire,
        dialect: Callable[[Ears], Dialect],
        *,
        wanted: dict[Topic, None],
        tries: dict[Topic, int],
        hear: Hear,
        clock: Clock,
        pulse: Pulse,
        linger: float,
    ) -> None:
        self._wire = wire
        self._wanted = wanted
        self._tries = tries
        self._hear = hear
        self._clock = clock
        self._pulse = pulse
        self._linger = linger
        self._asked: dict[Topic, None] = {}
        self._pending: dict[Topic, float] = {}
        self._unsynced: dict[Topic, None] = {}
        self._left: set[Topic] = set()
        self._late: set[Topic] = set()
        self._data_at = 0.0
        self._outbox: deque[Message] = deque()
        self._news = asyncio.Event()
        self._pongs = 0
        self._signs = 0
        self._awake = 0.0
        """Seconds of which this connection's watch was really awake: a loop that somebody blocked, or a
        machine that slept, must not make a healthy venue look dead."""
        self.received = clock.now()
        self.answers = 0
        """Topics that the venue answered on this connection."""
        self._dialect = dialect(self)

    async def run(self) -> PmiError | None:
        """Talk until it is over; gives why, or None when nobody wants anything any more."""
        tasks = [
            asyncio.ensure_future(self._listen()),
            asyncio.ensure_future(self._write()),
            asyncio.ensure_future(self._watch()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            over = [task.exception() for task in tasks if task.done()]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for error in over:
            if isinstance(error, Ended):
                return self._dialect.closed(error.code, error.reason) or meaning(error.code, error.reason)
            if isinstance(error, PmiError):
                return error
            if error is not None:
                raise error
        return None

    def look(self) -> None:
        """What is wanted has changed."""
        self._news.set()

    def drop(self, topic: Topic) -> None:
        """Nobody wants a topic; who wants it again a moment later begins with a fresh snapshot."""
        self._left.add(topic)
        self._news.set()

    # ------------------------------------------------------------------------- what the dialect says

    def answered(self, topics: Iterable[Topic]) -> None:
        news = tuple(topic for topic in topics if self._pending.pop(topic, None) is not None)
        if not news:
            return
        self.answers += len(news)
        for topic in news:
            self._tries.pop(topic, None)
            self._unsynced.pop(topic, None)
            self._late.discard(topic)
        wanted = tuple(topic for topic in news if topic in self._wanted)
        if len(wanted) < len(news):
            # It may be unsubscribed now, even if somebody wants it before that: the answer found no listener.
            self._left.update(topic for topic in news if topic not in self._wanted)
            self._news.set()
        if wanted:
            self._hear(Report(ConnectionState.LIVE, wanted))

    def gap(self, topics: Iterable[Topic], reason: str) -> None:
        news = tuple(topic for topic in topics if topic in self._asked and topic not in self._pending)
        if not news:
            return
        deadline = self._awake + self._pulse.answer
        for topic in news:
            self._pending[topic] = deadline
            self._unsynced[topic] = None
        wanted = tuple(topic for topic in news if topic in self._wanted)
        if wanted:
            self._hear(Report(ConnectionState.GAP, wanted, reason))
        self._news.set()

    def refused(self, topics: Iterable[Topic], error: PmiError) -> None:
        news = tuple(topic for topic in topics if topic in self._asked)
        for topic in news:
            del self._asked[topic]
            self._pending.pop(topic, None)
            self._unsynced.pop(topic, None)
            self._tries.pop(topic, None)
        wanted = tuple(topic for topic in news if topic in self._wanted)
        for topic in wanted:
            del self._wanted[topic]
        if wanted:
            self._hear(Report(ConnectionState.CLOSED, wanted, error.message, error))

    def pong(self) -> None:
        self._pongs += 1

    def send(self, message: Message) -> None:
        self._outbox.append(message)
        self._news.set()

    # --------------------------------------------------------------------------------------- reading

    async def _listen(self) -> None:
        try:
            await self._wire.read(self._dialect.read, self._arrive)
        except (PmiError, Ended):
            raise
        except Exception as error:
            _log.debug("a message could not be read", exc_info=True)
            raise UnexpectedAnswer(f"a message could not be read ({type(error).__name__})") from error

    def _arrive(self) -> None:
        self.received = self._clock.now()

    # ---------------------------------------------------------------------------------------- asking

    async def _write(self) -> None:
        await self._say(self._dialect.opening())
        while True:
            self._news.clear()
            await self._unsubscribe()
            await self._subscribe()
            await self._resync()
            while self._outbox:
                await self._wire.send(self._outbox.popleft())
            await self._news.wait()

    async def _unsubscribe(self) -> None:
        # What is not answered yet cannot be named to every venue; its answer comes back here.
        left, self._left = self._left, set()
        gone = [
            topic
            for topic in self._asked
            if (topic not in self._wanted or topic in left) and topic not in self._pending
        ]
        for topic in gone:
            del self._asked[topic]
        if gone:
            await self._say(self._dialect.unsubscribe(gone))

    async def _subscribe(self) -> None:
        new = [topic for topic in self._wanted if topic not in self._asked]
        deadline = self._awake + self._pulse.answer
        for topic in new:
            self._asked[topic] = None
            self._pending[topic] = deadline
        if new:
            await self._say(self._dialect.subscribe(new))

    async def _resync(self) -> None:
        lost = [topic for topic in self._unsynced if topic in self._asked]
        self._unsynced.clear()
        if not lost:
            return
        messages = list(self._dialect.resync(lost))
        if not messages:
            raise SequenceGap("updates were lost, and the venue gives a snapshot only to a new connection")
        wanted = tuple(topic for topic in lost if topic in self._wanted)
        if wanted:
            self._hear(Report(ConnectionState.RESYNCING, wanted))
        await self._say(messages)

    async def _say(self, messages: Iterable[Message]) -> None:
        for message in list(messages):
            await self._wire.send(message)

    # -------------------------------------------------------------------------------------- watching

    async def _watch(self) -> None:
        pulse, clock = self._pulse, self._clock
        before = clock.monotonic()
        seen_signs = seen_data = 0
        beat_at, asked_at, asked_with = pulse.ping, None, 0
        probed_at, idle_since = None, None
        while True:
            await clock.sleep(pulse.tick)
            now = clock.monotonic()
            self._awake += min(now - before, 2 * pulse.tick)
            before, awake = now, self._awake
            data = self._wire.messages - self._pongs
            signs = self._wire.messages + self._signs
            if asked_at is not None:
                if signs != asked_with:
                    asked_at = None
                elif awake - asked_at > pulse.pong:
                    raise Unreachable("the connection is open, and nothing answers")
            seen_signs = signs
            if asked_at is None and awake >= beat_at:
                asked_at, asked_with, beat_at = awake, seen_signs, awake + pulse.ping
                await self._beat()
            if data != seen_data or not self._asked:
                seen_data, self._data_at, probed_at = data, awake, None
            elif pulse.quiet is not None and probed_at is None and awake - self._data_at > pulse.quiet:
                probed_at = awake
                self._probe()
            elif probed_at is not None and awake - probed_at > pulse.answer:
                raise self._silent()
            self._remind()
            idle_since = None if self._wanted else (awake if idle_since is None else idle_since)
            if idle_since is not None and awake - idle_since >= self._linger:
                return

    async def _beat(self) -> None:
        beat = self._dialect.heartbeat()
        if beat is not None:
            self.send(beat)
        try:
            async with asyncio.timeout(self._pulse.pong):
                waiting = await self._wire.ping()
        except TimeoutError:
            raise Unreachable("the connection is open, and takes nothing") from None

        def count(done: asyncio.Future[float]) -> None:
            if not done.cancelled() and done.exception() is None:
                self._signs += 1

        asyncio.ensure_future(waiting).add_done_callback(count)

    def _probe(self) -> None:
        messages = list(self._dialect.probe(self._asked))
        if not messages:
            raise self._silent()
        for message in messages:
            self.send(message)

    def _silent(self) -> Unreachable:
        reason = "the connection is open and answers, but no data comes"
        wanted = tuple(topic for topic in self._asked if topic in self._wanted)
        if wanted:
            self._hear(Report(ConnectionState.STALE, wanted, reason))
        return Unreachable(reason)

    def _remind(self) -> None:
        awake = self._awake
        late = [topic for topic, deadline in self._pending.items() if awake > deadline]
        if not late:
            return
        self._news.set()
        for topic in late:
            if topic not in self._wanted:
                # Nobody waits for the answer: it may be unsubscribed now, and is no fault of the connection.
                del self._pending[topic]
                self._unsynced.pop(topic, None)
                self._late.discard(topic)
        late = [topic for topic in late if topic in self._pending]
        # A venue that goes on talking of other topics leaves out a single one, and for that nobody else's
        # connection is given up; one that fell silent left out all.
        talking = awake - self._data_at < self._pulse.answer / 2
        others = talking and any(topic not in self._pending for topic in self._asked)
        again = [] if others else [topic for topic in late if topic in self._late]
        for topic in late:
            self._late.add(topic)
            self._pending[topic] = awake + self._pulse.answer
            self._unsynced[topic] = None
            tries = self._tries[topic] = self._tries.get(topic, 0) + talking
            if tries >= _TRIES:
                self.refused((topic,), _ignored(topic))
        if any(topic in self._asked for topic in again):
            raise VenueError("the venue does not answer a subscription")


def _ignored(topic: Topic) -> UnexpectedAnswer:
    about = f" of {topic.market}" if topic.market else ""
    return UnexpectedAnswer(f"the venue does not answer a subscription to {topic.channel.value}{about}")
