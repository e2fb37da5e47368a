"""What is asked of the stream, and what its answers and refusals do."""

from __future__ import annotations

import json

import pytest

from pmi_core.errors import PermissionDenied, PmiError, RequestError, UnexpectedAnswer, VenueError
from pmi_core.models import Channel
from pmi_core.transport.socket import Topic
from pmi_provider_kalshi.streaming.refusals import CODES, Outcome, refusal

pytestmark = pytest.mark.anyio

BOOK = Topic(Channel.BOOK, "A-1")
TRADE = Topic(Channel.TRADE, "A-1")
DOCUMENTED = {*range(1, 6), 7, 8, *range(9, 16), *range(18, 29)}
"""Every code of the venue's document that is in use."""


def commands(messages):
    return [json.loads(message) for message in messages]


async def test_every_channel_is_asked_for_once(connect):
    here = await connect()
    assert set(here.sids) == {
        "orderbook_delta",
        "ticker",
        "trade",
        "user_orders",
        "fill",
        "market_positions",
        "market_lifecycle_v2",
        "multivariate_market_lifecycle",
        "order_group_updates",
        "communications",
    }
    waiting = {topic for topic in here.topics if topic not in here.ears.live}
    assert waiting == {Topic(Channel.BOOK, "A-1"), Topic(Channel.BOOK, "A-2")}, (
        "books wait for their snapshots"
    )


async def test_more_markets_join_the_subscription(connect):
    here = await connect()
    new = [Topic(Channel.BOOK, "A-3"), Topic(Channel.TICKER, "A-3"), Topic(Channel.TRADE, "A-3")]
    asked = commands(here.dialect.subscribe(new))
    assert {one["cmd"] for one in asked} == {"update_subscription"}
    assert {one["params"]["action"] for one in asked} == {"add_markets"}
    assert [one["params"]["sids"] for one in asked] == [
        [here.sids[name]] for name in ("orderbook_delta", "ticker", "trade")
    ]
    assert [one["params"].get("send_initial_snapshot") for one in asked] == [None, True, None]
    for one in asked[1:]:
        (sid,) = one["params"]["sids"]
        here.say({"type": "ok", "id": one["id"], "sid": sid, "seq": 1, "msg": {"market_tickers": ["A-3"]}})
    assert set(new[1:]) <= here.ears.live


async def test_many_markets_go_in_several_commands(connect):
    here = await connect()
    new = [Topic(Channel.TRADE, f"B-{number}") for number in range(450)]
    asked = commands(here.dialect.subscribe(new))
    assert [len(one["params"]["market_tickers"]) for one in asked] == [200, 200, 50]
    assert len({one["id"] for one in asked}) == 3


async def test_channels_for_everything_confirm_at_once_what_joins_later(connect):
    here = await connect()
    late = Topic(Channel.LIFECYCLE, "A-1")
    assert list(here.dialect.subscribe([late])) == []
    assert late in here.ears.live


async def test_lifecycles_are_there_once_both_channels_are(connect):
    here = await connect()
    here.dialect.unsubscribe([topic for topic in here.topics if not topic.market])
    here.ears.live.clear()
    asked = commands(here.dialect.subscribe([Topic(Channel.LIFECYCLE)]))
    for sid, one in enumerate(asked, 90):
        assert not here.ears.live
        here.say(
            {
                "type": "subscribed",
                "id": one["id"],
                "msg": {"channel": one["params"]["channels"][0], "sid": sid},
            }
        )
    assert here.ears.live == {Topic(Channel.LIFECYCLE)}


async def test_what_was_not_answered_is_asked_for_again(connect):
    here = await connect()
    asked = commands(here.dialect.resync([TRADE, Topic(Channel.ORDER)]))
    assert [one["params"].get("action") for one in asked] == ["add_markets"], "orders are confirmed already"
    here.dialect.unsubscribe([Topic(Channel.ORDER)])
    first = commands(here.dialect.subscribe([Topic(Channel.ORDER)]))
    again = commands(here.dialect.resync([Topic(Channel.ORDER)]))
    assert (
        [one["params"] for one in first]
        == [one["params"] for one in again]
        == [{"channels": ["user_orders"]}]
    )


async def test_silence_is_broken_by_a_question_whose_answer_shows_what_is_gone(connect):
    here = await connect()
    here.book("A-1", 1)
    question, _ = commands(here.dialect.probe(list(here.topics)))
    assert question["cmd"] == "list_subscriptions"
    left = [{"channel": name, "sid": sid} for name, sid in here.sids.items() if name != "orderbook_delta"]
    here.say({"type": "ok", "id": question["id"], "msg": left})
    assert {topic for topic, _ in here.ears.gaps} == {BOOK, Topic(Channel.BOOK, "A-2")}
    (again,) = commands(here.dialect.resync([BOOK]))
    assert again["cmd"] == "subscribe"


