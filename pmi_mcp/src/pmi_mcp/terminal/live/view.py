"""The live view: an application of the whole terminal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import PmiError, SequenceGap
from pmi_core.models import Channel, Delivery, OrderQuery, TradeQuery
from pmi_mcp.terminal.live.board import Board, Watched
from pmi_mcp.terminal.live.drawing import draw_book, draw_list, draw_own, draw_state, draw_trades

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text
    from textual.binding import BindingType

    from pmi_core.models import Subscription
    from pmi_mcp.terminal.live.sources import Source

__all__ = ["WatchApp", "show"]

_HELP = """\
1-9        choose a market
Tab, ↓ ↑   the next, the one before
space      hold the picture; the data go on arriving
n          turn book and trades to the NO side, and back
?          this help
q, Ctrl-C  leave

● live        the book shows what the venue said last
○ connecting  nothing can be relied on yet
◌ stale       connected, but nothing arrives that should
◌ resyncing   updates were lost; a new book is on its way
✗ gap         updates were lost
✗ closed      over; the reason stands beside it

A book that is not live is dim and says NOT LIVE."""


class _Help(ModalScreen[None]):
    CSS = "_Help {align: center middle;} _Help Static {width: 66; height: auto; border: round; padding: 0 1;}"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,question_mark,q,enter,space", "dismiss", "Close")]

    def compose(self) -> ComposeResult:
        yield Static(_HELP, markup=False)


class WatchApp(App[None]):
    """Shows what the sources say.

    Args:
        sources: what is watched.
        clock: tells the age of a book.
    """

    TITLE = "pmi watch"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #state {height: 2; padding: 0 1;}
    #list {height: auto; padding: 0 1;}
    #book {width: 42; padding: 0 1; height: 1fr;}
    #side {width: 1fr;}
    #trades {height: 2fr; padding: 0 1;}
    #own {height: 1fr; min-height: 4; padding: 0 1;}
    Horizontal {height: 1fr;}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down,right", "step(1)", "Next", key_display="Tab", priority=True),
        Binding("shift+tab,up,left", "step(-1)", "Before", show=False, priority=True),
        ("space", "hold", "Hold"),
        ("n", "turn", "YES/NO"),
        ("question_mark", "help", "Help"),
        ("q,ctrl+c", "quit", "Leave"),
    ]

    def __init__(self, sources: Sequence[Source], *, clock: Clock | None = None) -> None:
        super().__init__()
        self.sources = sources
        self.board = Board(ref for source in sources for ref in source.refs)
        self.chosen = 0
        self.held = False
        self.no = False
        self._clock = clock or SystemClock()
        self._drawn: dict[str, Text] = {}
        self._following: list[asyncio.Task[None]] = []

    def compose(self) -> ComposeResult:
        yield Static(id="state", markup=False)
        yield Static(id="list", markup=False)
        with Horizontal():
            yield Static(id="book", markup=False)
            with Vertical(id="side"):
                yield Static(id="trades", markup=False)
                yield Static(id="own", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to listen."""
        if "textual-ansi" in self.available_themes:
            self.theme = "textual-ansi"  # the terminal's own colours, light or dark
        self.query_one("#list").display = len(self.board.markets) > 1
        self.set_interval(0.25, self.draw)
        for source in self.sources:
            # Of books the newest is enough; trades and orders are all wanted.
            for channels, delivery in (
                (frozenset({Channel.BOOK}), Delivery.LATEST),
                (frozenset({Channel.TRADE}) | source.account, Delivery.EVERY),
            ):
                follow = self._follow(source, source.wanted(channels, delivery))
                self._following.append(asyncio.create_task(follow))
            self._following.append(asyncio.create_task(self._introduce(source)))

    async def on_unmount(self) -> None:
        """Listen no more."""
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)

    async def _introduce(self, source: Source) -> None:
        """Show what is there before anything happens."""
        try:
            for ref, market in (await source.markets()).items():
                self.board.markets[ref].title = market.title
            if source.venue.trades is not None:
                for ref in source.refs:
                    past = await source.venue.trades.list_trades(TradeQuery(market_ref=ref, limit=50))
                    self.board.remember(ref, past.items)
            if source.venue.orders is not None:
                for ref in source.refs:
                    page = await source.venue.orders.list_orders(OrderQuery(market_ref=ref))
                    for order in page.items:
                        self.board.order(order)
        except PmiError as error:
            self.notify(error.message, severity="warning", markup=False)

    async def _follow(self, source: Source, wanted: Subscription) -> None:
        name = source.venue.name
        decides = Channel.BOOK in wanted.channels
        while True:
            try:
                async for update in source.updates(wanted):
                    if update.type != "connection" or decides:
                        self.board.hear(name, update)
            except SequenceGap as gap:
                self.notify(f"{name}: {gap.message}", severity="warning", markup=False)
                continue
            except PmiError as error:
                self.board.stand(name, "closed", error.message)
                return
            if decides:
                self.board.stand(name, "closed", "the venue ended the stream")
            return

    @property
    def market(self) -> Watched:
        """The market that is shown."""
        return list(self.board.markets.values())[self.chosen]

    def draw(self) -> None:
        """Draw what has changed."""
        market = self.market
        state = self.query_one("#state")
        now = self._clock.now()
        width = max(state.size.width, 1)
        self._put("state", draw_state(market, width, now, held=self.held, no=self.no))
        markets = list(self.board.markets.values())
        most = max(min(len(markets), self.size.height // 4), 1)
        if len(markets) > 1:
            self._put("list", draw_list(markets, self.chosen, width, most))
        if self.held:
            return
        book, trades, own = (self.query_one(f"#{name}").size for name in ("book", "trades", "own"))
        self._put("book", draw_book(market, book.width, book.height, no=self.no))
        self._put("trades", draw_trades(market, trades.width, trades.height, no=self.no))
        self._put("own", draw_own(market, own.width, own.height))

    def _put(self, name: str, drawn: Text) -> None:
        if self._drawn.get(name) != drawn or self._drawn[name].spans != drawn.spans:
            self._drawn[name] = drawn
            self.query_one(f"#{name}", Static).update(drawn)

    def on_resize(self) -> None:
        """Draw for the new size, after the parts know theirs."""
        self.call_after_refresh(self.draw)

    def on_key(self, event: object) -> None:
        """Choose a market by its number."""
        key = getattr(event, "key", "")
        if key.isdecimal() and 0 < int(key) <= len(self.board.markets):
            self._choose(int(key) - 1)

    def _choose(self, at: int) -> None:
        self.chosen, self.held = at, False
        self.draw()

    def action_step(self, by: int) -> None:
        """Choose another market."""
        self._choose((self.chosen + by) % len(self.board.markets))

    def action_hold(self) -> None:
        """Hold the picture, or let it go on."""
        self.held = not self.held
        self.draw()

    def action_turn(self) -> None:
        """Turn to the other outcome."""
        self.no = not self.no
        self.draw()

    async def action_help(self) -> None:
        """Explain keys and states."""
        await self.push_screen(_Help())


async def show(sources: Sequence[Source]) -> None:
    """Show the view until somebody leaves it."""
    await WatchApp(sources).run_async()
