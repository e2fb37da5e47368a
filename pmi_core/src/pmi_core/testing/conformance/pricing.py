"""Rules of the capability ``pricing``."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.capabilities import Capability
from pmi_core.errors import NotFound
from pmi_core.identifiers import MarketRef
from pmi_core.models import Action, Level, OrderBook, OutcomeSide, PriceQuote, QuoteQuery
from pmi_core.provider import Venue, WriteClass
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.samples import ABSENT, Subjects, a_book
from pmi_core.testing.conformance.soundness import check_json, check_refs, check_sound, check_times
from pmi_core.testing.conformance.stage import Contract

__all__ = ["PricingRules"]

BUY, SELL = Action.BUY, Action.SELL


async def both(
    venue: Venue, subjects: Subjects, side: OutcomeSide, action: Action
) -> tuple[OrderBook, Level]:
    """A firm book of the outcome and the level that the action would take first."""
    book = await a_book(venue, subjects)
    if side is OutcomeSide.NO:
        book = await needs(venue.books, Capability.BOOKS, venue).get_book(f"{book.market_ref}#no")
    level = book.best_ask if action is BUY else book.best_bid
    if level is None or not book.firm:
        skip(f"{venue.info.provider} has no firm book to {action} {side} from")
    return book, level


class PricingRules(Contract):
    """What taking would cost now."""

    @pytest.mark.parametrize("action", list(Action))
    @pytest.mark.parametrize("side", list(OutcomeSide))
    async def test_pricing_answers_for_the_best_level(
        self, venue: Venue, subjects: Subjects, side: OutcomeSide, action: Action
    ) -> None:
        """Within the best level, the price is that level's, in terms of the outcome asked for."""
        pricer = needs(venue.pricing, Capability.PRICING, venue)
        book, level = await both(venue, subjects, side, action)
        size = min(level.size, Decimal(1)) if level.size >= 1 else level.size
        query = QuoteQuery(market_ref=book.market_ref, outcome=side, action=action, size=size)
        quote = check_sound(await pricer.get_quote(query), PriceQuote)
        check_refs(quote, venue.name)
        check_times(quote)
        check_json(quote)
        assert (quote.outcome, quote.action) == (side, action)
        assert quote.complete
        assert quote.size == size
        assert quote.average_price == quote.worst_price == level.price
        assert quote.cost == level.price * size

    async def test_pricing_goes_through_the_levels(self, venue: Venue, subjects: Subjects) -> None:
        """Buying two levels costs both, and the price left afterwards is the next one."""
        pricer = needs(venue.pricing, Capability.PRICING, venue)
        book, _ = await both(venue, subjects, OutcomeSide.YES, BUY)
        taken = book.asks[:2]
        size = sum((level.size for level in taken), Decimal(0))
        cost = sum((level.size * level.price for level in taken), Decimal(0))
        quote = await pricer.get_quote(
            QuoteQuery(market_ref=book.market_ref, outcome=OutcomeSide.YES, action=BUY, size=size)
        )
        assert (quote.size, quote.cost, quote.worst_price) == (size, cost, taken[-1].price)
        assert quote.price_after == (book.asks[2].price if len(book.asks) > 2 else None)

    async def test_pricing_says_when_the_book_is_too_thin(self, venue: Venue, subjects: Subjects) -> None:
        """More than rests is answered with what rests, and said to be incomplete."""
        pricer = needs(venue.pricing, Capability.PRICING, venue)
        book, _ = await both(venue, subjects, OutcomeSide.YES, BUY)
        rests = sum((level.size for level in book.asks), Decimal(0))
        quote = await pricer.get_quote(
            QuoteQuery(market_ref=book.market_ref, outcome=OutcomeSide.YES, action=BUY, size=rests + 1000)
        )
        assert not quote.complete
        assert quote.size == rests
        assert quote.price_after is None

    async def test_pricing_never_spends_more(self, venue: Venue, subjects: Subjects) -> None:
        """A quote for an amount of money costs at most that amount."""
        pricer = needs(venue.pricing, Capability.PRICING, venue)
        book, level = await both(venue, subjects, OutcomeSide.YES, BUY)
        money = max(level.price * level.size / 2, Decimal("0.5"))
        quote = await pricer.get_quote(
            QuoteQuery(market_ref=book.market_ref, outcome=OutcomeSide.YES, action=BUY, notional=money)
        )
        assert 0 < quote.cost <= money
        assert quote.size > 0

    async def test_pricing_changes_nothing(self, venue: Venue, subjects: Subjects) -> None:
        """Asking for a price twice gives the same answer and leaves the book as it was."""
        pricer = needs(venue.pricing, Capability.PRICING, venue)
        if venue.info.write_class is not WriteClass.SIMULATED:
            skip(f"{venue.info.provider} moves between two reads")
        book, _ = await both(venue, subjects, OutcomeSide.YES, BUY)
        query = QuoteQuery(market_ref=book.market_ref, outcome=OutcomeSide.YES, action=BUY, size=Decimal(1))
        first, second = await pricer.get_quote(query), await pricer.get_quote(query)
        assert (first.cost, first.fees) == (second.cost, second.fees)
        assert (await a_book(venue, subjects)).asks == book.asks

    async def test_pricing_unknown_is_not_found(self, venue: Venue) -> None:
        """An unknown market is NotFound, not a quote of nothing."""
        pricer = needs(venue.pricing, Capability.PRICING, venue)
        query = QuoteQuery(
            market_ref=MarketRef.make(venue.name, ABSENT),
            outcome=OutcomeSide.YES,
            action=BUY,
            size=Decimal(1),
        )
        with pytest.raises(NotFound):
            await pricer.get_quote(query)
