"""Rules of the capabilities ``quotes`` and ``combos``."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.capabilities import Capability, ComboBuilder, QuoteTrader
from pmi_core.clock import Clock
from pmi_core.errors import NotFound, RequestError
from pmi_core.identifiers import CollectionRef, QuoteRef, RfqRef
from pmi_core.models import (
    Collection,
    CollectionQuery,
    ComboLeg,
    ComboRequest,
    Market,
    OutcomeSide,
    Quote,
    QuoteListQuery,
    QuoteRequest,
    QuoteStatus,
    Rfq,
    RfqQuery,
    RfqRequest,
    RfqStatus,
)
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.samples import ABSENT
from pmi_core.testing.conformance.soundness import check_json, check_refs, check_sound, check_times
from pmi_core.testing.conformance.stage import Contract
from pmi_core.testing.conformance.trader import NO, YES, Trader, a_trader

__all__ = ["ComboRules", "QuoteRules"]

PATIENCE = 120


async def asked(trader: Trader, negotiator: QuoteTrader, size: Decimal | None = None) -> Rfq:
    """Ask for quotes on a few contracts."""
    request = RfqRequest(market_ref=trader.market.ref, size=size or trader.unit * 2)
    return await negotiator.create_rfq(request)


async def quoted(trader: Trader, negotiator: QuoteTrader, rfq: Rfq) -> Quote:
    """Wait for a quote that somebody gives."""
    for _ in range(PATIENCE // 5):
        page = await negotiator.list_quotes(QuoteListQuery(rfq_ref=rfq.ref, open_only=True))
        for quote in page.items:
            if not quote.mine:
                return quote
        await trader.clock.sleep(5)
    return skip(f"nobody at {trader.venue.info.provider} answers a request for quotes")


class QuoteRules(Contract):
    """Requests for quotes, on both sides."""

    async def test_quotes_rfq_can_be_made_and_found(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """An own request is open, keeps what was asked, and is read and listed alike."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.QUOTES)
        negotiator = needs(venue.quotes, Capability.QUOTES, venue)
        rfq = check_sound(await asked(trader, negotiator), Rfq)
        check_refs(rfq, venue.name)
        check_times(rfq)
        check_json(rfq)
        assert (rfq.market_ref, rfq.size, rfq.notional) == (trader.market.ref, trader.unit * 2, None)
        assert (rfq.status, rfq.mine) == (RfqStatus.OPEN, True)
        assert (await negotiator.get_rfq(rfq.ref)).ref == rfq.ref
        page = await negotiator.list_rfqs(RfqQuery(market_ref=trader.market.ref, mine=True))
        assert rfq.ref in {one.ref for one in page.items}

    async def test_quotes_rfq_can_be_withdrawn(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A withdrawn request is closed, and no longer listed among the open ones."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.QUOTES)
        negotiator = needs(venue.quotes, Capability.QUOTES, venue)
        rfq = await asked(trader, negotiator)
        assert (await negotiator.cancel_rfq(rfq.ref)).status is RfqStatus.CLOSED
        page = await negotiator.list_rfqs(RfqQuery(mine=True, open_only=True))
        assert rfq.ref not in {one.ref for one in page.items}

    async def test_quotes_unknown_is_not_found(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A request or quote that the venue does not know is NotFound."""
        await a_trader(venue, clock, may_trade, capability=Capability.QUOTES)
        negotiator = needs(venue.quotes, Capability.QUOTES, venue)
        rfq, quote = RfqRef.make(venue.name, ABSENT), QuoteRef.make(venue.name, ABSENT)
        with pytest.raises(NotFound):
            await negotiator.get_rfq(rfq)
        with pytest.raises(NotFound):
            await negotiator.cancel_rfq(rfq)
        with pytest.raises(NotFound):
            await negotiator.accept_quote(quote, YES)
        with pytest.raises(NotFound):
            await negotiator.create_quote(QuoteRequest(rfq_ref=rfq, yes_bid=Decimal("0.10")))

    async def test_quotes_are_whole(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A quote names its request and market, and its bids together pay no more than 1."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.QUOTES)
        negotiator = needs(venue.quotes, Capability.QUOTES, venue)
        rfq = await asked(trader, negotiator)
        quote = check_sound(await quoted(trader, negotiator, rfq), Quote)
        check_refs(quote, venue.name)
        check_times(quote)
        check_json(quote)
        assert (quote.rfq_ref, quote.market_ref) == (rfq.ref, trader.market.ref)
        assert (quote.yes_bid or 0) + (quote.no_bid or 0) <= 1

    @pytest.mark.parametrize("side", list(OutcomeSide))
    async def test_quotes_accepting_gives_the_other_side(
        self, venue: Venue, clock: Clock, may_trade: bool, side: OutcomeSide
    ) -> None:
        """The maker gets the accepted side at its bid, the asker the other outcome."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.QUOTES)
        negotiator = needs(venue.quotes, Capability.QUOTES, venue)
        rfq = await asked(trader, negotiator)
        quote = await quoted(trader, negotiator, rfq)
        if (quote.yes_bid if side is YES else quote.no_bid) is None:
            skip(f"nobody bids for {side}")
        before = await trader.net()
        accepted = await negotiator.accept_quote(quote.ref, side)
        assert accepted.accepted_side is side
        for _ in range(PATIENCE // 5):
            page = await negotiator.list_quotes(QuoteListQuery(rfq_ref=rfq.ref))
            (now,) = [one for one in page.items if one.ref == quote.ref]
            if now.status is QuoteStatus.EXECUTED:
                break
            await clock.sleep(5)
        else:
            skip(f"the maker at {venue.info.provider} did not confirm")
        moved = await trader.net() - before
        assert moved == (-trader.unit * 2 if side is YES else trader.unit * 2)

    async def test_quotes_can_be_given_and_withdrawn(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """An own quote answers somebody's request, keeps its bids, and can be withdrawn."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.QUOTES)
        negotiator = needs(venue.quotes, Capability.QUOTES, venue)
        page = await negotiator.list_rfqs(RfqQuery(mine=False, open_only=True))
        if not page.items:
            skip(f"nobody at {trader.venue.info.provider} asks for quotes")
        rfq = page.items[0]
        quote = await negotiator.create_quote(QuoteRequest(rfq_ref=rfq.ref, no_bid=Decimal("0.10")))
        assert (quote.no_bid, quote.yes_bid) == (Decimal("0.10"), None)
        assert (quote.mine, quote.status) == (True, QuoteStatus.OPEN)
        assert (await negotiator.cancel_quote(quote.ref)).status is QuoteStatus.CANCELED


async def a_collection(builder: ComboBuilder, venue: Venue) -> Collection:
    """The first open collection."""
    page = await builder.list_collections(CollectionQuery(limit=20))
    return page.items[0] if page.items else skip(f"{venue.info.provider} has no collection to look at")


async def some_legs(venue: Venue, collection: Collection) -> tuple[ComboLeg, ...]:
    """As few legs as the collection allows, one per event."""
    reader = needs(venue.events, Capability.EVENTS, venue)
    legs = []
    for ref in collection.event_refs[: collection.min_legs]:
        event = await reader.get_event(ref)
        legs.append(ComboLeg(market_ref=event.markets[0].ref, event_ref=ref, outcome=YES))
    if len(legs) < collection.min_legs:
        skip(f"{collection.ref} has fewer events than a combo needs legs")
    return tuple(legs)


class ComboRules(Contract):
    """Markets made of other markets."""

    async def test_combos_answers(self, venue: Venue) -> None:
        """Collections are whole, carry the configured name, and are read alike by their refs."""
        builder = needs(venue.combos, Capability.COMBOS, venue)
        collection = check_sound(await a_collection(builder, venue), Collection)
        check_refs(collection, venue.name)
        check_times(collection)
        assert collection.min_legs <= collection.max_legs
        assert await builder.get_collection(collection.ref) == collection

    async def test_combos_unknown_is_not_found(self, venue: Venue) -> None:
        """A collection that the venue does not know is NotFound."""
        builder = needs(venue.combos, Capability.COMBOS, venue)
        with pytest.raises(NotFound):
            await builder.get_collection(CollectionRef.make(venue.name, ABSENT))

    async def test_combos_same_legs_are_one_market(self, venue: Venue, may_trade: bool) -> None:
        """Opening a combination twice gives one market, which can be read by its ref."""
        builder = needs(venue.combos, Capability.COMBOS, venue)
        if not may_trade:
            skip(f"{venue.info.provider} is not simulated here; no combo is opened")
        collection = await a_collection(builder, venue)
        wanted = ComboRequest(collection_ref=collection.ref, legs=await some_legs(venue, collection))
        first = check_sound(await builder.open_combo(wanted), Market)
        assert (await builder.open_combo(wanted)).ref == first.ref
        assert (await needs(venue.markets, Capability.MARKETS, venue).get_market(first.ref)).ref == first.ref

    async def test_combos_too_few_legs_are_refused(self, venue: Venue, may_trade: bool) -> None:
        """A combination that breaks the collection's rules is a RequestError."""
        builder = needs(venue.combos, Capability.COMBOS, venue)
        if not may_trade:
            skip(f"{venue.info.provider} is not simulated here; no combo is opened")
        collection = await a_collection(builder, venue)
        legs = await some_legs(venue, collection)
        bad = [ComboRequest(collection_ref=collection.ref, legs=legs[:1])] if collection.min_legs > 1 else []
        if collection.yes_only:
            turned = legs[0].model_copy(update={"outcome": NO})
            bad.append(ComboRequest(collection_ref=collection.ref, legs=(turned, *legs[1:])))
        if not bad:
            skip(f"{collection.ref} takes any legs")
        for request in bad:
            with pytest.raises(RequestError):
                await builder.open_combo(request)
