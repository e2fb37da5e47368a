"""Questions with absurd limits, backward windows or nothing to hear are refused before a venue is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pmi_core import (
    CandleInterval,
    CandleQuery,
    QuoteQuery,
    QuoteRequest,
    RequestError,
    RfqRequest,
    Subscription,
    models,
)
from pmi_core.models import query

START = datetime(2026, 1, 1, tzinfo=UTC)
PAGED = [
    getattr(query, name)
    for name in query.__all__
    if "limit" in getattr(getattr(query, name), "model_fields", ())
]
WINDOWED = [one for one in PAGED if "start" in one.model_fields]


def make(kind, **facts):
    needed = {"text": "rain"} if "text" in kind.model_fields else {}
    return kind(**needed, **facts)


def test_these_are_paged_and_windowed():
    assert len(PAGED) == 13
    assert {one.__name__ for one in WINDOWED} == {"TradeQuery", "SettlementQuery", "OrderQuery", "FillQuery"}


@pytest.mark.parametrize("kind", PAGED)
@pytest.mark.parametrize("limit", [0, -1, 1001, 10**9, "many", 1.5, None])
def test_absurd_limits(kind, limit):
    with pytest.raises(RequestError):
        make(kind, limit=limit)


@pytest.mark.parametrize("kind", PAGED)
@pytest.mark.parametrize("limit", [1, 1000])
def test_limits(kind, limit):
    assert make(kind, limit=limit).limit == limit


@pytest.mark.parametrize("kind", WINDOWED)
def test_a_window_runs_forward(kind):
    with pytest.raises(RequestError, match="ends before it starts"):
        make(kind, start=START, end=START - timedelta(microseconds=1))
    assert make(kind, start=START, end=START).end == START
    assert make(kind, start=START).end is None


@pytest.mark.parametrize("kind", WINDOWED)
def test_times_are_aware(kind):
    with pytest.raises(RequestError, match="timezone"):
        make(kind, start=datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("interval", CandleInterval)
def test_candles_are_at_most_ten_thousand(interval):
    length = timedelta(seconds=interval.seconds)
    facts = {"market_ref": "coin:HEADS", "interval": interval, "start": START}
    assert CandleQuery(**facts, end=START + 10_000 * length)
    with pytest.raises(RequestError, match=r"more than 10,000 candles; take a longer interval"):
        CandleQuery(**facts, end=START + 10_000 * length + timedelta(seconds=1))
    for end in (START, START - length):
        with pytest.raises(RequestError, match="must end after it starts"):
            CandleQuery(**facts, end=end)


@pytest.mark.parametrize("text", ["", "x" * 401])
def test_a_search_is_for_something(text):
    with pytest.raises(RequestError):
        models.SearchQuery(text=text)


QUOTE = {"market_ref": "coin:HEADS", "outcome": "no", "action": "buy"}


@pytest.mark.parametrize("kind, facts", [(QuoteQuery, QUOTE), (RfqRequest, {"market_ref": "coin:HEADS"})])
def test_a_price_is_asked_for_one_measure(kind, facts):
    assert kind(**facts, size="5").notional is None
    assert kind(**facts, notional="5").size is None
    for measures in ({}, {"size": "5", "notional": "5"}):
        with pytest.raises(RequestError, match="exactly one of size and notional"):
            kind(**facts, **measures)
    for measures in ({"size": "0"}, {"notional": "-1"}):
        with pytest.raises(RequestError):
            kind(**facts, **measures)


@pytest.mark.parametrize(
    "bids, said", [({}, "at least one side"), ({"yes_bid": "0.6", "no_bid": "0.5"}, "more than 1")]
)
def test_a_quote_makes_sense(bids, said):
    with pytest.raises(RequestError, match=said):
        QuoteRequest(rfq_ref="coin:R1", **bids)
    assert QuoteRequest(rfq_ref="coin:R1", yes_bid="0.6", no_bid="0.4")


@pytest.mark.parametrize("channel", ["book", "ticker", "trade"])
def test_public_channels_name_their_markets(channel):
    with pytest.raises(RequestError, match=f"name the markets to hear {channel} of"):
        Subscription(channels={channel})
    assert Subscription(channels={channel}, market_refs=["coin:HEADS"])


@pytest.mark.parametrize("channel", ["order", "fill", "position", "lifecycle"])
def test_other_channels_need_no_markets(channel):
    assert Subscription(channels={channel}).market_refs == ()


@pytest.mark.parametrize(
    "facts", [{"channels": set()}, {"channels": {"gossip"}}, {"channels": {"fill"}, "buffer": 0}]
)
def test_what_is_no_subscription(facts):
    with pytest.raises(RequestError):
        Subscription(**facts)


def test_the_error_names_every_wrong_field_in_a_sentence():
    with pytest.raises(RequestError) as caught:
        query.TradeQuery(limit=10**9, start="soon", surprise="\u202e\x1b[2J")
    said = caught.value.message
    assert "limit must be less than or equal to 1000, not 1000000000" in said
    assert "start must be a valid datetime" in said
    assert "there is no argument 'surprise'" in said
    assert said.isprintable()


def test_a_question_read_from_json_fails_in_the_same_way():
    with pytest.raises(RequestError, match="limit"):
        query.MarketQuery.model_validate_json('{"limit": 0}')
