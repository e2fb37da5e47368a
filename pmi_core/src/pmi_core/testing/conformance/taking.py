"""Rules of the capability ``orders``: sides, fills and what an order may never do."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import OrderRefused, RequestError, WouldCross
from pmi_core.models import (
    Action,
    FeeCertainty,
    FeeSchedule,
    Fill,
    FillQuery,
    Liquidity,
    OrderStatus,
    OutcomeSide,
    SelfTradePolicy,
    TimeInForce,
)
from pmi_core.numbers import ONE, ZERO
from pmi_core.provider import Netting, Venue
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.soundness import (
    check_json,
    check_refs,
    check_sound,
    check_times,
    check_unique,
)
from pmi_core.testing.conformance.stage import Contract
from pmi_core.testing.conformance.trader import BUY, NO, SELL, YES, Trader, a_trader, check_rejected, size_at

__all__ = ["TakingRules"]

every_side = pytest.mark.parametrize("outcome", list(OutcomeSide))
every_action = pytest.mark.parametrize("action", list(Action))


async def _fees_by_event(trader: Trader) -> FeeSchedule | None:
    """The market's fees as its event tells them, for a venue whose markets do not."""
    events, ref = trader.venue.events, trader.market.event_ref
    if events is None or ref is None:
        return None
    markets = (await events.get_event(ref)).markets
    return next((one.fees for one in markets if one.ref == trader.market.ref), None)


