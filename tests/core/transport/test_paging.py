from __future__ import annotations

import pytest

from pmi_core.errors import UnexpectedAnswer
from pmi_core.models.page import Page
from pmi_core.transport.paging import pages

pytestmark = pytest.mark.anyio


def listing(*pointers):
    """A venue whose n-th page points where the n-th word says; '' and None end it."""
    asked = []

    async def fetch(cursor):
        asked.append(cursor)
        return Page[int](items=(len(asked),), cursor=pointers[len(asked) - 1])

    return fetch, asked


@pytest.mark.parametrize("end", [None, ""])
async def test_every_page_is_given_in_order(end):
    fetch, asked = listing("b", "c", end)
    assert [page.items async for page in pages(fetch)] == [(1,), (2,), (3,)]
    assert asked == [None, "b", "c"]


async def test_a_walk_begins_at_a_cursor():
    fetch, asked = listing("c", None)
    assert [page.items async for page in pages(fetch, cursor="b")] == [(1,), (2,)]
    assert asked == ["b", "c"]


@pytest.mark.parametrize("pointers", [("b", "b", "b"), ("b", "c", "b")])
async def test_a_cursor_that_comes_again_ends_the_walk(pointers):
    fetch, asked = listing(*pointers)
    walk = pages(fetch, venue="here", capability="markets")
    for _ in pointers[pointers.index("b") : pointers.index("b", 1) + 1]:
        await anext(walk)
    with pytest.raises(UnexpectedAnswer, match="circle") as circle:
        await anext(walk)
    assert len(asked) == pointers.index("b", 1) + 1
    assert (circle.value.venue, circle.value.capability) == ("here", "markets")


async def test_a_walk_that_comes_back_to_its_beginning_ends():
    fetch, asked = listing("c", "b")
    walk = pages(fetch, cursor="b")
    await anext(walk)
    await anext(walk)
    with pytest.raises(UnexpectedAnswer, match="circle"):
        await anext(walk)
    assert asked == ["b", "c"]


async def test_nothing_more_is_asked_for_than_is_taken():
    fetch, asked = listing("b", "c", None)
    async for _ in pages(fetch):
        break
    assert asked == [None]
