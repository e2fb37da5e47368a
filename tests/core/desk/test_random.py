"""Seeded runs: faults, restarts and deaths in any order; afterwards the books must agree with the truth."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from decimal import Decimal

import pytest
from desk_double import NONE, PLAIN, Double, make_desk

from pmi_core.desk import ApprovalChannel, BatchDraft, DeskSettings, IntentState, OrderDraft
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


class Run:
    """One run and what its author knows to be true."""

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
        self.desk = self.start()

    def start(self):
        settings = DeskSettings(lookup_seconds=2, lost_after_seconds=30)
        return make_desk(self.home, self.venue, settings=settings, config=f'[policy]\nmax_day = "{CAP}"\n')

    def kill(self):
        """End the process: its lock goes, nothing is tidied up, nothing more is written."""
        self.desk._owner._file.close()
        old, self.desk = self.desk, self.start()
        return old

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
        await self.desk.approve(preview.code, ApprovalChannel.TERMINAL, "test")
        self.approved.add(preview.code)
        self.venue.faults = [self.dice.choice(FAULTS) for _ in range(3)]
        callers = self.dice.choice([1, 1, 3])
        with self.monkeypatch.context() as patch:
            dead = self.arm(patch) if self.dice.random() < 0.35 else None
            tasks = [asyncio.ensure_future(self.desk.send(preview.code)) for _ in range(callers)]
            results = await asyncio.gather(*tasks, return_exceptions=True)
            await self.desk._under_way.finish()
        for one in results:
            assert not isinstance(one, BaseException) or isinstance(one, PmiError | Died), one
        if dead and dead[0]:
            await self.kill()._store.aclose()
        if self.dice.random() < 0.3:
            await self.clock.advance(self.dice.uniform(0, 40))

    def arm(self, patch):
        """Let one method die at a random one of its calls, before or after its work."""
        path, name = self.dice.choice(DEATHS)
        module, owner = path.rsplit(".", 1)
        cls = getattr(__import__(module, fromlist=[owner]), owner)
        plain, left, late = getattr(cls, name), self.dice.randint(0, 2), self.dice.random() < 0.5
        dead = [False]

        async def fatal(this, *args, **rest):
            nonlocal left
            left -= 1
            if dead[0] or (left < 0 and not late):
                dead[0] = True
                raise Died
            answer = await plain(this, *args, **rest)
            if left < 0:
                dead[0] = True
                raise Died
            return answer

        patch.setattr(cls, name, fatal)
        return dead

    async def end(self):
        """Let everything be found, then compare."""
        self.venue.faults = []
        for _ in range(5):
            await self.clock.advance(31)
            if not await self.desk.reconcile("fake"):
                break
        assert await self.desk.in_doubt() == ()
        await self.compare()
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


async def test_the_books_agree_with_the_truth(seed, tmp_path, monkeypatch):
    run = Run(seed, tmp_path / "home", monkeypatch)
    for _ in range(STEPS):
        await run.step()
    await run.end()