async def test_a_healthy_answer_to_silence_changes_nothing(connect):
    here = await connect()
    question, _ = commands(here.dialect.probe(list(here.topics)))
    everything = [{"channel": name, "sid": sid} for name, sid in here.sids.items()]
    here.say({"type": "ok", "id": question["id"], "msg": everything})
    assert here.ears.gaps == []


async def test_where_books_are_wanted_only_data_is_a_sign_that_data_comes(connect):
    here = await connect("A-1", "A-2")
    for number, name in enumerate(("A-1", "A-2"), 1):
        here.book(name, number)
    everything = [{"channel": name, "sid": sid} for name, sid in here.sids.items()]
    before = here.ears.pongs
    for expected in ("A-1", "A-2", "A-1"):
        listing, snapshot = commands(here.dialect.probe(list(here.topics)))
        assert snapshot["params"]["action"] == "get_snapshot"
        assert snapshot["params"]["market_tickers"] == [expected], "each in its turn"
        here.say({"type": "ok", "id": listing["id"], "msg": everything})
        here.say({"type": "ok", "id": snapshot["id"]})
    assert here.ears.pongs == before + 6
    here.dialect.unsubscribe([topic for topic in here.topics if topic.channel is Channel.BOOK])
    (listing,) = commands(here.dialect.probe(list(here.topics)))
    here.say({"type": "ok", "id": listing["id"], "msg": everything})
    assert here.ears.pongs == before + 6, "where none is wanted, an answer is all that can be had"


def test_every_code_is_known():
    assert set(CODES) == DOCUMENTED
    for code in DOCUMENTED:
        outcome, error = refusal(code, "as the venue says it")
        assert isinstance(outcome, Outcome)
        assert isinstance(error, PmiError)
        assert "as the venue says it" in error.message
        assert error.code == str(code)
    assert isinstance(refusal(6, "")[1], UnexpectedAnswer)
    assert isinstance(refusal(9, "")[1], PermissionDenied)


@pytest.mark.parametrize(
    "code", sorted(code for code in DOCUMENTED if CODES[code].outcome is Outcome.REFUSED)
)
async def test_a_refused_command_refuses_its_topics(connect, code):
    here = await connect()
    new = [Topic(Channel.TRADE, "A-3"), Topic(Channel.TRADE, "A-4")]
    (asked,) = commands(here.dialect.subscribe(new))
    here.say({"type": "error", "id": asked["id"], "msg": {"code": code, "msg": "no"}})
    assert set(here.ears.refusals) == set(new)
    assert {type(error) for error in here.ears.refusals.values()} == {CODES[code].error}


async def test_a_refusal_that_names_markets_refuses_no_others(connect):
    here = await connect()
    (asked,) = commands(here.dialect.subscribe([Topic(Channel.TRADE, "A-3"), Topic(Channel.TRADE, "A-4")]))
    here.say(
        {"type": "error", "id": asked["id"], "msg": {"code": 11, "msg": "no", "market_tickers": ["A-4"]}}
    )
    assert set(here.ears.refusals) == {Topic(Channel.TRADE, "A-4")}
    assert isinstance(here.ears.refusals[Topic(Channel.TRADE, "A-4")], RequestError)


@pytest.mark.parametrize("code", sorted(code for code in DOCUMENTED if CODES[code].outcome is Outcome.LATER))
async def test_a_command_that_came_at_a_bad_time_stays_open(connect, code):
    here = await connect()
    (asked,) = commands(here.dialect.subscribe([Topic(Channel.TRADE, "A-3")]))
    here.say({"type": "error", "id": asked["id"], "msg": {"code": code, "msg": "later"}})
    assert here.ears.refusals == {}
    assert "later" in next(iter(here.faults)).message


@pytest.mark.parametrize("code", sorted(code for code in DOCUMENTED if CODES[code].outcome is Outcome.ENDED))
async def test_a_subscription_that_ended_is_made_anew(connect, code):
    here = await connect()
    here.book("A-1", 1)
    sid = here.sids["orderbook_delta"]
    here.say({"type": "error", "sid": sid, "msg": {"code": code, "msg": "over"}})
    assert not here.feed.books["A-1"].is_live
    (again,) = commands(here.dialect.resync([BOOK]))
    assert (again["cmd"], again["params"]["channels"]) == ("subscribe", ["orderbook_delta"])
    here.delta("A-1", 2)
    assert len(here.ears.gaps) == 2, "what the old subscription still says counts for nothing"


async def test_an_end_of_nobody_knows_what_opens_the_connection_anew(connect):
    here = await connect()
    with pytest.raises(VenueError, match="a channel failed"):
        here.say({"type": "error", "msg": {"code": 10, "msg": "over"}})


async def test_errors_count_among_the_numbers(connect):
    here = await connect()
    here.book("A-1", 1)
    sid = here.sids["orderbook_delta"]
    here.say({"type": "error", "id": 77, "sid": sid, "seq": 2, "msg": {"code": 13, "msg": "no"}})
    here.delta("A-1", 3)
    assert here.ears.gaps == []
