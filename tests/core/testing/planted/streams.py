"""Faults of delivery, of endings, and of connections that were cut."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

from healthy.streaming import Updates, topic

from pmi_core.errors import SequenceGap
from pmi_core.models import Channel, ConnectionState, Delivery, MarketStatus

from . import alter, but, planted
from .rest import streaming


def around(bench, **hooks):
    """Let something happen when a subscription begins (``enter``) or ends (``leave``)."""
    healthy = bench.parts["stream"]

    @asynccontextmanager
    async def subscribe(subscription):
        async with healthy.subscribe(hooks.get("ask", lambda one: one)(subscription)) as updates:
            hooks.get("enter", lambda: None)()
            yield updates
        hooks.get("leave", lambda: None)()

    alter(bench, "stream", subscribe=subscribe)


def cutting(bench, *, down=ConnectionState.GAP, books=True, deaf=False, every=False):
    """Cut otherwise than the healthy venue."""
    stream = bench.parts["stream"]

    @asynccontextmanager
    async def cut():
        stream.is_cut = True
        stream.say(down)
        yield
        stream.is_cut = deaf
        for updates in stream.open:
            if books:
                stream.tell_books(updates)
            if every:
                updates.put(stream.book("RAIN-2"))
        stream.say(ConnectionState.LIVE)

    stream.cut = cut


@planted("stream.every_loses_nothing_silently")
def overflow_is_silent(bench):
    class Silent(Updates):
        async def __anext__(self):
            try:
                return await super().__anext__()
            except SequenceGap:
                raise StopAsyncIteration from None

    bench.parts["stream"].waiting_room = Silent


@planted("stream.every_loses_nothing_silently")
def overflow_is_miscounted(bench):
    class Miscounting(Updates):
        async def __anext__(self):
            self.lost = min(self.lost, 1)
            return await super().__anext__()

    bench.parts["stream"].waiting_room = Miscounting


@planted("stream.every_loses_nothing_silently")
def overflow_is_skipped(bench):
    class Skipping(Updates):
        def put(self, update):
            if len(self.waiting) >= self.subscription.buffer:
                self.waiting.popleft()
            super().put(update)

    bench.parts["stream"].waiting_room = Skipping


@planted("stream.latest_gives_the_newest")
def latest_keeps_everything(bench):
    around(bench, ask=lambda one: but(one, delivery=Delivery.EVERY, buffer=10_000))


@planted("stream.latest_gives_the_newest")
def latest_keeps_the_oldest(bench):
    class Oldest(Updates):
        def put(self, update):
            latest = self.subscription.delivery is Delivery.LATEST
            if not latest or topic(update) not in {topic(one) for one in self.waiting}:
                super().put(update)

    bench.parts["stream"].waiting_room = Oldest


@planted("stream.trades_are_announced_once")
def trades_told_twice(bench):
    healthy = bench.world.tell

    def tell(kind, fact):
        healthy(kind, fact)
        if kind == "trade":
            healthy(kind, fact)

    bench.world.tell = tell


@planted("stream.keeps_to_the_channels")
def every_channel_comes(bench):
    around(bench, ask=lambda one: but(one, channels=frozenset(Channel) - {Channel.LIFECYCLE}))


@planted("stream.updates_are_whole")
def updates_at_naive_times(bench):
    streaming(bench, lambda one: but(one, received_time=one.received_time.replace(tzinfo=None)))


@planted("stream.no_is_the_mirror")
def books_of_no_in_the_stream(bench):
    streaming(bench, lambda one: but(one, book=one.book.mirror()) if one.type == "book" else one)


@planted("stream.no_is_the_mirror")
def mirror_is_askew(bench):
    def shortened(update):
        return (
            but(update, book=but(update.book, asks=update.book.asks[1:])) if update.type == "book" else update
        )

    streaming(bench, shortened)


@planted("stream.subscriptions_are_apart")
def leaving_one_silences_all(bench):
    stream = bench.parts["stream"]

    def silence():
        for updates in stream.open:
            updates.put = lambda update: None

    around(bench, leave=silence)


@planted("stream.lifecycle_agrees_with_reads")
def closing_untold(bench):
    streaming(bench, lambda one: None if one.type == "lifecycle" else one)


@planted("stream.lifecycle_agrees_with_reads")
def closed_market_shown_as_open(bench):
    streaming(
        bench,
        lambda one: (
            but(one, market=but(one.market, status=MarketStatus.OPEN)) if one.type == "lifecycle" else one
        ),
    )


@planted("stream.closing_the_venue_ends_it")
def closed_venue_keeps_waiting(bench):
    class Endless(Updates):
        def end(self):
            pass

    bench.parts["stream"].waiting_room = Endless


@planted("stream.leaves_nothing_behind")
def task_for_each_subscription(bench):
    around(bench, enter=lambda: asyncio.ensure_future(asyncio.sleep(60)))


@planted("stream.leaves_nothing_behind")
def task_that_outlives_the_venue(bench):
    kept = []
    around(bench, enter=lambda: kept or kept.append(asyncio.ensure_future(asyncio.sleep(60))))


@planted("stream.leaves_nothing_behind")
def cancelling_is_swallowed(bench):
    class Stubborn(Updates):
        async def __anext__(self):
            try:
                return await super().__anext__()
            except asyncio.CancelledError:
                raise StopAsyncIteration from None

    bench.parts["stream"].waiting_room = Stubborn


@planted("stream.cut_is_told")
def cut_is_silent(bench):
    cutting(bench, down=ConnectionState.LIVE)


@planted("stream.cut_books_heal")
def old_book_after_a_cut(bench):
    cutting(bench, books=False)


@planted("stream.cut_books_heal")
def every_market_after_a_cut(bench):
    cutting(bench, every=True)


@planted("stream.cut_orders_are_told_again")
def subscription_forgotten_by_a_cut(bench):
    cutting(bench, deaf=True)


@planted("stream.cut_orders_are_told_again")
def missed_orders_without_a_gap(bench):
    cutting(bench, down=ConnectionState.CONNECTING)
