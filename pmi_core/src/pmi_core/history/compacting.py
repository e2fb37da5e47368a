"""A journal becomes Parquet files."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from pmi_core.errors import RequestError
from pmi_core.history.columns import to_columns
from pmi_core.history.disk import place, sync_folder
from pmi_core.history.folder import Folder
from pmi_core.history.journal import Line, read_journal
from pmi_core.history.rows import CHANNELS
from pmi_core.history.schema import arrow, parquet, schema_of

__all__ = ["compact"]


def compact(folder: Folder, chunk: str) -> None:
    """Write the files of a chunk and remove its journal; whenever it is killed, it can be done again."""
    journal = folder.journal(chunk)
    grown: set[Path] = set()
    try:
        for (venue, channel, date), lines in _sorted(read_journal(journal)).items():
            part = folder.part(chunk, venue, channel, date)
            part.parent.mkdir(parents=True, exist_ok=True)
            place(part, _parquet(channel, [to_columns(line.serial, line.plain) for line in lines]))
            grown.update(above for above in part.parents if above.is_relative_to(folder.path))
    except (KeyError, TypeError, ValueError) as error:
        raise RequestError(
            f"{journal} does not hold what a recording holds", hint="restore the file, or move it away"
        ) from error
    for path in sorted(grown):
        sync_folder(path)
    journal.unlink()


def _sorted(lines: Iterable[Line]) -> dict[tuple[str, str, str], list[Line]]:
    found: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        date = str(line.plain["received_time"])[:10]
        found.setdefault((line.venue, CHANNELS[line.plain["type"]], date), []).append(line)
    return found


def _parquet(channel: str, rows: list[dict[str, Any]]) -> bytes:
    table = arrow().Table.from_pylist(rows, schema=schema_of(channel))
    written = BytesIO()
    parquet().write_table(table, written, compression="zstd")
    return written.getvalue()
