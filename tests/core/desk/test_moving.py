"""Cash that moves inside one account goes the same road as an order: preview, approval, journal, once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.desk import TransferDraft
from pmi_core.errors import (
    Duplicate,
    InsufficientFunds,
    OrderRefused,
    RequestError,
    UncertainError,
    VenueError,
)
from pmi_core.transfers import CashPlace, Transfer, TransferRequest

pytestmark = pytest.mark.anyio
WANTED = TransferDraft(venue="fake", source="left", destination="right", amount="40", intent="for later")


class Pockets:
    """Two pockets and a third one in another currency; ``fault`` meets the next transfer."""

    def __init__(self):
        self.cash = {"left": Decimal(100), "right": Decimal(0), "far": Decimal(7)}
        self.moved = {}
        self.calls = 0
        self.fault = None
        self.blind = False

    async def list_places(self):
        return tuple(
            CashPlace(
                name=name, title=f"{name} pocket", currency="EUR" if name == "far" else "USD", cash=cash
            )
            for name, cash in self.cash.items()
        )

    def check_transfer(self, request):
        if request.amount % 1:
            raise RequestError("only whole dollars move")

    async def transfer(self, request):
        self.calls += 1
        if self.fault == "refused":
            raise RequestError("the venue says no")
        if self.fault == "lost":
            raise UncertainError("no answer came")
        self.cash[request.source] -= request.amount
        self.cash[request.destination] += request.amount
        told = Transfer(
            id="t1",
            source=request.source,
            destination=request.destination,
            amount=request.amount,
            currency="USD",
            done=True,
        )
        self.moved[request.client_transfer_id] = told
        if self.fault == "unheard":
            raise UncertainError("no answer came")
        if self.fault == "twice":
            raise Duplicate("the id was used before")
        return told

    async def find_transfer(self, request, since):
        if self.blind:
            raise VenueError("several look like it")
        return self.moved.get(request.client_transfer_id)


@pytest.fixture
def pockets(venue):
    """The venue double, with pockets once it is opened."""
    made, opening = Pockets(), venue.open

    async def opened(context):
        plain = await opening(context)
        grown = type("Grown", (type(plain),), {"transfers": made})
        return grown(**{name: getattr(plain, name) for name in plain.__dataclass_fields__})

    venue.open = opened
    return made


async def test_cash_moves_once_after_a_yes_and_the_journal_tells_it(open_desk, venue, pockets, approved):
    async with open_desk(venue) as desk:
        preview = await desk.preview(WANTED)
        assert (preview.max_loss, preview.currency, preview.orders) == (0, "USD", ())
        with pytest.raises(OrderRefused, match="waiting"):
            await desk.send(preview.code)
        assert pockets.calls == 0
        code = await approved(desk, WANTED)
        first, again = await desk.send(code), await desk.send(code)
        assert [one.state.value for one in first.orders] == ["done"]
        assert (first.orders[0].kind, again.repeated, pockets.calls) == ("transfer", True, 1)
        assert pockets.cash["right"] == 40
        rows = [entry async for entry in desk.entries(subject=first.orders[0].client_order_id)]
        assert [row.kind.value for row in rows] == ["intent", "answer"]
        assert (rows[0].body["source"], rows[0].body["amount"]) == ("left", "40")
        assert rows[1].body["result"]["id"] == "t1"
        assert (await desk.verify()).whole


@pytest.mark.parametrize(
    "changes, error, said",
    [
        ({"amount": "100.5"}, RequestError, "whole dollars"),
        ({"amount": "101"}, InsufficientFunds, "left pocket has 100"),
        ({"source": "attic"}, RequestError, "no place 'attic'"),
        ({"destination": "attic"}, RequestError, "no place 'attic'"),
        ({"destination": "left"}, RequestError, "two places"),
        ({"destination": "far"}, RequestError, "one currency"),
    ],
)
async def test_what_cannot_move_gets_no_code(open_desk, venue, pockets, changes, error, said):
    async with open_desk(venue) as desk:
        with pytest.raises(error, match=said):
            await desk.preview(
                WANTED.model_copy(update={k: type(getattr(WANTED, k))(v) for k, v in changes.items()})
            )
        assert await desk.waiting() == ()


async def test_a_venue_without_places_says_so(open_desk, venue):
    async with open_desk(venue) as desk:
        with pytest.raises(RequestError, match="moves no cash"):
            await desk.preview(WANTED)


async def test_the_kill_switch_stops_it(open_desk, venue, pockets, approved):
    async with open_desk(venue) as desk:
        code = await approved(desk, WANTED)
        await desk.engage_kill_switch("enough", "test")
        with pytest.raises(OrderRefused):
            await desk.send(code)
        assert pockets.calls == 0


@pytest.mark.parametrize(
    "fault, state, moved",
    [("refused", "rejected", 0), ("unheard", "done", 40), ("twice", "done", 40), ("lost", "unknown", 0)],
)
async def test_whatever_is_heard_it_is_sent_once(open_desk, venue, pockets, approved, fault, state, moved):
    pockets.fault = fault
    async with open_desk(venue) as desk:
        sent = await desk.send(await approved(desk, WANTED))
        assert ([one.state.value for one in sent.orders], pockets.calls) == ([state], 1)
        assert pockets.cash["right"] == moved


async def test_what_is_lost_is_given_up_after_a_while_and_never_sent_again(
    open_desk, venue, pockets, approved, clock
):
    pockets.fault = "lost"
    async with open_desk(venue) as desk:
        sent = await desk.send(await approved(desk, WANTED))
        pockets.blind = True
        await clock.advance(60)
        (doubt,) = await desk.reconcile("fake")
        assert doubt.client_order_id == sent.orders[0].client_order_id
        pockets.blind = False
        assert await desk.reconcile("fake") == ()
        assert pockets.calls == 1
        assert (await desk.sent(sent.code)).orders[0].state.value == "absent"


@pytest.mark.parametrize("amount", ["NaN", "0", "-1", "1e30", 1.5])
async def test_an_amount_that_cannot_be_is_refused_in_words(amount):
    with pytest.raises(RequestError, match="amount"):
        TransferRequest(client_transfer_id="a", source="0", destination="1", amount=amount)
