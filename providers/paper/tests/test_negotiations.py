"""Requests for quotes, on both sides, and combinations."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from pmi_core import (
    CollectionQuery,
    ComboLeg,
    ComboRequest,
    FillQuery,
    PositionQuery,
    QuoteListQuery,
    QuoteRequest,
    QuoteStatus,
    RfqQuery,
    RfqRequest,
)
from pmi_core.errors import MarketNotOpen, NotFound, OffGrid, RequestError

pytestmark = pytest.mark.anyio


async def asked(venue, lively, **measure):
    market = await lively(venue, "FED")
    measure = measure or {"size": Decimal(60)}
    rfq = await venue.quotes.create_rfq(RfqRequest(market_ref=market.ref, **measure))
    return market, rfq, (await venue.quotes.list_quotes(QuoteListQuery(rfq_ref=rfq.ref))).items


async def test_members_answer_around_the_market(venue, lively):
    market, rfq, quotes = await asked(venue, lively)
    assert len(quotes) == 2
    for quote in quotes:
        assert quote.rfq_ref == rfq.ref
        assert not quote.mine
        assert quote.yes_bid + quote.no_bid < 1
        assert abs(quote.yes_bid - market.yes.bid) < Decimal("0.1")


async def test_an_accepted_quote_is_executed_after_a_last_look(venue, clock, lively):
    _market, rfq, quotes = await asked(venue, lively)
    taken = await venue.quotes.accept_quote(quotes[0].ref, "no")
    assert (taken.status, taken.accepted_side) == (QuoteStatus.ACCEPTED, "no")
    await clock.advance(2)
    page = (await venue.quotes.list_quotes(QuoteListQuery(rfq_ref=rfq.ref))).items
    statuses = {quote.ref: quote.status for quote in page}
    assert statuses == {quotes[0].ref: QuoteStatus.EXECUTED, quotes[1].ref: QuoteStatus.CANCELED}
    assert (await venue.quotes.get_rfq(rfq.ref)).status == "closed"
    (fill,) = (await venue.orders.list_fills(FillQuery())).items
    assert (fill.outcome, fill.price, fill.size) == ("yes", 1 - quotes[0].no_bid, 60)
    executed = next(quote for quote in page if quote.order_ref is not None)
    assert (await venue.orders.get_order(executed.order_ref)).filled == 60
    (position,) = (await venue.account.list_positions(PositionQuery())).items
    assert (position.outcome, position.size) == ("yes", 60)


async def test_money_can_be_asked_for(venue, clock, lively):
    _, _, quotes = await asked(venue, lively, notional=Decimal(30))
    await venue.quotes.accept_quote(quotes[0].ref, "no")
    await clock.advance(2)
    (fill,) = (await venue.orders.list_fills(FillQuery())).items
    assert 25 < fill.size * fill.price <= 30


async def test_what_cannot_be_paid_is_not_executed(opened, clock, lively):
    async with opened(starting_cash="3") as venue:
        _, rfq, quotes = await asked(venue, lively)
        await venue.quotes.accept_quote(quotes[0].ref, "no")
        await clock.advance(2)
        page = (await venue.quotes.list_quotes(QuoteListQuery(rfq_ref=rfq.ref))).items
        assert {quote.ref: quote.status for quote in page}[quotes[0].ref] is QuoteStatus.CANCELED
        assert (await venue.account.get_balance())[0].total == 3


async def test_quotes_of_members_lapse(venue, clock, lively):
    _, rfq, quotes = await asked(venue, lively)
    await clock.advance(21 * 60)
    page = (await venue.quotes.list_quotes(QuoteListQuery(rfq_ref=rfq.ref))).items
    assert {quote.status for quote in page} == {QuoteStatus.CANCELED}
    with pytest.raises(RequestError):
        await venue.quotes.accept_quote(quotes[0].ref, "yes")


async def test_a_withdrawn_request_takes_its_quotes_along(venue, lively):
    _, rfq, quotes = await asked(venue, lively)
    closed = await venue.quotes.cancel_rfq(rfq.ref)
    assert closed.status == "closed"
    assert await venue.quotes.cancel_rfq(rfq.ref) == closed
    assert (await venue.quotes.list_quotes(QuoteListQuery(rfq_ref=rfq.ref, open_only=True))).items == ()
    with pytest.raises(RequestError):
        await venue.quotes.accept_quote(quotes[0].ref, "yes")


async def of_a_member(venue, clock):
    for _ in range(30):
        rfqs = (await venue.quotes.list_rfqs(RfqQuery(mine=False))).items
        for rfq in rfqs:
            market = await venue.markets.get_market(rfq.market_ref)
            if market.yes.bid and market.yes.ask and market.yes.bid > Decimal("0.1"):
                return rfq, market
        await clock.advance(300)
    raise AssertionError("no member asked for a quote in hours")


async def test_members_ask_and_take_fair_quotes(venue, clock):
    rfq, market = await of_a_member(venue, clock)
    assert await venue.quotes.get_rfq(rfq.ref) == rfq
    quote = await venue.quotes.create_quote(
        QuoteRequest(rfq_ref=rfq.ref, yes_bid=market.yes.bid, no_bid=market.no.bid)
    )
    assert quote.mine
    with pytest.raises(RequestError):
        await venue.quotes.confirm_quote(quote.ref)
    await clock.advance(4)
    (taken,) = (await venue.quotes.list_quotes(QuoteListQuery(open_only=True))).items
    assert taken.status is QuoteStatus.ACCEPTED
    done = await venue.quotes.confirm_quote(taken.ref)
    assert done.status is QuoteStatus.EXECUTED
    (fill,) = (await venue.orders.list_fills(FillQuery())).items
    assert (fill.outcome, fill.size) == (taken.accepted_side, rfq.size)
    assert (await venue.quotes.get_rfq(rfq.ref)).status == "closed"


async def test_members_leave_bad_quotes_alone(venue, clock):
    rfq, _ = await of_a_member(venue, clock)
    quote = await venue.quotes.create_quote(
        QuoteRequest(rfq_ref=rfq.ref, yes_bid=Decimal("0.01"), no_bid=Decimal("0.01"))
    )
    await clock.advance(10)
    (open_one,) = (await venue.quotes.list_quotes(QuoteListQuery())).items
    assert open_one.status is QuoteStatus.OPEN
    assert (await venue.quotes.cancel_quote(quote.ref)).status is QuoteStatus.CANCELED


async def test_an_unconfirmed_quote_lapses(venue, clock):
    rfq, market = await of_a_member(venue, clock)
    await venue.quotes.create_quote(
        QuoteRequest(rfq_ref=rfq.ref, yes_bid=market.yes.bid, no_bid=market.no.bid)
    )
    await clock.advance(40)
    (lapsed,) = (await venue.quotes.list_quotes(QuoteListQuery())).items
    assert lapsed.status is QuoteStatus.CANCELED


async def test_rfqs_obey_rules(venue, clock, lively):
    rfq, _ = await of_a_member(venue, clock)
    with pytest.raises(OffGrid):
        await venue.quotes.create_quote(QuoteRequest(rfq_ref=rfq.ref, yes_bid=Decimal("0.50001")))
    with pytest.raises(RequestError):
        await venue.quotes.cancel_rfq(rfq.ref)
    for name in ("m", "mzz", "m1", "r99", "mffffffffffffffffffff"):
        with pytest.raises(NotFound):
            await venue.quotes.get_rfq(f"paper:{name}")
    market, _, _ = await asked(venue, lively)
    clock.set(market.close_time)
    with pytest.raises(MarketNotOpen):
        await venue.quotes.create_rfq(RfqRequest(market_ref=market.ref, size=Decimal(5)))


async def some_legs(venue, count=2, code="ALL"):
    collection = await venue.combos.get_collection(f"paper:{code}")
    legs = []
    for ref in collection.event_refs:
        event = await venue.events.get_event(ref)
        market = event.markets[0]
        if market.yes.bid and market.yes.bid > Decimal("0.2"):
            legs.append(ComboLeg(market_ref=market.ref, outcome="yes"))
        if len(legs) == count:
            return collection, tuple(legs)
    raise AssertionError("there are too few likely legs")


async def test_the_same_legs_give_the_same_market(opened):
    async with opened() as venue:
        collection, legs = await some_legs(venue)
        combo = await venue.combos.open_combo(ComboRequest(collection_ref=collection.ref, legs=legs))
        turned = await venue.combos.open_combo(ComboRequest(collection_ref=collection.ref, legs=legs[::-1]))
        assert turned.ref == combo.ref
        assert len(combo.ref) <= len("paper:X-23456789")
    async with opened() as venue:
        again = await venue.markets.get_market(combo.ref)
        assert again.title == combo.title
        assert (await venue.events.get_event(combo.event_ref)).markets == (again,)


async def test_a_combo_costs_about_the_product_and_settles_with_its_legs(venue, clock, order):
    collection, legs = await some_legs(venue)
    combo = await venue.combos.open_combo(ComboRequest(collection_ref=collection.ref, legs=legs))
    parts = [await venue.markets.get_market(leg.market_ref) for leg in legs]
    product = parts[0].yes.bid * parts[1].yes.bid
    assert abs(combo.yes.bid - product) < Decimal("0.08")
    await venue.orders.place_order(order(combo.ref, combo.yes.ask, 10, time_in_force="ioc"))
    clock.set(combo.close_time + timedelta(days=2))
    parts = [await venue.markets.get_market(leg.market_ref) for leg in legs]
    settled = await venue.markets.get_market(combo.ref)
    if settled.status == "settled":
        assert settled.settlement_value == parts[0].settlement_value * parts[1].settlement_value
    assert (await venue.account.list_positions(PositionQuery())).items == ()


async def test_combos_obey_their_collection(venue):
    collections = (await venue.combos.list_collections(CollectionQuery())).items
    assert {one.ref.native for one in collections} >= {"ALL", "SPORT"}
    collection, legs = await some_legs(venue)
    with pytest.raises(RequestError, match="legs"):
        await venue.combos.open_combo(ComboRequest(collection_ref=collection.ref, legs=legs[:1]))
    with pytest.raises(RequestError, match="event"):
        await venue.combos.open_combo(ComboRequest(collection_ref=collection.ref, legs=(legs[0], legs[0])))
    event = await venue.events.get_event((await venue.combos.get_collection("paper:SPORT")).event_refs[0])
    other = ComboLeg(market_ref=event.markets[0].ref, outcome="no")
    with pytest.raises(RequestError):
        await venue.combos.open_combo(ComboRequest(collection_ref="paper:SPORT", legs=(other, legs[0])))
    with pytest.raises(NotFound):
        await venue.combos.get_collection("paper:NONE")
