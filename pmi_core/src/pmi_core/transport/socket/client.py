"""The live side of one opened venue: any number of topics over as many connections as they need."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from random import Random

from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import RequestError
from pmi_core.transport.signing import Signer
from pmi_core.transport.socket.dialect import Dialect, Ears, Topic
from pmi_core.transport.socket.link import Link, Plan
from pmi_core.transport.socket.pace import Backoff, Pulse
from pmi_core.transport.socket.report import Hear
from pmi_core.transport.socket.wire import check_address
from pmi_core.transport.statuses import ReadError

__all__ = ["SocketClient"]


class SocketClient:
    """Keeps what is wanted under way, whatever happens to the connections.

    Nothing is opened before something is wanted.  Everything runs in the loop that wants it.

    Args:
        url: where the venue's socket is, such as ``wss://api.example.com/ws``.
        venue: the configured venue's name.
        dialect: makes a dialect for each connection.
        hear: told of every change of state, topic by topic.
        signer: proves the handshake, anew for each connection.
        clock: measures silence and waits out pauses.
        random: where the jitter of pauses comes from.
        pulse: how patient the connections are.
        backoff: how long a lost connection waits before it is opened anew.
        per_socket: topics that one connection takes at most.
        sockets: connections at most.
        headers: sent with every handshake.
        read_error: the provider's reading of a refused handshake, asked before the default one.
        linger: seconds that a connection stays open after nobody wants anything of it.

    Raises:
        SettingsError: the address is none, or would carry a key over an open line.
    """

    def __init__(
        self,
        url: str,
        *,
        venue: str,
        dialect: Callable[[Ears], Dialect],
        hear: Hear,
        signer: Signer | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
        pulse: Pulse | None = None,
        backoff: Backoff | None = None,
        per_socket: int | None = None,
        sockets: int | None = None,
        headers: Mapping[str, str] | None = None,
        read_error: ReadError | None = None,
        linger: float = 5.0,
    ) -> None:
        check_address(url, venue=venue, secret=signer is not None)
        self._plan = Plan(
            url=url,
            venue=venue,
            dialect=dialect,
            hear=hear,
            signer=signer,
            clock=clock or SystemClock(),
            random=random or Random(),  # noqa: S311 - the jitter of pauses keeps no secret
            pulse=pulse or Pulse(),
            backoff=backoff or Backoff(),
            headers=headers or {},
            read_error=read_error,
            linger=linger,
        )
        self._per_socket = per_socket
        self._sockets = sockets
        self._links: list[Link] = []
        self._of: dict[Topic, Link] = {}
        self._closed = False

    @property
    def connections(self) -> int:
        """How many connections are kept up."""
        return sum(not link.over for link in self._links)

    def want(self, topics: Iterable[Topic]) -> None:
        """Hear of topics until they are dropped; those that are wanted already stay as they are.

        Raises:
            RequestError: the client is closed, or the venue takes no more topics.
        """
        if self._closed:
            raise RequestError("the venue is closed", hint="open it again", venue=self._plan.venue)
        self._links = [link for link in self._links if not link.over]
        new = [topic for topic in dict.fromkeys(topics) if not self._wants(topic)]
        made: list[Link] = []
        room = {link: self._room(link) for link in self._links}
        placed: dict[Link, list[Topic]] = {}
        for topic in new:
            place = next((link for link, left in room.items() if left > 0), None)
            if place is None:
                if self._sockets is not None and len(room) >= self._sockets:
                    raise self._full()
                place = Link(self._plan)
                made.append(place)
                room[place] = self._room(place)
            placed.setdefault(place, []).append(topic)
            room[place] -= 1
        self._links += made
        for link, some in placed.items():
            self._of.update(dict.fromkeys(some, link))
            link.want(some)

    def _wants(self, topic: Topic) -> bool:
        link = self._of.get(topic)
        return link is not None and not link.over and topic in link  # what was refused is wanted no more

    def _full(self) -> RequestError:
        return RequestError(
            f"venue {self._plan.venue!r} takes no more topics: {self._sockets} connections are full",
            hint="end other subscriptions, or subscribe to fewer markets",
            venue=self._plan.venue,
            capability="stream",
        )

    def drop(self, topics: Iterable[Topic]) -> None:
        """Hear no more of topics."""
        for topic in topics:
            link = self._of.pop(topic, None)
            if link is not None:
                link.drop(topic)

    async def aclose(self) -> None:
        """End every connection; may be called twice."""
        self._closed = True
        links, self._links = self._links, []
        self._of.clear()
        await asyncio.gather(*(link.stop() for link in links))

    def _room(self, link: Link) -> int:
        return 1 << 30 if self._per_socket is None else max(self._per_socket - len(link), 0)
