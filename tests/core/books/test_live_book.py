"""A live book against the plainest model of one."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_core.books import NO_ASK, NO_BID, LiveBook, Place, Scale, Sequence
from pmi_core.errors import StaleBook, UnexpectedAnswer
from pmi_core.identifiers import MarketRef
from pmi_core.models import BookSource, BookState, BookUpdate, OrderBook, OutcomeSide

REF = MarketRef("here:A")
SCALE = Scale(4, 2)
NOW = datetime(2026, 1, 5, tzinfo=UTC)

BIDS = st.integers(1, 4999)
ASKS = st.integers(5000, 9999)
SIZES = st.integers(1, 10**9)
SIDES = st.tuples(st.dictionaries(BIDS, SIZES, max_size=8), st.dictionaries(ASKS, SIZES, max_size=8))
STEPS = st.one_of(st.just(400), st.integers(1, 400), st.sampled_from([100, 10]))
WAYS = st.sampled_from(["put", "change", "apply", "add"])
PUTS = st.lists(
    st.tuples(st.booleans(), st.integers(1, 12), STEPS, st.one_of(st.just(0), SIZES), WAYS), max_size=600
)


def a_book(bids=((4000, 100), (3900, 200)), asks=((4100, 300),)):
    book = LiveBook(REF, SCALE)
    book.replace(bids, asks)
    assert book.commit(NOW, sequence=1) is None
    return book


def plain(bids, asks, **facts):
    """The book as anybody would build it."""
    return OrderBook(
        market_ref=REF,
        bids=[
            {"price": Decimal(p) / 10_000, "size": Decimal(q) / 100}
            for p, q in sorted(bids.items(), reverse=True)
        ],
        asks=[{"price": Decimal(p) / 10_000, "size": Decimal(q) / 100} for p, q in sorted(asks.items())],
        received_time=NOW,
        state=BookState.LIVE,
        **facts,
    )


@given(SIDES, PUTS)
def test_every_view_shows_the_book_as_it_stood(sides, puts):
    bids, asks = (dict(side) for side in sides)
    book = a_book(bids.items(), asks.items())
    views = []
    for number, (is_bid, at, step, size, way) in enumerate(puts, 2):
        side, price = (bids, at * step) if is_bid else (asks, 5000 + at * step)
        adds = way in {"change", "add"}
        written = size - side.get(price, 0) if adds else size
        if size:
            side[price] = size
        else:
            side.pop(price, None)
        if way in {"apply", "add"}:
            best = (max(bids, default=NO_BID), min(asks, default=NO_ASK)) if number % 2 else ()
            assert book.apply(is_bid, price, written, NOW, number, None, *best, adds=adds) is None
        else:
            (book.change if adds else book.put)(is_bid, price, written)
            assert book.commit(NOW, sequence=number) is None
        assert book.bid == (Decimal(max(bids)) / 10_000 if bids else None)
        assert book.ask == (Decimal(min(asks)) / 10_000 if asks else None)
        if number % 50 == 0 or number == len(puts) + 1:
            views.append((book.view(), plain(bids, asks, sequence=number)))
    assert [view.build() for view, _ in views] == [expected for _, expected in views]
    for view, expected in views:
        assert (view.bid, view.ask) == (
            expected.best_bid and expected.best_bid.price,
            expected.best_ask and expected.best_ask.price,
        )


@given(SIDES)
def test_what_is_read_is_valid_and_its_mirror_is_exact(sides):
    book = a_book(*(side.items() for side in sides))
    read = book.read()
    assert OrderBook.model_validate(read.model_dump()) == read == plain(*sides, sequence=1)
    mirror = read.mirror()
    assert mirror.outcome is OutcomeSide.NO
    assert mirror.source is BookSource.MIRROR
    assert mirror.mirror() == read
    for outcome, shown in ((OutcomeSide.YES, read), (OutcomeSide.NO, mirror)):
        bid, ask = book.best(outcome)
        assert (bid, ask) == (
            shown.best_bid and shown.best_bid.price,
            shown.best_ask and shown.best_ask.price,
        )


@pytest.mark.parametrize(
    "spoil, stated",
    [
        (lambda book: book.change(True, 4000, -101), {}),
        (lambda book: book.put(True, 4100, 5), {}),
        (lambda book: book.put(True, 3905, 5), {"best_bid": 3905}),
        (lambda book: book.replace([(4000, -1)], []), {}),
        (lambda book: book.replace([(4200, 1)], [(4100, 1)]), {}),
        (lambda book: None, {"best_bid": 3900, "best_ask": 4100}),
        (lambda book: None, {"best_ask": NO_ASK}),
        (lambda book: book.doubt("the checksum is another one"), {}),
    ],
    ids=[
        "below zero",
        "crossed",
        "finer",
        "negative snapshot",
        "crossed snapshot",
        "best bid",
        "no ask",
        "checksum",
    ],
)
def test_what_makes_no_sense_is_never_shown(spoil, stated):
    book = a_book()
    before = book.read()
    told = []
    book.listen(told.append)
    book.put(True, 3800, 700)
    spoil(book)
    assert book.commit(NOW, sequence=2, **stated)
    assert not book.is_live
    assert told == []
    with pytest.raises(StaleBook):
        book.view()
    with pytest.raises(StaleBook, match="resyncing"):
        book.require_live()
    assert book.read() == before.model_copy(update={"state": BookState.RESYNCING})
    book.put(True, 3700, 1)  # what comes before the next snapshot is left out
    assert book.commit(NOW, sequence=3) is None
    assert told == []
    book.replace([(1000, 1)], [])
    assert book.commit(NOW, sequence=4) is None
    assert [view.build().sequence for view in told] == [4]
    assert book.bid == Decimal("0.1")


@pytest.mark.parametrize(
    "told",
    [
        (True, 4000, -101, NO_BID, NO_ASK),
        (True, 4100, 5, None, None),
        (True, 3900, 5, 3900, 4100),
        (False, 4150, 5, 4000, NO_ASK),
        (True, 10_001, 5, None, None),
        (True, 3901, 1 << 63, None, None),
        (False, 4100, (1 << 63) - 300, None, None),
    ],
    ids=[
        "below zero",
        "crossed",
        "best bid",
        "best ask",
        "price above one",
        "size too large",
        "sum too large",
    ],
)
@pytest.mark.parametrize("written_before", [0, 200])
def test_a_message_that_makes_no_sense_is_never_shown(told, written_before):
    book = a_book()
    before = book.read()
    views = []
    book.listen(views.append)
    for number in range(written_before):
        book.put(True, 3000, 1 + number)
    is_bid, price, by, best_bid, best_ask = told
    assert book.apply(is_bid, price, by, NOW, 2, None, best_bid, best_ask, adds=True)
    assert not book.is_live
    assert book.read() == before.model_copy(update={"state": BookState.RESYNCING})
    assert book.apply(True, 3700, 1, NOW, 3) is None
    assert views == []


def test_a_view_never_shows_what_waits_for_its_commit():
    book = a_book()
    for write in (
        lambda: book.put(True, 4050, 5),
        lambda: book.put(False, 4100, 0),
        lambda: book.put(True, 3905, 5),
        lambda: book.put(True, 3905, 6),
        lambda: book.replace([(1000, 1)], []),
        lambda: book.put(True, 2000, 1),
        lambda: book.doubt("something"),
    ):
        write()
        view = book.view()
        assert (view.bid, view.ask) == (Decimal("0.4"), Decimal("0.41"))
        assert view.build() == plain({4000: 100, 3900: 200}, {4100: 300}, sequence=1)
    assert book.commit(NOW, sequence=2) == "something"
    assert book.read().model_copy(update={"state": BookState.LIVE}) == view.build()
    assert (book.bid, book.ask) == (Decimal("0.4"), Decimal("0.41"))


@pytest.mark.parametrize("listening", [False, True])
def test_views_that_are_kept_stay_as_they_were_however_many_changes_follow(listening):
    book = a_book()
    views = [book.view()]
    if listening:
        book.listen(views.append)
    for number in range(300):
        assert book.apply(True, 100, 1 + number, NOW, 2 + number) is None
        if not listening and number % 7 == 0:
            views.append(book.view())
    for view in views:
        lowest = view.build().bids[-1]
        expected = (Decimal("0.01"), Decimal(view.sequence - 1) / 100) if view.sequence > 1 else None
        assert expected in (None, (lowest.price, lowest.size))
    assert len(views) == (301 if listening else 44)


def test_a_message_of_one_level_shows_what_was_written_before_it():
    book = a_book()
    for number in range(200):
        book.put(True, 3001 + number, 1 + number)
    assert book.apply(False, 4100, 0, NOW, 2, None, 4000, NO_ASK) is None
    assert len(book.view().build().bids) == 202
    assert book.view().ask is None


@pytest.mark.parametrize("digits, finest", [(1, 1), (2, 1), (3, 1), (4, 1), (4, 10), (6, 1), (6, 10_000)])
def test_a_book_holds_prices_however_fine(digits, finest):
    scale = Scale(digits, 0)
    book = LiveBook(REF, scale)
    book.replace([(finest, 1)], [(scale.one - finest, 1)])
    assert book.commit(NOW) is None
    middle = scale.one // 2
    for price in (finest, 2 * finest, middle):
        assert book.apply(True, price, 7, NOW, best_bid=price) is None
    for price in (middle, 2 * finest, finest):
        assert book.bid == scale.price(price)
        assert book.apply(True, price, 0, NOW) is None
    assert (book.bid, book.ask) == (None, scale.price(scale.one - finest))
    book.replace([(scale.one + 1, 1)], [])
    assert "outside" in book.commit(NOW)
    assert book.asks == {scale.one - finest: 1}


def test_the_best_prices_that_a_venue_states_are_read():
    assert [SCALE.best_bid(text) for text in ("", "0", "0.00", "0.4")] == [NO_BID, NO_BID, NO_BID, 4000]
    assert [SCALE.best_ask(text) for text in ("", "1", "1.0", "0.4")] == [NO_ASK, NO_ASK, NO_ASK, 4000]
    with pytest.raises(UnexpectedAnswer):
        SCALE.best_bid("1.5")


def test_a_book_says_its_state_and_age():
    book = LiveBook(REF, SCALE)
    assert book.state is BookState.RESYNCING
    assert book.age(NOW) is None
    with pytest.raises(StaleBook):
        book.read()
    book.replace([], [])
    book.commit(NOW)
    book.require_live()
    assert book.age(NOW + timedelta(seconds=3)) == 3
    book.lose(BookState.STALE)
    assert book.read().state is BookState.STALE
    assert "stale" in repr(book)


def test_listeners_come_and_go():
    book = a_book()
    first, second = [], []
    stop = book.listen(first.append)
    book.listen(second.append)
    book.commit(NOW, sequence=2)
    stop()
    stop()
    book.commit(NOW, sequence=3)
    assert ([view.sequence for view in first], [view.sequence for view in second]) == ([2], [2, 3])


def test_a_view_that_is_kept_keeps_little():
    book = a_book()
    view = book.view()
    for number in range(10_000):
        book.change(True, 4000, 1)
        book.commit(NOW, sequence=number)
    assert len(view.sheet.changes) < 1000
    assert view.build().bids[0].size == 1


def test_an_update_builds_its_book_when_it_is_read():
    book = a_book()
    update, twin = (BookUpdate.later(book.view(), NOW) for _ in range(2))
    built = BookUpdate(book=book.read(), received_time=NOW)
    book.put(True, 4050, 10)
    book.commit(NOW, sequence=2)
    assert (update.market_ref, update.bid, update.ask) == (REF, Decimal("0.4"), Decimal("0.41"))
    assert (built.market_ref, built.bid, built.ask) == (REF, Decimal("0.4"), Decimal("0.41"))
    assert update == built
    assert hash(update) == hash(built)
    assert BookUpdate.model_validate_json(twin.model_dump_json()) == built


@pytest.mark.parametrize(
    "look",
    [
        copy.copy,
        copy.deepcopy,
        lambda update: pickle.loads(pickle.dumps(update)),
        lambda update: update.model_copy(),
        lambda update: BookUpdate(**dict(update)),
        lambda update: BookUpdate.model_validate(update.model_dump()),
    ],
    ids=["copy", "deepcopy", "pickle", "model_copy", "dict", "dump"],
)
def test_a_copy_of_an_update_has_the_book(look):
    book = a_book()
    update = BookUpdate.later(book.view(), NOW)
    assert look(update) == BookUpdate(book=book.read(), received_time=NOW)
    assert "bids" in repr(BookUpdate.later(book.view(), NOW))


def test_the_schema_of_an_update_names_its_fields():
    for mode in ("validation", "serialization"):
        assert set(BookUpdate.model_json_schema(mode=mode)["properties"]) == {"type", "book", "received_time"}


def test_an_update_without_a_book_says_so():
    with pytest.raises(AttributeError, match="book"):
        repr(BookUpdate.trusted({"type": "book", "received_time": NOW}))


@given(st.integers(0, 10_000), st.integers(-(10**12), 10**12))
def test_a_scale_reads_what_it_shows(ticks, units):
    assert SCALE.ticks(format(SCALE.price(ticks), "f")) == ticks
    assert SCALE.units(format(SCALE.size(units), "f")) == units
    assert SCALE.price(ticks) == Decimal(ticks) / 10_000


@pytest.mark.parametrize(
    "text, number", [("0.42", 4200), ("0.4200", 4200), ("1", 10_000), ("1e-4", 1), ("0", 0), (".5", 5000)]
)
def test_prices_are_read_however_they_are_written(text, number):
    assert SCALE.ticks(text) == number


@pytest.mark.parametrize("text", ["", "NaN", "0.42001", "1.0001", "-0.0100", "abc", "0,42", "inf"])
def test_what_is_no_price_is_refused(text):
    with pytest.raises(UnexpectedAnswer):
        SCALE.ticks(text)


@pytest.mark.parametrize("text", ["", "NaN", "1.001", "a.bc", "--1.00"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(UnexpectedAnswer):
        SCALE.units(text)


def test_a_scale_remembers_within_bounds():
    scale = Scale(4, 2)
    read = scale.units.__self__
    for number in range(50_010):
        scale.units(f"{number}.00")
    assert len(read) <= 50_000


@given(st.integers(2, 50), st.integers(1, 100))
def test_numbers_in_order_are_in_order(count, first):
    sequence = Sequence(first)
    assert all(sequence.take(first + i) is Place.NEXT for i in range(count))


def test_a_sequence_knows_gaps_and_repetitions():
    sequence = Sequence()
    assert [sequence.take(number) for number in (1, 1, 2, 5, 4, 6)] == [
        Place.NEXT,
        Place.REPEATED,
        Place.NEXT,
        Place.GAP,
        Place.GAP,
        Place.NEXT,
    ]
    assert sequence.is_newest(6)
    assert not sequence.is_newest(4)
    assert Sequence(None).take(17) is Place.NEXT
    assert Sequence().take(3) is Place.GAP
