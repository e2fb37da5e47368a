"""Faults of streams, combos and declarations."""

from __future__ import annotations

from contextlib import asynccontextmanager

from pmi_core.models import BookUpdate, ConnectionUpdate

from . import alter, but, planted, twist


class Changed:
    """A stream of updates, each changed or left out."""

    def __init__(self, updates, change) -> None:
        self.updates, self.change = updates, change

    def __aiter__(self):
        return self

    async def __anext__(self):
        while True:
            update = self.change(await anext(self.updates))
            if update is not None:
                return update


def streaming(bench, change):
    healthy = bench.parts["stream"]

    @asynccontextmanager
    async def subscribe(subscription):
        async with healthy.subscribe(subscription) as updates:
            yield Changed(updates, change)

    alter(bench, "stream", subscribe=subscribe)


@planted("stream.sequence_has_no_holes")
def gap_hidden(bench):
    seen = []

    def drop(update):
        if isinstance(update, BookUpdate):
            seen.append(update)
            if len(seen) == 3:
                return None
        return update

    streaming(bench, drop)


@planted("stream.says_that_it_is_live")
def connection_state_hidden(bench):
    streaming(bench, lambda update: None if isinstance(update, ConnectionUpdate) else update)


@planted("stream.begins_with_a_whole_book")
def first_book_is_a_change(bench):
    def part(update):
        return (
            but(update, book=but(update.book, asks=update.book.asks[:1])) if update.type == "book" else update
        )

    streaming(bench, part)


@planted("stream.orders_agree_with_reads")
def last_order_update_lost(bench):
    streaming(bench, lambda one: None if one.type == "order" and one.order.is_terminal else one)


@planted("stream.fills_agree_with_reads")
def fills_told_twice(bench):
    healthy = bench.world.tell

    def tell(kind, fact):
        healthy(kind, fact)
        if kind == "fill":
            healthy(kind, fact)

    bench.world.tell = tell


@planted("stream.keeps_to_the_markets")
def every_market_comes(bench):
    healthy = bench.parts["stream"]

    @asynccontextmanager
    async def subscribe(subscription):
        every = tuple(bench.world.ref(native) for native in bench.world.books)
        async with healthy.subscribe(but(subscription, market_refs=every)) as updates:
            yield updates

    alter(bench, "stream", subscribe=subscribe)


@planted("stream.leaving_ends_it")
def updates_after_leaving(bench):
    healthy = bench.parts["stream"]

    @asynccontextmanager
    async def subscribe(subscription):
        opened = healthy.subscribe(subscription)
        yield await opened.__aenter__()
        bench.left_open = opened

    alter(bench, "stream", subscribe=subscribe)


@planted("stream.unknown_market_is_refused")
def silence_for_unknown_markets(bench):
    healthy = bench.parts["stream"]

    @asynccontextmanager
    async def subscribe(subscription):
        known = tuple(ref for ref in subscription.market_refs if ref.native in bench.world.books)
        async with healthy.subscribe(but(subscription, market_refs=known)) as updates:
            yield updates

    alter(bench, "stream", subscribe=subscribe)


@planted("stream.ticker_agrees_with_the_book")
def ticker_of_the_other_outcome(bench):
    streaming(bench, lambda one: but(one, yes=one.no, no=one.yes) if one.type == "ticker" else one)


@planted("combos.same_legs_are_one_market")
def combo_opened_anew(bench):
    made = []

    def another(market, *_):
        made.append(market)
        native = f"{market.ref.native}+{len(made)}"
        bench.world.books[native] = []
        return but(market, ref=bench.world.ref(native))

    twist(bench, "combos", "open_combo", another)


@planted("declaration.slots_are_filled")
def lying_capability(bench):
    bench.parts["candles"] = None


@planted("shape.methods_are_present")
def forgotten_method(bench):
    from pmi_core.capabilities import StatusReader

    class Forgetful(StatusReader):
        pass

    bench.parts["status"] = Forgetful()


@planted("shape.methods_are_async")
def synchronous_method(bench):
    status = bench.parts["status"]

    class Hasty:
        def get_status(self):
            return status.get_status()

    bench.parts["status"] = Hasty()


@planted("shape.parameters_agree")
def renamed_parameter(bench):
    search = bench.parts["search"]

    class Renamed:
        async def search(self, text):
            return await search.search(text)

    bench.parts["search"] = Renamed()


@planted("status.time_is_now")
def status_of_yesterday(bench):
    twist(bench, "status", "get_status", lambda one: but(one, as_of=bench.world.start.replace(day=1)))
