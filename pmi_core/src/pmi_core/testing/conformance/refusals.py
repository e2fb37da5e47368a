"""Rules of the capability ``orders``: what is refused, by which name, with nothing left behind."""

from __future__ import annotations

from decimal import Decimal

from pmi_core.clock import Clock
from pmi_core.errors import (
    BelowMinimum,
    InsufficientFunds,
    InvalidOrder,
    MarketNotOpen,
    NotFound,
    OffGrid,
    RequestError,
)
from pmi_core.identifiers import MarketRef
from pmi_core.models import MarketQuery, MarketStatus
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import skip
from pmi_core.testing.conformance.samples import ABSENT
from pmi_core.testing.conformance.stage import Contract
from pmi_core.testing.conformance.trader import BUY, YES, a_trader

__all__ = ["RefusalRules"]


class RefusalRules(Contract):
    """Refusals have names.

    A venue that accepts first and decides later may answer ``pending`` instead; the order then ends
    rejected, with a reason.
    """

    async def test_orders_off_grid_is_refused(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A price between two ticks is OffGrid; it is never rounded in silence."""
        trader = await a_trader(venue, clock, may_trade)
        price, grid = await trader.behind(YES, BUY), trader.market.price_grid
        tick = grid.tick_at(price) if grid else None
        if tick is None:
            skip(f"{trader.market.ref} says no price grid")
        await trader.refused(trader.request(YES, BUY, price - tick / 2), OffGrid)

    async def test_orders_below_minimum_is_refused(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A size below the minimum, or between two steps, is BelowMinimum; it is never cut."""
        trader = await a_trader(venue, clock, may_trade)
        if trader.market.size_step is None and trader.market.min_size is None:
            skip(f"{trader.market.ref} says neither size step nor minimum")
        price = await trader.behind(YES, BUY)
        smallest = trader.market.min_size or trader.step
        for size in {smallest - trader.step / 2, trader.unit + trader.step / 2}:
            await trader.refused(trader.request(YES, BUY, price, size), BelowMinimum)

    async def test_orders_without_money_are_refused(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """An order that the account cannot pay is InsufficientFunds."""
        trader = await a_trader(venue, clock, may_trade)
        size = trader.unit * 10**9
        try:
            await trader.refused(
                trader.request(YES, BUY, await trader.behind(YES, BUY), size), InsufficientFunds
            )
        except InvalidOrder as other:
            skip(f"{venue.info.provider} refuses the size before it looks at the money: {other}")

    async def test_orders_in_a_closed_market_are_refused(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """An order in a market that is not open is MarketNotOpen."""
        trader = await a_trader(venue, clock, may_trade)
        assert venue.markets is not None
        for status in (
            MarketStatus.CLOSED,
            MarketStatus.SETTLED,
            MarketStatus.UNOPENED,
            MarketStatus.DETERMINED,
        ):
            page = await venue.markets.list_markets(MarketQuery(status=status, limit=1))
            for market in page.items:
                wanted = trader.request(YES, BUY, Decimal("0.5"), market_ref=market.ref)
                await trader.refused(wanted, MarketNotOpen)
                return
        skip(f"{venue.info.provider} lists no market that is not open")

    async def test_orders_in_an_unknown_market_are_refused(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """An order in a market that the venue does not know is NotFound."""
        trader = await a_trader(venue, clock, may_trade)
        ref = MarketRef.make(venue.name, ABSENT)
        await trader.refused(trader.request(YES, BUY, Decimal("0.5"), market_ref=ref), NotFound)

    async def test_orders_of_other_venues_are_refused(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """An order in a market of another venue is a RequestError."""
        trader = await a_trader(venue, clock, may_trade)
        ref = MarketRef.make("elsewhere", trader.market.ref.native)
        await trader.refused(trader.request(YES, BUY, Decimal("0.5"), market_ref=ref), RequestError)
