"""Books: depth, outcomes, many at once, and the empty book of a market that does not exist."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.errors import NotFound, RequestError, UnexpectedAnswer
from pmi_core.models import BookSource, OutcomeSide

pytestmark = pytest.mark.anyio
EMPTY = {"yes_dollars": [], "no_dollars": []}
FULL = {"yes_dollars": [["0.1000", "5.00"], ["0.2000", "1.00"]], "no_dollars": [["0.7000", "44.00"]]}
MISSING = {"error": {"code": "not_found", "message": "not found"}}


def book(levels):
    return {"orderbook_fp": levels}


async def test_all_levels_are_asked_for_without_a_depth(kalshi, exchange, now):
    exchange.answers("/markets/A-1/orderbook", book(FULL))
    found = await kalshi.books.get_book("kalshi:A-1")
    assert (found.market_ref, found.outcome, found.source) == (
        "kalshi:A-1",
        OutcomeSide.YES,
        BookSource.VENUE,
    )
    assert [level.price for level in found.bids] == [Decimal("0.2"), Decimal("0.1")]
    assert [level.price for level in found.asks] == [Decimal("0.3")]
    assert found.received_time == now


async def test_the_no_book_is_the_mirror(kalshi, exchange):
    exchange.answers("/markets/A-1/orderbook", book(FULL))
    found = await kalshi.books.get_book("kalshi:A-1#no")
    assert (found.market_ref, found.outcome, found.source) == (
        "kalshi:A-1",
        OutcomeSide.NO,
        BookSource.MIRROR,
    )
    assert [(level.price, level.size) for level in found.bids] == [(Decimal("0.7"), Decimal(44))]
    assert [level.price for level in found.asks] == [Decimal("0.8"), Decimal("0.9")]


async def test_depth_is_asked_for_and_kept(kalshi, exchange):
    exchange.answers("/markets/A-1/orderbook", book(FULL), depth=1)
    found = await kalshi.books.get_book("kalshi:A-1", depth=1)
    assert [level.price for level in found.bids] == [Decimal("0.2")]


async def test_more_than_the_venue_can_cut_is_cut_here(kalshi, exchange):
    levels = [[f"0.{at:04d}", "1.00"] for at in range(1, 200)]
    exchange.answers("/markets/A-1/orderbook", book({"yes_dollars": levels, "no_dollars": []}))
    found = await kalshi.books.get_book("kalshi:A-1", depth=150)
    assert len(found.bids) == 150
    assert found.bids[0].price == Decimal("0.0199")


@pytest.mark.parametrize("depth", [0, -1])
async def test_a_depth_of_nothing_is_refused(kalshi, exchange, depth):
    with pytest.raises(RequestError, match="at least one level"):
        await kalshi.books.get_book("kalshi:A-1", depth=depth)
    assert exchange.asked == []


async def test_an_empty_book_is_believed_of_a_market_that_exists(kalshi, exchange, row):
    exchange.answers("/markets/A-1/orderbook", book(EMPTY)).answers("/markets/A-1", {"market": row("A-1")})
    found = await kalshi.books.get_book("kalshi:A-1")
    assert (found.bids, found.asks) == ((), ())


async def test_an_empty_book_of_nothing_is_not_found(kalshi, exchange):
    exchange.answers("/markets/A-1/orderbook", book(EMPTY))
    exchange.answers("/markets/A-1", MISSING, code=404)
    exchange.answers("/historical/markets/A-1", MISSING, code=404)
    with pytest.raises(NotFound, match="A-1") as failure:
        await kalshi.books.get_book("kalshi:A-1")
    assert failure.value.capability == "books"


async def test_many_books_are_asked_by_the_hundred(kalshi, exchange):
    names = [f"A-{at}" for at in range(130)]
    for chunk in (names[:100], names[100:]):
        answer = {"orderbooks": [{"ticker": name, "orderbook_fp": FULL} for name in reversed(chunk)]}
        exchange.answers("/markets/orderbooks", answer, tickers=chunk)
    found = await kalshi.books.get_books([f"kalshi:{name}" for name in names])
    assert [made.market_ref.native for made in found] == names
    assert len(exchange.asked) == 2


async def test_one_market_may_be_asked_for_twice(kalshi, exchange):
    answer = {"orderbooks": [{"ticker": "A-1", "orderbook_fp": FULL}]}
    exchange.answers("/markets/orderbooks", answer, tickers=["A-1"])
    yes, no = await kalshi.books.get_books(["kalshi:A-1", "kalshi:A-1#no"])
    assert no.bids == yes.mirror().bids


async def test_empty_ones_among_many_are_looked_up_together(kalshi, exchange, row, page):
    answer = {
        "orderbooks": [{"ticker": "A-1", "orderbook_fp": EMPTY}, {"ticker": "A-2", "orderbook_fp": FULL}]
    }
    exchange.answers("/markets/orderbooks", answer, tickers=["A-1", "A-2", "A-3"])
    exchange.answers("/markets", page(row("A-1")), tickers="A-1,A-3", limit=2)
    exchange.answers("/historical/markets", page(row("A-3")), tickers="A-3", limit=1)
    found = await kalshi.books.get_books(["kalshi:A-1", "kalshi:A-2", "kalshi:A-3"])
    assert [len(made.bids) for made in found] == [0, 2, 0]


async def test_the_unknown_one_among_many_is_named(kalshi, exchange, row, page):
    answer = {
        "orderbooks": [{"ticker": "A-1", "orderbook_fp": EMPTY}, {"ticker": "X-9", "orderbook_fp": EMPTY}]
    }
    exchange.answers("/markets/orderbooks", answer, tickers=["A-1", "X-9"])
    exchange.answers("/markets", page(row("A-1")), tickers="A-1,X-9", limit=2)
    exchange.answers("/historical/markets", page(), tickers="X-9", limit=1)
    with pytest.raises(NotFound, match="X-9"):
        await kalshi.books.get_books(["kalshi:A-1", "kalshi:X-9"])


async def test_no_books_are_no_call(kalshi, exchange):
    assert await kalshi.books.get_books([]) == ()
    assert exchange.asked == []


async def test_a_crossed_book_is_an_error_of_the_slot(kalshi, exchange):
    crossed = {"yes_dollars": [["0.6000", "1.00"]], "no_dollars": [["0.5000", "1.00"]]}
    exchange.answers("/markets/A-1/orderbook", book(crossed))
    with pytest.raises(UnexpectedAnswer, match="crossed") as failure:
        await kalshi.books.get_book("kalshi:A-1")
    assert (failure.value.venue, failure.value.capability) == ("kalshi", "books")
