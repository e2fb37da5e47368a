"""What people paste, turned into a market's ref."""

from __future__ import annotations

import pytest

from pmi_core.errors import NotFound, RequestError

pytestmark = pytest.mark.anyio
MISSING = {"error": {"code": "not_found", "message": "not found"}}


@pytest.fixture
def known(exchange, row, page):
    """One market; an event and a series that hold it alone; an event with three markets."""
    exchange.answers("/markets/KXLAKE-26NOV20-T4", {"market": row()})
    exchange.answers("/markets", page(row()), event_ticker="KXLAKE-26NOV20", limit=6)
    exchange.answers("/markets", page(row("MM-1"), row("MM-2"), row("MM-3")), event_ticker="MM", limit=6)
    many = [row(f"SS-{at}") for at in range(6)]
    exchange.answers("/markets", page(*many, cursor="n"), series_ticker="SS", status="open", limit=6)
    exchange.answers("/markets", page(row()), series_ticker="KXLAKE", status="open", limit=6)
    exchange.answers("/markets", page(), **{"*": "*"})
    for tier in ("", "/historical"):
        exchange.answers(f"{tier}/markets/*", MISSING, code=404)
    return exchange


@pytest.mark.parametrize(
    "text",
    [
        "kalshi:KXLAKE-26NOV20-T4",
        "KXLAKE-26NOV20-T4",
        "kxlake-26nov20-t4",
        " KXLAKE-26NOV20-T4 ",
        "KXLAKE-26NOV20",
        "kxlake",
        "https://kalshi.com/markets/kxlake",
        "https://kalshi.com/markets/kxlake/lake-level/kxlake-26nov20",
        "https://kalshi.com/markets/kxlake/lake-level/kxlake-26nov20-t4?ref=x#top",
        "https://www.kalshi.com/markets/kxlake/event/kxlake-26nov20",
        "https://kalshi.com/events/KXLAKE-26NOV20/markets/KXLAKE-26NOV20-T4",
        "kalshi.com/events/KXLAKE-26NOV20",
        "https://demo.kalshi.co/markets/KXLAKE-26NOV20-T4",
    ],
)
async def test_every_name_of_a_market_leads_to_it(kalshi, known, text):
    assert await kalshi.resolve(text) == "kalshi:KXLAKE-26NOV20-T4"


async def test_an_outcome_is_kept(kalshi, known):
    assert await kalshi.resolve("kalshi:KXLAKE-26NOV20-T4#no") == "kalshi:KXLAKE-26NOV20-T4#no"


@pytest.mark.parametrize(
    "text, said",
    [
        (
            "MM",
            "MM is an event with several markets; name one of them: kalshi:MM-1, kalshi:MM-2, kalshi:MM-3",
        ),
        ("https://kalshi.com/events/mm", "event with several markets"),
        ("https://kalshi.com/markets/ss/words", "SS is a series with several markets.*kalshi:SS-4 and more"),
    ],
)
async def test_several_markets_are_named(kalshi, known, text, said):
    with pytest.raises(RequestError, match=said):
        await kalshi.resolve(text)


@pytest.mark.parametrize(
    "text",
    [
        "no such market",
        "?",
        "",
        "kalshi:",
        "kalshi:UNKNOWN",
        "UNKNOWN",
        "https://kalshi.com",
        "https://kalshi.com/browse/kxlake",
        "https://kalshi.com.evil.example/markets/kxlake",
        "https://notkalshi.com/markets/kxlake",
        "https://other.example/markets/KXLAKE-26NOV20-T4",
        "https://[bad/markets/x",
        "x" * 300,
    ],
)
async def test_what_names_nothing_is_not_found(kalshi, known, text):
    with pytest.raises(NotFound):
        await kalshi.resolve(text)
