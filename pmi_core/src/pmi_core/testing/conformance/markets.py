"""Rules of the capability ``markets``: what a market says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.capabilities import Capability
from pmi_core.errors import NotFound, RequestError
from pmi_core.identifiers import MarketRef
from pmi_core.models import Execution, Market, MarketQuery, MarketResult, MarketStatus, OutcomeSide, Trading
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.samples import ABSENT, Subjects, a_market, open_markets
from pmi_core.testing.conformance.soundness import check_json, check_refs, check_sound, check_times
from pmi_core.testing.conformance.stage import Contract

__all__ = ["MarketRules"]

FIXED = (
    "ref",
    "event_ref",
    "title",
    "strike",
    "close_time",
    "price_grid",
    "size_step",
    "currency",
    "execution",
)


class MarketRules(Contract):
    """Markets by listing and by ref."""

    async def test_markets_answers(self, venue: Venue) -> None:
        """Open markets can be listed, and each is whole."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        for market in await open_markets(reader, venue):
            check_sound(market, Market)

    async def test_markets_refs_carry_the_venue(self, venue: Venue) -> None:
        """Refs carry the configured name of the venue, not the provider's."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        for market in await open_markets(reader, venue):
            check_refs(market, venue.name)
            assert market.ref.outcome is None, "a market's ref names the whole market"

    async def test_markets_get_agrees_with_listing(self, venue: Venue) -> None:
        """Reading a listed market by its ref gives the same market."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        for listed in (await open_markets(reader, venue))[:2]:
            alone = await reader.get_market(listed.ref)
            for field in FIXED:
                assert getattr(alone, field) == getattr(listed, field), f"{listed.ref}: {field} differs"
            assert [(one.label, one.polarity) for one in alone.outcomes] == [
                (one.label, one.polarity) for one in listed.outcomes
            ]

    async def test_markets_get_takes_text(self, venue: Venue, subjects: Subjects) -> None:
        """A ref may be given as plain text."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        market = await a_market(venue, subjects)
        assert (await reader.get_market(str(market.ref))).ref == market.ref

    async def test_markets_unknown_is_not_found(self, venue: Venue) -> None:
        """A ref that the venue does not know is NotFound."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        with pytest.raises(NotFound):
            await reader.get_market(MarketRef.make(venue.name, ABSENT))

    async def test_markets_of_other_venues_are_refused(self, venue: Venue) -> None:
        """A ref of another venue is a RequestError, whatever its native part."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        with pytest.raises(RequestError):
            await reader.get_market(MarketRef.make("elsewhere", ABSENT))

    async def test_markets_outcomes_are_yes_then_no(self, venue: Venue) -> None:
        """The two outcomes are YES and NO, in that order, with labels that differ."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        for market in await open_markets(reader, venue):
            assert [one.polarity for one in market.outcomes] == [OutcomeSide.YES, OutcomeSide.NO], market.ref
            assert market.yes.label.strip(), market.ref
            assert market.yes.label != market.no.label, market.ref

    async def test_markets_prices_are_exact(self, venue: Venue) -> None:
        """Prices are Decimal dollars in [0, 1]: never floats, never cents."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        seen = 0
        for market in await open_markets(reader, venue):
            for outcome in market.outcomes:
                for price in (outcome.bid, outcome.ask, outcome.last):
                    if price is not None:
                        seen += 1
                        assert type(price) is Decimal, f"{market.ref}: {price!r} is a {type(price).__name__}"
                        assert 0 <= price <= 1, f"{market.ref}: {price} is not a price in dollars"
        if not seen:
            skip(f"{venue.info.provider} lists no market with a price")

    async def test_markets_missing_price_is_none(self, venue: Venue) -> None:
        """A side without offers has the price None; 0 and 1 are not offers."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        for market in await open_markets(reader, venue):
            for outcome in market.outcomes:
                for name in ("bid", "ask"):
                    price = getattr(outcome, name)
                    assert price is None or 0 < price < 1, (
                        f"{market.ref} {outcome.polarity} {name} is {price}"
                    )
                assert outcome.last is None or outcome.last > 0, f"{market.ref} {outcome.polarity} last is 0"

    async def test_markets_sizes_belong_to_prices(self, venue: Venue) -> None:
        """A size stands only beside a price, and is positive."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        for market in await open_markets(reader, venue):
            for outcome in market.outcomes:
                for price, size in ((outcome.bid, outcome.bid_size), (outcome.ask, outcome.ask_size)):
                    assert size is None or (price is not None and size > 0), (
                        f"{market.ref}: size {size} at {price}"
                    )

    async def test_markets_quotes_are_uncrossed(self, venue: Venue) -> None:
        """The bid of an outcome lies below its ask."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        for market in await open_markets(reader, venue):
            for one in market.outcomes:
                assert one.bid is None or one.ask is None or one.bid < one.ask, f"{market.ref} {one.polarity}"

    async def test_markets_quotes_lie_on_the_grid(self, venue: Venue) -> None:
        """Best prices of an order book lie on the market's price grid."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        seen = 0
        for market in await open_markets(reader, venue):
            if market.price_grid is None or market.execution is not Execution.CLOB:
                continue
            for one in market.outcomes:
                for price in (one.bid, one.ask):
                    if price is not None:
                        seen += 1
                        assert market.price_grid.contains(price), (
                            f"{market.ref}: {price} is between two ticks"
                        )
        if not seen:
            skip(f"{venue.info.provider} lists no order-book market with a grid and a price")

    async def test_markets_times_are_aware(self, venue: Venue) -> None:
        """Every time is aware and in UTC."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        for market in await open_markets(reader, venue):
            check_times(market)

    async def test_markets_times_are_in_order(self, venue: Venue) -> None:
        """A market opens before it closes and is settled after it opened."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        page = await reader.list_markets(MarketQuery(limit=100))
        for market in page.items:
            if market.open_time and market.close_time:
                assert market.open_time <= market.close_time, market.ref
            if market.open_time and market.settled_time:
                assert market.open_time <= market.settled_time, market.ref

    async def test_markets_open_means_open(self, venue: Venue) -> None:
        """An open market has no result, is not settled, and its closing time has not passed."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        for market in await open_markets(reader, venue):
            assert market.status is MarketStatus.OPEN, market.ref
            assert market.result is None, market.ref
            assert market.settled_time is None, market.ref
            if market.trading is Trading.OPEN and market.close_time:
                assert market.close_time >= market.as_of, f"{market.ref} closed at {market.close_time}"

    async def test_markets_settled_means_settled(self, venue: Venue) -> None:
        """A settled market says its result, agrees with its value, and takes no orders."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        page = await reader.list_markets(MarketQuery(status=MarketStatus.SETTLED, limit=20))
        if not page.items:
            skip(f"{venue.info.provider} lists no settled market")
        values = {MarketResult.YES: Decimal(1), MarketResult.NO: Decimal(0)}
        for market in page.items:
            check_sound(market, Market)
            assert market.status is MarketStatus.SETTLED, market.ref
            assert not market.is_open, market.ref
            assert market.result is not None, market.ref
            if market.result in values:
                assert market.settlement_value == values[market.result], market.ref

    async def test_markets_survive_json(self, venue: Venue) -> None:
        """A market survives a trip through JSON to the last digit."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        for market in await open_markets(reader, venue):
            check_json(market)

    async def test_markets_resolve_ref(self, venue: Venue, subjects: Subjects) -> None:
        """A market's own ref resolves to itself."""
        market = await a_market(venue, subjects)
        assert await venue.resolve(str(market.ref)) == market.ref

    async def test_markets_resolve_native_id(self, venue: Venue, subjects: Subjects) -> None:
        """The venue's own id of a market resolves to its ref."""
        market = await a_market(venue, subjects)
        assert await venue.resolve(market.ref.native) == market.ref

    async def test_markets_resolve_unknown(self, venue: Venue) -> None:
        """Text that names nothing is NotFound, be it a native id or a ref."""
        needs(venue.markets, Capability.MARKETS, venue)
        for text in (ABSENT, f"{venue.name}:{ABSENT}"):
            with pytest.raises(NotFound):
                await venue.resolve(text)
