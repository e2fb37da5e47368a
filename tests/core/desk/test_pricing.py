"""From where the price in a preview comes, and what is said where nobody tells it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from desk_double import Double

from pmi_core import FeeCertainty, PriceQuote
from pmi_core.errors import InvalidOrder

pytestmark = pytest.mark.anyio


class Quoting(Double):
    """A venue that prices on request: two cents above its middle, and a cent a contract on top.

    Its price has moved a further cent by the end of every thousand contracts.
    """

    has_books, firm_book, stands_behind, tells_fees = False, False, True, True

    async def open(self, context):
        venue = await super().open(context)
        return replace(venue, books=self if self.has_books else None, pricing=self)

    def market(self, ref):
        market = super().market(ref)
        shown = tuple(
            outcome.model_copy(update={"bid": Decimal("0.49"), "ask": Decimal("0.51")})
            for outcome in market.outcomes
        )
        fees = market.fees if self.tells_fees else None
        return market.model_copy(update={"outcomes": shown, "fees": fees})

    async def get_book(self, market, depth=None):
        book = await super().get_book(market, depth)
        return book.model_copy(update={"firm": self.firm_book})

    async def get_quote(self, query):
        size = query.size or (query.notional / Decimal("0.52")).quantize(Decimal(1))
        worst = Decimal("0.52") + size // 1000 * Decimal("0.01")
        average = (worst + Decimal("0.52")) / 2
        return PriceQuote(
            market_ref=query.market_ref,
            outcome=query.outcome,
            action=query.action,
            size=size,
            average_price=average,
            worst_price=worst,
            cost=size * average,
            fees=size / 100,
            complete=True,
            firm=self.stands_behind,
            as_of=self.clock.now(),
        )


@pytest.fixture
def venue(clock):
    return Quoting(clock)


async def shown(desk, draft):
    (one,) = (await desk.preview(draft)).orders
    return one


async def test_without_a_book_the_venue_is_asked(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        one = await shown(desk, draft(price="0.60"))
        assert one.priced_by_venue
        assert (one.taken_now, one.average_price) == (10, Decimal("0.52"))
        assert (one.fees, one.fees_certainty) == (Decimal("0.10"), FeeCertainty.EXACT)
        assert one.max_loss == Decimal("6.10")
        assert not any(check.name == "depth" for check in one.checks)


async def test_what_is_no_promise_is_held_against_the_schedule(open_desk, venue, draft):
    venue.stands_behind = False
    async with open_desk(venue) as desk:
        one = await shown(desk, draft(price="0.60"))
        assert one.fees_certainty is FeeCertainty.UPPER_BOUND
        assert one.fees > Decimal("0.10")


async def test_a_firm_quote_tells_fees_that_no_schedule_tells(open_desk, venue, draft):
    venue.tells_fees = False
    async with open_desk(venue) as desk:
        assert (await shown(desk, draft(price="0.60"))).fees == Decimal("0.10")
        with pytest.raises(InvalidOrder, match="does not say what it charges"):
            await desk.preview(draft(price="0.51"))  # the quote does not reach so low


async def test_a_limit_below_the_quote_promises_nothing_without_a_book(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        one = await shown(desk, draft(price="0.51"))
        assert (one.priced_by_venue, one.taken_now, one.average_price) == (False, 0, None)


async def test_a_firm_book_needs_no_quote(open_desk, venue, draft):
    venue.has_books = venue.firm_book = True
    async with open_desk(venue) as desk:
        one = await shown(desk, draft(price="0.60"))
        assert (one.priced_by_venue, one.average_price) == (False, Decimal("0.51"))


async def test_a_book_that_is_not_firm_says_how_far_a_limit_reaches(open_desk, venue, draft):
    venue.has_books = True
    async with open_desk(venue) as desk:
        one = await shown(desk, draft(price="0.60", size="5000"))
        assert (one.priced_by_venue, one.taken_now) == (True, 5000)
        assert one.average_price == Decimal("0.545")
        low = await shown(desk, draft(price="0.50"))
        assert (low.priced_by_venue, low.taken_now) == (False, 0)


async def test_a_share_of_a_depth_that_nobody_tells_cannot_be_kept(open_desk, venue, draft):
    config = '[policy]\nmax_depth_share = "0.5"\n'
    async with open_desk(venue, config=config) as desk:
        with pytest.raises(InvalidOrder, match="does not say how much is within reach"):
            await desk.preview(draft(price="0.60"))
    venue.has_books = True
    async with open_desk(venue, config=config) as desk:
        assert (await desk.preview(draft(price="0.60"))).orders


async def test_money_is_priced_by_the_venue_too(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        one = await shown(desk, draft(price="0.60", size=None, notional="52"))
        assert (one.taken_now, one.average_price) == (100, Decimal("0.52"))
