"""One subscription: its topics, which of them are under way, and its outlet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from pmi_core.errors import PmiError
from pmi_core.identifiers import MarketRef
from pmi_core.models import ConnectionState, ConnectionUpdate, Subscription
from pmi_core.streams.outlet import Outlet
from pmi_core.transport.socket import Report, Topic

__all__ = ["Listener"]


class Listener:
    """Says by connection updates how the whole subscription stands.

    ``live`` is said when every topic is under way, and again each time after one was not.
    """

    def __init__(
        self, subscription: Subscription, topics: Mapping[Topic, MarketRef | None], venue: str
    ) -> None:
        self.topics = dict(topics)
        self.outlet = Outlet(subscription.delivery, subscription.buffer, venue)
        self.silence: list[Callable[[], None]] = []
        """Ways to stop hearing of books."""
        self._down: set[Topic] = set()
        self._said: tuple[ConnectionState, str | None, tuple[MarketRef, ...]] | None = None

    def begin(self, down: Collection[Topic], now: datetime) -> None:
        """Say how things stand at the start."""
        self._down = set(down)
        self._say(ConnectionState.CONNECTING if down else ConnectionState.LIVE, None, (), now)

    def rise(self, topics: Iterable[Topic], now: datetime) -> None:
        """Topics are under way."""
        was_down = bool(self._down)
        self._down.difference_update(topics)
        if was_down and not self._down:
            self._say(ConnectionState.LIVE, None, (), now)

    def fall(self, topics: Collection[Topic], report: Report, now: datetime) -> None:
        """Topics are not under way any more, or not yet."""
        if report.state is ConnectionState.CLOSED:
            self.close(report.reason, report.error, now, self._refs(topics))
            return
        self._down.update(topics)
        self._say(report.state, report.reason, self._refs(topics), now)

    def close(
        self, reason: str | None, error: PmiError | None, now: datetime, refs: tuple[MarketRef, ...] = ()
    ) -> None:
        """It is over; the consumer gets what is left, the state, and then the error if there is one."""
        self._say(ConnectionState.CLOSED, reason, refs, now)
        self.outlet.finish(error)

    def _refs(self, topics: Collection[Topic]) -> tuple[MarketRef, ...]:
        if len(topics) == len(self.topics):
            return ()
        refs = [self.topics[topic] for topic in topics]
        return tuple(dict.fromkeys(ref for ref in refs if ref is not None))

    def _say(
        self, state: ConnectionState, reason: str | None, refs: tuple[MarketRef, ...], now: datetime
    ) -> None:
        # A venue that stays away is told of once for each reason; every loss is told of, however alike.
        if state is ConnectionState.CONNECTING and (state, reason, refs) == self._said:
            return
        self._said = (state, reason, refs)
        self.outlet.put(ConnectionUpdate(state=state, reason=reason, market_refs=refs, received_time=now))
