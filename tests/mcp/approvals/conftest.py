"""A desk over a venue double, its approval page on a real port, and visitors of it."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from pmi_core import Level, MarketRef, OrderBook, WriteClass
from pmi_core.desk import OrderDraft
from pmi_core.testing.clock import ManualClock
from pmi_mcp.approvals import ApprovalPage, PageSettings

HERE = Path(__file__).parent


def _load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


double = _load("desk_double_of_the_page", HERE.parents[1] / "core" / "desk" / "double.py")
_chromium = _load("page_chromium", HERE / "chromium.py")

CONFIGS = {
    "page": "",
    "passkey": '[policy.approve_with]\npaper = ["passkey"]\n',
    "both": '[policy.approve_with]\npaper = ["page", "passkey"]\n',
    "terminal": '[policy.approve_with]\npaper = ["terminal"]\n',
    "live": 'mode = "live"\n[policy]\nmax_order = "500"\nmax_day = "1000"\n',
}
TITLE = "Will the upper bound of the policy rate be above 4 % after the December meeting?"


class Exchange(double.Double):
    """The double with a deeper book and a longer question."""

    title = TITLE

    def market(self, ref):
        return super().market(ref).model_copy(update={"title": self.title})

    async def get_book(self, market, depth=None):
        ref = MarketRef(market)
        book = OrderBook(
            market_ref=ref.market,
            bids=tuple(
                Level(price=p, size=s) for p, s in (("0.49", "120"), ("0.48", "300"), ("0.45", "1000"))
            ),
            asks=tuple(Level(price=p, size=s) for p, s in (("0.51", "15"), ("0.52", "40"), ("0.55", "900"))),
            received_time=self.clock.now(),
        )
        return book.mirror() if ref.outcome == "no" else book


class Stage:
    """The desk, the venue, the page and the time."""

    def __init__(self, desk, venue, page, clock):
        self.desk, self.venue, self.page, self.clock = desk, venue, page, clock

    async def preview(self, draft=None, **changes):
        return await self.desk.preview(draft or order(**changes))

    async def waiting(self, **changes):
        """A draft that waits: its code and an address for it."""
        preview = await self.preview(**changes)
        return preview.code, await self.page.address(preview.code)

    async def kinds(self, code):
        return [entry.kind.value async for entry in self.desk.entries(subject=code)]


def order(**changes):
    values = {
        "market_ref": "fake:RATE-4",
        "outcome": "yes",
        "action": "buy",
        "size": "25",
        "price": "0.53",
        "intent": "The rate decision looks under-priced; I want a small position before December.",
    }
    return OrderDraft(**{**values, **changes})


@pytest.fixture
def clock():
    return ManualClock(auto=True)


@pytest.fixture
def stage(tmp_path, clock):
    """Open a stage: ``async with stage("passkey") as s``."""

    @asynccontextmanager
    async def make(config="page", *, settings=None, opener=None, linger=0.0, **venue):
        exchange = Exchange(clock, **venue)
        if config == "live":
            exchange.write_class = WriteClass.REAL
        desk = double.make_desk(tmp_path / "home", exchange, config=CONFIGS[config])
        async with desk, desk.registry:
            settings = settings or PageSettings(open_browser=opener is not None)
            async with ApprovalPage(desk, settings, opener=opener, linger=linger) as page:
                yield Stage(desk, exchange, page, clock)

    return make


class Visitor:
    """What a browser sends, without one."""

    def __init__(self, client, address):
        self.client, self.address = client, address
        self.origin = address.rsplit("/", 1)[0]
        self.headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}

    async def look(self, **headers):
        return await self.client.get(self.address, headers=headers)

    async def seal(self):
        return re.search(r'name="seal" value="(\w+)"', (await self.look()).text)[1]

    async def say(self, word, *, seal=None, headers=None, path=""):
        data = {"answer": word, "seal": seal or await self.seal()}
        return await self.client.post(
            self.address + path, data=data, headers=self.headers if headers is None else headers
        )

    async def send(self, path, body, headers=None):
        return await self.client.post(
            self.address + path, json=body, headers=self.headers if headers is None else headers
        )


@pytest.fixture
async def visit():
    """Visit an address; every visit is a browser of its own."""
    clients = []

    def make(address):
        clients.append(httpx2.AsyncClient())
        return Visitor(clients[-1], address)

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture(name="order")
def order_maker():
    return order


@pytest.fixture(scope="session")
async def chromium(anyio_backend):
    """One browser for all tests of a process."""
    path = _chromium.find()
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def open_tab(chromium):
    """Open an address in a window of its own; ``complaints`` are what the browser complained of."""
    contexts = []

    async def make(address, **options):
        context = await chromium.new_context(**options)
        contexts.append(context)
        tab = await context.new_page()
        tab.complaints = []
        tab.on("console", lambda said: said.type in ("error", "warning") and tab.complaints.append(said.text))
        tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
        if address is not None:
            await tab.goto(address)
        return tab

    yield make
    for context in contexts:
        await context.close()


@pytest.fixture
async def foreign_site():
    """Serve a page of another origin that attacks an address; gives its own."""
    body = {}

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        data = body["html"].encode()
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(data)}\r\nConnection: close"
        )
        writer.write(head.encode() + b"\r\n\r\n" + data)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)

    def make(address, seal):
        body["html"] = (
            f'<form method="post" action="{address}"><input name="seal" value="{seal}">'
            '<button id="post" name="answer" value="approve">go</button></form>'
            f'<iframe name="inside" src="{address}"></iframe>'
        )
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    yield make
    server.close()
    await server.wait_closed()
