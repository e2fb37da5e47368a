"""Pages over several parts, and cursors that belong to one question."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmi_core.errors import RequestError, UnexpectedAnswer
from pmi_core.models import EventQuery, MarketQuery, MarketStatus
from pmi_provider_kalshi.listing import Part, next_place, page_of, place_of

pytestmark = pytest.mark.anyio
QUERY = MarketQuery(status=MarketStatus.OPEN)


def part(name, rows, most=1000):
    async def fetch(limit, cursor):
        start = int(cursor or 0)
        end = start + min(limit, most)
        return rows[start:end], str(end) if end < len(rows) else ""

    return Part(name, fetch)


async def walk(parts, limit, query=QUERY):
    cursor, pages = None, []
    while True:
        rows, cursor = await page_of(query, limit, cursor, parts, "kalshi")
        pages.append(rows)
        assert len(pages) < 200
        if cursor is None:
            return pages


@given(
    sizes=st.lists(st.integers(0, 12), min_size=0, max_size=4),
    limit=st.integers(1, 7),
    most=st.integers(1, 5),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_all_rows_come_once_and_in_order(sizes, limit, most):
    lists = [[f"{at}-{row}" for row in range(size)] for at, size in enumerate(sizes)]
    pages = await walk([part(f"part{at}", rows, most) for at, rows in enumerate(lists)], limit)
    assert [row for page in pages for row in page] == [row for rows in lists for row in rows]
    assert all(len(page) <= limit for page in pages)


async def test_a_short_part_is_filled_up_from_the_next():
    rows, cursor = await page_of(QUERY, 5, None, [part("a", [1, 2]), part("b", [3])], "kalshi")
    assert (rows, cursor) == ([1, 2, 3], None)


async def test_the_venue_sees_its_own_cursor_again():
    seen = []

    async def fetch(limit, cursor):
        seen.append((limit, cursor))
        return [1], "Eh.c/I+KEC4=" if cursor is None else ""

    _, cursor = await page_of(QUERY, 1, None, [Part("a", fetch)], "kalshi")
    await page_of(QUERY, 1, cursor, [Part("a", fetch)], "kalshi")
    assert seen == [(1, None), (1, "Eh.c/I+KEC4=")]


async def test_a_listing_that_stands_still_is_an_error():
    async def fetch(limit, cursor):
        return [1], "again"

    _, cursor = await page_of(QUERY, 1, None, [Part("a", fetch)], "kalshi")
    with pytest.raises(UnexpectedAnswer, match="does not advance"):
        await page_of(QUERY, 1, cursor, [Part("a", fetch)], "kalshi")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "garbage",
        "a.b.c",
        next_place(MarketQuery(), "a", "5"),
        next_place(EventQuery(status=MarketStatus.OPEN), "a", "5"),
        next_place(QUERY, "other", "5"),
    ],
)
async def test_a_cursor_of_another_question_is_refused(cursor):
    with pytest.raises(RequestError, match="does not belong to this listing"):
        await page_of(QUERY, 1, cursor, [part("a", [1, 2])], "kalshi")


def test_the_size_of_a_page_may_change_on_the_way():
    cursor = next_place(QUERY, "a", "7")
    assert place_of(QUERY.model_copy(update={"limit": 3, "cursor": cursor}), cursor) == ("a", "7")
