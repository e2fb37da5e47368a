"""Rules of the capability ``stream``: what holds when the connection is cut."""

from __future__ import annotations

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import BusyError, Unreachable
from pmi_core.models import (
    BookState,
    BookUpdate,
    Channel,
    ConnectionState,
    ConnectionUpdate,
    Order,
    OrderUpdate,
    Update,
)
from pmi_core.provider import Venue
from pmi_core.testing.conformance.books import levels
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.listening import a_book_of, agreeing, is_state, live, until, wanted
from pmi_core.testing.conformance.samples import Subjects, a_market
from pmi_core.testing.conformance.stage import Contract, Cut
from pmi_core.testing.conformance.stream import check_may_stream
from pmi_core.testing.conformance.trader import BUY, YES, Trader, a_trader

__all__ = ["StreamCutRules"]

LIVE = ConnectionState.LIVE
DOWN = tuple(state for state in ConnectionState if state not in (LIVE, ConnectionState.CLOSED))


class StreamCutRules(Contract):
    """A lost connection is told, opened anew, and asked for exactly what was wanted."""

    async def test_stream_cut_is_told(
        self, venue: Venue, subjects: Subjects, cut: Cut | None, may_stream: bool
    ) -> None:
        """A cut connection is told as a state that is not live, and live again when it is."""
        broken = _cutting(venue, cut, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        ref = (await a_market(venue, subjects)).ref
        async with stream.subscribe(wanted(Channel.BOOK, of=(ref,))) as updates:
            await until(updates, a_book_of(ref))
            async with broken():
                await until(updates, is_state(*DOWN))
            await live(updates)

    async def test_stream_cut_books_heal(
        self,
        venue: Venue,
        clock: Clock,
        cut: Cut | None,
        may_trade: bool,
        may_stream: bool,
    ) -> None:
        """After a cut a whole live book comes with all that changed meanwhile, of the same markets only."""
        broken = _cutting(venue, cut, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        ref = trader.market.ref
        async with stream.subscribe(wanted(Channel.BOOK, of=(ref,))) as updates:
            await until(updates, a_book_of(ref))
            async with broken():
                await until(updates, is_state(*DOWN))
                order = await _placed(trader)
            if order is None:
                await trader.place(YES, BUY, await trader.behind(YES, BUY))

            async def heals(seen: list[Update]) -> None:
                books = [one.book for one in seen if isinstance(one, BookUpdate)]
                assert books, "no book came after the cut"
                assert {book.market_ref for book in books} == {ref}
                assert books[-1].state is BookState.LIVE
                assert levels(books[-1]) == levels(await trader.book())

            await agreeing(updates, heals, await live(updates))

    async def test_stream_cut_orders_are_told_again(
        self,
        venue: Venue,
        clock: Clock,
        cut: Cut | None,
        may_trade: bool,
        may_stream: bool,
    ) -> None:
        """After a cut own orders are told as before; one that was missed is announced by a gap."""
        broken = _cutting(venue, cut, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        async with stream.subscribe(wanted(Channel.ORDER)) as updates:
            await live(updates)
            async with broken():
                seen = await until(updates, is_state(*DOWN))
                missed = await _placed(trader)
            seen += await live(updates)
            later = await trader.place(YES, BUY, await trader.behind(YES, BUY))
            seen += await until(
                updates, lambda one: isinstance(one, OrderUpdate) and one.order.ref == later.ref
            )
        told = {one.order.ref for one in seen if isinstance(one, OrderUpdate)}
        if missed is None or missed.ref in told:
            return
        states = {one.state for one in seen if isinstance(one, ConnectionUpdate)}
        assert ConnectionState.GAP in states, f"{missed.ref} was missed and no gap was announced"


def _cutting(venue: Venue, cut: Cut | None, may_stream: bool) -> Cut:
    check_may_stream(venue, may_stream)
    return cut or skip(
        f"nothing here cuts the connection of {venue.info.provider}; override `cut` where it has one"
    )


async def _placed(trader: Trader) -> Order | None:
    """Place an order while the stream is cut; None where the cut keeps orders away as well."""
    try:
        return await trader.place(YES, BUY, await trader.behind(YES, BUY))
    except (BusyError, Unreachable):
        return None
