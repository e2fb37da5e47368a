"""The bundle without ``await``: same results, same errors, nothing left running."""

from __future__ import annotations

import inspect
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date

import anyio
import pytest

from pmi_core import (
    Capability,
    MarketQuery,
    MarketRef,
    NotFound,
    Page,
    RequestError,
    UncertainError,
    Venue,
    VenueInfo,
    WriteClass,
)
from pmi_core.blocking import BlockingVenue


class Markets:
    limit = 3

    async def list_markets(self, query: MarketQuery) -> Page:
        """List some."""
        await anyio.sleep(0)
        return Page(items=(query.limit,))

    async def get_market(self, market):
        raise NotFound(f"no {market}", venue="coin")

    async def wait(self, log, started=None):
        if started:
            started.set()
        try:
            await anyio.sleep(60)
        except BaseException as error:
            log.append(type(error).__name__)
            raise

    async def thread(self):
        return threading.current_thread()


class Stream:
    def __init__(self, log):
        self.log = log

    @asynccontextmanager
    async def subscribe(self, wanted):
        async def updates():
            for number in range(wanted):
                await anyio.sleep(0)
                yield number
            if wanted == 13:
                raise RequestError("unlucky")
            if wanted == 99:
                await anyio.sleep(60)

        self.log.append("subscribed")
        try:
            async with anyio.create_task_group():  # entered and left in one task, or this fails
                yield updates()
        finally:
            self.log.append("unsubscribed")


class Vault:
    async def count(self, coins: int) -> int:
        await anyio.sleep(0)
        return coins


class Bell:
    def listen(self, times: int) -> AbstractAsyncContextManager[AsyncIterator[int]]:
        @asynccontextmanager
        async def listening():
            async def rings():
                for number in range(times):
                    yield number

            yield rings()

        return listening()


