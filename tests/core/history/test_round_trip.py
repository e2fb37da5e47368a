"""What was recorded equals what is replayed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmi_core.errors import NotFound, StaleBook
from pmi_core.history import Recorded, Recording, replay_venue
from pmi_core.models import (
    BookUpdate,
    Channel,
    ConnectionState,
    ConnectionUpdate,
    Delivery,
    Fill,
    FillReversed,
    FillUpdate,
    Level,
    LifecycleKind,
    LifecycleUpdate,
    Order,
    OrderBook,
    OrderUpdate,
    Outcome,
    Position,
    PositionUpdate,
    Subscription,
    TickerUpdate,
    Trade,
    TradeUpdate,
)
from pmi_core.testing.clock import START, ManualClock

pytestmark = pytest.mark.anyio

REF = "alpha:RATE-1"
OTHER = "alpha:RATE-2"
moments = st.integers(0, 10**12).map(lambda micros: START + timedelta(microseconds=micros))
prices = st.decimals("0.0001", "0.9999", places=4)
sizes = st.decimals("0.00000000000000000001", "99999999999999999999", places=20)


@st.composite
def books(draw):
    found = sorted(draw(st.lists(prices, unique=True, max_size=8)))
    cut = draw(st.integers(0, len(found)))
    book = OrderBook(
        market_ref=draw(st.sampled_from([REF, OTHER])),
        bids=tuple(Level(price=price, size=draw(sizes)) for price in reversed(found[:cut])),
        asks=tuple(Level(price=price, size=draw(sizes)) for price in found[cut:]),
        sequence=draw(st.none() | st.integers(0, 2**62)),
        venue_time=draw(st.none() | moments),
        received_time=draw(moments),
        state="live",
        firm=draw(st.booleans()),
    )
    return BookUpdate(book=book, received_time=draw(moments))


trades = st.builds(
    lambda moment, price, size, name, off: TradeUpdate(
        received_time=moment,
        trade=Trade(trade_id=name, market_ref=REF, price=price, size=size, off_book=off, time=moment),
    ),
    moments,
    prices,
    sizes,
    st.text(min_size=1, max_size=12),
    st.booleans(),
)
states = st.builds(
    ConnectionUpdate,
    received_time=moments,
    state=st.sampled_from(ConnectionState),
    reason=st.none() | st.text(max_size=20),
    market_refs=st.sampled_from([(), (REF,), (REF, OTHER)]),
)


def others():
    order = Order(
        ref="alpha:o1", client_order_id="c1", market_ref=REF, outcome="yes", action="buy", size="3",
        price="0.4", status="open", time_in_force="gtc", fees="0.01", filled="1", remaining="2", created_time=START,
    )  # fmt: skip
    fill = Fill(
        trade_id="t1", order_ref="alpha:o1", market_ref=REF, outcome="no", action="sell", price="0.333",
        size="0.1", fee="-0.01", liquidity="maker", time=START,
    )  # fmt: skip
    position = Position(
        market_ref=REF,
        outcome="yes",
        size="3",
        average_price="0.41",
        cost="1.23",
        realized_pnl="0",
        fees="0",
        as_of=START,
    )
    yes = Outcome(label="Yes", polarity="yes", bid="0.4")
    no = Outcome(label="No", polarity="no", ask="0.6")
    return [
        OrderUpdate(order=order, received_time=START),
        FillUpdate(fill=fill, received_time=START),
        FillReversed(fill=fill, reason="undone", received_time=START),
        PositionUpdate(position=position, received_time=START),
        TickerUpdate(market_ref=REF, yes=yes, no=no, volume="1000000000000000000.5", received_time=START),
        LifecycleUpdate(kind=LifecycleKind.PAUSED, market_ref=REF, received_time=START),
    ]


async def keep(folder, updates, *, compacted=True):
    recording = Recording(folder, clock=ManualClock())
    async with recording:
        for update in updates:
            recording.put("alpha", update)
        journal = next((folder / "journal").glob("*.jsonl"))
        left = journal.read_bytes()
    if not compacted:  # as a kill leaves it: the journal, and files of whatever stage
        journal.write_bytes(left)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    updates=st.lists(books() | trades | states | st.sampled_from(others()), max_size=12),
    compacted=st.booleans(),
)
async def test_every_update_comes_back_equal_and_in_order(tmp_path_factory, updates, compacted):
    folder = tmp_path_factory.mktemp("recording")
    await keep(folder, updates, compacted=compacted)
    rows = list(Recorded(folder).rows("alpha"))
    assert [row.said for row in rows] == updates
    assert [row.serial for row in rows] == list(range(1, len(updates) + 1))


async def test_numbers_are_text_in_the_files_so_that_no_digit_is_lost(tmp_path):
    import pyarrow.parquet

    trade = Trade(trade_id="t", market_ref=REF, price="0.1", size="1.00000000000000000001", time=START)
    await keep(tmp_path, [TradeUpdate(trade=trade, received_time=START)])
    (part,) = tmp_path.glob("venue=alpha/channel=trade/date=2026-01-05/*.parquet")
    (row,) = pyarrow.parquet.ParquetFile(part).read().to_pylist()
    assert Decimal(row["size"]) == trade.size
    assert row["received_time"] == START


def book(bid, second, *, ref=REF):
    when = START + timedelta(seconds=second)
    found = OrderBook(market_ref=ref, bids=[Level(price=bid, size=1)], received_time=when, state="live")
    return BookUpdate(book=found, received_time=when)


def trade(name, second):
    when = START + timedelta(seconds=second)
    found = Trade(trade_id=name, market_ref=REF, price="0.5", size=1, time=when)
    return TradeUpdate(trade=found, received_time=when)


def state(word, second):
    return ConnectionUpdate(state=word, received_time=START + timedelta(seconds=second))


STORY = [
    state("live", 0), book("0.40", 1), book("0.30", 2, ref=OTHER), trade("a", 3), book("0.41", 4),
    state("stale", 5), state("live", 6), book("0.42", 7), trade("b", 8),
]  # fmt: skip
WANTED = Subscription(channels={Channel.BOOK, Channel.TRADE}, market_refs=(REF, OTHER))


async def test_a_replay_without_speed_gives_what_was_recorded(tmp_path):
    await keep(tmp_path, STORY)
    async with await replay_venue(tmp_path, speed=None) as venue, venue.stream.subscribe(WANTED) as updates:
        assert [update async for update in updates] == STORY


async def test_a_subscription_hears_only_its_markets_and_channels(tmp_path):
    await keep(tmp_path, STORY)
    wanted = Subscription(channels={Channel.BOOK}, market_refs=(OTHER,))
    async with await replay_venue(tmp_path, speed=None) as venue, venue.stream.subscribe(wanted) as updates:
        assert [update async for update in updates] == [STORY[0], STORY[2], STORY[5], STORY[6]]


async def test_rows_come_when_they_are_due_and_readings_speak_of_the_same_moment(tmp_path):
    await keep(tmp_path, STORY)
    clock = ManualClock()
    venue = await replay_venue(tmp_path, speed=2, clock=clock)
    async with venue, venue.stream.subscribe(WANTED) as updates:
        assert await anext(updates) == STORY[0]
        with pytest.raises(NotFound):
            await venue.books.get_book(REF)
        assert await clock.run(anext(updates)) == STORY[1]
        assert clock.monotonic() == 0.5
        assert (await venue.books.get_book(f"{REF}#no")).asks[0].price == Decimal("0.60")
        for expected in STORY[2:6]:
            assert await clock.run(anext(updates)) == expected
        with pytest.raises(StaleBook, match="stale"):
            await venue.books.get_book(REF)


async def test_who_joins_late_gets_the_newest_book_first(tmp_path):
    await keep(tmp_path, STORY)
    clock = ManualClock()
    venue = await replay_venue(tmp_path, clock=clock)
    async with venue, venue.stream.subscribe(WANTED) as first:
        await anext(first)
        await clock.advance(4.5)
        async with venue.stream.subscribe(WANTED) as second:
            found = [await clock.run(anext(second)) for _ in range(4)]
    assert found == [STORY[0], STORY[2], STORY[4], STORY[5]] or found == [
        STORY[0],
        STORY[4],
        STORY[2],
        STORY[5],
    ]


async def test_a_slow_consumer_of_the_newest_skips_what_is_old(tmp_path):
    await keep(tmp_path, STORY)
    clock = ManualClock()
    venue = await replay_venue(tmp_path, clock=clock)
    newest = WANTED.model_copy(update={"delivery": Delivery.LATEST})
    async with venue, venue.stream.subscribe(newest) as updates:
        await anext(updates)
        await clock.advance(60)
        found = [update async for update in updates]
    assert STORY[7] in found
    assert STORY[8] in found
    assert STORY[1] not in found
