"""Books of the stream: never wrong, and asked for again when something was lost."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from pmi_core.errors import SequenceGap
from pmi_core.models import BookUpdate, Channel
from pmi_core.transport.socket import Topic

pytestmark = pytest.mark.anyio

ONE = Topic(Channel.BOOK, "A-1")
TWO = Topic(Channel.BOOK, "A-2")


def shown(updates):
    return [
        (one.market_ref.native, one.book.sequence, one.bid, one.ask)
        for one in updates
        if isinstance(one, BookUpdate)
    ]


async def test_a_book_is_in_yes_terms_and_follows_its_changes(connect):
    here = await connect()
    here.book("A-1", 1)
    here.delta("A-1", 2, side="no", price="0.5500", by="3.00")
    here.delta("A-1", 3, side="no", price="0.5500", by="-3.00")
    here.delta("A-1", 4, price="0.4000", by="-10.00")
    assert shown(await here.heard()) == [
        ("A-1", 1, Decimal("0.4"), Decimal("0.5")),
        ("A-1", 2, Decimal("0.4"), Decimal("0.45")),
        ("A-1", 3, Decimal("0.4"), Decimal("0.5")),
        ("A-1", 4, None, Decimal("0.5")),
    ]
    assert ONE in here.ears.live
    assert TWO not in here.ears.live, "nothing was said of it yet"


async def test_empty_sides_are_absent(connect):
    here = await connect()
    here.book("A-1", 1, yes=(), no=())
    assert shown(await here.heard()) == [("A-1", 1, None, None)]


async def test_a_book_counts_its_own_changes_whatever_lies_between(connect):
    here = await connect()
    here.book("A-1", 1)
    here.book("A-2", 2)
    here.delta("A-2", 3)
    here.say({"type": "ok", "id": 99, "sid": here.sids["orderbook_delta"], "seq": 4, "msg": {}})
    here.delta("A-1", 5)
    assert [row[:2] for row in shown(await here.heard())] == [("A-1", 1), ("A-2", 1), ("A-2", 2), ("A-1", 2)]
    assert here.ears.gaps == []


async def test_a_missing_number_takes_all_books_of_the_subscription(connect):
    here = await connect()
    here.book("A-1", 1)
    here.book("A-2", 2)
    here.delta("A-1", 4)
    assert {topic for topic, _ in here.ears.gaps} == {ONE, TWO}
    here.delta("A-1", 5)
    assert len(shown(await here.heard())) == 2, "what is not known whole is not shown"
    (message,) = here.dialect.resync([ONE, TWO])
    asked = json.loads(message)
    assert asked["cmd"] == "update_subscription"
    assert asked["params"] == {
        "sids": [here.sids["orderbook_delta"]],
        "action": "get_snapshot",
        "market_tickers": ["A-1", "A-2"],
    }
    here.book("A-1", 6)
    here.book("A-2", 7)
    here.delta("A-1", 8)
    assert [row[:2] for row in shown(await here.heard())] == [("A-1", 3), ("A-2", 3), ("A-1", 4)], (
        "the number that is left out says that something was lost"
    )


async def test_a_message_that_comes_twice_counts_once(connect):
    here = await connect()
    here.book("A-1", 1)
    here.delta("A-1", 2, by="5.00")
    here.delta("A-1", 2, by="5.00")
    assert here.ears.gaps == []
    assert here.feed.books["A-1"].bids == {4000: 1500}


async def test_counting_anew_opens_the_connection_anew(connect):
    here = await connect()
    here.book("A-1", 1)
    here.delta("A-1", 2)
    with pytest.raises(SequenceGap, match="back to 1"):
        here.delta("A-1", 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": "1.0001"},
        {"price": "-0.1"},
        {"price": "0.12345"},
        {"price": "half"},
        {"by": "1e3x"},
        {"by": "0.001"},
        {"by": "NaN"},
        {"by": "-10.01"},
        {"side": "maybe"},
        {"price": 0.4},
        {"ts_ms": -1},
        {"ts_ms": 10**30},
    ],
)
async def test_a_change_that_makes_no_sense_costs_that_book_and_no_other(connect, wrong):
    here = await connect()
    here.book("A-1", 1)
    here.book("A-2", 2)
    here.delta("A-1", 3, **wrong)
    assert {topic for topic, _ in here.ears.gaps} == {ONE}
    assert not here.feed.books["A-1"].is_live
    here.delta("A-2", 4)
    assert here.feed.books["A-2"].bids == {4000: 1100}
    here.book("A-1", 5)
    assert here.feed.books["A-1"].is_live


@pytest.mark.parametrize(
    "levels",
    [
        {"yes": [["0.4000", "1.00"], ["0.4000", "2.00"]]},
        {"yes": [["0.6000", "1.00"]]},
        {"yes": [["0.4000", "-1.00"]]},
        {"yes": [["0.4000"]]},
        {"no": [["2.0000", "1.00"]]},
        {"no": "all of them"},
    ],
)
async def test_a_whole_book_that_makes_no_sense_is_not_shown(connect, levels):
    here = await connect()
    here.book("A-1", 1, **levels)
    assert shown(await here.heard()) == []
    assert ONE not in here.ears.live
    assert here.faults.count >= 1


async def test_a_stranger_casts_doubt_on_every_book(connect):
    here = await connect()
    here.book("A-1", 1)
    here.delta("A-1?", 2)
    assert not here.feed.books["A-1"].is_live
    assert "never asked for" in next(iter(here.faults)).message


async def test_a_market_that_was_left_may_still_be_spoken_of(connect):
    here = await connect()
    here.book("A-1", 1)
    here.book("A-2", 2)
    (message,) = here.dialect.unsubscribe([ONE])
    assert json.loads(message)["params"]["action"] == "delete_markets"
    del here.feed.books["A-1"]
    here.delta("A-1", 3)
    assert here.ears.gaps == []
    assert here.feed.books["A-2"].is_live


async def test_the_last_market_ends_the_subscription(connect):
    here = await connect()
    here.book("A-1", 1)
    sid = here.sids["orderbook_delta"]
    (message,) = here.dialect.unsubscribe([ONE, TWO])
    assert json.loads(message)["params"] == {"sids": [sid]}
    here.delta("A-1", 2)
    here.say({"type": "unsubscribed", "id": 50, "sid": sid, "seq": 3})
    assert here.ears.gaps == []
    (message,) = here.dialect.subscribe([ONE])
    command = json.loads(message)
    assert command["cmd"] == "subscribe"
    here.say(
        {"type": "subscribed", "id": command["id"], "msg": {"channel": "orderbook_delta", "sid": sid + 50}}
    )
    here.sids["orderbook_delta"] = sid + 50
    here.book("A-1", 1)
    assert ONE in here.ears.live, "a new subscription counts from 1"
