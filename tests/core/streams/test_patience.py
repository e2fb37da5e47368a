"""What needs no connection: addresses, what an end means, and patience."""

from __future__ import annotations

from random import Random

import pytest
from stage.kalshi_dialect import KalshiDialect
from stage.runs import SOON

from pmi_core.errors import (
    AccessError,
    BadKey,
    BusyError,
    PermissionDenied,
    SettingsError,
    Unreachable,
    VenueError,
)
from pmi_core.models import Channel
from pmi_core.testing.clock import ManualClock
from pmi_core.transport.socket import Backoff, Pulse, SocketClient, Topic
from pmi_core.transport.socket.closing import is_fatal, meaning
from pmi_core.transport.socket.link import Link


class Signer:
    blocking = False

    def sign(self, request):
        return {}


@pytest.mark.parametrize("url", ["http://here", "wss://", "wss://me:secret@here", "here", "wss://here/#x"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(SettingsError):
        SocketClient(url, venue="here", dialect=KalshiDialect, hear=print)


def test_a_key_never_travels_over_an_open_line():
    with pytest.raises(SettingsError, match="open line"):
        SocketClient("ws://api.example.com", venue="here", dialect=KalshiDialect, hear=print, signer=Signer())
    SocketClient("ws://127.0.0.1:1", venue="here", dialect=KalshiDialect, hear=print, signer=Signer())


@pytest.mark.parametrize(
    "code, kind, fatal",
    [
        (None, Unreachable, False),
        (1000, VenueError, False),
        (1006, Unreachable, False),
        (1008, VenueError, False),
        (1012, VenueError, False),
        (1013, BusyError, False),
        (3000, BadKey, True),
        (3003, PermissionDenied, True),
        (4123, VenueError, False),
    ],
)
def test_close_codes_have_a_meaning(code, kind, fatal):
    error = meaning(code, "because\n of it")
    assert isinstance(error, kind)
    assert is_fatal(error) is fatal is isinstance(error, AccessError)
    assert "because of it" in error.message


def test_pauses_grow_to_a_ceiling_and_honour_the_venue():
    backoff, lots = Backoff(first=1, longest=10), Random(1)
    pauses = [backoff.pause(n, Unreachable("x"), lots) for n in range(1, 50)]
    assert all(
        min(10, 2 ** (n - 1)) / 2 <= pause <= min(10, 2 ** (n - 1)) for n, pause in enumerate(pauses, 1)
    )
    assert len(set(pauses)) > 40
    assert backoff.pause(1, BusyError("x", retry_after=60), lots) >= 60
    assert SOON.pause(10**6, Unreachable("x"), lots) <= SOON.longest


@pytest.mark.parametrize("values", [{"ping": 0}, {"quiet": -1}, {"answer": float("nan")}])
def test_a_pulse_without_sense_is_refused(values):
    with pytest.raises(SettingsError):
        Pulse(**values)
    with pytest.raises(SettingsError):
        Backoff(first=-1)


class Lives:
    """Connections that last as long as the test says, each answered or not; counts the attempts."""

    def __init__(self, monkeypatch, clock, lives):
        self.clock, self.lives, self.begun = clock, iter(lives), []
        monkeypatch.setattr(Link, "_once", self.once)

    async def once(self):
        self.begun.append(self.clock.monotonic())
        seconds, answers = next(self.lives)
        await self.clock.sleep(seconds)
        return Unreachable("it broke off"), answers


@pytest.mark.anyio
@pytest.mark.parametrize(
    "lives, last_pause",
    [
        ([(1, 5)] * 6, 16),  # answered, but never for long: it flaps, and the pauses grow
        ([(60, 0)] * 6, 16),  # long, but without any answer
        ([(1, 5)] * 5 + [(60, 5)], 1),  # healthy for a while: counting begins anew
    ],
)
async def test_only_a_healthy_connection_ends_the_growing_of_pauses(monkeypatch, lives, last_pause):
    clock, told = ManualClock(), []
    seen = Lives(monkeypatch, clock, [*lives, (1000, 1)])
    client = SocketClient(
        "ws://127.0.0.1:1",
        venue="here",
        dialect=KalshiDialect,
        hear=told.append,
        clock=clock,
        random=Random(1),
        backoff=Backoff(first=1, longest=16, steady=10),
    )
    client.want([Topic(Channel.BOOK, "A")])
    await clock.advance(500)
    assert len(seen.begun) == len(lives) + 1
    pause = seen.begun[-1] - seen.begun[-2] - lives[-1][0]
    assert last_pause / 2 <= pause <= last_pause
    await client.aclose()
