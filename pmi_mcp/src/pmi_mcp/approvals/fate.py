"""Where a draft stands, as the page tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pmi_core.desk import TicketState
from pmi_core.errors import OrderRefused
from pmi_mcp.approvals.outcome import Line, line_of
from pmi_mcp.texts import clean

if TYPE_CHECKING:
    from pmi_core.desk import Desk, Preview, Sent

__all__ = ["Fate", "fate_of"]


@dataclass(frozen=True, slots=True)
class Fate:
    """What is known now."""

    kind: str
    """``open`` while a person may decide; ``wait``, ``good``, ``bad`` or ``doubt`` afterwards."""
    title: str
    said: str
    lines: tuple[Line, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it can still be decided."""
        return self.kind == "open"

    @property
    def is_moving(self) -> bool:
        """Whether more will be known soon."""
        return self.kind in ("wait", "doubt")


async def fate_of(desk: Desk, preview: Preview) -> Fate:
    """Tell what became of a draft, without sending anything."""
    try:
        sent = await desk.outcome(preview.code, timeout=0)
    except OrderRefused as error:
        return _ended(await desk.state(preview.code), clean(error.message, 400))
    if sent is not None:
        return _sent(sent, preview)
    if await desk.state(preview.code) is TicketState.WAITING:
        return Fate("open", "Waiting for you", "")
    return Fate("wait", "Approved", "It is being sent. This page tells what becomes of it.")


def _ended(state: TicketState, reason: str) -> Fate:
    if state is TicketState.REFUSED:
        return Fate("bad", "Refused", "Nothing was sent, and nothing will be.")
    if state is TicketState.VOID:
        return Fate("bad", "Not sent", f"It was void before it was sent: {reason}.")
    if state is TicketState.APPROVED:
        return Fate("bad", "Expired", "It was approved, and could not be sent in time. Nothing was sent.")
    return Fate("bad", "Expired", "Nobody decided in time. Nothing was sent.")


def _sent(sent: Sent, preview: Preview) -> Fate:
    lines = tuple(line_of(one, preview.currency) for one in sent.orders)
    kinds = {line.kind for line in lines}
    if "doubt" in kinds:
        said = "It was sent, and not all that became of it is known yet. Nothing is sent a second time."
        return Fate("doubt", "Unknown", said, lines)
    if len(lines) == 1:
        return Fate("done-" + lines[0].kind, lines[0].word, lines[0].says)
    words = sorted({line.word.lower() for line in lines})
    kind = kinds.pop() if len(kinds) == 1 else "mixed"
    return Fate(f"done-{kind}", "Sent", f"{len(lines)} orders: {', '.join(words)}.", lines)
