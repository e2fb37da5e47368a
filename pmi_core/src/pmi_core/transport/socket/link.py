"""One connection's life: opened, lost, opened anew, until nobody wants it or it cannot be had."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from pmi_core.clock import Clock
from pmi_core.errors import PmiError
from pmi_core.models.update import ConnectionState
from pmi_core.transport.signing import Signer
from pmi_core.transport.socket.closing import is_fatal
from pmi_core.transport.socket.dialect import Dialect, Ears, Topic
from pmi_core.transport.socket.pace import Backoff, Pulse
from pmi_core.transport.socket.report import Hear, Report
from pmi_core.transport.socket.talk import Talk
from pmi_core.transport.socket.wire import open_wire
from pmi_core.transport.statuses import ReadError

__all__ = ["Link", "Plan"]

_log: Final = logging.getLogger("pmi_core.transport.socket")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What all connections to one address have in common."""

    url: str
    venue: str
    dialect: Callable[[Ears], Dialect]
    hear: Hear
    signer: Signer | None
    clock: Clock
    random: Random
    pulse: Pulse
    backoff: Backoff
    headers: Mapping[str, str]
    read_error: ReadError | None
    linger: float


class Link:
    """Keeps one connection open as long as something is wanted."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._wanted: dict[Topic, None] = {}
        self._live: dict[Topic, None] = {}
        self._tries: dict[Topic, int] = {}
        self._talk: Talk | None = None
        self._said: str | None = None
        self._task: asyncio.Task[None] | None = None
        self.over = False
        """Whether this link has ended and takes nothing more."""

    def __len__(self) -> int:
        return len(self._wanted)

    def __contains__(self, topic: Topic) -> bool:
        return topic in self._wanted

    def want(self, topics: list[Topic]) -> None:
        """Hear of more; what is wanted already is not asked for again."""
        self._wanted.update(dict.fromkeys(topics))
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())
        elif self._talk is not None:
            self._talk.look()
        else:
            self._hear(Report(ConnectionState.CONNECTING, tuple(topics), self._said))

    def drop(self, topic: Topic) -> None:
        """Hear no more of it."""
        self._wanted.pop(topic, None)
        self._live.pop(topic, None)
        self._tries.pop(topic, None)
        if self._talk is not None:
            self._talk.drop(topic)

    async def stop(self) -> None:
        """End at once, without leaving anything behind."""
        self.over = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        plan = self._plan
        attempt = 0
        try:
            while self._wanted:
                self._hear(Report(ConnectionState.CONNECTING, tuple(self._wanted), self._said))
                began = plan.clock.monotonic()
                failure, answers = await self._once()
                if failure is None:  # idle; but somebody may have come during the goodbye
                    continue
                if answers and plan.clock.monotonic() - began >= plan.backoff.steady:
                    attempt = 0
                attempt += 1
                if not self._survives(failure):
                    return
                pause = plan.backoff.pause(attempt, failure, plan.random)
                _log.debug("venue %s: %s; again in %.2f s", plan.venue, failure.message, pause)
                await plan.clock.sleep(pause)
        finally:
            self.over = True

    async def _once(self) -> tuple[PmiError | None, int]:
        """One connection: why it ended (None: nobody wants it), and how much was answered on it."""
        plan = self._plan
        try:
            wire = await open_wire(
                plan.url,
                venue=plan.venue,
                signer=plan.signer,
                clock=plan.clock,
                headers=plan.headers,
                read_error=plan.read_error,
                within=plan.pulse.connect,
                goodbye=plan.pulse.close,
            )
        except PmiError as error:
            return error, 0
        try:
            talk = self._talk = Talk(
                wire,
                plan.dialect,
                wanted=self._wanted,
                tries=self._tries,
                hear=self._hear,
                clock=plan.clock,
                pulse=plan.pulse,
                linger=plan.linger,
            )
            return await talk.run(), talk.answers
        finally:
            # Nothing can go wrong politely: a goodbye is short, and the connection is dropped after it.
            self._talk = None
            await wire.close()

    def _survives(self, error: PmiError) -> bool:
        """Say what is lost; whether opening the connection anew may help."""
        error.venue = error.venue or self._plan.venue
        error.capability = error.capability or "stream"
        self._said = error.message
        lost = tuple(topic for topic in self._live if topic in self._wanted)
        self._live.clear()
        if lost:
            self._hear(Report(ConnectionState.GAP, lost, error.message))
        if not is_fatal(error):
            return True
        topics = tuple(self._wanted)
        self._wanted.clear()
        self.over = True
        self._hear(Report(ConnectionState.CLOSED, topics, error.message, error))
        return False

    def _hear(self, report: Report) -> None:
        if report.state is ConnectionState.LIVE:
            self._live.update(dict.fromkeys(report.topics))
        self._plan.hear(report)
