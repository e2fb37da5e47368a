"""Lists over pages and venues: every row once, a cursor that goes on, a budget that is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pmi_mcp_doubles import CAN, provider
from pmi_mcp_world import World, market

from pmi_core import Capability
from pmi_mcp.cursors import Place, read_cursor, write_cursor
from pmi_mcp.gathering import Slice, merge
from pmi_mcp.outputs import Answer, finish
from pmi_mcp.texts import venue_text

pytestmark = pytest.mark.anyio

LISTING_ONLY = CAN - {Capability.SEARCH}


async def everything(client, tool, field, **arguments):
    """All rows of a listing, following its cursors, and the number of answers that took."""
    rows, answers = [], 0
    while True:
        answer = await client.ask(tool, **arguments)
        rows += answer[field]
        answers += 1
        assert answers < 60
        if "cursor" not in answer:
            return rows, answers
        arguments["cursor"] = answer["cursor"]


@pytest.mark.parametrize("limit, most_rows", [(1, 100), (5, 100), (5, 3), (12, 12), (100, 5)])
async def test_cursors_lead_through_every_row_once(serve, connect, world, limit, most_rows):
    world.most_rows = most_rows
    async with connect(serve(world)) as client:
        rows, _ = await everything(client, "search_markets", "markets", query="rate", limit=limit)
    assert [row["ref"] for row in rows] == [row.ref for row in world.markets]


async def test_two_venues_take_turns_and_none_is_forgotten(serve, connect, world):
    beta = World("beta", markets=[market("beta", number) for number in range(1, 4)])
    async with connect(serve(world, beta)) as client:
        first = await client.ask("search_markets", query="rate", limit=4)
        assert [row["ref"].partition(":")[0] for row in first["markets"]] == [
            "alpha",
            "beta",
            "alpha",
            "beta",
        ]
        rows, _ = await everything(client, "search_markets", "markets", query="rate", limit=4)
        assert sorted(row["ref"] for row in rows) == sorted(
            row.ref for row in (*world.markets, *beta.markets)
        )
        only = await client.ask("search_markets", query="rate", venue="beta")
        assert {row["ref"].partition(":")[0] for row in only["markets"]} == {"beta"}


async def test_orders_of_two_venues_are_newest_first(serve, connect, world):
    async with connect(serve(world, World("beta"))) as client:
        rows, _ = await everything(client, "get_orders", "orders", status="all", limit=2)
    assert [row["created"] for row in rows] == sorted((row["created"] for row in rows), reverse=True)
    assert len(rows) == 6


async def test_what_does_not_fit_is_said_and_comes_with_the_cursor(serve, connect, world):
    world.markets = [
        market(number=number, title=f"Will the rate {number} " + "x" * 90) for number in range(60)
    ]
    async with connect(serve(world, answer_bytes=4_000)) as client:
        result = await client.result("search_markets", query="rate", limit=60)
        assert len(result.content[0].text.encode()) <= 4_000
        assert "of 60 rows fit; go on with the cursor" in result.structured_content["truncated"]
        rows, answers = await everything(client, "search_markets", "markets", query="rate", limit=60)
    assert [row["ref"] for row in rows] == [row.ref for row in world.markets]
    assert answers > 3


async def test_an_event_with_many_markets_comes_in_parts(serve, connect, world):
    world.markets = [market(number=number) for number in range(40)]
    async with connect(serve(world, answer_bytes=3_000)) as client:
        rows, answers = await everything(client, "get_event", "markets", event="alpha:RATE")
    assert [row["ref"] for row in rows] == [row.ref for row in world.markets]
    assert answers > 2


async def test_of_too_many_candles_the_last_are_shown(serve, connect, world):
    world.candles *= 100
    async with connect(serve(world, answer_bytes=3_000)) as client:
        answer = await client.ask("get_candlesticks", market="alpha:RATE-1")
    assert answer["candles"]["start"][-1] == "2026-01-05T14:00:00Z"
    assert "the last" in answer["truncated"]
    assert "longer interval" in answer["truncated"]


async def test_pages_without_rows_are_passed_over(serve, connect, registry_of):
    closed = [market(number=number, status="closed", trading="none") for number in range(250)]
    world = World(markets=[*closed, market(number=999)])
    async with connect(serve(registry=registry_of(provider(world, can=LISTING_ONLY)))) as client:
        answer = await client.ask("search_markets", query="999", status="any")
    assert [row["ref"] for row in answer["markets"]] == ["alpha:RATE-999"]


# --- search where the venue has none


@pytest.fixture
def listing(serve, registry_of):
    def make(world, **settings):
        return serve(registry=registry_of(provider(world, can=LISTING_ONLY)), **settings)

    return make


async def test_a_venue_without_search_is_read_and_says_how_far(listing, connect, world):
    async with connect(listing(world)) as client:
        answer = await client.ask("search_markets", query="ABOVE rate 7")
    assert [row["ref"] for row in answer["markets"]] == ["alpha:RATE-7"]
    assert answer["searched"] == [{"venue": "alpha", "scanned": 12, "complete": True}]
    assert "cursor" not in answer


async def test_a_long_listing_is_not_read_to_its_end(listing, connect):
    world = World(markets=[market(number=number) for number in range(1, 501)])
    async with connect(listing(world, scan_rows=200)) as client:
        answer = await client.ask("search_markets", query="above 450")
        assert answer["markets"] == []
        assert answer["searched"][0] == {
            "venue": "alpha",
            "scanned": 200,
            "complete": False,
            "why": "the venue has no search; go on with the cursor",
        }
        rows, answers = await everything(client, "search_markets", "markets", query="above 450")
    assert [row["ref"] for row in rows] == ["alpha:RATE-450"]
    assert answers == 3


@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_reading_a_listing_finds_every_match_once(listing, connect, limit):
    world = World(markets=[market(number=number) for number in range(1, 301)], most_rows=70)
    async with connect(listing(world, scan_rows=100)) as client:
        rows, _ = await everything(client, "search_markets", "markets", query="above 29", limit=limit)
    assert [row["ref"] for row in rows] == [
        "alpha:RATE-29",
        *(f"alpha:RATE-{n}" for n in range(129, 301) if "29" in str(n)),
    ]


@pytest.mark.parametrize("query", ["zurich", "ZÜRICH", "will zürich", "meister zurich", "RATE-5"])
async def test_case_accents_and_order_do_not_matter(listing, connect, query):
    world = World(markets=[market(number=4), market(number=5, title="Will Zürich be Meister?")])
    async with connect(listing(world)) as client:
        assert [row["ref"] for row in (await client.ask("search_markets", query=query))["markets"]] == [
            "alpha:RATE-5"
        ]


async def test_the_status_reaches_the_venue(listing, connect, world):
    world.markets = [market(number=1), market(number=2, status="settled", trading="none", result="yes")]
    async with connect(listing(world)) as client:
        assert len((await client.ask("search_markets", query="rate"))["markets"]) == 1
        (row,) = (await client.ask("search_markets", query="rate", status="settled"))["markets"]
        assert (row["status"], row["result"]) == ("settled", "yes")
        assert len((await client.ask("search_markets", query="rate", status="any"))["markets"]) == 2


# --- the parts

NAMES = st.from_regex(r"\A[a-z0-9][a-z0-9_-]{0,20}[a-z0-9]\Z")
PLACES = st.builds(Place, st.none() | st.text(min_size=1, max_size=40), st.integers(0, 999_999))


@given(st.dictionaries(NAMES, PLACES, min_size=1, max_size=4))
def test_a_cursor_comes_back_as_it_was(places):
    assert read_cursor(write_cursor(places)) == places


def test_nothing_left_is_no_cursor():
    assert write_cursor({}) is None


@given(st.lists(st.lists(st.integers(), max_size=5), max_size=4))
def test_merging_loses_nothing_and_keeps_each_order(lists):
    slices = {f"v{n}": Slice(items, lambda used: None) for n, items in enumerate(lists)}
    rows = merge(slices)
    for name, found in slices.items():
        assert [item for venue, item in rows if venue == name] == list(found.items)


@given(st.lists(st.text(max_size=30), max_size=60), st.integers(2_000, 4_000), st.booleans())
def test_an_answer_fits_or_says_what_is_missing(texts, budget, keep_last):
    rows = [{"text": venue_text(text * 5, 100)} for text in texts]
    body = finish(Answer(name="rows", rows=rows, keep_last=keep_last), budget)
    assert len(str(body).encode()) < budget + 600
    shown = [row["text"] for row in body["rows"]]
    wanted = [str(row["text"]) for row in rows]
    assert shown == (wanted[len(wanted) - len(shown) :] if keep_last else wanted[: len(shown)])
    assert (len(shown) < len(rows)) == ("rows fit" in body.get("truncated", ""))
    assert all(type(text) is str for text in shown)


def test_a_row_is_shown_even_if_it_is_too_large():
    body = finish(Answer(name="rows", rows=[{"text": "x" * 9_000}, {"text": "y"}]), 2_000)
    assert len(body["rows"]) == 1
    assert "1 of 2" in body["truncated"]
