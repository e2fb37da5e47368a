"""A practice exchange under a clock that stands still until a test moves it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from decimal import Decimal
from itertools import count

import pytest

from pmi_core import Execution, MarketQuery, OpenContext, OrderRequest
from pmi_core.testing.clock import ManualClock
from pmi_provider_paper import PaperSettings
from pmi_provider_paper.plugin import PROVIDER

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def opened(clock, folder):
    """Opens a venue: `async with opened(seed=2) as venue`."""

    @asynccontextmanager
    async def open_it(*, at=None, keep=True, name="paper", **settings):
        context = OpenContext(
            name=name,
            settings=PaperSettings(**settings),
            clock=at or clock,
            data_dir=folder if keep else None,
        )
        async with await PROVIDER.open(context) as venue:
            yield venue

    return open_it


@pytest.fixture
async def venue(opened):
    async with opened() as venue:
        yield venue


@pytest.fixture
def order():
    """Makes an order request with a fresh client order id."""

    def make(market, price, size=10, *, outcome="yes", action="buy", **more):
        more.setdefault("client_order_id", f"c{next(_NUMBERS)}")
        if "notional" not in more:
            more["size"] = Decimal(size)
        return OrderRequest(market_ref=market, outcome=outcome, action=action, price=Decimal(price), **more)

    return make


@pytest.fixture
def lively():
    """Finds an open order-book market with both sides, by default the one that closes first."""

    async def find(venue, series="BTC", place=0):
        page = await venue.markets.list_markets(
            MarketQuery(status="open", limit=1000, series_ref=f"{venue.name}:{series}")
        )
        found = [one for one in page.items if one.yes.bid and one.yes.ask]
        found.sort(key=lambda one: abs(one.yes.bid - Decimal("0.5")))
        return found[place]

    return find


@pytest.fixture
def on_curve():
    """Finds an open market that a market maker's curve prices."""

    async def find(venue):
        page = await venue.markets.list_markets(MarketQuery(status="open", limit=1000))
        found = [one for one in page.items if one.execution is Execution.AMM and one.yes.bid]
        return min(found, key=lambda one: abs(one.yes.bid - Decimal("0.4")))

    return find
