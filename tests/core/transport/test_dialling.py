"""A host with several addresses, of which some answer late or never."""

from __future__ import annotations

import asyncio
import socket

import pytest

from pmi_core.errors import Unreachable
from pmi_core.transport import dialling
from pmi_core.transport.dialling import dial
from pmi_core.transport.retry import NEVER

pytestmark = pytest.mark.anyio
LOOP = asyncio.base_events.BaseEventLoop


@pytest.fixture
def named(monkeypatch):
    """Let every name stand for these addresses, in this order."""

    def name(*hosts):
        async def resolve(self, host, port, **kwargs):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in hosts]

        monkeypatch.setattr(LOOP, "getaddrinfo", resolve)

    return name


@pytest.fixture
def network(monkeypatch):
    """How connecting goes, by address: an error, seconds, or at once; gives the sockets tried."""
    tried = []

    def behaves(**by_name):
        async def connect(self, sock, where):
            tried.append(sock)
            how = by_name[where[0]]
            if isinstance(how, Exception):
                raise how
            await asyncio.sleep(how)

        monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", connect)
        return tried

    return behaves


async def test_the_first_address_that_answers_is_taken_and_the_others_are_closed(named, network):
    named("dead", "late", "quick", "unneeded")
    tried = network(dead=60, late=60, quick=0, unneeded=0)
    async with asyncio.timeout(30):
        won = await dial("venue.example", 443)
    await asyncio.sleep(0.01)
    assert [sock.fileno() >= 0 for sock in tried] == [False, False, True]
    assert won is tried[2]
    won.close()


async def test_after_a_refusal_the_next_address_is_tried_at_once(named, network, monkeypatch):
    monkeypatch.setattr(dialling, "_HEAD_START", 600)
    named("refused", "quick")
    tried = network(refused=ConnectionRefusedError(), quick=0)
    async with asyncio.timeout(30):
        (await dial("venue.example", 443)).close()
    assert len(tried) == 2


async def test_an_early_address_may_still_win_late(named, network):
    named("slow", "refused")
    tried = network(slow=0.4, refused=ConnectionRefusedError())
    won = await dial("venue.example", 443)
    assert won is tried[0]
    won.close()


async def test_where_every_address_fails_the_reason_is_told(named, network, connect):
    named("one", "two")
    tried = network(one=ConnectionRefusedError("one"), two=ConnectionRefusedError("two"))
    with pytest.raises(Unreachable, match=r"venue\.example refused the connection"):
        await connect("http://venue.example", retry=NEVER).get("/a", capability="markets")
    assert [sock.fileno() for sock in tried] == [-1, -1]


async def test_a_dial_that_is_cancelled_closes_every_attempt(named, network):
    named("one", "two", "three")
    tried = network(one=60, two=60, three=60)
    call = asyncio.create_task(dial("venue.example", 443))
    while len(tried) < 3:
        await asyncio.sleep(0.01)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.sleep(0.01)
    assert [sock.fileno() for sock in tried] == [-1, -1, -1]


async def test_the_families_of_addresses_take_turns(monkeypatch, network):
    async def resolve(self, host, port, **kwargs):
        six = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (host, port, 0, 0)) for host in ("6a", "6b")]
        return [*six, (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("4a", port))]

    monkeypatch.setattr(LOOP, "getaddrinfo", resolve)
    refused = ConnectionRefusedError()
    tried = network(**{"6a": refused, "6b": refused, "4a": refused})
    with pytest.raises(OSError, match="no address answers"):
        await dial("venue.example", 443)
    assert [sock.family for sock in tried] == [socket.AF_INET6, socket.AF_INET, socket.AF_INET6]
