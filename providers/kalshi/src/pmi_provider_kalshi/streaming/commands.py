"""What is said to the venue's stream, and what each command was about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from pmi_core.transport.socket import Message, Topic
from pmi_provider_kalshi.streaming.line import Line

__all__ = ["Asked", "Commands"]

_AT_ONCE: Final = 200
"""Markets named in one command; the venue sets no limit that it tells."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that was sent.

    Attributes:
        line: the channel that it was about; None for all.
        topics: what it asked for.
    """

    line: Line | None
    topics: tuple[Topic, ...]


class Commands:
    """Numbers commands and remembers them until they are answered."""

    def __init__(self) -> None:
        self._number = 0
        self._open: dict[int, Asked] = {}

    def answered(self, number: int) -> Asked | None:
        """What an answer is about; None where it answers nothing that is still open."""
        return self._open.pop(number, None)

    def subscribe(self, line: Line, topics: Sequence[Topic]) -> Iterator[Message]:
        """Begin a channel; with markets where it is subscribed to market by market."""
        more: dict[str, Any] = {"send_initial_snapshot": True} if line.name == "ticker" else {}
        if not line.filtered:
            yield self._say("subscribe", Asked(line, tuple(topics)), channels=[line.name])
            return
        for some in _chunks(topics):
            tickers = [topic.market for topic in some]
            yield self._say(
                "subscribe", Asked(line, some), channels=[line.name], market_tickers=tickers, **more
            )

    def update(self, line: Line, action: str, topics: Sequence[Topic]) -> Iterator[Message]:
        """Add or remove markets of a subscription, or ask for their books."""
        more: dict[str, Any] = {}
        if action == "add_markets" and line.name == "ticker":
            more = {"send_initial_snapshot": True}
        for some in _chunks(topics):
            yield self._say(
                "update_subscription",
                Asked(line, some),
                sids=[line.sid],
                action=action,
                market_tickers=[topic.market for topic in some],
                **more,
            )

    def unsubscribe(self, line: Line) -> Message:
        """End a channel."""
        return self._say("unsubscribe", Asked(None, ()), sids=[line.sid])

    def list_subscriptions(self) -> Message:
        """Ask which subscriptions there are."""
        return self._say("list_subscriptions", Asked(None, ()))

    def _say(self, cmd: str, asked: Asked, **params: Any) -> Message:
        self._number += 1
        self._open[self._number] = asked
        command = {"id": self._number, "cmd": cmd} | ({"params": params} if params else {})
        return msgspec.json.encode(command).decode()


def _chunks(topics: Sequence[Topic]) -> Iterator[tuple[Topic, ...]]:
    for at in range(0, len(topics), _AT_ONCE):
        yield tuple(topics[at : at + _AT_ONCE])
