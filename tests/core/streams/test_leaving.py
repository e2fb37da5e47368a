"""Coming, leaving and coming back while others listen."""

from __future__ import annotations

import asyncio
import gc
import weakref
from random import Random

import pytest
from stage.kalshi_dialect import KalshiDialect
from stage.kalshi_shaped import KalshiShaped
from stage.polymarket_dialect import PolymarketDialect
from stage.polymarket_shaped import PolymarketShaped
from stage.runs import QUICK, feeding, wanting
from stage.server import Server
from stage.truth import Truth
from stage.waiting import a_book, is_state, live, served, settled, until

from pmi_core.errors import NotFound
from pmi_core.models import ConnectionState
from pmi_core.transport.socket import Pulse

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("shape", [(KalshiShaped, KalshiDialect), (PolymarketShaped, PolymarketDialect)])
async def test_a_topic_is_asked_for_once_and_given_up_with_its_last_listener(shape):
    session, dialect = shape
    async with (
        Server(Truth(["A", "B"], 1), session) as server,
        feeding(server.url, dialect) as (feed, client),
        feed.listen(wanting("A")) as first,
    ):
        await until(first, live)
        said = len(server.said)
        async with feed.listen(wanting("A")) as second:
            begin = [await anext(second), await anext(second)]
            assert live(begin[0])  # both at once: the book is there already
            assert a_book(begin[1])
        assert [text for text in server.said[said:] if text != "PING"] == []
        async with feed.listen(wanting("B")) as other:
            await until(other, live)
            assert client.connections == 1
        await settled(lambda: any("B" in text for text in server.said[said + 1 :]))
        for _ in range(5):
            server.change("B")
        server.change("A")
        assert [one.market_ref for one in await until(first, a_book)] == ["here:A"]
        assert list(feed.books) == ["A"]


@pytest.mark.parametrize("shape", [(KalshiShaped, KalshiDialect), (PolymarketShaped, PolymarketDialect)])
async def test_who_leaves_before_the_first_book_disturbs_nobody(shape):
    session, dialect = shape
    async with (
        Server(Truth(["A", "B", "C"], 1), session) as server,
        feeding(server.url, dialect) as (feed, client),
        feed.listen(wanting("A")) as stays,
    ):
        await until(stays, live)
        for name in ("B", "C", "B"):
            said = len(server.said)
            async with feed.listen(wanting(name)):
                while len(server.said) == said:  # the venue was asked, and its answer is not here yet
                    await asyncio.sleep(0)
        for _ in range(10):
            await asyncio.sleep(QUICK.answer / 4)
            server.change("A")
        assert all([a_book(await anext(stays)) for _ in range(10)])
        assert client.connections == 1
        await settled(lambda: served(server) == {"A"})


async def test_what_was_refused_once_is_asked_for_again():
    async with (
        Server(Truth(["A"], 1), KalshiShaped) as server,
        feeding(server.url, KalshiDialect) as (feed, _),
        feed.listen(wanting("A", "NOPE")),  # and nobody reads
    ):
        await settled(lambda: len(server.said) == 1)
        for _ in range(2):
            async with feed.listen(wanting("NOPE")) as updates:
                with pytest.raises(NotFound):
                    await until(updates, live)


async def test_who_left_hears_nothing_more_and_is_kept_by_nobody():
    async with (
        Server(Truth(["A"], 1), KalshiShaped) as server,
        feeding(server.url, KalshiDialect) as (feed, _),
        feed.listen(wanting("A")) as stays,
    ):
        await until(stays, live)
        async with feed.listen(wanting("A")) as leaves:
            await until(leaves, a_book)
            server.change("A")
            await until(stays, a_book)
            await until(stays, a_book)
        with pytest.raises(StopAsyncIteration):  # neither what waited for it nor what comes now
            await anext(leaves)
        server.change("A")
        await until(stays, a_book)
        with pytest.raises(StopAsyncIteration):
            await anext(leaves)
        gone = weakref.ref(leaves)
        del leaves
        gc.collect()
        assert gone() is None


async def test_a_storm_of_subscriptions_ends_with_exactly_what_is_wanted():
    names = [f"M{i}" for i in range(30)]
    lots = Random(3)
    async with (
        Server(Truth(names, 1), KalshiShaped) as server,
        feeding(server.url, KalshiDialect) as (feed, _),
    ):

        async def come_and_go():
            for _ in range(20):
                async with feed.listen(wanting(*lots.sample(names, 7))) as updates:
                    if lots.random() < 0.5:
                        await until(updates, a_book)

        async with feed.listen(wanting("M0", "M1")) as updates:
            await asyncio.gather(*(come_and_go() for _ in range(10)))
            wanted = {"M0", "M1"}
            await settled(lambda: served(server) == wanted)
            assert not any(map(is_state(ConnectionState.GAP), await until(updates, a_book)))
            assert set(feed.books) == wanted
            assert all(book.is_live for book in feed.books.values())
            assert len(server.said) < 600  # what comes and goes at once is never said


@pytest.mark.parametrize("shape", [(KalshiShaped, KalshiDialect), (PolymarketShaped, PolymarketDialect)])
async def test_who_comes_back_at_once_begins_with_a_fresh_book(shape):
    session, dialect = shape
    async with (
        Server(Truth(["A", "B"], 1), session) as server,
        feeding(server.url, dialect, pulse=Pulse()) as (feed, _),
    ):
        for _ in range(5):  # nothing is awaited between leaving and coming back
            async with feed.listen(wanting("A", "B")) as updates:
                seen = await until(updates, live, within=5)
                assert {one.market_ref for one in seen if a_book(one)} == {"here:A", "here:B"}
        async with feed.listen(wanting("A")):
            pass
        async with feed.listen(wanting("A")) as updates:  # nothing was answered before
            await until(updates, live, within=5)
            server.change("A")
            assert a_book((await until(updates, a_book, within=5))[-1])
    assert len(server.handshakes) == 1