@dataclass(frozen=True)
class Own:
    """What only one venue has."""

    vault: Vault
    opened: date = date(2026, 1, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVenue(Venue):
    own: Own
    bell: Bell
    motto: str = "heads"


@pytest.fixture
def log():
    return []


@pytest.fixture
def opening(log):
    @asynccontextmanager
    async def opening():
        async def resolve(text):
            return MarketRef("coin:HEADS") if text == "heads" else None

        async def close():
            log.append("closed")

        info = VenueInfo(
            name="coin", provider="coin", title="", environment="", write_class=WriteClass.SIMULATED
        )
        async with OwnVenue(
            info=info,
            resolver=resolve,
            closer=close,
            markets=Markets(),
            stream=Stream(log),
            own=Own(Vault()),
            bell=Bell(),
        ) as venue:
            yield venue

    return opening()


@pytest.fixture
def venue(opening):
    with BlockingVenue(opening) as venue:
        yield venue


def test_the_bundle_is_the_same(venue):
    assert venue.name == "coin"
    assert venue.info.provider == "coin"
    assert venue.capabilities == {Capability.MARKETS, Capability.STREAM}
    assert venue.orders is None
    assert venue.budgets() == ()
    assert "list_markets" in dir(venue.markets)
    assert {"markets", "resolve", "close"} <= set(dir(venue))
    assert "coin" in repr(venue)


def test_methods_wait_for_their_outcome(venue):
    assert venue.markets.list_markets(MarketQuery(limit=7)).items == (7,)
    assert venue.markets.limit == 3
    assert venue.resolve(" heads ") == "coin:HEADS"


def test_what_only_one_venue_has_waits_as_well(venue):
    assert venue.own.vault.count(3) == 3
    assert venue.own.opened == date(2026, 1, 5)
    assert (venue.motto, venue.info.name) == ("heads", "coin")
    with venue.bell.listen(2) as rings:
        assert list(rings) == [0, 1]


def test_methods_show_what_they_are(venue):
    method = venue.markets.list_markets
    assert not inspect.iscoroutinefunction(method)
    assert list(inspect.signature(method).parameters) == ["query"]
    assert method.__doc__ == "List some."


def test_errors_are_the_same(venue):
    with pytest.raises(NotFound, match="no coin:X") as caught:
        venue.markets.get_market("coin:X")
    assert caught.value.venue == "coin"
    assert "get_market" in [entry.name for entry in caught.traceback]
    with pytest.raises(NotFound):
        venue.resolve("tails")


@pytest.mark.parametrize("name", ["no_such_thing", "_loop_of_it"])
def test_what_is_not_there(venue, name):
    for place in (venue, venue.markets):
        with pytest.raises(AttributeError):
            getattr(place, name)


def test_updates_are_iterated(venue, log):
    with venue.stream.subscribe(3) as updates:
        assert iter(updates) is updates
        assert list(updates) == [0, 1, 2]
        assert log == ["subscribed"]
    assert log == ["subscribed", "unsubscribed"]


def test_a_subscription_may_be_left_in_the_middle(venue, log):
    with venue.stream.subscribe(99) as updates:
        assert next(updates) == 0
    assert log[-1] == "unsubscribed"


def test_an_error_of_the_stream_arrives(venue):
    with venue.stream.subscribe(13) as updates, pytest.raises(RequestError, match="unlucky"):
        list(updates)


def test_an_error_of_the_block_passes(venue, log):
    with pytest.raises(BaseException) as caught, venue.stream.subscribe(1):
        raise KeyError("mine")
    assert "mine" in repr(caught.value) + repr(getattr(caught.value, "exceptions", ""))
    assert log[-1] == "unsubscribed"


def test_closing_ends_everything(opening, log):
    venue = BlockingVenue(opening)
    thread = venue.markets.thread()
    subscription = venue.stream.subscribe(99)
    updates = subscription.__enter__()
    next(updates)
    venue.close()
    assert not thread.is_alive()
    assert log == ["subscribed", "unsubscribed", "closed"]
    venue.close()
    assert subscription.__exit__(None, None, None) is None
    for use in (lambda: venue.markets.thread(), lambda: next(updates), lambda: venue.stream.subscribe(1)):
        with pytest.raises(RequestError, match="closed"):
            use()


def test_a_failed_opening_leaves_no_thread():
    @asynccontextmanager
    async def fails():
        raise NotFound("nothing here")
        yield

    before = threading.active_count()
    with pytest.raises(NotFound, match="nothing here"):
        BlockingVenue(fails())
    assert threading.active_count() == before


def test_several_threads_may_use_one_venue(venue):
    results = []
    threads = [
        threading.Thread(
            target=lambda limit=limit: results.append(venue.markets.list_markets(MarketQuery(limit=limit)))
        )
        for limit in range(1, 9)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(page.items[0] for page in results) == list(range(1, 9))


def test_a_call_under_way_when_the_venue_is_closed_is_uncertain(opening):
    venue = BlockingVenue(opening)
    raised = []
    log = []
    started = threading.Event()

    def call():
        try:
            venue.markets.wait(log, started)
        except UncertainError as error:
            raised.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    assert started.wait(5)
    venue.close()
    thread.join()
    assert "may or may not" in str(raised[0])
    assert log == ["CancelledError"]


def interrupt_soon():
    main = threading.main_thread().ident
    threading.Timer(0.1, signal.pthread_kill, [main, signal.SIGINT]).start()


@pytest.fixture
def interrupts():
    """SIGINT raises KeyboardInterrupt, whatever the runner made of it."""
    if not hasattr(signal, "pthread_kill"):
        pytest.skip("this system cannot send a signal to a thread")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_stops_the_call_and_closes_the_venue(opening, log, interrupts):
    with pytest.raises(KeyboardInterrupt), BlockingVenue(opening) as venue:
        thread = venue.markets.thread()
        interrupt_soon()
        venue.markets.wait(log)
    assert log == ["CancelledError", "closed"]
    assert not thread.is_alive()


def test_an_interrupt_between_updates_leaves_the_subscription(opening, log, interrupts):
    with BlockingVenue(opening) as venue:
        with pytest.raises(KeyboardInterrupt), venue.stream.subscribe(99) as updates:
            interrupt_soon()
            for _ in updates:
                pass
        assert log[-1] == "unsubscribed"
        assert venue.markets.list_markets(MarketQuery(limit=2)).items == (2,)
    assert log[-1] == "closed"


def test_it_works_where_a_loop_runs_already(opening):
    async def notebook():
        with BlockingVenue(opening) as venue:
            return venue.markets.list_markets(MarketQuery(limit=5)).items

    assert anyio.run(notebook) == (5,)
