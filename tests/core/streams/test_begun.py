"""Whoever waits for a subscription to be under way waits no longer than that."""

from __future__ import annotations

import asyncio

import pytest

from pmi_core.books import Scale
from pmi_core.models import Channel, ConnectionState, Subscription
from pmi_core.streams import Feed
from pmi_core.transport.socket import Report, Topic

pytestmark = pytest.mark.anyio

ONE, TWO = Topic(Channel.TRADE, "A"), Topic(Channel.TRADE, "B")
WANTED = Subscription(channels={Channel.TRADE}, market_refs=("here:A", "here:B"))


class Sockets:
    def want(self, topics):
        pass

    def drop(self, topics):
        pass

    async def aclose(self):
        pass


@pytest.fixture
async def feed():
    feed = Feed(venue="here", scale=Scale(4, 2))
    feed.join(Sockets())
    async with feed.listen(WANTED):
        yield feed


async def waiting(feed):
    task = asyncio.ensure_future(feed.begun((ONE, TWO)))
    await asyncio.sleep(0)
    assert not task.done()
    return task


async def over(task):
    await asyncio.wait_for(task, 10)


async def test_it_is_over_with_the_last_topic(feed):
    task = await waiting(feed)
    feed.hear(Report(ConnectionState.CONNECTING, (ONE, TWO)))
    feed.hear(Report(ConnectionState.LIVE, (ONE,)))
    await asyncio.sleep(0)
    assert not task.done()
    feed.hear(Report(ConnectionState.LIVE, (TWO,)))
    await over(task)
    await over(feed.begun((ONE, TWO)))


async def test_it_is_over_when_something_is_in_the_way(feed):
    task = await waiting(feed)
    feed.hear(Report(ConnectionState.CONNECTING, (TWO,), "the venue is away"))
    await over(task)


async def test_it_is_over_with_the_feed(feed):
    task = await waiting(feed)
    await feed.aclose()
    await over(task)
    await over(feed.begun((ONE, TWO)))
