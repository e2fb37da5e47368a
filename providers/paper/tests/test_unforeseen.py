"""Games that go on longer than was announced, and games that are broken off and go on later."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pmi_core import Channel, MarketQuery, Subscription
from pmi_core.errors import MarketNotOpen
from pmi_core.models import ComboRequest, LifecycleUpdate, MilestoneQuery, OrderStatus
from pmi_core.testing.conformance import stream_ends
from pmi_provider_paper import PaperSettings
from pmi_provider_paper.catalogue import Scenario

pytestmark = pytest.mark.anyio

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def first(scenario, now, fits):
    """The first event that is not open yet and fits."""
    for day in range(0, 120, 2):
        for plan in scenario.listed(now + timedelta(days=day)):
            if plan.open_time > now and fits(plan):
                return plan
    raise AssertionError("nothing unforeseen happens in four months")


@pytest.fixture
def longer(clock):
    """A game that goes on longer under the usual seed, and its first market."""
    plan = first(Scenario(PaperSettings().seed), clock.now(), lambda plan: plan.moved_closes)
    return plan, f"paper:{plan.markets[0].code}"


@pytest.fixture
def broken(clock):
    """A match that is broken off under the usual seed, and its first market."""
    plan = first(Scenario(PaperSettings().seed), clock.now(), lambda plan: plan.broken_off)
    return plan, f"paper:{plan.markets[0].code}"


@pytest.fixture
def rest(order):
    """Places an order far below the price of the outcome that is likelier."""

    async def place(venue, ref):
        yes = (await venue.markets.get_market(ref)).yes
        likely = "yes" if yes.ask is None or yes.ask > Decimal("0.5") else "no"
        return await venue.orders.place_order(order(ref, "0.01", outcome=likely))

    return place


@pytest.fixture
def heard(opened):
    """Hears of a market's life at some moments; gives what came at each."""

    async def hear(clock, ref, moments):
        found = []
        async with opened(tick="0.05") as venue:
            wanted = Subscription(channels=frozenset({Channel.LIFECYCLE}), market_refs=(ref,))
            async with venue.stream.subscribe(wanted) as updates:
                await anext(updates)
                for moment in moments:
                    await clock.move_to(moment)
                    async with asyncio.timeout(30):
                        update = await anext(updates)
                    assert isinstance(update, LifecycleUpdate)
                    assert update.market == await venue.markets.get_market(ref)
                    found.append(update)
        return found

    return hear


async def test_the_stream_tells_when_a_close_is_moved(heard, clock, longer):
    plan, ref = longer
    ((told, before),) = plan.moved_closes
    clock.set(told - SECOND)
    moved, closed = await heard(clock, ref, [told + SECOND, plan.close_time + SECOND])
    assert moved.kind == "close_time_changed"
    assert moved.market.close_time == plan.close_time > before
    assert moved.market.status == "open"
    assert (closed.kind, closed.market.status) == ("closed", "closed")


async def test_every_reading_tells_the_close_as_it_is_known(venue, clock, longer):
    plan, ref = longer
    event = f"paper:{plan.code}"
    ((told, before),) = plan.moved_closes
    seen = []
    for now in (told - SECOND, told):
        clock.set(now)
        market = await venue.markets.get_market(ref)
        query = MarketQuery(event_ref=event, closes_before=before)
        (milestone,) = (await venue.milestones.list_milestones(MilestoneQuery(event_ref=event))).items
        assert market.close_time == (await venue.events.get_event(event)).close_time == milestone.end_time
        seen.append(
            (
                market.close_time,
                market.expected_expiration_time,
                len((await venue.markets.list_markets(query)).items),
                milestone.start_time,
            )
        )
    late = plan.close_time - before
    start = seen[0][3]
    assert seen == [
        (before, plan.settled_time - late, len(plan.markets), start),
        (plan.close_time, plan.settled_time, 0, start),
    ]


async def test_an_order_works_until_the_close_that_was_moved(venue, clock, longer, rest):
    plan, ref = longer
    ((told, before),) = plan.moved_closes
    clock.set(told - MINUTE)
    placed = await rest(venue, ref)
    clock.set(before + MINUTE)
    assert (await venue.orders.get_order(placed.ref)).status is OrderStatus.OPEN
    book = await venue.books.get_book(ref)
    assert book.bids or book.asks
    clock.set(plan.close_time + MINUTE)
    ended = await venue.orders.get_order(placed.ref)
    assert (ended.status, ended.updated_time) == (OrderStatus.CANCELED, plan.close_time)


async def test_a_combination_closes_with_the_leg_that_goes_on_longer(venue, clock, longer):
    plan, ref = longer
    ((told, _),) = plan.moved_closes
    clock.set(told - MINUTE)
    now = clock.now()
    points = (event for event in Scenario(PaperSettings().seed).listed(now) if event.series.code == "PTS")
    other = next(event for event in points if event.is_open(now))
    legs = [{"market_ref": one, "outcome": "yes"} for one in (ref, f"paper:{other.markets[0].code}")]
    request = ComboRequest(collection_ref="paper:ALL", legs=legs)
    combo = await venue.combos.open_combo(request)
    assert combo.close_time == max(plan.first_close, other.close_time)
    clock.set(told)
    assert (await venue.markets.get_market(combo.ref)).close_time == plan.close_time


