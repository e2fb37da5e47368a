"""Caps hold whatever happens at once, and are counted anew from what was sent."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
import sqlalchemy as sa
from desk_double import Double

from pmi_core import OrderRefused, WriteClass
from pmi_core.desk import BatchDraft, IntentState

pytestmark = pytest.mark.anyio

LOSS = Decimal("5.30")  # ten contracts at 0.51, and at most 0.02 of fees for each


async def test_money_at_risk_is_price_and_fees(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        preview = await desk.preview(draft())
        assert preview.max_loss == LOSS
        assert preview.orders[0].average_price == Decimal("0.51")
        assert preview.orders[0].position_after == 10
        short = await desk.preview(draft(action="sell", price="0.49"))
        assert short.orders[0].position_after == -10
        assert short.max_loss > Decimal("5.1")
        assert any("opens a position" in one for one in short.warnings)


async def test_a_sale_far_below_the_market_counts_the_dearest_price_on_the_way(open_desk, venue, draft):
    """A book may move between the preview and the order, and a fee is highest at even odds."""
    async with open_desk(venue) as desk:
        preview = await desk.preview(draft(action="sell", price="0.10", size="100"))
    assert preview.max_loss >= 100 * Decimal("0.90") + Decimal("1.75")


async def test_money_buys_more_where_the_book_falls_and_its_fees_are_counted(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        preview = await desk.preview(draft(size=None, notional="100", price="0.90"))
    assert preview.max_loss >= Decimal(107), "0.07 of the money, where contracts cost next to nothing"


async def test_fifty_orders_at_once_never_exceed_a_cap(open_desk, venue, draft, approved):
    config = f'[policy]\nmax_day = "{20 * LOSS}"\n'
    async with open_desk(venue, config=config) as one, open_desk(venue, config=config) as two:
        codes = [await approved(one, draft()) for _ in range(50)]
        results = await asyncio.gather(
            *[(one, two)[place % 2].send(code) for place, code in enumerate(codes)], return_exceptions=True
        )
        refused = [result for result in results if isinstance(result, OrderRefused)]
        assert len(refused) == 30
        assert all("max_day" in str(error) for error in refused)
        assert len(venue.orders) == 20
        assert (await one.verify()).whole


@pytest.mark.parametrize("cap", ["max_order", "max_day", "max_market", "max_event", "max_venue"])
async def test_each_cap_refuses_what_exceeds_it(open_desk, venue, draft, approved, cap):
    first = "10" if cap != "max_order" else "11"
    async with open_desk(venue, config=f'[policy]\n{cap} = "{LOSS}"\n') as desk:
        if cap != "max_order":
            await desk.send(await approved(desk, draft()))
        with pytest.raises(OrderRefused, match=cap):
            await desk.send(await approved(desk, draft(size=first)))
        assert len(venue.orders) == (cap != "max_order")


async def test_a_rolling_day_ends(open_desk, venue, draft, approved, clock):
    async with open_desk(venue, config=f'[policy]\nmax_day = "{LOSS}"\n') as desk:
        await desk.send(await approved(desk, draft()))
        await clock.advance(23 * 3600)
        with pytest.raises(OrderRefused, match="max_day"):
            await desk.send(await approved(desk, draft()))
        await clock.advance(2 * 3600)
        await desk.send(await approved(desk, draft()))


async def test_counters_are_made_again_from_what_was_sent(open_desk, venue, draft, approved, tmp_path):
    config = f'[policy]\nmax_day = "{2 * LOSS}"\n'
    venue.faults = ["ok", "refuse"]
    async with open_desk(venue, config=config) as desk:
        for _ in range(2):
            await desk.send(await approved(desk, draft()))
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'home' / 'desk' / 'journal.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM caps"))
    engine.dispose()
    async with open_desk(venue, config=config) as desk:
        await desk.send(await approved(desk, draft()))
        with pytest.raises(OrderRefused, match="max_day"):
            await desk.send(await approved(desk, draft()))


async def test_play_money_and_real_money_are_counted_apart(open_desk, venue, draft, approved, clock):
    real = Double(clock, name="real", write_class=WriteClass.REAL)
    play = Double(clock, name="play", write_class=WriteClass.DEMO, currency="MANA")
    config = f'mode = "live"\n[policy]\nmax_day = "{LOSS}"\nmax_order = "50"\n'
    async with open_desk(venue, real, play, config=config) as desk:
        for name, channel in (("fake", "terminal"), ("real", "page"), ("play", "terminal")):
            one = draft(market_ref=f"{name}:HEADS")
            await desk.send(await approved(desk, one, channel))
            with pytest.raises(OrderRefused, match="max_day"):
                await desk.send(await approved(desk, one, channel))


async def test_working_orders_are_counted(open_desk, venue, draft, approved, clock):
    async with open_desk(venue, config="[policy]\nmax_open_orders = 3\n") as desk:
        codes = [await approved(desk, draft()) for _ in range(6)]
        results = await asyncio.gather(*map(desk.send, codes), return_exceptions=True)
        assert sum(isinstance(one, OrderRefused) for one in results) == 3
        assert len(venue.orders) == 3
        await desk.reduce.cancel_all("fake")
        await clock.advance(1)
        await desk.send(await approved(desk, draft()))


async def test_a_batch_is_counted_whole(open_desk, venue, draft, approved):
    async with open_desk(venue, config=f'[policy]\nmax_day = "{2 * LOSS}"\n') as desk:
        with pytest.raises(OrderRefused, match="max_day"):
            await desk.send(await approved(desk, BatchDraft(orders=(draft(),) * 3)))
        assert venue.sendings == []
        await desk.send(await approved(desk, BatchDraft(orders=(draft(),) * 2)))
        assert len(venue.orders) == 2


async def test_a_position_covers_one_sale_not_two(open_desk, venue, draft, approved):
    venue.held = Decimal(10)
    async with open_desk(venue) as desk:
        codes = [await approved(desk, draft(action="sell", price="0.49")) for _ in range(2)]
        results = await asyncio.gather(*map(desk.send, codes), return_exceptions=True)
        assert sum(isinstance(one, OrderRefused) for one in results) == 1
        assert len(venue.orders) == 1
        preview = await desk.preview(draft(action="sell", price="0.49"))
        assert preview.max_loss > 5  # the first sale holds the position


async def test_a_certain_no_gives_the_money_back_to_the_hour_it_came_from(
    open_desk, venue, draft, approved, clock
):
    async def slowly(request):
        await clock.advance(10)

    await clock.advance(3595)
    venue.hook, venue.faults = slowly, ["refuse"]
    async with open_desk(venue, config=f'[policy]\nmax_day = "{LOSS}"\n') as desk:
        (one,) = (await desk.send(await approved(desk, draft()))).orders
        assert one.state is IntentState.REJECTED
        await desk.send(await approved(desk, draft()))
        with pytest.raises(OrderRefused, match="max_day"):
            await desk.send(await approved(desk, draft()))


@pytest.mark.parametrize("given_up", [False, True], ids=["in doubt", "given up"])
async def test_what_is_not_certainly_rejected_is_counted_by_the_next_process(
    open_desk, venue, draft, approved, clock, given_up
):
    config = f'[policy]\nmax_day = "{LOSS}"\n'
    venue.faults = ["lose_request"]
    async with open_desk(venue, config=config) as one, open_desk(venue, config=config) as two:
        await one.send(await approved(one, draft()))
        if given_up:
            await clock.advance(31)
            assert await one.reconcile("fake") == ()
        code = await approved(two, draft(market_ref="fake:TAILS"))
        with pytest.raises(OrderRefused, match="max_day"):
            await two.send(code)
