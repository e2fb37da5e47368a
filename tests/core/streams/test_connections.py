"""One client and its connections: shaking hands, giving up, coming back, and ending cleanly."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import pytest
from stage.kalshi_dialect import KalshiDialect
from stage.kalshi_shaped import KalshiShaped
from stage.proxy import Proxy
from stage.runs import QUICK, feeding, wanting
from stage.server import Server
from stage.truth import Truth
from stage.waiting import a_book, is_state, live, settled, until
from websockets.asyncio.server import serve

from pmi_core.errors import (
    BadKey,
    NotFound,
    PermissionDenied,
    RequestError,
    UnexpectedAnswer,
)
from pmi_core.models import Channel, ConnectionState, ConnectionUpdate
from pmi_core.transport.socket import Pulse, Report, Topic

pytestmark = pytest.mark.anyio


class Signer:
    """Signs with the time, as venues want it."""

    blocking = False

    def __init__(self):
        self.asked = []

    def sign(self, request):
        self.asked.append(request)
        return {"X-Key": "abcd-secret", "X-Count": str(len(self.asked))}


async def test_every_connection_is_signed_anew():
    signer = Signer()
    async with (
        Server(Truth(["A"], 1), KalshiShaped) as server,
        feeding(server.url, KalshiDialect, signer=signer) as (feed, _),
        feed.listen(wanting("A")) as updates,
    ):
        await until(updates, live)
        server.sessions[0].connection.transport.abort()
        seen = await until(updates, live)
    assert [shake["X-Count"] for shake in server.handshakes] == ["1", "2"]
    assert (signer.asked[0].method, signer.asked[0].path) == ("GET", "/ws")
    states = [one.state for one in seen if isinstance(one, ConnectionUpdate)]
    assert states[0] is ConnectionState.GAP
    assert ConnectionState.CONNECTING in states
    assert a_book(seen[-2])  # after a gap a whole book comes first


@pytest.mark.parametrize("status, error", [(401, BadKey), (403, PermissionDenied), (404, RequestError)])
async def test_a_refused_key_ends_the_subscription_with_the_reason(status, error):
    signer = Signer()
    async with Server(Truth(["A"], 1), KalshiShaped) as server, Proxy(server, 1) as proxy:
        proxy.refusals += [(status, {})] * 5
        async with feeding(proxy.url, KalshiDialect, signer=signer) as (feed, client):
            with pytest.raises(error) as caught:
                async with feed.listen(wanting("A")) as updates:
                    async for update in updates:
                        last = update
            assert is_state(ConnectionState.CLOSED)(last)
            assert last.reason
            await settled(lambda: client.connections == 0)
        assert len(signer.asked) == 1
    assert caught.value.venue == "here"
    assert "abcd-secret" not in str(caught.value)


async def test_a_busy_venue_is_asked_again_when_it_says():
    async with Server(Truth(["A"], 1), KalshiShaped) as server, Proxy(server, 1) as proxy:
        proxy.refusals += [(429, {"Retry-After": "0.2"}), (503, {})]
        async with feeding(proxy.url, KalshiDialect) as (feed, _), feed.listen(wanting("A")) as updates:
            begun = asyncio.get_running_loop().time()
            seen = await until(updates, live)
            assert asyncio.get_running_loop().time() - begun >= 0.2
    assert "slow down" in [one.reason or "" for one in seen if is_state(ConnectionState.CONNECTING)(one)][1]


async def test_a_redirect_is_not_followed():
    async def away(connection, request):
        response = connection.respond(HTTPStatus.FOUND, "")
        response.headers["Location"] = f"ws://127.0.0.1:{port}/elsewhere"
        asked.append(request.path)
        return response

    asked = []
    async with serve(None, "127.0.0.1", 0, process_request=away) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with (
            feeding(f"ws://127.0.0.1:{port}/ws", KalshiDialect, signer=Signer()) as (feed, _),
            feed.listen(wanting("A")) as updates,
        ):
            seen = await until(updates, lambda one: one.reason is not None)
    assert "redirects are not followed" in seen[-1].reason or "status 302" in seen[-1].reason
    assert set(asked) == {"/ws"}


async def test_what_is_refused_ends_only_its_own_subscription():
    async with (
        Server(Truth(["A"], 1), KalshiShaped) as server,
        feeding(server.url, KalshiDialect) as (feed, _),
        feed.listen(wanting("A")) as good,
    ):
        await until(good, live)
        with pytest.raises(NotFound, match="nonsense"):
            async with feed.listen(wanting("A", "nonsense")) as updates:
                await until(updates, lambda _: False)
        server.change("A")
        assert (await until(good, a_book))[-1].market_ref == "here:A"


async def test_topics_are_spread_over_as_many_connections_as_the_venue_wants():
    names = [f"M{i}" for i in range(10)]
    async with (
        Server(Truth(names, 1), KalshiShaped) as server,
        feeding(server.url, KalshiDialect, per_socket=4, sockets=3, linger=0.1) as (feed, client),
    ):
        async with feed.listen(wanting(*names)) as updates:
            await until(updates, live)
            assert client.connections == 3
            assert sorted(len(one.markets["orderbook_delta"]) for one in server.sessions) == [2, 4, 4]
            with pytest.raises(RequestError, match="takes no more"):
                async with feed.listen(wanting("X1", "X2", "X3")):
                    pass
            server.sessions[0].connection.transport.abort()
            seen = await until(updates, live)
            gaps = [one for one in seen if is_state(ConnectionState.GAP)(one)]
            assert [len(one.market_refs) for one in gaps] == [4]  # the other connections go on
        await settled(lambda: client.connections == 0 and not server.sessions)


@pytest.mark.parametrize("fault", ["silence", "deaf"])
async def test_an_open_connection_without_data_is_found_out(fault):
    async with (
        Server(Truth(["A"], 1), KalshiShaped) as server,
        Proxy(server, 1) as proxy,
        feeding(proxy.url, KalshiDialect) as (feed, _),
        feed.listen(wanting("A")) as updates,
    ):
        await until(updates, live)
        proxy.planned.append(fault)
        server.change("A")
        seen = await until(updates, live)
        assert "open" in next(one.reason for one in seen if is_state(ConnectionState.GAP)(one))
        if fault == "deaf":
            assert any(map(is_state(ConnectionState.STALE), seen))


async def test_a_quiet_market_at_a_healthy_venue_stays_live():
    async with (
        Server(Truth(["A"], 1), KalshiShaped) as server,
        feeding(server.url, KalshiDialect) as (feed, _),
        feed.listen(wanting("A")) as updates,
    ):
        await until(updates, live)
        await asyncio.sleep(4 * QUICK.quiet)
        assert feed.books["A"].is_live
        assert len(server.handshakes) == 1
        assert any("get_snapshot" in text for text in server.said)


async def test_a_thousand_markets_on_one_subscription():
    names = [f"M{i}" for i in range(1000)]
    async with (
        Server(Truth(names, 1), KalshiShaped) as server,
        feeding(server.url, KalshiDialect, pulse=Pulse()) as (feed, _),
        feed.listen(wanting(*names)) as updates,
    ):
        seen = await until(updates, live)
        assert sum(map(a_book, seen)) == 1000
        for name in names:
            server.change(name)
        got = [await anext(updates) for _ in names]
        assert {update.market_ref.native for update in got} == set(names)


async def test_every_loss_is_told_even_if_it_is_like_the_one_before():
    async with (
        Server(Truth(["A", "B"], 1), KalshiShaped) as server,
        feeding(server.url, KalshiDialect) as (feed, _),
        feed.listen(wanting("A", "B")) as updates,
    ):
        await until(updates, live)
        report = Report(ConnectionState.GAP, (Topic(Channel.BOOK, "A"),), "the same")
        for _ in range(2):
            feed.hear(report)
        for _ in range(2):
            assert is_state(ConnectionState.GAP)(await anext(updates))


async def test_closing_the_feed_ends_everything():
    before = asyncio.all_tasks()
    async with Server(Truth(["A"], 1), KalshiShaped) as server:
        serving = asyncio.all_tasks()
        async with feeding(server.url, KalshiDialect) as (feed, client), feed.listen(wanting("A")) as updates:
            await until(updates, live)
            await feed.aclose()
            await feed.aclose()
            assert is_state(ConnectionState.CLOSED)([one async for one in updates][-1])
            with pytest.raises(RequestError, match="closed"):
                async with feed.listen(wanting("A")):
                    pass
            with pytest.raises(RequestError, match="closed"):
                client.want([Topic(Channel.BOOK, "A")])
        await settled(lambda: asyncio.all_tasks() <= serving)
    assert asyncio.all_tasks() == before


async def test_a_channel_that_nobody_streams_is_refused():
    async with (
        Server(Truth(["A"], 1), KalshiShaped) as server,
        feeding(server.url, KalshiDialect, channels=[Channel.BOOK]) as (feed, _),
    ):
        with pytest.raises(RequestError, match="streams no trade"):
            async with feed.listen(wanting("A", channels=[Channel.TRADE])):
                pass


async def test_a_topic_that_a_talking_venue_never_answers_is_refused_and_costs_nobody_else_anything():
    class Ignoring(KalshiShaped):
        def snapshot(self, ticker):
            if ticker != "B":
                super().snapshot(ticker)

    async with (
        Server(Truth(["A", "B"], 1), Ignoring) as server,
        feeding(server.url, KalshiDialect) as (feed, _),
        feed.listen(wanting("A")) as good,
    ):
        await until(good, live)
        begun = len(server.handshakes)

        async def talk():
            while True:
                server.change("A")
                await asyncio.sleep(0.01)

        talking = asyncio.ensure_future(talk())
        try:
            async with feed.listen(wanting("B")) as updates:
                with pytest.raises(UnexpectedAnswer, match="does not answer a subscription to book of B"):
                    await until(updates, live)
        finally:
            talking.cancel()
        assert len(server.handshakes) == begun
        assert all(map(a_book, await until(good, a_book)))