async def test_the_stream_tells_when_a_market_closes_early_and_reopens(heard, clock, broken):
    plan, ref = broken
    off, on = plan.broken_off
    clock.set(off - SECOND)
    closed, reopened, ended = await heard(clock, ref, [off + SECOND, on + SECOND, plan.close_time + SECOND])
    assert [one.kind for one in (closed, reopened, ended)] == ["closed", "reopened", "closed"]
    assert [one.market.status for one in (closed, reopened, ended)] == ["closed", "open", "closed"]
    assert [one.market.trading for one in (closed, reopened, ended)] == ["none", "open", "none"]
    assert closed.market.yes.bid is closed.market.yes.ask is None


async def test_nothing_trades_while_play_is_broken_off(venue, clock, broken, order, rest):
    plan, ref = broken
    off, on = plan.broken_off
    clock.set(off - MINUTE)
    resting = await rest(venue, ref)
    clock.set(off + MINUTE)
    gone = await venue.orders.get_order(resting.ref)
    assert (gone.status, gone.updated_time) == (OrderStatus.CANCELED, off)
    assert "closed" in gone.reject_reason
    book = await venue.books.get_book(ref)
    assert book.bids == book.asks == ()
    with pytest.raises(MarketNotOpen, match="closed"):
        await venue.orders.place_order(order(ref, "0.5"))
    trades = venue.orders._house.history.newest_first(venue.orders._house.listing(ref), off, plan.close_time)
    clock.set(on + MINUTE)
    assert not [one for one in trades if off <= one.time < on]
    book = await venue.books.get_book(ref)
    best = book.best_ask or book.best_bid
    bought = await venue.orders.place_order(
        order(ref, best.price, 1, action="buy" if book.best_ask else "sell")
    )
    assert bought.status is OrderStatus.FILLED


@pytest.mark.parametrize("restarted", [False, True])
async def test_an_order_is_canceled_at_the_break_although_nobody_looked(
    opened, clock, broken, rest, restarted
):
    plan, ref = broken
    off, on = plan.broken_off
    clock.set(off - MINUTE)
    async with opened() as venue:
        placed = await rest(venue, ref)
        if not restarted:
            clock.set(on + MINUTE)
            ended = await venue.orders.get_order(placed.ref)
    if restarted:
        clock.set(on + MINUTE)
        async with opened() as venue:
            ended = await venue.orders.get_order(placed.ref)
    assert (ended.status, ended.updated_time) == (OrderStatus.CANCELED, off)


async def test_a_position_outlives_a_start_in_the_middle_of_a_break(opened, clock, broken, order, rest):
    plan, ref = broken
    off, on = plan.broken_off
    clock.set(off - MINUTE)
    async with opened() as venue:
        ask = (await venue.books.get_book(ref)).best_ask
        await venue.orders.place_order(order(ref, ask.price, 1))
        (before,) = await venue.account.get_balance()
    clock.set(off + MINUTE)
    async with opened() as venue:
        (cash,) = await venue.account.get_balance()
        assert cash.total == before.total
        assert (await venue.markets.get_market(ref)).status == "closed"
        clock.set(on + MINUTE)
        resting = await rest(venue, ref)
        assert resting.status is OrderStatus.OPEN
        clock.set(plan.settled_time + MINUTE)
        assert (await venue.orders.get_order(resting.ref)).updated_time == plan.close_time
        (cash,) = await venue.account.get_balance()
        assert cash.reserved == 0
        assert cash.total - before.total in (Decimal(0), Decimal(1))


@pytest.mark.parametrize("unforeseen", ["longer", "broken"])
async def test_the_contract_follows_a_market_to_its_end(opened, clock, unforeseen, request, monkeypatch):
    plan, ref = request.getfixturevalue(unforeseen)

    async def this_one(reader, venue):
        return [await reader.get_market(ref)]

    monkeypatch.setattr(stream_ends, "open_markets", this_one)
    clock.set(plan.first_close - timedelta(hours=2))
    async with opened(tick="0.05") as venue:
        rules = stream_ends.StreamEndRules()
        await rules.test_stream_lifecycle_agrees_with_reads(venue, clock, None, True, True)
    assert clock.now() == plan.close_time + SECOND


def test_it_is_rare_and_the_seed_decides():
    now = datetime(2026, 1, 5, tzinfo=UTC)
    kinds = {}
    for seed in (0, 0, 1):
        scenario = Scenario(seed)
        games = {
            plan.code: (bool(plan.moved_closes), bool(plan.broken_off))
            for day in range(0, 120, 3)
            for plan in scenario.listed(now + timedelta(days=day))
            if plan.series.code in ("FTB", "BKB")
        }
        assert kinds.setdefault(seed, games) == games
        for unforeseen in zip(*games.values(), strict=True):
            assert 0.005 < sum(unforeseen) / len(games) < 0.06
    assert kinds[0] != kinds[1]
    assert kinds[0].keys() == kinds[1].keys()
