"""What a policy, the market and the kill switch do not let pass, and what nothing stops."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from desk_double import Double

from pmi_core import (
    BelowMinimum,
    InsufficientFunds,
    InvalidOrder,
    MarketNotOpen,
    OffGrid,
    OrderRefused,
    StaleBook,
    WouldCross,
    WriteClass,
)
from pmi_core.desk import ApprovalChannel, TicketState
from pmi_core.desk.kill import release

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "mode, write_class, passes",
    [
        ("read-only", "simulated", False),
        ("paper", "simulated", True),
        ("paper", "demo", False),
        ("paper", "real", False),
        ("demo", "simulated", True),
        ("demo", "demo", True),
        ("demo", "real", False),
        ("live", "simulated", True),
        ("live", "real", True),
    ],
)
async def test_the_mode_says_what_is_written_to(open_desk, venue, draft, mode, write_class, passes):
    venue.write_class = WriteClass(write_class)
    config = f'mode = "{mode}"\n[policy]\nmax_order = "50"\nmax_day = "200"\n'
    async with open_desk(venue, config=config) as desk:
        if passes:
            assert (await desk.preview(draft())).mode == mode
        else:
            with pytest.raises(OrderRefused, match="does not write to"):
                await desk.preview(draft())


@pytest.mark.parametrize("caps", ["", 'max_order = "5"', 'max_day = "5"'])
async def test_real_money_needs_written_caps(open_desk, venue, draft, caps):
    venue.write_class = WriteClass.REAL
    async with open_desk(venue, config=f'mode = "live"\n[policy]\n{caps}\n') as desk:
        with pytest.raises(OrderRefused, match="caps are written"):
            await desk.preview(draft())


@pytest.mark.parametrize(
    "policy, change, rule",
    [
        ('allow = ["other:*"]', {}, "not among"),
        ('deny = ["fake:H*"]', {}, "denied"),
        ('allow = ["fake:*"]\ndeny = ["fake:HEADS"]', {}, "denied"),
        ('min_price = "0.10"', {"price": "0.05"}, "min_price"),
        ('max_price = "0.90"', {"price": "0.95"}, "max_price"),
        ('max_distance = "0.05"', {"price": "0.56"}, "max_distance"),
        ('cash_reserve = "99999"', {}, "cash_reserve"),
    ],
)
async def test_the_policy_refuses(open_desk, venue, draft, policy, change, rule):
    async with open_desk(venue, config=f"[policy]\n{policy}\n") as desk:
        with pytest.raises(OrderRefused, match=rule):
            await desk.preview(draft(**change))
        kinds = [entry.kind.value async for entry in desk.entries()]
        assert kinds == ["refusal"]


@pytest.mark.parametrize(
    "change, error",
    [
        ({"price": "0.515"}, OffGrid),
        ({"size": "0.5"}, BelowMinimum),
        ({"size": "1.5"}, BelowMinimum),
        ({"price": "0.51", "post_only": True}, WouldCross),
        ({"size": "1000000"}, InsufficientFunds),
        ({"action": "sell", "price": "0.49", "reduce_only": True}, Exception),
    ],
)
async def test_the_market_refuses(open_desk, venue, draft, change, error):
    async with open_desk(venue) as desk:
        with pytest.raises(error):
            await desk.preview(draft(**change))


async def test_a_paused_market_and_an_old_book_are_not_ordered_in(open_desk, venue, draft, approved, clock):
    async with open_desk(venue) as desk:
        code = await approved(desk, draft())
        venue.trading = "paused"
        with pytest.raises(MarketNotOpen):
            await desk.preview(draft())
        with pytest.raises(MarketNotOpen):
            await desk.send(code)
        venue.trading = "open"
        code = await approved(desk, draft())
        read = venue.get_book

        async def old(market, depth=None):
            book = await read(market)
            return book.model_copy(update={"received_time": clock.now() - timedelta(seconds=60)})

        venue.get_book = old
        with pytest.raises(StaleBook):
            await desk.preview(draft())
        with pytest.raises(StaleBook):
            await desk.send(code)
        assert await desk.state(code) is TicketState.APPROVED  # it can be sent when the book is back
        venue.get_book = read
        assert (await desk.send(code)).settled
        assert len(venue.sendings) == 1


async def test_slips_of_the_finger_and_of_the_tongue_are_pointed_out(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        far = await desk.preview(draft(price="0.90"))
        assert any("worse than the middle" in one for one in far.warnings)
        much = await desk.preview(draft(size="90000"))
        assert any("90% of what is within reach" in one for one in much.warnings)
        said = await desk.preview(draft(intent="sell 25 contracts of NO at 30c"))
        assert len(said.warnings) == 4
        right = await desk.preview(draft(intent="Buy 10 contracts YES for 51 cents"))
        assert right.warnings == ()


async def test_the_kill_switch_stops_what_is_approved(open_desk, venue, draft, approved, tmp_path):
    async with open_desk(venue) as desk:
        kept = (await desk.send(await approved(desk, draft()))).orders[0]
        code = await approved(desk, draft())
        await desk.engage_kill_switch("enough", "me")
        for doing in (desk.send(code), desk.preview(draft())):
            with pytest.raises(OrderRefused, match="kill switch is engaged.*enough"):
                await doing
        assert await desk.state(code) is TicketState.VOID
        assert (await desk.reduce.cancel(kept.order_ref)).status == "canceled"  # cancelling goes on
        assert "enough" in release(tmp_path / "home")
        assert release(tmp_path / "home") is None
        assert (await desk.send(await approved(desk, draft()))).settled
        assert len(venue.sendings) == 2


async def test_the_kill_switch_stops_what_is_written_down_and_not_sent(open_desk, venue, draft, approved):
    from pmi_core.desk import BatchDraft

    async with open_desk(venue) as desk:
        code = await approved(desk, BatchDraft(orders=(draft(), draft())))

        async def engage(request):
            desk.kill.engage("in the middle", "me")

        venue.hook = engage
        sent = await desk.send(code)
        assert [one.state.value for one in sent.orders] == ["done", "rejected"]
        assert len(venue.sendings) == 1


async def test_cancelling_needs_no_mode_and_no_yes(open_desk, venue, draft, approved):
    async with open_desk(venue) as desk:
        for _ in range(3):
            await desk.send(await approved(desk, draft()))
    async with open_desk(venue, config='mode = "read-only"\n') as desk:
        first = venue.orders[0]
        assert (await desk.reduce.cancel(first.client_order_id)).status == "canceled"
        assert (await desk.reduce.decrease(venue.orders[1].ref, Decimal(1))).size == 9
        gone = await desk.reduce.cancel_all("fake", by="me")
        assert [one.order.status for one in gone] == ["canceled", "canceled"]


async def test_cancelling_goes_on_when_the_journal_fails(open_desk, venue, draft, approved, monkeypatch):
    from pmi_core import PmiError

    async with open_desk(venue) as desk:
        (one,) = (await desk.send(await approved(desk, draft()))).orders
        code = await approved(desk, draft())

        async def full(*_):
            raise PmiError("the disk is full")

        monkeypatch.setattr("pmi_core.desk.journal.Journal.append", full)
        assert (await desk.reduce.cancel(one.order_ref)).status == "canceled"
        with pytest.raises(PmiError, match="disk is full"):
            await desk.send(code)
        assert len(venue.sendings) == 1


async def test_a_venue_without_groups_takes_no_order_for_one(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        with pytest.raises(InvalidOrder, match="fake has no order group") as refused:
            await desk.preview(draft(group_ref="fake:g1"))
    assert refused.value.hint == "leave the group out"


async def test_two_accounts_of_one_provider_are_two(open_desk, venue, draft, approved, clock):
    other = Double(clock, name="second")
    async with open_desk(venue, other) as desk:
        await desk.send(await approved(desk, draft(market_ref="second:HEADS")))
        assert (len(venue.orders), len(other.orders)) == (0, 1)


async def test_what_waits_is_shown_as_it_was_previewed(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        made = [await desk.preview(draft(price=price, intent="why not")) for price in ("0.40", "0.90")]
    async with open_desk(venue) as desk:
        assert await desk.waiting() == tuple(made)
        await desk.refuse(made[0].code, ApprovalChannel.PAGE, "me")
        assert await desk.waiting() == (made[1],)
