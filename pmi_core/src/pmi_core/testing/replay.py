"""A network that answers from recordings, meets misfortunes on demand and remembers everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from pmi_core.testing.misfortunes import Misfortune
from pmi_core.testing.recordings import Recording, Recordings
from pmi_core.testing.sent import SentRequest

__all__ = ["ReplayTransport", "Unrecorded"]


class Unrecorded(AssertionError):  # an assertion passes through every handler of network errors
    """The code under test asked for something that was not recorded."""


Which = Callable[[SentRequest], bool]


def _every(request: SentRequest) -> bool:
    return True


@dataclass(slots=True)
class _Strike:
    misfortune: Misfortune
    which: Which
    left: int | None = field(default=None)


class ReplayTransport(httpx2.AsyncBaseTransport):
    """Give it to a provider as ``OpenContext.transport``, or to an ``httpx2.AsyncClient``.

    Several recordings that answer the same question are used in their order, and the last one
    again and again.

    Args:
        recordings: what the venue answers.
        inner: asked where no recording answers, such as a venue's local sandbox.

    Attributes:
        requests: everything that was sent, in order, misfortunes included.
        unrecorded: the messages of questions that nothing answered.
    """

    def __init__(
        self, recordings: Iterable[Recording] = (), *, inner: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._recordings = list(recordings)
        self._inner = inner
        self._used: dict[int, int] = {}
        self._strikes: list[_Strike] = []
        self.requests: list[SentRequest] = []
        self.unrecorded: list[str] = []

    @classmethod
    def load(cls, place: Path) -> ReplayTransport:
        """Replay a recordings file or folder."""
        return cls(Recordings.load(place).exchanges)

    def record(self, recording: Recording) -> None:
        """Add an answer."""
        self._recordings.append(recording)

    def strike(self, misfortune: Misfortune, *, which: Which = _every, times: int | None = None) -> None:
        """Let ``misfortune`` befall the next requests that ``which`` picks.

        Strikes are used up in the order in which they were given; without ``times`` a strike
        lasts until :meth:`calm`.
        """
        self._strikes.append(_Strike(misfortune, which, times))

    def calm(self) -> None:
        """End every strike."""
        self._strikes.clear()

    def forget(self) -> None:
        """Empty the log of requests."""
        self.requests.clear()
        self.unrecorded.clear()

    @property
    def writes(self) -> list[SentRequest]:
        """Requests that reached the venue and could have changed something."""
        return [request for request in self.requests if request.writes and request.delivered]

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        sent = SentRequest(
            method=request.method,
            host=request.url.host,
            path=request.url.path,
            query=tuple(request.url.params.multi_items()),
            headers=request.headers,
            body=await request.aread(),
        )
        self.requests.append(sent)
        strike = self._next_strike(sent)
        if strike is None:
            return await self._answer(sent, request)
        return await strike.befall(sent, request, self._answer)

    def _next_strike(self, sent: SentRequest) -> Misfortune | None:
        for strike in self._strikes:
            if strike.left != 0 and strike.which(sent):
                if strike.left is not None:
                    strike.left -= 1
                return strike.misfortune
        return None

    async def _answer(self, sent: SentRequest, request: httpx2.Request) -> httpx2.Response:
        found = [
            place
            for place, recording in enumerate(self._recordings)
            if recording.answers(sent.method, sent.host, sent.path, sent.query, sent.body)
        ]
        if not found:
            if self._inner is not None:
                return await self._inner.handle_async_request(request)
            raise self._nothing_for(sent)
        fresh = [place for place in found if not self._used.get(place)]
        place = fresh[0] if fresh else found[-1]
        self._used[place] = self._used.get(place, 0) + 1
        chosen = self._recordings[place]
        return httpx2.Response(chosen.status, headers=chosen.headers, content=chosen.body, request=request)

    def _nothing_for(self, sent: SentRequest) -> Unrecorded:
        message = f"nothing recorded answers {sent}"
        if self._recordings:
            nearest = max(self._recordings, key=lambda recording: _likeness(recording, sent))
            message += f"; the nearest is {nearest.title} in {nearest.source}"
        else:
            message += "; there are no recordings at all"
        self.unrecorded.append(message)
        return Unrecorded(message)

    async def aclose(self) -> None:
        if self._inner is not None:
            await self._inner.aclose()


def _likeness(recording: Recording, sent: SentRequest) -> tuple[int, int, int]:
    asked, known = sent.path.split("/"), recording.path.split("/")
    same = sum(ours == theirs for ours, theirs in zip(asked, known, strict=False)) - abs(
        len(asked) - len(known)
    )
    shared = sum(recording.query.get(name) in (value, "*") for name, value in sent.query)
    return same, int(recording.method == sent.method), shared
