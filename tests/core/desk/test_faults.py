"""Lost requests, lost answers, repeats, late arrivals: never a second order, never a forgotten one."""

from __future__ import annotations

import asyncio

import pytest
from desk_double import NONE, PLAIN

from pmi_core import BusyError
from pmi_core.desk import AmendDraft, BatchDraft, IntentState
from pmi_core.errors import OrderRefused

pytestmark = pytest.mark.anyio

EXISTS = ["ok", "lose_answer", "duplicate", "after_500", "hang", "garbage", "crash"]
CERTAINLY_NOT = {"refuse": "no such luck", "error_in_200": "accepted, but", "reject": "too late"}


@pytest.mark.parametrize("rule", [PLAIN, NONE], ids=["by id", "by fingerprint"])
@pytest.mark.parametrize("fault", EXISTS)
async def test_an_order_that_exists_is_found(open_desk, venue, draft, approved, fault, rule, monkeypatch):
    monkeypatch.setattr("pmi_core.desk.sending.attempt", hurried)
    venue.faults, venue.idempotency = [fault], rule
    async with open_desk(venue) as desk:
        sent = await desk.send(await approved(desk, draft()))
        (one,) = sent.orders
        assert one.state is IntentState.DONE
        assert one.order_ref == venue.orders[0].ref
        assert len(venue.orders) == len(venue.sendings) == 1
        assert await desk.in_doubt() == ()


async def hurried(venue, intent, seconds):
    """The same call with less patience: time in these tests moves by itself, the loop's does not."""
    from pmi_core.desk.attempt import attempt

    return await attempt(venue, intent, 0.2)


@pytest.mark.parametrize("fault", CERTAINLY_NOT)
async def test_a_certain_no_is_told_with_its_reason_and_costs_nothing(
    open_desk, venue, draft, approved, fault
):
    venue.faults = [fault]
    async with open_desk(venue, config='[policy]\nmax_day = "6"\n') as desk:
        (one,) = (await desk.send(await approved(desk, draft()))).orders
        assert one.state is IntentState.REJECTED
        assert one.order.status == "rejected"
        assert one.reason.startswith(CERTAINLY_NOT[fault])
        (other,) = (await desk.send(await approved(desk, draft()))).orders  # the cap has room for one
        assert other.state is IntentState.DONE


async def test_a_lost_request_is_in_doubt_until_the_venue_can_be_believed(
    open_desk, venue, draft, approved, clock
):
    venue.faults = ["lose_request"]
    async with open_desk(venue, config='[policy]\nmax_day = "6"\n') as desk:
        (one,) = (await desk.send(await approved(desk, draft()))).orders
        assert one.order.status == "unknown"
        second = await approved(desk, draft(size="1"))
        with pytest.raises(BusyError) as told:
            await desk.send(second)
        assert told.value.retry_after > 0
        await clock.advance(31)
        assert (await desk.send(second)).orders[0].state is IntentState.DONE
        assert await desk.in_doubt() == ()
        assert len(venue.sendings) == 2
        with pytest.raises(OrderRefused, match="max_day"):  # the lost one's money stays counted
            await desk.send(await approved(desk, draft()))


async def test_a_late_arrival_is_found_and_not_sent_again(open_desk, venue, draft, approved, clock):
    venue.faults, venue.delay = ["delay"], 20
    async with open_desk(venue) as desk:
        (one,) = (await desk.send(await approved(desk, draft()))).orders
        assert one.state is IntentState.UNKNOWN
        await clock.advance(40)
        assert await desk.reconcile("fake") == ()
        (one,) = (await desk.sent(one.code)).orders
        assert one.state is IntentState.DONE
        assert len(venue.sendings) == 1


async def test_what_was_given_up_and_comes_after_all_is_found_again(open_desk, venue, draft, approved, clock):
    venue.faults, venue.delay = ["delay"], 100
    async with open_desk(venue) as desk:
        (one,) = (await desk.send(await approved(desk, draft()))).orders
        await clock.advance(40)
        await desk.reconcile("fake")
        assert (await desk.sent(one.code)).orders[0].state is IntentState.ABSENT
        await clock.advance(100)
        await desk.reconcile("fake")
        assert (await desk.sent(one.code)).orders[0].state is IntentState.DONE


async def test_a_venue_that_cannot_be_asked_leaves_the_order_in_doubt(open_desk, venue, draft, approved):
    venue.faults = ["lose_answer"]
    async with open_desk(venue) as desk:
        code = await approved(desk, draft())

        async def then_gone(request):
            venue.reads_fail = 1000

        venue.hook = then_gone
        (one,) = (await desk.send(code)).orders
        assert one.order.status == "unknown"
        venue.hook, venue.reads_fail = None, 0
        assert await desk.reconcile("fake") == ()
        assert (await desk.sent(code)).orders[0].order_ref == venue.orders[0].ref


