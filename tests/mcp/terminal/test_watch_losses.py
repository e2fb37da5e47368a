"""What a stream does not say again after a loss is read again, and until then nothing passes for good."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from pmi_mcp_stage import FILL, ONE, TRADE, TWO, Stage, book, order, state, watching

from pmi_core.errors import PermissionDenied, SequenceGap, Unreachable
from pmi_core.models import FillReversed, OrderUpdate
from pmi_core.testing.clock import START
from pmi_mcp.terminal.live.board import Board
from pmi_mcp.terminal.live.past import Past

pytestmark = pytest.mark.anyio


def trade(name, second, ref=ONE):
    return TRADE.trade.model_copy(
        update={"trade_id": name, "market_ref": ref, "time": START + timedelta(seconds=second)}
    )


class Trading(Stage):
    """A stage with public trades to be read; an answer can be held back."""

    def __init__(self):
        super().__init__()
        self.past, self.more = [], None
        self.trades = SimpleNamespace(list_trades=self.list_trades)
        self.answers = asyncio.Event()
        self.answers.set()

    async def list_trades(self, query):
        await self.answers.wait()
        rows = [row for row in self.past if row.market_ref == query.market_ref]
        return SimpleNamespace(items=rows, cursor=self.more)


async def test_an_order_that_ended_during_a_loss_is_gone_and_the_trades_of_the_gap_are_there():
    stage = Trading()
    stage.past = [trade("before", 0)]
    async with watching(ONE, stage=stage) as (_, _, _, say):
        shown = await say(state("live"), book())
        assert "alpha:o7" in shown["own"]
        assert "NOT LIVE" not in shown["own"] + shown["trades"]
        shown = await say(rest=[state("connecting", "the line broke")])
        assert "NOT LIVE" in shown["own"]
        assert "NOT LIVE: connecting" in shown["trades"]
        stage.working, stage.filled = [], [FILL.fill]
        stage.past = [trade("meanwhile", 1), trade("before", 0)]
        shown = await say(rest=[state("live")])
        assert "alpha:o7" not in shown["own"]
        assert "filled  buy 2 YES" in shown["own"]
        assert "NOT LIVE" not in shown["own"] + shown["trades"]
        assert [line[:8] for line in shown["trades"].splitlines()[1:]] == ["15:00:01", "15:00:00"]


async def test_the_worst_subscription_decides_the_header_and_names_its_part():
    async with watching(ONE) as (_, _, _, say):
        shown = await say(state("live"), book(), rest=[state("stale", "silence")])
        assert shown["state"].startswith("◌ STALE (trades, own orders)  silence")
        assert "NOT LIVE" not in shown["book"], "the book is as good as it was"
        assert (await say(state("gap", "lost")))["state"].startswith("✗ GAP (book)  lost")
        assert (await say(rest=[state("gap", "lost")]))["state"].startswith("✗ GAP  lost")
        assert (await say(state("live"), book(), rest=[state("live")]))["state"].startswith("● LIVE")


async def test_it_is_not_live_before_the_orders_were_read():
    stage = Trading()
    async with watching(ONE, stage=stage) as (_, _, _, say):
        await say(state("live"), book())
        stage.answers.clear()
        shown = await say(rest=[state("gap"), state("live")])
        assert shown["state"].startswith("○ LIVE, trades, own orders not read yet")
        assert "NOT LIVE: not read yet" in shown["trades"]
        stage.answers.set()
        assert (await say())["state"].startswith("● LIVE")


async def test_what_was_read_before_another_loss_proves_nothing():
    stage = Trading()
    async with watching(ONE, stage=stage) as (_, _, _, say):
        await say(state("live"), book())
        first, second = stage.answers, asyncio.Event()
        first.clear()
        await say(rest=[state("gap"), state("live")])
        stage.working, stage.answers = [], second
        await say(rest=[state("gap"), state("live")])
        first.set()
        shown = await say()
        assert "NOT LIVE" in shown["own"], "that answer was asked for before the second loss"
        second.set()
        shown = await say()
        assert "NOT LIVE" not in shown["own"]
        assert "alpha:o7" not in shown["own"]


async def test_what_is_heard_while_the_orders_are_read_wins():
    stage = Trading()
    async with watching(ONE, stage=stage) as (_, _, _, say):
        await say(state("live"), book())
        stage.answers.clear()
        gone = OrderUpdate(order=order("canceled"), received_time=START)
        await say(rest=[state("gap"), state("live"), gone])
        stage.answers.set()
        assert "alpha:o7" not in (await say())["own"]


@pytest.mark.parametrize(
    "failure, again", [(Unreachable("no answer"), True), (PermissionDenied("not with this key"), False)]
)
async def test_orders_that_cannot_be_read_are_not_live_and_are_asked_for_again(failure, again):
    async with watching(ONE) as (app, _, stage, say):
        await say(state("live"), book())
        stage.failure = failure
        shown = await say(rest=[state("gap"), state("live")])
        assert f"trades, own orders not read yet  {failure.message}" in shown["state"]
        assert "NOT LIVE" in shown["own"]
        assert "alpha:o7" in shown["own"], "dim: the last that is known"
        stage.failure, stage.working = None, []
        await app._clock.advance(6)
        shown = await say()
        assert ("● LIVE" in shown["state"]) is again
        assert ("alpha:o7" in shown["own"]) is not again


async def test_updates_that_the_view_itself_lost_are_read_again():
    async with watching(ONE) as (_, _, stage, say):
        await say(state("live"), book())
        stage.working = []
        shown = await say(rest=[SequenceGap("7 updates were lost"), state("live")])
        assert "alpha:o7" not in shown["own"]


async def test_a_state_of_one_market_has_only_that_one_read_again():
    async with watching(ONE, TWO) as (_, _, stage, say):
        await say(state("live"), book(ONE), book(TWO))
        asked = []
        stage.orders.list_fills = lambda query: asked.append(query.market_ref) or stage.list_fills(query)
        stage.orders.list_orders = stage.list_orders
        await say(rest=[state("gap", None, (TWO,)), state("live")])
        assert asked == [TWO]


def test_between_trades_that_do_not_meet_those_of_before_are_given_up():
    board = Board([ONE])
    board.remember(ONE, [trade("c", 3), trade("b", 2), trade("a", 1)])
    board.take(ONE, Past(trades=[trade("z", 90), trade("y", 80)], has_all_trades=False), 0)
    assert [row.trade_id for row in board.markets[ONE].trades] == ["z", "y"]
    board.take(ONE, Past(trades=[trade("zz", 95), trade("z", 90)], has_all_trades=False), 0)
    assert [row.trade_id for row in board.markets[ONE].trades] == ["zz", "z", "y"]


def test_a_trade_or_fill_is_shown_once_and_one_that_is_undone_not_at_all():
    board = Board([ONE], frozenset({"alpha"}))
    market = board.markets[ONE]
    for update in (TRADE, TRADE, FILL, FILL):
        board.hear("alpha", update, of_books=False)
    assert (len(market.trades), len(market.fills)) == (1, 1)
    board.hear("alpha", FillReversed(fill=FILL.fill, received_time=START), of_books=False)
    assert not market.fills
