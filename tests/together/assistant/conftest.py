"""Servers over the practice exchange, clients of both eras, and a person who answers their questions."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from fastmcp import Client
from fastmcp.client.elicitation import ElicitResult

from pmi_core import MarketQuery, OrderQuery, Registry
from pmi_core.desk import Desk
from pmi_core.testing.clock import ManualClock
from pmi_mcp.server import build
from pmi_mcp.settings import ServerSettings

ERAS = {"modern": "auto", "handshake": "legacy"}


class Person:
    """Answers questions at the client, and remembers them."""

    def __init__(self, *answers, before=None):
        self.answers = list(answers) or [{"approve": True}]
        self.questions = []
        self.before = before

    async def __call__(self, message, response_type, params, context):
        del response_type, params, context
        self.questions.append(message)
        if self.before is not None:
            await self.before()
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, dict):
            return ElicitResult(action="accept", content=answer)
        return ElicitResult(action=answer)


class House:
    """One data folder: registries, servers and desks over it, and what the exchange really has."""

    def __init__(self, folder, clock):
        self.folder = folder
        self.clock = clock
        self.config = folder / "pmi.toml"
        self.write("")

    def write(self, policy="", top="", page="open_browser = false"):
        """The configuration: prices stand still, so that one that was read is there when it is taken."""
        self.config.write_text(
            f"{top}\n[venues.paper]\nlive = false\n[policy]\n{policy}\n[approvals]\n{page}\n",
            encoding="utf-8",
        )

    def registry(self):
        return Registry.load(
            config_path=self.config, environ={"PMI_HOME": str(self.folder)}, clock=self.clock
        )

    def server(self, registry=None, **settings):
        return build(
            registry or self.registry(), ServerSettings(**{"toolsets": "all"} | settings), self.clock
        )

    @asynccontextmanager
    async def client(self, era, person=None, registry=None, **settings):
        async with Client(
            self.server(registry, **settings), mode=ERAS.get(era, era), elicitation_handler=person
        ) as opened:
            yield Assistant(opened)

    async def orders(self):
        """Every order that the exchange has, read past desk and server."""
        async with self.registry() as registry:
            venue = await registry.venue("paper")
            return (await venue.orders.list_orders(OrderQuery(limit=200))).items

    @asynccontextmanager
    async def desk(self):
        async with self.registry() as registry, Desk(registry) as desk:
            yield desk

    async def market(self):
        """A market in which somebody buys and sells, away from both ends."""
        async with self.registry() as registry:
            venue = await registry.venue("paper")
            page = await venue.markets.list_markets(MarketQuery(status="open", limit=200))
            return next(
                row
                for row in page.items
                if row.is_open
                and row.execution == "clob"
                and row.yes.bid is not None
                and row.yes.ask is not None
                and Decimal("0.2") < row.yes.bid < row.yes.ask < Decimal("0.8")
                and (row.min_size or 1) <= 1
                and row.close_time > self.clock.now() + timedelta(hours=2)
            )


class Assistant:
    """A client that gives an answer's data, or the data of its error."""

    def __init__(self, client):
        self.client = client

    async def ask(self, tool, **arguments):
        result = await self.client.call_tool(tool, arguments, raise_on_error=False)
        assert not result.is_error, result.content[0].text
        assert len(result.content[0].text) < 8_000, "an answer stays small"
        return result.structured_content

    async def fail(self, tool, **arguments):
        result = await self.client.call_tool(tool, arguments, raise_on_error=False)
        assert result.is_error, result.structured_content
        return result.structured_content

    async def raw(self, tool, arguments, **rest):
        """One leg of the protocol, as a client that follows none of its rules sends it."""
        return await self.client.session.call_tool(tool, arguments, allow_input_required=True, **rest)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def house(tmp_path, clock):
    return House(tmp_path, clock)


@pytest.fixture(params=ERAS)
def era(request):
    return request.param


@pytest.fixture
async def market(house):
    return await house.market()


@pytest.fixture
def bid(market):
    """A purchase that rests far below everybody else."""
    return {
        "market": market.ref,
        "outcome": "yes",
        "action": "buy",
        "size": "3",
        "price": str(market.price_grid.snap(Decimal("0.05"), towards="floor")),
    }


@pytest.fixture
def take(market):
    """A purchase that takes what somebody offers."""
    return {
        "market": market.ref,
        "outcome": "yes",
        "action": "buy",
        "size": "2",
        "price": str(market.yes.ask),
    }


@pytest.fixture
def passing(clock):
    """Time that passes while a block runs, for what waits by the clock."""

    @asynccontextmanager
    async def held():
        async def pass_time():
            while True:
                await clock.advance(0.5)
                await asyncio.sleep(0.005)

        task = asyncio.create_task(pass_time())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return held


@pytest.fixture
def person():
    return Person
