"""What happened, in order: rows are added, each sealed by a hash over all before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from pmi_core.clock import Clock
from pmi_core.desk.store import GENESIS, Store
from pmi_core.desk.tables import head, intents, journal, sa

__all__ = ["Entry", "EntryKind", "Journal", "Verdict", "canonical"]

_BATCH = 1000
_END = sa.select(head.c.seq, head.c.hash)
_ADD = journal.insert()
_MOVE = head.update().values(seq=sa.bindparam("to_seq"), hash=sa.bindparam("to_hash"))


class EntryKind(StrEnum):
    """What a row of the journal tells."""

    DRAFT = "draft"
    PREVIEW = "preview"
    APPROVAL = "approval"
    REFUSAL = "refusal"
    INTENT = "intent"
    """Written before anything is sent."""
    ANSWER = "answer"
    RECONCILIATION = "reconciliation"
    REDUCTION = "reduction"
    """Something was cancelled, decreased or withdrawn."""
    REQUEST = "request"
    """Something that risks no money was asked of a venue."""
    KILL = "kill"
    PASSKEY = "passkey"
    """A passkey that may approve was added or removed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row."""

    seq: int
    time: str
    kind: EntryKind
    subject: str
    """The code of a draft, or the client order id of an order."""
    body: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the journal is whole."""

    rows: int
    hash: str
    """Of the last row; kept elsewhere, it proves later that nothing before it was taken away."""
    faults: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether no fault was found."""
        return not self.faults


def canonical(value: Any) -> str:
    """The one text of plain data or a model: sorted keys, no spaces, numbers as exact text."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _seal(previous: str, seq: int, *facts: str) -> str:
    text = canonical([previous, seq, *facts])
    return hashlib.sha256(text.encode()).hexdigest()


class Journal:
    """The rows of one database."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def append(self, connection: Any, rows: Iterable[tuple[EntryKind, str, dict[str, Any]]]) -> None:
        """Add rows of (kind, subject, body) within the transaction that they belong to."""
        end = (await connection.execute(_END)).one()
        seq, last = end.seq, end.hash
        time = _text(self._clock.now())
        made = []
        for kind, subject, body in rows:
            seq += 1
            text = canonical(body)
            sealed = _seal(last, seq, time, kind.value, subject, text)
            made.append(
                {
                    "seq": seq,
                    "time": time,
                    "kind": kind.value,
                    "subject": subject,
                    "body": text,
                    "previous": last,
                    "hash": sealed,
                }
            )
            last = sealed
        if made:
            await connection.execute(_ADD, made)
            await connection.execute(_MOVE, {"to_seq": seq, "to_hash": last})

    async def note(self, kind: EntryKind, subject: str, body: dict[str, Any]) -> None:
        """Add one row by itself."""
        async with self._store.writing() as connection:
            await self.append(connection, [(kind, subject, body)])

    async def entries(self, *, after: int = 0, subject: str | None = None) -> AsyncIterator[Entry]:
        """Read the rows after a number, oldest first; of one subject where it is given."""
        while True:
            query = sa.select(journal).where(journal.c.seq > after).order_by(journal.c.seq).limit(_BATCH)
            if subject is not None:
                query = query.where(journal.c.subject == subject)
            async with self._store.reading() as connection:
                rows = (await connection.execute(query)).all()
            for row in rows:
                yield Entry(
                    row.seq, row.time, EntryKind(row.kind), row.subject, json.loads(row.body), row.hash
                )
            if len(rows) < _BATCH:
                return
            after = rows[-1].seq

    async def export(self) -> AsyncIterator[str]:
        """Every row as one line of JSON with its hash, oldest first."""
        async for entry in self.entries():
            yield canonical(
                {
                    "seq": entry.seq,
                    "time": entry.time,
                    "kind": entry.kind.value,
                    "subject": entry.subject,
                    "body": entry.body,
                    "hash": entry.hash,
                }
            )

    async def verify(self, expected: str | None = None) -> Verdict:
        """Look for edits: a changed, lost, added or moved row, or an order that no row speaks of.

        Args:
            expected: a hash noted earlier; it must be found on the way.  Without it, rows taken off
                the end together with the note of where the end is cannot be seen.
        """
        faults: list[str] = []
        last, seq, met, told = GENESIS, 0, expected in (None, GENESIS), set()
        while True:
            query = sa.select(journal).where(journal.c.seq > seq).order_by(journal.c.seq).limit(_BATCH)
            async with self._store.reading() as connection:
                rows = (await connection.execute(query)).all()
            for row in rows:
                if row.seq != seq + 1:
                    faults.append(f"rows {seq + 1} to {row.seq - 1} are missing")
                if row.previous != last:
                    faults.append(f"row {row.seq} does not follow the row before it")
                if row.hash != _seal(row.previous, row.seq, row.time, row.kind, row.subject, row.body):
                    faults.append(f"row {row.seq} was changed")
                if row.kind == EntryKind.INTENT:
                    told.add(row.subject)
                seq, last = row.seq, row.hash
                met = met or last == expected
            if len(rows) < _BATCH:
                break
        if not met:
            faults.append(f"no row has the hash {expected}")
        faults += await self._compare(seq, last, told)
        return Verdict(seq, last, tuple(faults))

    async def _compare(self, seq: int, last: str, told: set[str]) -> list[str]:
        async with self._store.reading() as connection:
            end = (await connection.execute(sa.select(head.c.seq, head.c.hash))).one()
            sent = set((await connection.execute(sa.select(intents.c.id))).scalars())
        faults = []
        if (end.seq, end.hash) < (seq, ""):  # rows that came while this was read are no fault
            faults.append(f"the journal goes beyond its noted end {end.seq}")
        elif end.seq == seq and end.hash != last:
            faults.append("the last row is not the one that was noted as the end")
        elif end.seq > seq and not await self._grew(seq):
            faults.append(f"rows {seq + 1} to {end.seq} are missing from the end")
        later = {entry.subject async for entry in self.entries(after=seq) if entry.kind is EntryKind.INTENT}
        faults += [f"order {name} is in no row of the journal" for name in sorted(sent - told - later)]
        faults += [f"order {name} was taken out of the list of what was sent" for name in sorted(told - sent)]
        return faults

    async def _grew(self, seq: int) -> bool:
        async with self._store.reading() as connection:
            query = sa.select(sa.func.max(journal.c.seq))
            return bool(((await connection.execute(query)).scalar() or 0) > seq)


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
