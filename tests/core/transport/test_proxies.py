"""What the environment says of proxies decides which way a call takes."""

from __future__ import annotations

import pytest

from pmi_core.errors import Unreachable
from pmi_core.transport.retry import NEVER

pytestmark = pytest.mark.anyio
ORDER = {"body": b"{}", "capability": "orders", "signed": False, "uncertain": "c1"}
NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("name", ["http_proxy", "ALL_PROXY"])
async def test_a_call_goes_through_the_proxy_that_is_named(serve, reply, connect, monkeypatch, name):
    async with serve(reply(body=b"[1]")) as proxy:
        monkeypatch.setenv(name, proxy.url)
        client = connect("http://venue.example/v2")
        assert await client.get("/a", params={"b": 1}, capability="markets") == b"[1]"
        await client.send("POST", "/orders", **ORDER)
        await client.aclose()
    assert [(asked.method, asked.target) for asked in proxy.asked] == [
        ("GET", "http://venue.example/v2/a?b=1"),
        ("POST", "http://venue.example/v2/orders"),
    ]


async def test_an_excepted_host_is_asked_directly(serve, reply, connect, monkeypatch):
    async with serve(reply()) as venue, serve(reply()) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        client = connect(venue.url)
        await client.get("/a", capability="markets")
        await client.aclose()
        assert (len(venue.asked), len(proxy.asked)) == (1, 0)


async def test_a_proxy_for_another_scheme_changes_nothing(serve, reply, connect, monkeypatch):
    async with serve(reply()) as venue, serve(reply()) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        await connect(venue.url).get("/a", capability="markets")
        assert (len(venue.asked), len(proxy.asked)) == (1, 0)


async def test_a_write_that_never_reached_the_proxy_certainly_did_nothing(connect, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    client = connect("http://venue.example", retry=NEVER)
    with pytest.raises(Unreachable, match=r"the proxy 127\.0\.0\.1:9 refused the connection"):
        await client.send("POST", "/orders", **ORDER)
