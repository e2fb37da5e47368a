"""What waits for a client: bounded, counted, and never a book that is not live."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pmi_mcp_broadcast import book, state, ticker, trade
from pmi_mcp_world import NOW, World

from pmi_core import MarketRef, RequestError
from pmi_core.models import ConnectionState
from pmi_core.testing.clock import ManualClock
from pmi_mcp.live.inbox import Inbox
from pmi_mcp.live.reading import Bookmark, answer_of, read_bookmark
from pmi_mcp.outputs import finish

ONE, TWO = MarketRef("alpha:RATE-1"), MarketRef("alpha:RATE-2")
NAME = "abcdefgh"


def inbox(room=500):
    return Inbox([ONE, TWO], room)


def read(box, cursor=None, budget=24_000, depth=5):
    after = read_bookmark(cursor, NAME, box)
    return finish(answer_of(NAME, box, after, depth, budget), budget)


def test_of_many_books_the_newest_is_told_once():
    box = inbox()
    for cents in range(10, 40):
        box.put(book(1, f"0.{cents}"))
    first = read(box)
    (row,) = first["markets"]
    assert (row["market"], row["state"], row["book"]["best_bid"]) == (ONE, "live", "0.39")
    again = read(box, first["cursor"])
    assert (again["events"], again.get("markets"), again["cursor"]) == ([], None, first["cursor"])


def test_a_cursor_may_be_used_again_when_an_answer_was_lost():
    box = inbox()
    box.put(trade(1))
    first = read(box)
    box.put(trade(2))
    assert read(box, first["cursor"]) == read(box, first["cursor"])
    assert [row["size"] for row in read(box)["events"]] == ["1", "2"]


@pytest.mark.parametrize("word", ["connecting", "stale", "resyncing", "gap", "closed"])
def test_a_book_is_withdrawn_as_long_as_its_market_is_not_live(word):
    box = inbox()
    box.put(book(1))
    box.put(book(2))
    box.put(ticker(World(), 1))
    box.put(state(word, 1, reason="the line is silent"))
    one, two = sorted(read(box)["markets"], key=lambda row: row["market"])
    assert one == {"market": ONE, "state": word, "reason": "the line is silent"}
    assert two["book"]["best_bid"] == "0.42"
    box.put(state("live"))
    assert "book" not in next(row for row in read(box)["markets"] if row["market"] == ONE)
    box.put(book(1, "0.51"))
    assert next(row for row in read(box)["markets"] if row["market"] == ONE)["book"]["best_bid"] == "0.51"


def test_prices_that_come_before_a_market_is_live_are_told_when_it_is():
    box = inbox()
    box.put(state("connecting"))
    box.put(ticker(World(), 1))
    early = read(box)
    assert all("ticker" not in row for row in early["markets"])
    box.put(state("live"))
    assert [row.get("ticker", {}).get("last") for row in read(box, early["cursor"])["markets"]] == [
        "0.43",
        None,
    ]


@pytest.mark.parametrize("word", ["stale", "resyncing"])
def test_a_book_that_says_itself_that_it_is_not_live_is_not_shown(word):
    box = inbox()
    box.put(book(1, state=word))
    (row,) = read(box)["markets"]
    assert row == {"market": ONE, "state": word}


def test_a_fall_of_everything_concerns_every_market():
    box = inbox()
    box.put(book(1))
    box.put(book(2))
    box.put(state("stale"))
    told = read(box)
    assert told["state"] == "stale"
    assert [row["state"] for row in told["markets"]] == ["stale", "stale"]
    assert told["events"][-1]["state"] == "stale"


def test_what_was_forgotten_is_counted_for_whoever_missed_it():
    box = inbox(room=10)
    for number in range(3):
        box.put(trade(number))
    early = read(box)["cursor"]
    for number in range(3, 30):
        box.put(trade(number))
    assert len(box.events) == 10
    assert read(box)["lost_events"] == 20
    told = read(box, early)
    assert (told["lost_events"], len(told["events"])) == (17, 10)
    assert "lost_events" not in read(box, told["cursor"])


def test_updates_that_a_venue_lost_are_an_event_and_a_gap():
    box = inbox()
    box.put(book(1))
    box.lose("17 updates were lost", NOW)
    told = read(box)
    assert told["state"] == "gap"
    assert told["events"][-1] == {
        "event": "lost",
        "at": "2026-01-05T15:00:00Z",
        "reason": "17 updates were lost",
    }
    assert all("book" not in row for row in told["markets"])


@given(
    st.lists(st.sampled_from(["trade", "book1", "book2", "stale", "live"]), max_size=60),
    st.integers(5, 40),
    st.integers(2_000, 5_000),
    st.data(),
)
def test_whoever_reads_on_is_told_every_event_once_or_how_many_were_lost(said, room, budget, data):
    box = Inbox([ONE, TWO], room)
    makes = {
        "trade": lambda n: trade(n),
        "book1": lambda n: book(1),
        "book2": lambda n: book(2),
        "stale": lambda n: state("stale"),
        "live": lambda n: state("live"),
    }
    cursor, told, lost, reads = None, 0, 0, 0

    def catch_up():
        nonlocal cursor, told, lost
        answer = read(box, cursor, budget)
        assert len(str(answer)) < budget + 600
        cursor, told, lost = (
            answer["cursor"],
            told + len(answer["events"]),
            lost + answer.get("lost_events", 0),
        )
        for row in answer.get("markets", ()):
            assert row["state"] == "live" or "book" not in row
        return "more" in answer

    for number, word in enumerate(said):
        box.put(makes[word](number))
        assert len(box.events) <= room
        if data.draw(st.booleans()):
            catch_up()
    while catch_up():
        reads += 1
        assert reads < 100, "reading on comes to an end"
    assert told + lost == box.counted == sum(word in ("trade", "stale", "live") for word in said)


@pytest.mark.parametrize("text", ["", "x", "abcd.1", "abcd.1.2.3", "zzzz.0.0", "abcd.99.0", "abcd.0.99"])
def test_a_cursor_of_something_else_is_refused(text):
    box = inbox()
    box.put(trade(1))
    with pytest.raises(RequestError, match="not a cursor of this subscription"):
        read_bookmark(text, NAME, box)
    assert read_bookmark(None, NAME, box) == Bookmark()


@pytest.mark.anyio
async def test_waiting_ends_by_news_by_time_and_by_the_end():
    box, clock = inbox(), ManualClock()
    assert await clock.run(box.newer(0, 20, clock)) is None
    assert clock.monotonic() == 20
    box.put(trade(1))
    await box.newer(0, 20, clock)
    box.close("it was ended")
    await box.newer(box.revision, 20, clock)
    assert clock.monotonic() == 20
    assert clock.sleeping == 0, "nothing is left waiting"


@given(
    st.lists(
        st.one_of(
            st.builds(book, st.sampled_from([1, 2])),
            st.builds(state, st.sampled_from(["live", "stale", "gap", "connecting", "resyncing"])),
            st.builds(state, st.sampled_from(["live", "stale", "gap"]), st.sampled_from([1, 2])),
        )
    )
)
def test_a_market_that_is_not_live_has_no_book(updates):
    box = inbox()
    for update in updates:
        box.put(update)
        for standing in box.standings.values():
            assert standing.book is None or standing.state is ConnectionState.LIVE
