"""How the exchange talks over one connection (AsyncAPI of 2026-10-26; recorded frames of 2026-06).

Every channel is a subscription with a number, whose messages are counted together, whatever markets
they are about.  Answers to commands count as well, unless they answer ``subscribe``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from pmi_core.errors import PmiError, UnexpectedAnswer, VenueError
from pmi_core.models import Channel
from pmi_core.transport.socket import Ears, Message, Topic
from pmi_provider_kalshi.faults import Faults
from pmi_provider_kalshi.streaming.bookkeeper import Bookkeeper
from pmi_provider_kalshi.streaming.channels import NAMES
from pmi_provider_kalshi.streaming.commands import Commands
from pmi_provider_kalshi.streaming.line import Line, Order
from pmi_provider_kalshi.streaming.notices import NOTICES
from pmi_provider_kalshi.streaming.refusals import Outcome, refusal
from pmi_provider_kalshi.streaming.teller import Teller
from pmi_provider_kalshi.wire import frames as wire

__all__ = ["KalshiDialect"]

_log: Final = logging.getLogger("pmi_provider_kalshi")
_CAPABILITY: Final = "stream"
_NAME_OF: Final = {
    "orderbook_delta": "orderbook_delta",
    "orderbook_snapshot": "orderbook_delta",
    "trade": "trade",
    "ticker": "ticker",
    "user_order": "user_orders",
    "fill": "fill",
    "market_position": "market_positions",
    "market_lifecycle_v2": "market_lifecycle_v2",
    "multivariate_market_lifecycle": "multivariate_market_lifecycle",
    "order_group_updates": "order_group_updates",
}
"""The channel by type of message, where the type says it."""


class KalshiDialect:
    """Keeps :class:`pmi_core.transport.socket.Dialect`.

    A message that makes no sense is reported among the venue's faults, and what it was about counts
    as lost: a book is asked for again, everything else goes on after a gap that is told.
    """

    def __init__(self, ears: Ears, teller: Teller, faults: Faults) -> None:
        self._ears = ears
        self._teller = teller
        self._faults = faults
        self._commands = Commands()
        self._probed = -1
        self._lines = {name: Line(name) for names in NAMES.values() for name in names}
        self._books = Bookkeeper(
            ears, teller.feed.books, self._lines["orderbook_delta"], self._counts, self._lost
        )
        self._tells: dict[type, tuple[str, Callable[..., None]]] = {
            wire.TradeFrame: ("trade", teller.trade),
            wire.TickerFrame: ("ticker", teller.ticker),
            wire.OrderFrame: ("user_orders", teller.order),
            wire.FillFrame: ("fill", teller.fill),
            wire.PositionFrame: ("market_positions", teller.position),
            wire.LifecycleFrame: ("market_lifecycle_v2", teller.lifecycle),
            wire.ComboLifecycleFrame: ("multivariate_market_lifecycle", teller.lifecycle),
        }

    # ----------------------------------------------------------------------------------- asking

    def opening(self) -> Iterable[Message]:
        """The handshake says it all."""
        return ()

    def subscribe(self, topics: Sequence[Topic]) -> Iterable[Message]:
        """Ask for topics: added to the channel's subscription where there is one."""
        messages: list[Message] = []
        for channel, names in NAMES.items():
            mine = [topic for topic in topics if topic.channel is channel]
            for line in (self._lines[name] for name in names) if mine else ():
                line.topics.update(dict.fromkeys(mine))
                messages += self._ask(line, mine)
        return messages

    def _ask(self, line: Line, topics: Sequence[Topic]) -> Iterator[Message]:
        if line.filtered:
            line.ever.update(topic.market for topic in topics)
            if line.sid is None:
                yield from self._commands.subscribe(line, topics)
            else:
                yield from self._commands.update(line, "add_markets", topics)
        elif line.sid is not None:
            self._confirm(line)
        elif not line.asked:
            line.asked = True
            yield from self._commands.subscribe(line, topics)

    def unsubscribe(self, topics: Sequence[Topic]) -> Iterable[Message]:
        """Remove markets from a subscription, and end it with the last of them."""
        messages: list[Message] = []
        for line in self._lines.values():
            gone = [topic for topic in topics if topic in line.topics]
            for topic in gone:
                del line.topics[topic]
            if not gone or line.sid is None:
                continue
            if line.topics:
                messages += self._commands.update(line, "delete_markets", gone) if line.filtered else ()
            else:
                messages.append(self._commands.unsubscribe(line))
                line.end()
        return messages

    def resync(self, topics: Sequence[Topic]) -> Iterable[Message]:
        """Ask for whole books; what else was not answered is asked for anew."""
        book = self._lines["orderbook_delta"]
        if book.sid is None:
            books: list[Topic] = []
        else:
            books = [topic for topic in topics if topic.channel is Channel.BOOK]
        messages = list(self._commands.update(book, "get_snapshot", books)) if books else []
        others = [topic for topic in topics if topic not in set(books)]
        for topic in others:
            for line in self._lines.values():
                if topic in line.topics:
                    line.asked = False
        return [*messages, *self.subscribe(others)]

    def probe(self, topics: Collection[Topic]) -> Iterable[Message]:
        """Ask which subscriptions there are, which also tells which ones are gone, and for a book if any is wanted.

        Commands may be answered where nothing is streamed any more, so only the book counts as data then.
        A different one is asked for each time.
        """
        messages = [self._commands.list_subscriptions()]
        line = self._lines["orderbook_delta"]
        if line.sid is not None and line.topics:
            books = list(line.topics)
            self._probed = (self._probed + 1) % len(books)
            messages += self._commands.update(line, "get_snapshot", [books[self._probed]])
        return messages

    def heartbeat(self) -> Message | None:
        """The protocol's own ping is enough."""
        return None

    def closed(self, code: int | None, reason: str) -> PmiError | None:
        """The venue documents no codes of its own."""
        return None

    # ---------------------------------------------------------------------------------- reading

    def read(self, frame: bytes) -> None:
        """Take one message.

        Raises:
            UnexpectedAnswer: it is no message at all, so nobody can tell what was lost.
            SequenceGap: the venue counts anew.
        """
        try:
            message = wire.read_frame(frame)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            self._read_other(frame, error)
            return
        kind = type(message)
        if kind is wire.Delta:
            self._books.change(message)
        elif kind is wire.Snapshot:
            self._books.replace(message)
            self._commands.answered(message.id)
        elif kind in self._tells:
            self._tell(message, *self._tells[kind])
        else:
            self._answer(message)

    def _tell(self, message: Any, name: str, tell: Callable[..., None]) -> None:
        line = self._lines[name]
        number: int = getattr(message, "seq", 0)
        if number and not self._counts(line, message.sid, number):
            return
        try:
            tell(message.msg, self._ears.received)
        except PmiError as error:
            market = getattr(message.msg, "market_ticker", "") if line.filtered else ""
            self._lost(line, market, error.message)

    def _counts(self, line: Line, sid: int, number: int) -> bool:
        """Whether a message is new; tells of a gap before it."""
        order = line.take(sid, number)
        if order is Order.AFTER_A_GAP:
            self._gap(line, line.topics, f"message {number} of channel {line.name} is not the one expected")
        return order is not Order.OLD

    def _gap(self, line: Line, topics: Iterable[Topic], reason: str) -> None:
        gone = tuple(topics)
        self._ears.gap(gone, reason)
        if line.name != "orderbook_delta":
            self._ears.answered(gone)  # what is lost cannot be had again here; the rest goes on

    def _lost(self, line: Line, market: str, reason: str) -> None:
        """A message makes no sense: of one market where it says of which, else of all."""
        self._faults.report(_CAPABILITY, reason)
        about = [topic for topic in line.topics if topic.market == market] if market else []
        self._gap(line, about or line.topics, reason)

    def _read_other(self, frame: bytes, reason: Exception) -> None:
        """Take a message of an unknown type, or one that does not have the documented shape."""
        if not frame.strip():
            return
        try:
            envelope = wire.read_envelope(frame)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            self._faults.report(_CAPABILITY, "a message cannot be read")
            raise UnexpectedAnswer(
                "a message of the stream cannot be read", capability=_CAPABILITY
            ) from error
        notice = NOTICES.get(envelope.type)
        name = _NAME_OF.get(envelope.type)
        line = self._lines.get(name or "") or self._line(envelope.sid)
        if line is not None and envelope.seq and not self._counts(line, envelope.sid, envelope.seq):
            return
        if notice is not None and line is not None:
            try:
                self._teller.notice(notice.kind, msgspec.json.decode(envelope.msg, type=notice.shape))
            except (msgspec.MsgspecError, ValueError, PmiError) as error:
                self._lost(line, "", f"{envelope.type}: {error}")
        elif name is not None and line is not None:
            self._lost(line, _market(envelope.msg) if line.filtered else "", f"{envelope.type}: {reason}")
        elif envelope.type in ("subscribed", "unsubscribed", "ok", "error"):
            self._faults.report(_CAPABILITY, f"{envelope.type}: {reason}")
        else:
            _log.debug("a message of type %.40r is left alone", envelope.type)

    def _line(self, sid: int) -> Line | None:
        return next((line for line in self._lines.values() if sid and line.sid == sid), None)

    # --------------------------------------------------------------------------------- answering

    def _answer(self, message: Any) -> None:
        kind = type(message)
        if kind is wire.Subscribed:
            self._commands_end(message)
            return
        line = self._line(message.sid)
        if line is not None and message.seq:
            self._counts(line, message.sid, message.seq)
        if kind is wire.ErrorFrame:
            self._refuse(message, line)
        elif kind is wire.OkFrame:
            if self._lines["orderbook_delta"].topics:
                self._ears.pong()  # where a book is wanted, only data is a sign that data comes
            self._carried_out(message)
        else:
            self._commands.answered(message.id)

    def _commands_end(self, message: wire.Subscribed) -> None:
        line = self._lines.get(message.msg.channel)
        asked = self._commands.answered(message.id)
        if line is None:
            self._faults.report(_CAPABILITY, f"channel {message.msg.channel[:40]!r} was never asked for")
            return
        line.begin(message.msg.sid)
        if not line.filtered:
            self._confirm(line)
        elif asked is not None and line.name != "orderbook_delta":
            self._ears.answered(asked.topics)

    def _confirm(self, line: Line) -> None:
        """Tell of topics of channels for everything once all their channels are under way."""
        for topic in line.topics:
            if all(self._lines[name].sid is not None for name in NAMES[topic.channel]):
                self._ears.answered((topic,))

    def _carried_out(self, message: wire.OkFrame) -> None:
        asked = self._commands.answered(message.id)
        if asked is None:
            return
        if asked.line is None:
            self._compare(message.msg)
        elif asked.line.name != "orderbook_delta":
            self._ears.answered(topic for topic in asked.topics if topic in asked.line.topics)

    def _compare(self, listed: msgspec.Raw) -> None:
        """Make subscriptions anew that the venue does not know any more."""
        try:
            there = {one.sid for one in msgspec.json.decode(listed, type=list[wire.Listed])}
        except (msgspec.MsgspecError, ValueError):
            return  # it answered, which is what was asked for
        for line in self._lines.values():
            if line.sid is not None and line.topics and line.sid not in there:
                self._renew(line, "the venue does not know the subscription any more")

    def _renew(self, line: Line, reason: str) -> None:
        """A subscription is over; what it was for is asked for anew."""
        line.end()
        self._ears.gap(tuple(line.topics), reason)

    def _refuse(self, message: wire.ErrorFrame, line: Line | None) -> None:
        body = message.msg
        asked = self._commands.answered(message.id)
        outcome, error = refusal(body.code, body.msg)
        about = asked.line if asked is not None and asked.line is not None else line
        if outcome is Outcome.ENDED:
            if about is not None:
                self._renew(about, error.message)
            elif message.id:
                self._faults.report(_CAPABILITY, error.message)
            else:  # something is over, and nobody can tell what
                raise VenueError(error.message, code=error.code, capability=_CAPABILITY)
            return
        named = {*(body.market_tickers or ()), *([body.market_ticker] if body.market_ticker else ())}
        topics = [] if asked is None else [one for one in asked.topics if not named or one.market in named]
        if outcome is Outcome.LATER or about is None or not topics:
            # What was not answered is asked for again in a while.
            self._faults.report(_CAPABILITY, error.message)
            return
        if not about.filtered:
            about.asked = False
        for topic in topics:
            about.topics.pop(topic, None)
        self._ears.refused(topics, error)


def _market(body: msgspec.Raw) -> str:
    """The market that a body names, as far as it can be read."""
    try:
        return msgspec.json.decode(body, type=wire.Named).market_ticker
    except (msgspec.MsgspecError, ValueError):
        return ""
