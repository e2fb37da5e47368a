"""The live view: an application of the whole terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from pmi_core.clock import Clock, SystemClock
from pmi_mcp.terminal.live.board import Board, Watched
from pmi_mcp.terminal.live.drawing import draw_book, draw_own, draw_trades
from pmi_mcp.terminal.live.heading import draw_list, draw_recording, draw_state
from pmi_mcp.terminal.live.hearing import Hearing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.text import Text
    from textual.binding import BindingType

    from pmi_core.history import Playhead
    from pmi_mcp.terminal.live.sources import Source

__all__ = ["WatchApp", "show"]

_HELP = """\
1-9        choose a market
Tab, ↓ ↑   the next, the one before
space      hold the picture; the data go on arriving
n          turn book and trades to the NO side, and back
?          this help
q, Ctrl-C  leave

● live        what is shown is what the venue said last
○ connecting  nothing can be relied on yet
◌ stale       connected, but nothing arrives that should
◌ resyncing   updates were lost; a new book is on its way
✗ gap         updates were lost
✗ closed      over; the reason stands beside it

The worst state stands first, with the part that it concerns.
A book, trades and orders that are not live are dim and say
NOT LIVE; what is held is dim and says since when.
After a loss orders, fills and trades are read again.
All times are UTC."""
_WIDE = 76
"""Columns from which on the book shows totals."""


class _Help(ModalScreen[None]):
    CSS = "_Help {align: center middle;} _Help Static {width: 66; max-width: 100%; height: auto; border: round; padding: 0 1;}"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,question_mark,q,enter,space", "dismiss", "Close")]

    def compose(self) -> ComposeResult:
        yield Static(_HELP, markup=False)


class WatchApp(App[None]):
    """Shows what the sources say.

    Args:
        sources: what is watched.
        clock: tells the age of a book.
        playhead: of the recording that is shown, whose moment takes the place of the clock's.
    """

    TITLE = "pmi watch"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #recording {height: 1; padding: 0 1;}
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

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        clock: Clock | None = None,
        playhead: Playhead | None = None,
    ) -> None:
        super().__init__()
        self.sources = sources
        self.board = Board(
            (ref for source in sources for ref in source.refs),
            frozenset(source.venue.name for source in sources if source.account),
        )
        self.chosen = 0
        self.held: tuple[datetime, Watched] | None = None
        """Since when the picture is held, and the market as it was then."""
        self.no = False
        self._clock = clock or SystemClock()
        self._playhead = playhead
        self._parts = {
            name: Static(id=name, markup=False)
            for name in ("recording", "state", "list", "book", "trades", "own")
        }
        self._drawn: dict[str, Text] = {}
        self._hearing = Hearing(sources, self.board, self._clock, self._warn, recorded=playhead is not None)

    def compose(self) -> ComposeResult:
        parts = self._parts
        yield parts["recording"]
        yield parts["state"]
        yield parts["list"]
        with Horizontal():
            yield parts["book"]
            with Vertical(id="side"):
                yield parts["trades"]
                yield parts["own"]
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to listen."""
        if "textual-ansi" in self.available_themes:
            self.theme = "textual-ansi"  # the terminal's own colours, light or dark
        self._parts["recording"].display = self._playhead is not None
        self._parts["list"].display = len(self.board.markets) > 1
        self.set_interval(0.25, self.draw)
        self._hearing.start()

    async def on_unmount(self) -> None:
        """Listen no more."""
        await self._hearing.aclose()

    def _warn(self, text: str) -> None:
        self.notify(text, severity="warning", markup=False)

    def _now(self) -> datetime:
        return self._clock.now() if self._playhead is None else self._playhead.now()

    @property
    def market(self) -> Watched:
        """The market that is shown."""
        return list(self.board.markets.values())[self.chosen]

    def draw(self) -> None:
        """Draw what has changed, unless the view is going."""
        if not self._parts["state"].is_attached:
            return
        market, now, no = self.market, self._now(), self.no
        held = None if self.held is None else self.held[0]
        if self._playhead is not None:
            recording = self._parts["recording"].size.width
            self._put("recording", draw_recording(self._playhead, max(recording, 1)))
        width = max(self._parts["state"].size.width, 1)
        recorded = self._playhead is not None
        self._put("state", draw_state(market, width, now, held=held, no=no, recorded=recorded))
        markets = list(self.board.markets.values())
        if len(markets) > 1:
            # A third of the screen, its heading and the number of those left out included.
            most = max(min(len(markets) + 1, self.size.height // 3), 3)
            self._put("list", draw_list(markets, self.chosen, width, most))
        shown = market if self.held is None else self.held[1]
        book, trades, own = (self._parts[name].size for name in ("book", "trades", "own"))
        today = (held or now).date()
        self._put("book", draw_book(shown, book.width, book.height, no=no, held=held))
        self._put("trades", draw_trades(shown, trades.width, trades.height, today, no=no, held=held))
        self._put("own", draw_own(shown, own.width, own.height, today, held=held))

    def _put(self, name: str, drawn: Text) -> None:
        if self._drawn.get(name) != drawn or self._drawn[name].spans != drawn.spans:
            self._drawn[name] = drawn
            self._parts[name].update(drawn)

    def on_resize(self) -> None:
        """Draw for the new size, after the parts know theirs."""
        self._parts["book"].styles.width = 42 if self.size.width >= _WIDE else 29
        self.call_after_refresh(self.draw)

    def on_key(self, event: object) -> None:
        """Choose a market by its number."""
        key = getattr(event, "key", "")
        if key.isdecimal() and 0 < int(key) <= len(self.board.markets):
            self._choose(int(key) - 1)

    def _choose(self, at: int) -> None:
        self.chosen, self.held = at, None
        self.draw()

    def action_step(self, by: int) -> None:
        """Choose another market."""
        self._choose((self.chosen + by) % len(self.board.markets))

    def action_hold(self) -> None:
        """Hold the picture, or let it go on."""
        self.held = (self._now(), self.market.copy()) if self.held is None else None
        self.draw()

    def action_turn(self) -> None:
        """Turn to the other outcome."""
        self.no = not self.no
        self.draw()

    async def action_help(self) -> None:
        """Explain keys and states."""
        await self.push_screen(_Help())


async def show(sources: Sequence[Source], playhead: Playhead | None = None) -> None:
    """Show the view until somebody leaves it."""
    await WatchApp(sources, playhead=playhead).run_async()
