"""Slips of the finger: far prices, thin books, too much at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core import Level, OrderBook

pytestmark = pytest.mark.anyio


def book_of(venue, bids, asks):
    """Let the venue show this book of YES."""

    async def get_book(market, depth=None):
        from pmi_core import MarketRef

        ref = MarketRef(market)
        rows = [tuple(Level(price=price, size=size) for price, size in side.items()) for side in (bids, asks)]
        book = OrderBook(market_ref=ref.market, bids=rows[0], asks=rows[1], received_time=venue.clock.now())
        return book.mirror() if ref.outcome == "no" else book

    venue.get_book = get_book


async def warned(desk, draft):
    (one,) = (await desk.preview(draft)).orders
    return [check.name for check in one.checks if check.severity == "warn"]


@pytest.mark.parametrize(
    "middle, price, far",
    [("0.50", "0.60", False), ("0.50", "0.61", True), ("0.03", "0.05", False), ("0.03", "0.06", True)],
)
@pytest.mark.parametrize("mirrored", [False, True])
async def test_a_limit_far_from_the_middle(open_desk, venue, draft, middle, price, far, mirrored):
    venue.book_price = Decimal(middle)
    change = {"price": price}
    if mirrored:  # what is dear to buy as YES is cheap to sell as NO
        venue.held = Decimal(0)
        change = {"price": str(1 - Decimal(price)), "outcome": "no", "action": "sell"}
    async with open_desk(venue) as desk:
        assert ("distance" in await warned(desk, draft(**change))) is far


@pytest.mark.parametrize(
    "bids, asks, said",
    [
        ({"0.49": "1000"}, {"0.51": "1000"}, []),
        ({"0.40": "1000"}, {"0.51": "1000"}, ["spread"]),
        ({}, {"0.51": "1000"}, ["spread"]),
        ({"0.50": "1000"}, {}, ["spread"]),
        ({}, {}, ["distance"]),
        ({"0.49": "1000"}, {"0.50": "5", "0.53": "1000"}, []),
        ({"0.49": "1000"}, {"0.50": "5", "0.56": "1000"}, ["sweep"]),
    ],
)
async def test_a_market_whose_price_says_little(open_desk, venue, draft, bids, asks, said):
    book_of(venue, bids, asks)
    async with open_desk(venue) as desk:
        assert await warned(desk, draft(price="0.56" if "0.50" in asks else "0.51")) == said


@pytest.mark.parametrize("cash, large", [("21.5", False), ("20", True)])
async def test_much_of_the_cash_at_once(open_desk, venue, draft, cash, large):
    venue.cash = Decimal(cash)
    async with open_desk(venue) as desk:
        assert ("cash" in await warned(desk, draft())) is large
