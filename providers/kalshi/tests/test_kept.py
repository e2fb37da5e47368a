"""Slow answers are kept for a while, and never too many."""

from __future__ import annotations

import pytest

from pmi_core.errors import VenueError
from pmi_provider_kalshi.kept import Kept

pytestmark = pytest.mark.anyio


@pytest.fixture
def fetched():
    return []


@pytest.fixture
def ask(clock, fetched):
    kept = Kept(clock, seconds=60, most=2)

    async def get(key):
        async def fetch():
            fetched.append(key)
            return key.upper()

        return await kept.get(key, fetch)

    return get


async def test_what_is_young_is_not_fetched_again(ask, fetched, clock):
    assert [await ask("a"), await ask("a")] == ["A", "A"]
    await clock.advance(59)
    await ask("a")
    assert fetched == ["a"]
    await clock.advance(1)
    await ask("a")
    assert fetched == ["a", "a"]


async def test_the_oldest_makes_room(ask, fetched):
    for key in "abcbca":
        await ask(key)
    assert fetched == ["a", "b", "c", "a"]


async def test_a_failure_is_not_kept(clock):
    kept = Kept(clock, seconds=60, most=2)

    async def fail():
        raise VenueError("not now")

    async def answer():
        return 1

    with pytest.raises(VenueError):
        await kept.get("a", fail)
    assert await kept.get("a", answer) == 1
