"""Seeded runs: faults, restarts and deaths in any order; afterwards the books must agree with the truth."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from decimal import Decimal

import pytest
from desk_double import NONE, PLAIN, Double, make_desk

from pmi_core.desk import ApprovalChannel, BatchDraft, DeskSettings, IntentState, OrderDraft, TicketState
from pmi_core.desk.store import Store
from pmi_core.errors import PmiError
from pmi_core.testing.clock import ManualClock

pytestmark = pytest.mark.anyio

FAULTS = [
    *("ok", "lose_request", "lose_answer", "duplicate", "delay", "after_500"),
    *("refuse", "error_in_200", "reject", "garbage", "crash"),
]
CAP = Decimal(15)
STEPS = 6
DEATHS = [
    ("pmi_core.desk.sending.Sender", "write_down"),
    ("pmi_core.desk.sending.Sender", "transmit"),
    ("pmi_core.desk.reconcile.Reconciler", "settle"),
    ("pmi_core.desk.reconcile.Reconciler", "chase"),
    ("pmi_core.desk.journal.Journal", "append"),
]


class Died(BaseException):
    """The process ends here, in the test's imagination."""


def parts_of(desk):
    """The parts of a process in which it may die."""
    return (desk._dispatch._sender, desk._reconciler, desk._journal)


