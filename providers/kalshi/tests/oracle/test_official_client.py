"""The exchange's own Python client finds in the sandbox what it expects, and sends what the provider sends."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from pmi_core.models import Action, MarketQuery, MarketStatus, OrderRequest, OutcomeSide, TimeInForce
from pmi_core.provider import OpenContext
from pmi_provider_kalshi.plugin import pmi_provider
from pmi_provider_kalshi.sandbox import Sandbox
from pmi_provider_kalshi.sandbox.keys import KeyType

official = pytest.importorskip(
    "kalshi_python_async", reason="the exchange's own client is not installed; run `nox -s oracle_kalshi`"
)
KalshiAuth = pytest.importorskip("kalshi_python_async.auth").KalshiAuth
pytestmark = pytest.mark.anyio
D = Decimal


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(params=list(KeyType))
async def sandbox(request):
    async with Sandbox(key_type=request.param, moving=False, tier="prime") as sandbox:
        yield sandbox


@pytest.fixture
async def client(sandbox):
    async with official.ApiClient(official.Configuration(host=sandbox.rest_url)) as client:
        # its own set_kalshi_auth names a class that its module does not import
        client.kalshi_auth = KalshiAuth(sandbox.api_key_id, sandbox.private_key)
        yield client


@pytest.fixture
async def venue(sandbox):
    provider = pmi_provider()
    settings = provider.settings.model_validate(
        {
            "environment": "custom",
            "rest_url": sandbox.rest_url,
            "api_key_id": sandbox.api_key_id,
            "private_key": sandbox.private_key,
        }
    )
    async with await provider.open(OpenContext(name="kalshi", settings=settings)) as venue:
        yield venue


@pytest.fixture
def heard(sandbox, monkeypatch):
    """Writes as they arrive: method, path and body."""
    found = []
    answer = sandbox.reception.answer

    def listening(method, target, headers, content):
        if method != "GET":
            found.append((method, target.partition("?")[0], json.loads(content) if content else None))
        return answer(method, target, headers, content)

    monkeypatch.setattr(sandbox.reception, "answer", listening)
    return found


async def first_market(client):
    page = await official.MarketApi(client).get_markets(status="open", series_ticker="KXFED", limit=5)
    assert page.markets
    return page.markets[0]


def intent(ticker, name, **fields):
    return {
        "ticker": ticker,
        "client_order_id": name,
        "side": "bid",
        "count": "10.00",
        "price": "0.0200",
        "time_in_force": "good_till_canceled",
        "self_trade_prevention_type": "taker_at_cross",
        **fields,
    }


async def test_it_reads_and_trades(client):
    """Markets, a life of an order, a fill, a position and the balance."""
    orders, portfolio = official.OrdersApi(client), official.PortfolioApi(client)
    market = await first_market(client)
    book = await official.MarketApi(client).get_market_orderbook(market.ticker)
    assert book.orderbook_fp.yes_dollars
    assert book.orderbook_fp.no_dollars
    made = await orders.create_order_v2(**intent(market.ticker, "one"))
    assert (D(made.fill_count), D(made.remaining_count)) == (0, 10)
    moved = await orders.amend_order_v2(
        made.order_id, ticker=market.ticker, side="bid", price="0.0300", count="12.00"
    )
    assert D(moved.remaining_count) == 12
    less = await orders.decrease_order_v2(made.order_id, reduce_by="2.00", market_ticker=market.ticker)
    assert D(less.remaining_count) == 10
    gone = await orders.cancel_order_v2(made.order_id, market_ticker=market.ticker)
    assert D(gone.reduced_by) == 10
    read = (await orders.get_order(made.order_id)).order
    assert (read.status, D(read.yes_price_dollars)) == ("canceled", D("0.03"))
    taken = await orders.create_order_v2(
        **intent(market.ticker, "two", price="0.9900", time_in_force="immediate_or_cancel")
    )
    assert D(taken.fill_count) == 10
    fills = (await portfolio.get_fills(order_id=taken.order_id)).fills
    assert sum(D(fill.count_fp) for fill in fills) == 10
    (held,) = (await portfolio.get_positions(ticker=market.ticker)).market_positions
    assert D(held.position_fp) == 10
    balance = await portfolio.get_balance()
    spent = sum(D(fill.yes_price_dollars) * D(fill.count_fp) + D(fill.fee_cost) for fill in fills)
    assert D(balance.balance_dollars) == 40_000 - spent
    assert len(balance.balance_breakdown) == 4


async def test_it_meets_the_same_refusals(client):
    """An unknown order, a price off the grid and a name used twice."""
    orders = official.OrdersApi(client)
    market = await first_market(client)
    with pytest.raises(official.exceptions.NotFoundException):
        await orders.cancel_order_v2("00000000-0000-0000-0000-000000000000", market_ticker=market.ticker)
    with pytest.raises(official.exceptions.BadRequestException) as refused:
        await orders.create_order_v2(**intent(market.ticker, "three", price="0.0250"))
    assert "invalid_price" in refused.value.body
    await orders.create_order_v2(**intent(market.ticker, "four"))
    with pytest.raises(official.exceptions.ConflictException) as refused:
        await orders.create_order_v2(**intent(market.ticker, "four"))
    assert "order_already_exists" in refused.value.body


@pytest.mark.parametrize(
    "outcome, action, side",
    [
        (OutcomeSide.YES, Action.BUY, "bid"),
        (OutcomeSide.YES, Action.SELL, "ask"),
        (OutcomeSide.NO, Action.BUY, "ask"),
        (OutcomeSide.NO, Action.SELL, "bid"),
    ],
)
async def test_one_intent_is_one_request(client, venue, heard, outcome, action, side):
    """What the provider sends for an intent says what the exchange's client says for it."""
    page = await venue.markets.list_markets(MarketQuery(status=MarketStatus.OPEN, limit=5))
    market = page.items[0]
    price = D("0.9700") if side == "ask" else D("0.0300")
    own = price if outcome is OutcomeSide.YES else 1 - price
    wanted = OrderRequest(
        market_ref=market.ref,
        outcome=outcome,
        action=action,
        size=D(3),
        price=own,
        time_in_force=TimeInForce.GTC,
        client_order_id="provider-1",
    )
    placed = await venue.orders.place_order(wanted)
    await venue.orders.cancel_order(placed.ref)
    ticker = market.ref.native
    said = intent(ticker, "provider-1", side=side, count="3.00", price=str(price))
    orders = official.OrdersApi(client)
    made = await orders.create_order_v2(**{**said, "client_order_id": "client-1"})
    await orders.cancel_order_v2(made.order_id, market_ticker=ticker)
    (placing, canceling), (theirs, their_cancel) = heard[:2], heard[2:]
    assert placing[:2] == theirs[:2]
    meant = {name: value for name, value in placing[2].items() if value is not False}
    assert numbers(meant) == numbers({**theirs[2], "client_order_id": "provider-1"})
    assert canceling[0] == their_cancel[0]
    assert canceling[1].rpartition("/")[0] == their_cancel[1].rpartition("/")[0]
    assert canceling[2] == their_cancel[2]


def numbers(body):
    """A body whose fixed-point texts compare by value; flags that are not set are left out."""
    return {
        name: D(value) if name in ("count", "price") else value
        for name, value in body.items()
        if value is not None
    }
