"""How the view looks: held, narrow, of many markets, on another day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from pmi_mcp_stage import FILL, ONE, TRADE, TWO, book, state, text, watching

from pmi_core.identifiers import MarketRef
from pmi_core.models import BookUpdate, Level, OrderBook, TradeUpdate
from pmi_core.testing.clock import START

pytestmark = pytest.mark.anyio

MANY = [MarketRef(f"alpha:RATE-{number}") for number in range(1, 13)]


def priced(ref, bid, ask):
    found = OrderBook(
        market_ref=ref,
        bids=[Level(price=bid, size=1)],
        asks=[Level(price=ask, size=1)] if ask else [],
        received_time=START,
        state="live",
    )
    return BookUpdate(book=found, received_time=START)


def styles(app, name, needle):
    """The styles of the line in a part that holds a word."""
    drawn = app._drawn[name]
    at = drawn.plain.index(needle)
    return {str(span.style) for span in drawn.spans if span.start <= at < span.end}


async def test_a_held_book_is_dim_and_says_since_when():
    async with watching(ONE) as (app, pilot, _, say):
        await say(state("live"), book(), rest=[TRADE, FILL])
        assert styles(app, "book", "0.45") != {"dim"}
        await pilot.press("space")
        held = text(app)
        assert held["state"].startswith("HELD since 15:00:03 UTC")
        assert "HELD since 15:00:03 UTC" in held["book"]
        assert "spread" not in held["book"]
        assert styles(app, "book", "0.45") == {"dim"}
        assert "HELD" in held["trades"]
        assert "HELD" in held["own"]
        lost = await say(state("connecting", "a reason that is far too long to stand beside all of this"))
        assert lost["state"].startswith("HELD since 15:00:03 UTC, space goes on  ○ CONNECTING")
        assert lost["book"] == held["book"], "the picture is that of before the loss"
        await pilot.press("space")
        assert "NOT LIVE: connecting" in text(app)["book"]
        await pilot.press("space")
        assert "HELD since 15:00:03 UTC, NOT LIVE" in text(app)["book"]


async def test_a_held_picture_can_be_turned_and_another_market_is_not_held():
    async with watching(ONE, TWO) as (app, pilot, _, say):
        await say(state("live"), book(ONE), book(TWO))
        await pilot.press("space", "n")
        await say(priced(ONE, "0.10", "0.20"))
        assert "0.55" in text(app)["book"], "the NO side of the book that is held"
        await pilot.press("2")
        assert "HELD" not in text(app)["state"] + text(app)["book"]


async def test_a_list_has_a_heading_even_prices_and_a_count_of_the_rest():
    async with watching(*MANY) as (_, pilot, _, say):
        prices = [("0.4", "0.455"), ("0.05", None)] + [("0.1", "0.2")] * 10
        shown = await say(*(priced(ref, *pair) for ref, pair in zip(MANY, prices, strict=True)))
        lines = shown["list"].splitlines()
        assert lines[0].split() == ["data", "market", "bid", "ask"]
        assert len(lines) == 8, "a third of 24 lines"
        assert [line.split()[-2:] for line in lines[1:3]] == [["0.40", "0.455"], ["0.05", "-"]]
        assert {line.rindex("0.200") for line in lines[3:7]} == {lines[1].rindex("0.455")}
        assert lines[-1].strip().startswith("6 more")
        assert {len(line) for line in lines[1:-1]} == {len(lines[0])}
        await pilot.press("shift+tab")
        last = await say()
        assert "RATE-12" in last["list"]


async def test_a_list_that_fits_counts_nothing():
    async with watching(ONE, TWO) as (_, _, _, say):
        shown = await say(state("live"), book(ONE), book(TWO))
        assert len(shown["list"].splitlines()) == 3
        assert "more" not in shown["list"]


async def test_a_narrow_terminal_cuts_and_wraps_nothing():
    async with watching(ONE, size=(60, 24)) as (app, pilot, _, say):
        long = TRADE.trade.model_copy(update={"size": Decimal("123456789.12")})
        await say(state("live"), book(), rest=[TradeUpdate(trade=long, received_time=START), FILL])
        await pilot.resize_terminal(60, 24)
        shown = await say()
        for name in ("state", "book", "trades", "own"):
            width = app.query_one(f"#{name}").size.width
            assert all(len(line) <= width for line in shown[name].splitlines()), name
        assert "0.42" in shown["trades"]


async def test_trades_and_fills_of_another_day_say_which():
    async with watching(ONE) as (_, _, _, say):
        early = START - timedelta(days=1)
        old = TRADE.trade.model_copy(update={"time": early, "trade_id": "old"})
        old_fill = FILL.fill.model_copy(update={"time": early, "trade_id": "old"})
        shown = await say(
            state("live"),
            book(),
            rest=[
                TradeUpdate(trade=old, received_time=START),
                TRADE,
                FILL.model_copy(update={"fill": old_fill}),
                FILL,
            ],
        )
        lines = shown["trades"].splitlines()
        assert lines[0].startswith("trades (UTC)")
        assert [line[:13].strip() for line in lines[1:]] == ["15:00:00", "── 2026-01-04", "15:00:00"]
        assert "15:00:00" in shown["own"]
        assert "at 0.41  4 Jan" in shown["own"]