class TakingRules(Contract):
    """The truth table of sides, and the laws of fills."""

    @every_action
    @every_side
    async def test_orders_rest_on_the_right_side(
        self, venue: Venue, clock: Clock, may_trade: bool, outcome: OutcomeSide, action: Action
    ) -> None:
        """Buying YES and selling NO rest as bids of the YES book, the other two as its asks."""
        trader = await a_trader(venue, clock, may_trade)
        if action is SELL:
            await trader.take(outcome, BUY)
        price = await trader.behind(outcome, action)
        in_yes = price if outcome is YES else ONE - price
        rising = (outcome is YES) == (action is BUY)
        before = await trader.book()
        await trader.place(outcome, action, price)
        after = await trader.book()
        grown = size_at(after.bids, in_yes) - size_at(before.bids, in_yes)
        other = size_at(after.asks, in_yes) - size_at(before.asks, in_yes)
        assert (grown, other) == ((trader.unit, ZERO) if rising else (ZERO, trader.unit)), (
            f"{action} {outcome} at {price} belongs to the {'bids' if rising else 'asks'} at {in_yes}"
        )

    @every_action
    @every_side
    async def test_orders_move_the_position_rightly(
        self, venue: Venue, clock: Clock, may_trade: bool, outcome: OutcomeSide, action: Action
    ) -> None:
        """Buying YES and selling NO add to YES less NO; the other two take away."""
        trader = await a_trader(venue, clock, may_trade)
        if action is SELL:
            await trader.take(outcome, BUY)
        before = await trader.net()
        await trader.take(outcome, action)
        rising = (outcome is YES) == (action is BUY)
        assert await trader.net() - before == (trader.unit if rising else -trader.unit)

    @every_action
    @every_side
    async def test_orders_fills_speak_of_the_outcome(
        self, venue: Venue, clock: Clock, may_trade: bool, outcome: OutcomeSide, action: Action
    ) -> None:
        """A fill has the order's outcome and action, and its price is in terms of that outcome."""
        trader = await a_trader(venue, clock, may_trade)
        if action is SELL:
            await trader.take(outcome, BUY)
        level = await trader.best(outcome, action)
        order = await trader.take(outcome, action)
        fills = await trader.fills(order)
        assert fills, "the order is filled and has no fills"
        for fill in fills:
            check_sound(fill, Fill)
            check_refs(fill, venue.name)
            check_times(fill)
            check_json(fill)
            assert (fill.outcome, fill.action, fill.price) == (outcome, action, level.price)
            assert fill.order_ref == order.ref
            trader.check_named(fill)
            assert fill.liquidity is Liquidity.TAKER

    async def test_orders_fills_sum_to_the_order(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Fills add up to the order's filled size, its average price and its fees."""
        trader = await a_trader(venue, clock, may_trade)
        book = await trader.book()
        through = book.asks[:2]
        order = await trader.place(
            YES,
            BUY,
            through[-1].price,
            sum((level.size for level in through), ZERO),
            time_in_force=TimeInForce.IOC,
        )
        fills = await trader.fills(order)
        check_unique((fill.trade_id for fill in fills), "the fill")
        assert sum((fill.size for fill in fills), ZERO) == order.filled == order.size
        assert sum((fill.fee for fill in fills), ZERO) == order.fees
        spent = sum((fill.size * fill.price for fill in fills), ZERO)
        assert order.average_price is not None
        assert abs(order.average_price * order.filled - spent) <= Decimal("0.0001") * order.filled
        assert order.filled_notional in (None, spent)

    async def test_orders_fill_no_worse_than_the_limit(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """A limit far through the book fills at the resting prices, never beyond the limit."""
        trader = await a_trader(venue, clock, may_trade)
        grid = trader.market.price_grid
        best = await trader.best(YES, BUY)
        step = grid.tick_at(best.price) if grid else None
        limit = best.price + step if step else best.price
        order = await trader.place(YES, BUY, limit, time_in_force=TimeInForce.IOC)
        fills = await trader.fills(order)
        assert fills
        assert all(fill.price <= limit for fill in fills)
        assert fills[0].price == best.price, "the fill is not at the resting price"

    async def test_orders_fees_follow_the_schedule(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A fill's fee is the market's schedule: equal where that is exact, else no more; same sign."""
        trader = await a_trader(venue, clock, may_trade)
        schedule = trader.market.fees or await _fees_by_event(trader)
        if schedule is None:
            skip(f"neither {trader.market.ref} nor its event says its fees")
        for fill in await trader.fills(await trader.take(YES, BUY)):
            expected = schedule.estimate(fill.price, fill.size, fill.liquidity)
            if expected.certainty is FeeCertainty.EXACT:
                assert fill.fee == expected.amount
            else:
                assert fill.fee <= expected.amount
                assert fill.fee >= min(expected.amount, ZERO)

    async def test_orders_notional_never_spends_more(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """An order for an amount of money spends at most that amount, fees excluded."""
        trader = await a_trader(venue, clock, may_trade)
        level = await trader.best(YES, BUY)
        money = level.price * trader.unit * 2 + Decimal("0.01")
        order = await trader.place(YES, BUY, level.price, notional=money, time_in_force=TimeInForce.IOC)
        spent = sum((fill.size * fill.price for fill in await trader.fills(order)), ZERO)
        assert 0 < spent <= money
        assert order.notional == money

    async def test_orders_post_only_never_takes(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A post-only order that would take is refused as WouldCross, or ends without a fill."""
        trader = await a_trader(venue, clock, may_trade)
        wanted = trader.request(YES, BUY, (await trader.best(YES, BUY)).price, post_only=True)
        try:
            order = await trader.send(wanted)
        except WouldCross:
            await trader.nothing_came_of(wanted)
        else:
            assert order.filled == 0, "a post-only order took"
            if order.status is not OrderStatus.CANCELED:
                check_rejected(order)

    async def test_orders_reduce_only_never_flips(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A reduce-only order sells what is held and no more; with nothing held it does nothing."""
        trader = await a_trader(venue, clock, may_trade)
        await trader.take(YES, BUY)
        held = await trader.net()
        price = (await trader.best(YES, SELL)).price
        for _ in range(2):
            wanted = trader.request(
                YES, SELL, price, held * 2, reduce_only=True, time_in_force=TimeInForce.IOC
            )
            try:
                await trader.send(wanted)
            except RequestError:
                break
            assert await trader.net() >= 0, "a reduce-only order turned the position round"
        assert 0 <= await trader.net() <= held

    async def test_orders_ioc_leaves_nothing(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """What an immediate-or-cancel order does not fill at once is canceled, not left in the book."""
        trader = await a_trader(venue, clock, may_trade)
        level = await trader.best(YES, BUY)
        order = await trader.place(
            YES, BUY, level.price, level.size + trader.unit, time_in_force=TimeInForce.IOC
        )
        assert (order.filled, order.remaining) == (level.size, ZERO)
        assert order.status is OrderStatus.CANCELED
        assert size_at((await trader.book()).bids, level.price) == 0

    async def test_orders_fok_is_all_or_nothing(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A fill-or-kill order that cannot be filled whole fills nothing; one that can is filled."""
        trader = await a_trader(venue, clock, may_trade)
        level = await trader.best(YES, BUY)
        before = await trader.book()
        too_much = trader.request(
            YES, BUY, level.price, level.size + trader.unit, time_in_force=TimeInForce.FOK
        )
        try:
            order = await trader.send(too_much)
        except OrderRefused:
            pass
        else:
            assert order.filled == 0, "a fill-or-kill order was filled in part"
            assert order.is_terminal
        after = await trader.book()
        assert (after.bids, after.asks) == (before.bids, before.asks)
        filled = await trader.place(YES, BUY, level.price, time_in_force=TimeInForce.FOK)
        assert (filled.status, filled.filled) == (OrderStatus.FILLED, trader.unit)

    @pytest.mark.parametrize("policy", list(SelfTradePolicy))
    async def test_orders_never_trade_with_themselves(
        self, venue: Venue, clock: Clock, may_trade: bool, policy: SelfTradePolicy
    ) -> None:
        """An order that would meet an own one does what its self-trade policy says."""
        trader = await a_trader(venue, clock, may_trade)
        book, grid = await trader.book(), trader.market.price_grid
        assert book.best_bid is not None
        assert book.best_ask is not None
        tick = grid.tick_at(book.best_bid.price) if grid else None
        inside = book.best_bid.price + tick if tick else book.best_ask.price
        if inside >= book.best_ask.price:
            skip(f"there is no room between bid and ask of {trader.market.ref}")
        # The maker buys NO: holding nothing, it can rest at every venue.
        maker = await trader.place(NO, BUY, ONE - inside)
        taker = await trader.place(YES, BUY, inside, self_trade=policy)
        maker = await trader.again(maker)
        assert (maker.filled, taker.filled) == (ZERO, ZERO), "the account traded with itself"
        gone, stays = (taker, maker) if policy is SelfTradePolicy.CANCEL_TAKER else (maker, taker)
        assert gone.status is OrderStatus.CANCELED
        assert stays.status is OrderStatus.OPEN

    async def test_orders_fills_are_newest_first(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Fills come newest first, by market and by order, with ids that do not repeat."""
        trader = await a_trader(venue, clock, may_trade)
        first, second = await trader.take(YES, BUY), await trader.take(NO, BUY)
        page = await trader.placer.list_fills(FillQuery(market_ref=trader.market.ref, limit=100))
        assert {fill.market_ref for fill in page.items} == {trader.market.ref}
        assert {first.ref, second.ref} <= {fill.order_ref for fill in page.items}
        assert all(newer.time >= older.time for newer, older in pairwise(page.items))
        check_unique(((fill.trade_id, fill.order_ref) for fill in page.items), "the fill")
        assert {fill.order_ref for fill in await trader.fills(first)} == {first.ref}

    async def test_orders_netting_is_as_declared(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """At a netting venue YES and NO of one market cancel out; elsewhere both are held."""
        trader = await a_trader(venue, clock, may_trade)
        needs(venue.account, Capability.ACCOUNT, venue)
        await trader.take(YES, BUY)
        await trader.take(NO, BUY)
        held = (await trader.holding(YES), await trader.holding(NO))
        netted = venue.info.netting is Netting.NET
        assert held == ((ZERO, ZERO) if netted else (trader.unit, trader.unit))