class Run:
    """One run and what its author knows to be true.

    Two processes share the journal: one that previews, and one with the approval page or the terminal.
    """

    def __init__(self, seed, home, monkeypatch):
        self.dice = random.Random(seed)
        self.clock = ManualClock(auto=True)
        self.venue = Double(self.clock, idempotency=self.dice.choice([PLAIN, PLAIN, NONE]))
        self.venue.batches = self.dice.random() < 0.5
        self.venue.delay = self.dice.uniform(0.5, 20)
        self.venue.unseen = self.dice.choice([0, 0, 3])
        self.home = home
        self.monkeypatch = monkeypatch
        self.approved = set()
        self.dead = set()
        self.desk, self.other = self.start(), self.start()

    def start(self):
        settings = DeskSettings(lookup_seconds=2, lost_after_seconds=30)
        return make_desk(self.home, self.venue, settings=settings, config=f'[policy]\nmax_day = "{CAP}"\n')

    async def bury(self):
        """End the processes that died: their lock goes, nothing is tidied up, nothing more is written."""
        for corpse in self.dead:
            if corpse._owner._file is not None:
                corpse._owner._file.close()
            await corpse._store.aclose()
        self.desk = self.start() if self.desk in self.dead else self.desk
        self.other = self.start() if self.other in self.dead else self.other
        self.dead = set()

    def draft(self):
        one = OrderDraft(
            market_ref=self.dice.choice(["fake:HEADS", "fake:TAILS"]),
            outcome="yes",
            action="buy",
            size=str(self.dice.randint(1, 12)),
            price=self.dice.choice(["0.50", "0.51"]),
        )
        if self.dice.random() < 0.25:
            other = one.model_copy(update={"market_ref": "fake:EDGE"})
            return BatchDraft(orders=(one, OrderDraft.model_validate(other.model_dump())))
        return one

    async def step(self):
        preview = await self.desk.preview(self.draft())
        if self.dice.random() < 0.1:
            with pytest.raises(PmiError):
                await self.desk.send(preview.code)
            return
        elsewhere = self.dice.random() < 0.5
        await (self.other if elsewhere else self.desk).approve(preview.code, ApprovalChannel.PAGE, "test")
        self.approved.add(preview.code)
        if elsewhere and self.dice.random() < 0.3:  # its author dies before it hears of the yes
            self.dead.add(self.desk)
            await self.bury()
        self.venue.faults = [self.dice.choice(FAULTS) for _ in range(3)]
        with self.monkeypatch.context() as patch:
            if self.dice.random() < 0.35:
                self.arm(patch)
            calls = self.elsewhere(preview.code) if elsewhere else self.here(preview.code)
            results = await asyncio.gather(*calls, return_exceptions=True)
            for desk in (self.desk, self.other):
                await desk._under_way.finish()
        for one in results:
            assert not isinstance(one, BaseException) or isinstance(one, PmiError | Died), one
        await self.bury()
        if self.dice.random() < 0.3:
            await self.clock.advance(self.dice.uniform(0, 40))

    def here(self, code):
        """The caller asked in the conversation, and may ask more than once."""
        return [self.desk.send(code) for _ in range(self.dice.choice([1, 1, 3]))]

    def elsewhere(self, code):
        """Whoever lives tends; the one that approved waits for the end, or does not."""
        calls = [desk._tending.turn() for desk in (self.desk, self.other) if self.dice.random() < 0.8]
        if self.dice.random() < 0.7:
            calls.append(self.other.deliver(code, timeout=1))
        if self.dice.random() < 0.3:
            calls.append(self.desk.outcome(code, timeout=1))
        self.dice.shuffle(calls)
        return calls

    def arm(self, patch):
        """Let one method die at a random one of its calls, before or after its work, and its process with it."""
        path, name = self.dice.choice(DEATHS)
        module, owner = path.rsplit(".", 1)
        cls = getattr(__import__(module, fromlist=[owner]), owner)
        plain, left, late = getattr(cls, name), self.dice.randint(0, 2), self.dice.random() < 0.5

        async def fatal(this, *args, **rest):
            nonlocal left
            desk = next(desk for desk in (self.desk, self.other) if this in parts_of(desk))
            left -= 1
            if desk in self.dead or (left == -1 and not late):
                self.dead.add(desk)
                raise Died
            answer = await plain(this, *args, **rest)
            if desk in self.dead or left == -1:
                self.dead.add(desk)
                raise Died
            return answer

        patch.setattr(cls, name, fatal)

    async def end(self):
        """Let everything be found and whatever was never sent become void, then compare."""
        self.venue.faults = []
        for wait in (31, 31, 31, 301):
            await self.clock.advance(wait)
            await asyncio.gather(self.desk._tending.turn(), self.other._tending.turn())
        assert await self.desk.in_doubt() == ()
        for code in self.approved:
            assert await self.desk.state(code) in (TicketState.USED, TicketState.VOID)
        await self.compare()
        await self.other.aclose()
        await self.desk.aclose()

    async def compare(self):
        sent = {}
        for code in self.approved:
            try:
                found = await self.desk.sent(code)
            except PmiError:
                continue
            sent |= {one.client_order_id: one for one in found.orders}
        assert max(Counter(self.venue.sendings).values(), default=0) <= 1, "something was sent twice"
        assert set(self.venue.sendings) <= set(sent), "something was sent that nobody approved"
        by_ref = {order.ref: order for order in self.venue.orders}
        known = [one.order_ref for one in sent.values() if one.state is IntentState.DONE]
        assert sorted(known) == sorted(by_ref), "the books do not agree with what exists"
        for one in sent.values():
            if one.state in (IntentState.REJECTED, IntentState.ABSENT):
                assert one.client_order_id not in {order.client_order_id for order in self.venue.orders}
        exist = {order.client_order_id for order in self.venue.orders}
        async for entry in self.desk.entries():
            if entry.kind.value in ("answer", "reconciliation") and entry.subject in exist:
                assert entry.body["state"] not in ("rejected", "absent"), "written down as failed, and exists"
        risked = sum((order.size * order.price for order in self.venue.orders), Decimal(0))
        assert risked <= CAP
        assert (await self.desk.verify()).faults == ()


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """Processes die here and the machine does not, so nobody waits for the disk."""
    plain = Store.__init__
    monkeypatch.setattr(Store, "__init__", lambda self, url, folder: plain(self, url, folder, sync="OFF"))


async def test_the_books_agree_with_the_truth(seed, tmp_path, monkeypatch):
    run = Run(seed, tmp_path / "home", monkeypatch)
    for _ in range(STEPS):
        await run.step()
    await run.end()