async def test_orders_that_look_alike_wait_for_a_person(open_desk, venue, draft, approved):
    venue.idempotency, venue.faults = NONE, ["lose_answer"]
    async with open_desk(venue) as desk:
        code = await approved(desk, draft())

        async def by_hand(request):  # the person orders the same in the venue's own program
            venue.execute(request)

        venue.hook = by_hand
        (one,) = (await desk.send(code)).orders
        assert one.state is IntentState.UNKNOWN
        assert "2 orders look like it" in one.reason
        venue.hook = None
        await desk.decide(one.client_order_id, venue.orders[1].ref, "me")
        (one,) = (await desk.sent(code)).orders
        assert (one.state, one.order_ref) == (IntentState.DONE, venue.orders[1].ref)


async def test_without_ids_orders_in_one_market_go_one_by_one(open_desk, venue, draft, approved):
    venue.idempotency = NONE
    async with open_desk(venue) as desk:
        codes = [await approved(desk, draft()) for _ in range(4)]
        results = await asyncio.gather(*map(desk.send, codes), return_exceptions=True)
        refused = [one for one in results if isinstance(one, OrderRefused | BusyError)]
        assert len(refused) + len(venue.orders) == 4
        assert len(venue.orders) >= 1
        known = [one.orders[0].order_ref for one in results if not isinstance(one, Exception)]
        assert sorted(known) == sorted(order.ref for order in venue.orders)


async def test_a_caller_that_gives_up_stops_nothing(open_desk, venue, draft, approved):
    async with open_desk(venue) as desk:
        code = await approved(desk, draft())
        under_way = asyncio.Event()
        go_on = asyncio.Event()

        async def slowly(request):
            under_way.set()
            await go_on.wait()

        venue.hook = slowly
        sending = asyncio.create_task(desk.send(code))
        await under_way.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        go_on.set()
    async with open_desk(venue) as desk:
        assert (await desk.sent(code)).orders[0].state is IntentState.DONE


@pytest.mark.parametrize("native", [True, False], ids=["one call", "one by one"])
async def test_each_order_of_a_batch_has_its_own_fate(open_desk, venue, draft, approved, native):
    venue.batches, venue.faults = native, ["ok", "refuse", "ok"]
    async with open_desk(venue) as desk:
        batch = BatchDraft(orders=tuple(draft(size=size) for size in ("1", "2", "3")))
        sent = await desk.send(await approved(desk, batch))
        assert [one.state.value for one in sent.orders] == ["done", "rejected", "done"]
        assert len(venue.orders) == 2


async def test_a_batch_whose_answer_is_lost_is_looked_for_order_by_order(open_desk, venue, draft, approved):
    venue.batches, venue.faults = True, ["ok", "lose_answer"]
    async with open_desk(venue) as desk:
        batch = BatchDraft(orders=tuple(draft(size=size) for size in ("1", "2", "3")))
        sent = await desk.send(await approved(desk, batch))
        assert [one.state.value for one in sent.orders] == ["done", "done", "unknown"]


@pytest.mark.parametrize("fault", ["ok", "lose_answer", "lose_request"])
async def test_an_amendment_is_sent_once_and_looked_for(open_desk, venue, draft, approved, clock, fault):
    async with open_desk(venue) as desk:
        (one,) = (await desk.send(await approved(desk, draft(price="0.40")))).orders
        venue.faults = [fault]
        change = AmendDraft(order_ref=one.order_ref, price="0.45", size="20")
        preview = await desk.preview(change)
        assert preview.max_loss > 4  # what is added: 9.00 instead of 4.00, and fees
        sent = await desk.send(await approved(desk, change))
        if fault == "lose_request":
            await clock.advance(40)
            await desk.reconcile("fake")
            sent = await desk.sent(sent.code)
        assert sent.orders[0].state.value == ("absent" if fault == "lose_request" else "done")
        assert str(venue.orders[0].price) == ("0.40" if fault == "lose_request" else "0.45")


async def test_what_was_written_down_too_long_ago_is_not_sent(open_desk, venue, draft, approved, clock):
    async with open_desk(venue) as desk:
        code = await approved(desk, BatchDraft(orders=(draft(), draft())))

        async def sleep(request):  # the process was stopped in between
            await clock.advance(31)

        venue.hook = sleep
        sent = await desk.send(code)
        assert [one.state.value for one in sent.orders] == ["done", "rejected"]
        assert "too much time" in sent.orders[1].reason
        assert len(venue.sendings) == 1
