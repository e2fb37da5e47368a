"""A journal becomes Parquet files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pmi_core.history.columns import to_columns
from pmi_core.history.folder import Folder
from pmi_core.history.journal import Line, read_journal
from pmi_core.history.rows import CHANNELS
from pmi_core.history.schema import arrow, parquet, schema_of

__all__ = ["compact"]


def compact(folder: Folder, chunk: str) -> None:
    """Write the files of a chunk and remove its journal; whenever it is killed, it can be done again."""
    journal = folder.journal(chunk)
    for (venue, channel, date), lines in _sorted(read_journal(journal)).items():
        part = folder.part(chunk, venue, channel, date)
        part.parent.mkdir(parents=True, exist_ok=True)
        _write(part, channel, [to_columns(line.serial, line.plain) for line in lines])
    journal.unlink()


def _sorted(lines: Iterable[Line]) -> dict[tuple[str, str, str], list[Line]]:
    found: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        date = str(line.plain["received_time"])[:10]
        found.setdefault((line.venue, CHANNELS[line.plain["type"]], date), []).append(line)
    return found


def _write(part: Path, channel: str, rows: list[dict[str, Any]]) -> None:
    fresh = part.with_suffix(".tmp")
    table = arrow().Table.from_pylist(rows, schema=schema_of(channel))
    with fresh.open("wb") as file:
        parquet().write_table(table, file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(part)
