"""From an inbox to an answer that fits: what is new since a cursor, oldest change first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pmi_core.errors import RequestError
from pmi_core.models import Update
from pmi_mcp.live.inbox import Inbox, Loss, Standing
from pmi_mcp.live.rows import event_row, standing_row
from pmi_mcp.outputs import Answer
from pmi_mcp.views.values import label, moment, present

__all__ = ["Bookmark", "answer_of", "read_bookmark"]

_WRITTEN = re.compile(r"(?P<name>[\w-]{4})\.(?P<revision>\d{1,15})\.(?P<events>\d{1,15})")
_FRAME = 900
"""Bytes left for what an answer says besides its rows."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a client read: the last revision that it was told, and how many events there were by then."""

    revision: int = 0
    events: int = 0

    def write(self, subscription: str) -> str:
        """As a cursor, which fits no other subscription."""
        return f"{subscription[:4]}.{self.revision}.{self.events}"


def read_bookmark(text: str | None, subscription: str, inbox: Inbox) -> Bookmark:
    """Read a cursor; the beginning where there is none.

    Raises:
        RequestError: it is none of this subscription's.
    """
    if text is None:
        return Bookmark()
    found = _WRITTEN.fullmatch(text.strip())
    if found is not None and found["name"] == subscription[:4]:
        read = Bookmark(int(found["revision"]), int(found["events"]))
        if read.revision <= inbox.revision and read.events <= inbox.counted:
            return read
    raise RequestError(
        f"{text[:40]!r} is not a cursor of this subscription",
        hint="give back the cursor of its last answer as it was, or none to begin again",
    )


def answer_of(subscription: str, inbox: Inbox, after: Bookmark, depth: int, budget: int) -> Answer:
    """What is newer than a bookmark, as much as fits into ``budget`` bytes, and where to go on."""
    markets: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    lost = max(0, inbox.forgotten - after.events)
    reached, is_whole, left = after.revision, True, budget - _FRAME
    for revision, (ref, item) in _news(inbox, after.revision):
        is_market = isinstance(item, Standing)
        row = standing_row(ref, item, after.revision, depth) if is_market else event_row(item)  # type: ignore[arg-type]
        left -= len(json.dumps(row, ensure_ascii=False).encode()) + 2
        if left < 0 and reached > after.revision:
            is_whole = False
            break
        (markets if is_market else events).append(row)
        reached = revision
    told = Bookmark(reached, after.events + lost + len(events))
    facts = {
        "state": inbox.state.value,
        "reason": label(inbox.reason, 200),
        "last_heard": moment(inbox.heard),
        "lost_events": lost or None,
        "more": None if is_whole else "read again at once: not everything fitted",
        "markets": markets,
    }
    return Answer(facts=present(facts), name="events", rows=events, cursor=lambda _: told.write(subscription))


def _news(inbox: Inbox, after: int) -> Iterator[tuple[int, tuple[str, Standing | Update | Loss]]]:
    changed: list[tuple[int, tuple[str, Standing | Update | Loss]]] = [
        (standing.changed, (ref, standing))
        for ref, standing in inbox.standings.items()
        if standing.changed > after
    ]
    changed += [(revision, ("", event)) for revision, event in inbox.events if revision > after]
    yield from sorted(changed, key=lambda one: one[0])
