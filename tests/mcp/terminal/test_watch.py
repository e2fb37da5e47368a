"""The live view: what it shows, and that it never shows a dead book as live."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pmi_mcp_stage import FILL, ONE, TRADE, TWO, book, order, state, text, watching

from pmi_core.errors import SequenceGap, Unreachable
from pmi_core.models import Delivery, OrderUpdate
from pmi_core.testing.clock import START
from pmi_mcp.terminal.live.board import Board

pytestmark = pytest.mark.anyio


async def test_a_live_market_shows_book_trades_and_own_orders():
    async with watching(ONE) as (_, _, stage, say):
        shown = await say(state("live"), book(), rest=[TRADE, FILL])
        assert shown["state"].splitlines()[0].startswith("● LIVE")
        assert "changed 3 s ago" in shown["state"]
        assert "alpha:RATE-1 YES" in shown["state"]
        rows = [line.split() for line in shown["book"].splitlines()]
        assert ["ask", "0.45", "3", "3"] in rows
        assert ["bid", "0.40", "10", "10"] in rows
        assert ["bid", "0.39", "2,000", "2,010"] in rows
        assert "spread 0.05" in shown["book"]
        assert shown["trades"].split() == ["trades", "(UTC)", "15:00:00", "0.42", "7", "buy", "yes"]
        assert "open    buy 5 YES at 0.41  alpha:o7" in shown["own"]
        assert "filled  buy 2 YES at 0.41" in shown["own"]
        gone = await say(rest=[OrderUpdate(order=order("canceled"), received_time=START)])
        assert "alpha:o7" not in gone["own"]
        assert [wanted.delivery for wanted in stage.opened] == [Delivery.LATEST, Delivery.EVERY]
    assert stage.left == 2, "both subscriptions ended with the view"


@pytest.mark.parametrize("word", ["connecting", "stale", "resyncing", "gap", "closed"])
async def test_a_book_that_is_not_live_says_so(word):
    async with watching(ONE) as (_, _, _, say):
        shown = await say(state("live"), book(), state(word, "the socket is silent"))
        assert f"{word.upper()} (book)  the socket is silent" in shown["state"]
        assert f"NOT LIVE: {word}" in shown["book"]
        back = await say(state("live"), book())
        assert "NOT LIVE" not in back["book"]


async def test_a_book_from_before_a_loss_is_not_live_although_the_connection_is():
    async with watching(ONE) as (_, _, _, say):
        shown = await say(state("live"), book(), state("resyncing"), state("live"))
        assert "LIVE, no book yet" in shown["state"]
        assert "NOT LIVE: from before" in shown["book"]
        assert "NOT LIVE" not in (await say(book()))["book"]


async def test_a_new_book_is_live_although_another_market_still_lacks_its_own():
    async with watching(ONE, TWO) as (_, _, _, say):
        shown = await say(state("live"), book(ONE), book(TWO), state("resyncing"), book(ONE))
        assert "NOT LIVE" not in shown["book"]
        _, live, lost = shown["list"].splitlines()
        assert "live" in live
        assert "resyncing" in lost


def test_trades_of_before_push_out_none_of_the_newest():
    board = Board([ONE])
    for number in range(150):
        trade = TRADE.trade.model_copy(update={"trade_id": f"new-{number}"})
        board.hear("alpha", TRADE.model_copy(update={"trade": trade}), of_books=False)
    board.remember(ONE, [TRADE.trade.model_copy(update={"trade_id": f"old-{n}"}) for n in range(100)])
    kept = [trade.trade_id for trade in board.markets[ONE].trades]
    assert len(kept) == 200
    assert kept[0] == "new-149"
    assert kept[149:151] == ["new-0", "old-0"]


async def test_a_state_concerns_the_markets_that_it_names():
    async with watching(ONE, TWO) as (_, _, _, say):
        shown = await say(state("live"), book(ONE), book(TWO), state("stale", None, (TWO,)))
        _, first, second = shown["list"].splitlines()
        assert first.startswith("> 1 ● live")
        assert second.startswith("  2 ◌ stale")
        assert shown["state"].startswith("● LIVE")


async def test_keys_choose_turn_hold_and_help():
    async with watching(ONE, TWO) as (app, pilot, _, say):
        await say(state("live"), book(ONE), book(TWO))
        await pilot.press("tab")
        assert "alpha:RATE-2 YES" in text(app)["state"]
        await pilot.press("1", "n")
        assert "alpha:RATE-1 NO" in text(app)["state"]
        assert ["bid", "0.55", "3", "3"] in [line.split() for line in text(app)["book"].splitlines()]
        await pilot.press("space")
        held = await say(rest=[TRADE])
        assert "HELD" in held["state"]
        assert "0.58" not in held["trades"]
        await pilot.press("space")
        assert "0.58" in text(app)["trades"]
        await pilot.press("question_mark")
        assert len(app.screen_stack) == 2
        await pilot.press("escape")
        assert len(app.screen_stack) == 1
        await pilot.press("q")
    assert app.return_code == 0


async def test_it_draws_anew_for_another_size():
    async with watching(ONE, size=(80, 24)) as (app, pilot, _, say):
        before = await say(state("live"), book())
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        app.draw()
        assert len(text(app)["book"].splitlines()) > len(before["book"].splitlines())


async def test_failures_close_and_losses_subscribe_anew():
    async with watching(ONE) as (_, _, stage, say):
        await say(rest=[SequenceGap("7 updates were lost")])
        assert len(stage.opened) == 3
        shown = await say(state("live"), book(), Unreachable("the venue is away"))
        assert "✗ CLOSED (book)  the venue is away" in shown["state"]
        assert "NOT LIVE" in shown["book"]


async def test_text_of_venues_moves_no_terminal():
    async with watching(ONE) as (app, _, _, say):
        app.board.markets[ONE].title = "a\x1b]52;c;eA==\x07[red]b"
        shown = await say(state("stale", "x\x1b[2Jy [link=http://a]"))
        assert "\x1b" not in "".join(shown.values())
        assert "[red]b" in shown["state"]


def test_starting_the_command_loads_no_live_libraries():
    program = "import sys, pmi_mcp.terminal.app; print(*{'textual', 'pyarrow', 'pmi_core.history'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == ""


async def test_a_picture_that_is_due_while_the_view_goes_breaks_nothing():
    async with watching(ONE) as (app, _, _, say):
        await say(state("live"), book())
    app.draw()
