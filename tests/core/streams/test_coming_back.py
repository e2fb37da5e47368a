"""Who wants a topic again just after leaving it begins with a fresh snapshot."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from pmi_core.models import Channel
from pmi_core.testing.clock import ManualClock
from pmi_core.transport.socket import Pulse, Topic
from pmi_core.transport.socket.talk import Talk

pytestmark = pytest.mark.anyio

BOOK = Topic(Channel.BOOK, "M1")
OTHER = Topic(Channel.BOOK, "M2")


class Wire:
    """A connection on which nothing comes by itself."""

    messages = 0

    def __init__(self):
        self.sent = []
        self.pong = asyncio.get_running_loop().create_future()

    async def send(self, message):
        self.sent.append(message)

    async def read(self, read, arrive):
        await asyncio.Event().wait()

    async def ping(self):
        return self.pong


class Dialect:
    def __init__(self, ears):
        self.ears = ears

    def opening(self):
        return ()

    def subscribe(self, topics):
        return [("subscribe", *topics)]

    def unsubscribe(self, topics):
        return [("unsubscribe", *topics)]

    def resync(self, topics):
        return [("resync", *topics)]

    def heartbeat(self):
        return None

    def closed(self, code, reason):
        return None

    def read(self, frame):
        """Nothing comes."""


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


class Talking:
    def __init__(self, **pulse):
        self.wire, self.wanted, self.told, self.clock = Wire(), {BOOK: None}, [], ManualClock()
        self.talk = Talk(
            self.wire,
            Dialect,
            wanted=self.wanted,
            tries={},
            hear=self.told.append,
            clock=self.clock,
            pulse=Pulse(**pulse),
            linger=5,
        )
        self.running = asyncio.ensure_future(self.talk.run())

    async def seconds(self, number):
        for _ in range(number):
            await self.clock.advance(1)

    async def end(self):
        assert not self.running.done()
        self.running.cancel()
        await asyncio.wait({self.running})


@pytest.fixture
async def talking():
    here = Talking()
    await settle()
    yield here.talk, here.wire, here.wanted
    await here.end()


def leave(talk, wanted):
    wanted.pop(BOOK)
    talk.drop(BOOK)


def come_back(talk, wanted):
    wanted[BOOK] = None
    talk.look()


async def test_the_answer_came_while_nobody_wanted_it(talking):
    talk, wire, wanted = talking
    leave(talk, wanted)
    await settle()
    talk.answered([BOOK])
    come_back(talk, wanted)
    await settle()
    assert wire.sent == [("subscribe", BOOK), ("unsubscribe", BOOK), ("subscribe", BOOK)]


async def test_the_answer_comes_after_somebody_is_back(talking):
    talk, wire, wanted = talking
    leave(talk, wanted)
    await settle()
    come_back(talk, wanted)
    talk.answered([BOOK])
    await settle()
    assert wire.sent == [("subscribe", BOOK)]


async def test_leaving_and_coming_back_at_once(talking):
    talk, wire, wanted = talking
    talk.answered([BOOK])
    leave(talk, wanted)
    come_back(talk, wanted)
    await settle()
    assert wire.sent == [("subscribe", BOOK), ("unsubscribe", BOOK), ("subscribe", BOOK)]


async def test_an_answer_that_nobody_waits_for_disturbs_nobody():
    here = Talking(ping=1000, quiet=None)
    await settle()
    here.wanted[OTHER] = None
    here.talk.look()
    await settle()
    here.talk.answered([OTHER])
    here.told.clear()
    leave(here.talk, here.wanted)
    await here.seconds(60)
    assert here.told == []
    assert here.wire.sent == [("subscribe", BOOK), ("subscribe", OTHER), ("unsubscribe", BOOK)]
    await here.end()


@pytest.mark.parametrize("slept", [0, 3600])
async def test_a_machine_that_slept_finds_no_healthy_venue_dead(slept):
    here = Talking(ping=10, pong=10, quiet=None)
    await settle()
    here.talk.answered([BOOK])
    await here.seconds(10)  # asked for a sign of life
    here.clock.set(here.clock.now() + timedelta(seconds=slept))
    await here.seconds(5)
    here.wire.pong.set_result(0.0)
    await here.seconds(3)
    await here.end()


async def test_a_venue_that_gives_no_sign_of_life_is_found_dead():
    here = Talking(ping=10, pong=10, quiet=None)
    await settle()
    here.talk.answered([BOOK])
    await here.seconds(22)
    assert "nothing answers" in (await here.running).message
