"""Rules of the capability ``account``."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from random import Random

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.models import Balance, Position, PositionQuery, Settlement, SettlementQuery
from pmi_core.money import currency_of
from pmi_core.numbers import ZERO
from pmi_core.provider import Netting, Venue
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.samples import every_page
from pmi_core.testing.conformance.soundness import (
    check_json,
    check_refs,
    check_sound,
    check_times,
    check_unique,
)
from pmi_core.testing.conformance.stage import Contract
from pmi_core.testing.conformance.trader import BUY, NO, SELL, YES, a_trader

__all__ = ["AccountRules"]


class AccountRules(Contract):
    """Money and positions."""

    async def test_account_answers(self, venue: Venue) -> None:
        """The balance can be read, is whole, and knows its currencies."""
        reader = needs(venue.account, Capability.ACCOUNT, venue)
        rows = await reader.get_balance()
        check_unique(((row.currency, row.compartment) for row in rows), "the balance of")
        for row in rows:
            check_sound(row, Balance)
            check_times(row)
            check_json(row)
            currency_of(row.currency)

    async def test_account_balance_adds_up(self, venue: Venue) -> None:
        """Total is available and reserved together; nothing reserved is negative."""
        for row in await needs(venue.account, Capability.ACCOUNT, venue).get_balance():
            assert row.total == row.available + row.reserved
            assert row.reserved >= 0

    async def test_account_positions_are_whole(self, venue: Venue) -> None:
        """Positions are whole, held, and carry the configured name."""
        reader = needs(venue.account, Capability.ACCOUNT, venue)
        rows, _ = await every_page(reader.list_positions, PositionQuery(limit=20), pages=3)
        check_unique(((row.market_ref, row.outcome) for row in rows), "the position")
        for row in rows:
            check_sound(row, Position)
            check_refs(row, venue.name)
            check_times(row)
            assert row.size > 0, f"{row.market_ref}: a closed position is listed unasked"
        if venue.info.netting is Netting.NET:
            check_unique((row.market_ref for row in rows), "the market")

    async def test_account_settlements_are_newest_first(self, venue: Venue) -> None:
        """Settlements are whole and come newest first."""
        reader = needs(venue.account, Capability.ACCOUNT, venue)
        page = await reader.list_settlements(SettlementQuery(limit=20))
        for row in page.items:
            check_sound(row, Settlement)
            check_refs(row, venue.name)
            check_times(row)
        assert all(newer.time >= older.time for newer, older in pairwise(page.items))

    async def test_account_resting_orders_reserve(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A resting order reserves what it may cost, and gives it back when it is canceled."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.ACCOUNT)
        price = await trader.behind(YES, BUY)
        before = await trader.money()
        order = await trader.place(YES, BUY, price)
        resting = await trader.money()
        assert resting.total == before.total
        assert before.available - resting.available >= price * trader.unit
        assert resting.reserved - before.reserved == before.available - resting.available
        await trader.placer.cancel_order(trader.ref(order))
        after = await trader.money()
        assert (after.total, after.available) == (before.total, before.available)

    async def test_account_buying_pays(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Buying takes exactly cost and fees from the cash, whichever the outcome."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.ACCOUNT)
        for outcome in (YES, NO):
            if outcome is NO and venue.info.netting is Netting.NET:
                await trader.take(YES, SELL)
            before = await trader.money()
            fills = await trader.fills(await trader.take(outcome, BUY))
            paid = sum((fill.size * fill.price + fill.fee for fill in fills), ZERO)
            assert before.total - (await trader.money()).total == paid, outcome

    async def test_account_selling_is_paid(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Selling what is held brings exactly the proceeds less the fees."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.ACCOUNT)
        await trader.take(YES, BUY)
        before = await trader.money()
        fills = await trader.fills(await trader.take(YES, SELL))
        brought = sum((fill.size * fill.price - fill.fee for fill in fills), ZERO)
        assert (await trader.money()).total - before.total == brought

    async def test_account_positions_follow_the_fills(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """A position is what was filled, at what it cost, in terms of its outcome."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.ACCOUNT)
        reader = needs(venue.account, Capability.ACCOUNT, venue)
        if await trader.net() != 0:
            skip(f"the account holds {trader.market.ref} already")
        fills = await trader.fills(await trader.take(NO, BUY, trader.unit * 2))
        cost = sum((fill.size * fill.price for fill in fills), ZERO)
        page = await reader.list_positions(PositionQuery(market_ref=trader.market.ref))
        assert len(page.items) == 1
        (held,) = page.items
        assert (held.outcome, held.size, held.cost) == (NO, trader.unit * 2, cost)
        assert held.average_price is not None
        assert abs(held.average_price * held.size - cost) <= Decimal("0.0001") * held.size
        assert held.fees == sum((fill.fee for fill in fills), ZERO)

    async def test_account_closed_positions_are_hidden(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """A position that was closed is listed only when closed ones are asked for."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.ACCOUNT)
        reader = needs(venue.account, Capability.ACCOUNT, venue)
        if await trader.net() != 0:
            skip(f"the account holds {trader.market.ref} already")
        bought = await trader.fills(await trader.take(YES, BUY))
        sold = await trader.fills(await trader.take(YES, SELL))
        query = PositionQuery(market_ref=trader.market.ref)
        assert (await reader.list_positions(query)).items == ()
        page = await reader.list_positions(query.model_copy(update={"include_closed": True}))
        for row in page.items:
            assert row.size == 0
            assert row.realized_pnl == sum((one.size * one.price for one in sold), ZERO) - sum(
                (one.size * one.price for one in bought), ZERO
            )

    async def test_account_equity_follows_the_fills(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """After many orders, money and contracts together are exactly what fills and fees made of them."""
        trader = await a_trader(venue, clock, may_trade, capability=Capability.ACCOUNT)
        random = Random(7)  # noqa: S311 - the same orders every time
        cash, held = (await trader.money()).total, (await trader.holding(YES), await trader.holding(NO))
        placed = []
        for _ in range(24):
            outcome, action = random.choice((YES, NO)), random.choice((BUY, SELL))
            book = await trader.book(outcome)
            if action is SELL and await trader.holding(outcome) < trader.unit * 2:
                action = BUY
            level = random.choice((book.best_bid, book.best_ask))
            if level is not None:
                placed.append(
                    await trader.place(outcome, action, level.price, trader.unit * random.choice((1, 2)))
                )
        if_yes = cash + held[0]
        if_no = cash + held[1]
        for order in placed:
            for fill in await trader.fills(order):
                contracts = fill.size if fill.action is BUY else -fill.size
                paid = contracts * fill.price + fill.fee
                if_yes += (contracts if fill.outcome is YES else ZERO) - paid
                if_no += (contracts if fill.outcome is NO else ZERO) - paid
        total = (await trader.money()).total
        assert total + await trader.holding(YES) == if_yes, "worth if YES"
        assert total + await trader.holding(NO) == if_no, "worth if NO"
        for order in placed:
            now = await trader.again(order)
            assert now.filled == sum((fill.size for fill in await trader.fills(order)), ZERO)
            if not now.is_terminal and now.size is not None and now.remaining is not None:
                assert now.filled + now.remaining == now.size
