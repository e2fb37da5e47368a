"""Who wants a topic again just after leaving it begins with a fresh snapshot."""

from __future__ import annotations

import asyncio

import pytest

from pmi_core.models import Channel
from pmi_core.testing.clock import ManualClock
from pmi_core.transport.socket import Pulse, Topic
from pmi_core.transport.socket.talk import Talk

pytestmark = pytest.mark.anyio

BOOK = Topic(Channel.BOOK, "M1")


class Wire:
    """A connection on which nothing comes by itself."""

    messages = 0

    def __init__(self):
        self.sent = []

    async def send(self, message):
        self.sent.append(message)

    async def read(self, read, arrive):
        await asyncio.Event().wait()


class Dialect:
    def __init__(self, ears):
        self.ears = ears

    def opening(self):
        return ()

    def subscribe(self, topics):
        return [("subscribe", *topics)]

    def unsubscribe(self, topics):
        return [("unsubscribe", *topics)]

    def read(self, frame):
        """Nothing comes."""


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
async def talking():
    wire, wanted, told = Wire(), {BOOK: None}, []
    talk = Talk(
        wire,
        Dialect,
        wanted=wanted,
        tries={},
        hear=told.append,
        clock=ManualClock(),
        pulse=Pulse(),
        linger=5,
    )
    running = asyncio.ensure_future(talk.run())
    await settle()
    yield talk, wire, wanted
    assert not running.done()
    running.cancel()
    await asyncio.wait({running})


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
