"""Markets that a market maker's formula prices, and prices asked for before trading."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core import BookSource, Execution, OrderStatus, PositionQuery, QuoteQuery, RfqRequest
from pmi_core.errors import InvalidOrder, MarketNotOpen, OrderRefused

pytestmark = pytest.mark.anyio


def asked(market, outcome="yes", action="buy", **measure):
    return QuoteQuery(
        market_ref=market.ref,
        outcome=outcome,
        action=action,
        **{name: Decimal(value) for name, value in measure.items()},
    )


async def test_curve_books_are_not_firm(venue, on_curve):
    market = await on_curve(venue)
    assert market.execution is Execution.AMM
    for ref in (market.ref, f"{market.ref}#no"):
        book = await venue.books.get_book(ref)
        assert (book.source, book.firm) == (BookSource.CURVE, False)
        assert book.bids
        assert book.asks


async def test_ordinary_books_are_firm_and_no_is_their_mirror(venue, lively):
    market = await lively(venue)
    yes, no = await venue.books.get_books([market.ref, f"{market.ref}#no"])
    assert (yes.source, yes.firm) == (BookSource.VENUE, True)
    assert (no.source, no.firm) == (BookSource.MIRROR, True)
    assert no == yes.mirror()


@pytest.mark.parametrize("outcome", ["yes", "no"])
async def test_a_curve_keeps_its_word(venue, on_curve, order, outcome):
    market = await on_curve(venue)
    quote = await venue.pricing.get_quote(asked(market, outcome, size="25"))
    assert (quote.firm, quote.complete) == (False, True)
    placed = await venue.orders.place_order(
        order(market.ref, "0.99", 25, outcome=outcome, time_in_force="ioc")
    )
    assert (placed.status, placed.filled_notional, placed.fees) == (
        OrderStatus.FILLED,
        quote.cost,
        quote.fees,
    )
    dearer = await venue.pricing.get_quote(asked(market, outcome, size="25"))
    assert dearer.cost > quote.cost


async def test_members_bring_a_curve_back(venue, clock, on_curve, order):
    market = await on_curve(venue)
    before = (await venue.pricing.get_quote(asked(market, size="1"))).average_price
    await venue.orders.place_order(order(market.ref, "0.99", 300, time_in_force="ioc"))
    moved = (await venue.pricing.get_quote(asked(market, size="1"))).average_price
    await clock.advance(5)
    after = (await venue.pricing.get_quote(asked(market, size="1"))).average_price
    assert moved > before + Decimal("0.02")
    assert abs(after - before) < Decimal("0.01"), "somebody else moved it back"


async def test_nothing_rests_at_a_curve(venue, on_curve, order):
    market = await on_curve(venue)
    with pytest.raises(InvalidOrder):
        await venue.orders.place_order(order(market.ref, "0.02", post_only=True))
    with pytest.raises(OrderRefused):
        await venue.orders.place_order(order(market.ref, "0.01", 10))
    placed = await venue.orders.place_order(order(market.ref, "0.01", 10, time_in_force="ioc"))
    assert (placed.status, placed.filled) == (OrderStatus.CANCELED, 0)


async def test_what_was_bought_at_a_curve_can_be_sold(venue, on_curve, order):
    market = await on_curve(venue)
    await venue.orders.place_order(order(market.ref, "0.99", "12.5", time_in_force="ioc"))
    await venue.orders.place_order(order(market.ref, "0.01", "12.5", action="sell", time_in_force="ioc"))
    assert (await venue.account.list_positions(PositionQuery())).items == ()
    (balance,) = await venue.account.get_balance()
    assert Decimal(9_999) < balance.total <= 10_000


async def test_a_firm_book_is_priced_level_by_level(venue, lively, order):
    market = await lively(venue)
    book = await venue.books.get_book(market.ref)
    size = book.asks[0].size + 5
    quote = await venue.pricing.get_quote(asked(market, size=str(size)))
    cost = book.asks[0].price * book.asks[0].size + book.asks[1].price * 5
    assert (quote.cost, quote.worst_price, quote.firm) == (cost, book.asks[1].price, True)
    placed = await venue.orders.place_order(order(market.ref, book.asks[1].price, size, time_in_force="ioc"))
    assert (placed.filled_notional, placed.fees) == (quote.cost, quote.fees)


async def test_more_than_there_is_cannot_be_had(venue, lively):
    market = await lively(venue)
    book = await venue.books.get_book(market.ref)
    quote = await venue.pricing.get_quote(asked(market, size="1000000"))
    assert not quote.complete
    assert quote.size == sum(level.size for level in book.asks)


async def test_money_buys_what_it_buys(venue, lively):
    market = await lively(venue)
    quote = await venue.pricing.get_quote(asked(market, notional="30"))
    assert quote.cost <= 30
    assert quote.size > 0


async def test_closed_markets_have_no_price(venue, clock, lively):
    market = await lively(venue)
    clock.set(market.close_time)
    with pytest.raises(MarketNotOpen):
        await venue.pricing.get_quote(asked(market, size="1"))


async def test_nobody_quotes_at_a_curve(venue, on_curve):
    market = await on_curve(venue)
    with pytest.raises(InvalidOrder):
        await venue.quotes.create_rfq(RfqRequest(market_ref=market.ref, size=Decimal(5)))
