"""Cancelling several orders: together where the venue can, and each result by itself."""

from __future__ import annotations

from decimal import Decimal

import pytest
from desk_double import Double

from pmi_core import BatchResult, NotFound, OrderRef, Unreachable

pytestmark = pytest.mark.anyio


class Batching(Double):
    """Takes several orders in one call, and counts the calls."""

    def __init__(self, clock, **more):
        super().__init__(clock, batches=True, **more)
        self.calls: list[tuple[str, ...]] = []
        self.broken = ""

    async def cancel_orders(self, orders):
        self.calls.append(tuple(map(str, orders)))
        if self.broken == "down":
            raise Unreachable("no answer", venue=self.name)
        results = []
        for ref in orders:
            try:
                results.append(BatchResult(order=await super().cancel_order(ref)))
            except NotFound as error:
                results.append(BatchResult(error="NotFound", message=str(error)))
        return tuple(results[1:] if self.broken == "short" else results)


@pytest.fixture
def place(approved, draft):
    async def place(desk, venue="fake"):
        (one,) = (await desk.send(await approved(desk, draft(market_ref=f"{venue}:HEADS")))).orders
        return one

    return place


async def test_orders_of_a_venue_that_takes_several_are_cancelled_in_one_call(open_desk, clock, place):
    venue = Batching(clock)
    async with open_desk(venue) as desk:
        one, two = [await place(desk) for _ in range(2)]
        gone = OrderRef("fake:o99")
        told = await desk.reduce.cancel_orders([gone, one.order_ref, two.client_order_id, "unknown-id"], "me")
        notes = [entry async for entry in desk.entries() if entry.kind == "reduction"]
    assert venue.calls == [("fake:o99", str(one.order_ref), str(two.order_ref))]
    assert [row.order.status if row.order else row.error for row in told] == [
        "NotFound",
        "canceled",
        "canceled",
        "NotFound",
    ]
    assert [row.order_ref for row in told] == [gone, one.order_ref, two.order_ref, None]
    assert [(note.subject, note.body.get("error")) for note in notes] == [
        ("fake:o99", "NotFound"),
        (str(one.order_ref), None),
        (str(two.order_ref), None),
    ]


@pytest.mark.parametrize("broken", ["down", "short"])
async def test_where_together_fails_each_is_cancelled_by_itself(open_desk, clock, place, broken):
    venue = Batching(clock)
    async with open_desk(venue) as desk:
        refs = [(await place(desk)).order_ref for _ in range(3)]
        venue.broken = broken
        told = await desk.reduce.cancel_orders(refs)
    assert [row.order.status for row in told] == ["canceled"] * 3
    assert len(venue.calls) == 1


async def test_each_venue_has_its_own_call_and_results_keep_their_places(open_desk, clock, venue, place):
    other = Batching(clock, name="second")
    async with open_desk(venue, other) as desk:
        refs = [(await place(desk, name)).order_ref for name in ("second", "fake", "second", "fake")]
        told = await desk.reduce.cancel_orders(refs)
    assert [row.order_ref for row in told] == refs
    assert [row.order.remaining for row in told] == [Decimal(0)] * 4
    assert other.calls == [(str(refs[0]), str(refs[2]))]


async def test_the_venue_of_an_order_is_told_without_asking_it(open_desk, venue, place):
    async with open_desk(venue) as desk:
        sent = await place(desk)
        assert await desk.reduce.venue_of(sent.client_order_id) == "fake"
        assert await desk.reduce.venue_of("elsewhere:o1") == "elsewhere"
        with pytest.raises(NotFound, match="nothing was sent under"):
            await desk.reduce.venue_of("unknown-id")
