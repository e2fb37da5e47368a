"""Books kept by the stream: snapshots and changes, in integers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pmi_core.books import LiveBook, Scale
from pmi_core.errors import UnexpectedAnswer
from pmi_core.models import Channel
from pmi_core.transport.socket import Ears, Topic
from pmi_provider_kalshi.streaming.line import Line
from pmi_provider_kalshi.translate.numbers import milliseconds
from pmi_provider_kalshi.wire.frames import Delta, DeltaBody, Snapshot

__all__ = ["SCALE", "Bookkeeper"]

SCALE: Final = Scale(4, 2)
"""Prices in ten-thousandths of a dollar, sizes in hundredths of a contract."""

Levels = list[tuple[int, int]]
Lost = Callable[[Line, str, str], None]
"""Told the channel, the market if one is known, and why."""
Counts = Callable[[Line, int, int], bool]
"""Whether the message with that number of that subscription is new; tells of a gap before it."""


class Bookkeeper:
    """Writes what one connection says into the books.

    The venue counts messages over all markets of a subscription, so a book counts its own changes:
    its number goes up by one with each, and by two where something was lost in between.

    Args:
        ears: told when a book is there, or lost.
        books: to write into, by ticker; only those that somebody listens to.
        line: the channel.
        counts: asked about every number that is not the next one.
        lost: told of a message that makes no sense.
    """

    def __init__(
        self, ears: Ears, books: dict[str, LiveBook], line: Line, counts: Counts, lost: Lost
    ) -> None:
        self._ears = ears
        self._books = books
        self._line = line
        self._counts = counts
        self._lost = lost

    def change(self, message: Delta) -> None:
        """Take a change of one level."""
        line = self._line
        number = message.seq
        last = line.sequence.last
        if message.sid == line.sid and last is not None and number == last + 1:
            line.sequence.last = number  # as nearly always
        elif not self._counts(line, message.sid, number):
            return
        body = message.msg
        book = self._books.get(body.market_ticker)
        if book is None:
            if body.market_ticker not in line.ever:
                self._stranger(body.market_ticker)
            return
        if book.is_live:
            self._change(book, body)

    def _change(self, book: LiveBook, body: DeltaBody) -> None:
        scale = book.scale
        try:
            price = scale.ticks(body.price_dollars)
            by = scale.units(body.delta_fp)
            time = None if body.ts_ms is None else milliseconds(body.ts_ms)
        except UnexpectedAnswer as error:
            self._lost(self._line, body.market_ticker, f"the book of {body.market_ticker}: {error.message}")
            return
        bid = body.side == "yes"
        number = (book.sequence or 0) + 1
        wrong = book.apply(
            bid, price if bid else scale.one - price, by, self._ears.received, number, time, adds=True
        )
        if wrong is not None:
            self._ears.gap((Topic(Channel.BOOK, body.market_ticker),), wrong)

    def replace(self, message: Snapshot) -> None:
        """Take a whole book."""
        body = message.msg
        if not self._counts(self._line, message.sid, message.seq):
            return  # whole as it is, a book that comes after a gap is as good as any
        ticker = body.market_ticker
        book = self._books.get(ticker)
        topic = Topic(Channel.BOOK, ticker)
        if book is None or topic not in self._line.topics:
            if ticker not in self._line.ever:
                self._stranger(ticker)
            elif topic in self._line.topics:
                self._ears.answered((topic,))  # whoever asked for it has left
            return
        scale = book.scale
        try:
            bids = _levels(scale, body.yes_dollars_fp)
            asks = [(scale.one - price, size) for price, size in _levels(scale, body.no_dollars_fp)]
        except UnexpectedAnswer as error:
            self._lost(self._line, ticker, f"the book of {ticker}: {error.message}")
            return
        number = 1 if book.sequence is None else book.sequence + (1 if book.is_live else 2)
        book.replace(bids, asks)
        wrong = book.commit(self._ears.received, sequence=number)
        if wrong is None:
            self._ears.answered((topic,))
        else:
            self._lost(self._line, ticker, f"the book of {ticker}: {wrong}")

    def _stranger(self, ticker: str) -> None:
        """A market that was never asked for is one whose name was garbled, and whose change is lost."""
        self._lost(self._line, "", f"a book of market {ticker[:40]!r} came, which was never asked for")


def _levels(scale: Scale, rows: list[tuple[str, str]] | None) -> Levels:
    """Prices and sizes of one side.

    Raises:
        UnexpectedAnswer: one of them is none, or a price comes twice.
    """
    levels = [(scale.ticks(price), scale.units(size)) for price, size in rows or ()]
    if len({price for price, _ in levels}) != len(levels):
        raise UnexpectedAnswer("a price comes twice")
    return levels
