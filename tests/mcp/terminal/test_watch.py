"""The live view: what it shows, and that it never shows a dead book as live."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest

from pmi_core.errors import SequenceGap, Unreachable
from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    TERMINAL_STATUSES,
    BookUpdate,
    Channel,
    ConnectionUpdate,
    Delivery,
    Fill,
    FillUpdate,
    Level,
    Order,
    OrderBook,
    OrderUpdate,
    Trade,
    TradeUpdate,
)
from pmi_core.testing.clock import START, ManualClock
from pmi_mcp.terminal.live.board import Board
from pmi_mcp.terminal.live.sources import Source
from pmi_mcp.terminal.live.view import WatchApp

pytestmark = pytest.mark.anyio

ONE, TWO = MarketRef("alpha:RATE-1"), MarketRef("alpha:RATE-2")


class Stage:
    """A venue that says what the test puts in, apart for books and for the rest."""

    name = "alpha"
    markets = trades = None

    def __init__(self):
        self.books, self.rest = asyncio.Queue(), asyncio.Queue()
        self.stream = SimpleNamespace(subscribe=self.subscribe)
        self.orders = SimpleNamespace(list_orders=self.list_orders, list_fills=self.list_fills)
        self.working, self.filled = [order("open")], []
        self.failure = None
        self.opened = []
        self.left = 0

    async def list_orders(self, query):
        assert not any(status in query.statuses for status in TERMINAL_STATUSES)
        if self.failure is not None:
            raise self.failure
        return self.found(self.working, query)

    async def list_fills(self, query):
        return self.found(self.filled, query)

    def found(self, rows, query):
        return SimpleNamespace(items=[row for row in rows if row.market_ref == query.market_ref], cursor=None)

    @asynccontextmanager
    async def subscribe(self, wanted):
        self.opened.append(wanted)
        queue = self.books if Channel.BOOK in wanted.channels else self.rest

        async def play():
            while (update := await queue.get()) is not None:
                if isinstance(update, Exception):
                    raise update
                yield update

        try:
            yield play()
        finally:
            self.left += 1


def book(ref=ONE):
    found = OrderBook(
        market_ref=ref,
        bids=[Level(price="0.4", size=10), Level(price="0.39", size=2000)],
        asks=[Level(price="0.45", size=3)],
        received_time=START,
        state="live",
    )
    return BookUpdate(book=found, received_time=START)


def order(status):
    return Order(
        ref="alpha:o7", client_order_id="c", market_ref=ONE, outcome="yes", action="buy", size=5, price="0.41",
        time_in_force="gtc", status=status, filled=0, remaining=5, fees=0, created_time=START,
    )  # fmt: skip


def state(word, reason=None, refs=()):
    return ConnectionUpdate(state=word, reason=reason, market_refs=refs, received_time=START)


TRADE = TradeUpdate(
    trade=Trade(
        trade_id="t",
        market_ref=ONE,
        price="0.42",
        size=7,
        taker_outcome="yes",
        taker_action="buy",
        time=START,
    ),
    received_time=START,
)
FILL = FillUpdate(
    fill=Fill(
        trade_id="t", order_ref="alpha:o7", market_ref=ONE, outcome="yes", action="buy", price="0.41", size=2,
        fee="0.01", liquidity="maker", time=START,
    ),
    received_time=START,
)  # fmt: skip


@asynccontextmanager
async def watching(*refs, size=(80, 24)):
    """The application over a stage, its clock three seconds after everything that is said."""
    stage = Stage()
    stage.rest.put_nowait(state("live"))
    app = WatchApp([Source(stage, refs)], clock=ManualClock(START + timedelta(seconds=3)))
    async with app.run_test(size=size) as pilot:

        async def say(*books, rest=()):
            for update in books:
                stage.books.put_nowait(update)
            for update in rest:
                stage.rest.put_nowait(update)
            for _ in range(5):
                await pilot.pause()
            app.draw()
            await pilot.pause()
            return text(app)

        yield app, pilot, stage, say


def text(app):
    """What stands in each part, as a person reads it."""
    return {
        name: str(app.query_one(f"#{name}").render()) for name in ("state", "list", "book", "trades", "own")
    }


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
