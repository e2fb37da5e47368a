"""Reads a recording, also while it is written and after its writer was killed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pmi_core.errors import RequestError
from pmi_core.history.columns import to_plain
from pmi_core.history.folder import Folder
from pmi_core.history.journal import read_journal
from pmi_core.history.rows import Row, as_row
from pmi_core.history.schema import VERSION_KEY, arrow, check_version, parquet

__all__ = ["Recorded"]


class Recorded:
    """What a folder holds, as it was when this was made.

    Args:
        path: the folder.

    Raises:
        RequestError: it is no recording, or a newer one.
        PluginError: the extra ``history`` is not installed.
    """

    def __init__(self, path: Path) -> None:
        arrow()
        self._folder = Folder(path)
        self._folder.check()
        self._journals = set(self._folder.journals())
        self._parts = self._folder.parts()

    @property
    def chunks(self) -> list[str]:
        """The pieces that :meth:`read` gives, oldest first."""
        return sorted(self._journals | set(self._parts))

    @property
    def venues(self) -> tuple[str, ...]:
        """The venues that were recorded."""
        found = {_between(path, "venue=") for parts in self._parts.values() for path in parts}
        for chunk in self._journals:
            found.update(row.venue for row in self.read(chunk))
        return tuple(sorted(found))

    def rows(self, venue: str | None = None) -> Iterator[Row]:
        """Every row in the order in which it was received, of one venue or of all."""
        for chunk in self.chunks:
            yield from self.read(chunk, venue)

    def moments(self, venue: str) -> Iterator[datetime]:
        """When each row of a venue was received, in order; little is read for it.

        Raises:
            RequestError: a file is broken, or of a newer version.
        """
        for chunk in self.chunks:
            yield from sorted(self._moments(chunk, venue))

    def _moments(self, chunk: str, venue: str) -> list[datetime]:
        if chunk in self._journals:
            return [row.said.received_time for row in self.read(chunk, venue)]
        found: list[datetime] = []
        for part in self._parts.get(chunk, ()):
            if _between(part, "venue=") == venue:
                try:
                    table = parquet().ParquetFile(part).read(columns=["received_time"])
                except (arrow().ArrowInvalid, OSError) as error:
                    raise _broken(part) from error
                found += table.column("received_time").to_pylist()
        return found

    def read(self, chunk: str, venue: str | None = None) -> list[Row]:
        """The rows of one chunk, in order.

        Raises:
            RequestError: a file is broken, or of a newer version.
        """
        session = chunk.partition("-")[0]
        try:
            if chunk in self._journals:
                lines = read_journal(self._folder.journal(chunk))
                return [as_row(session, *line) for line in lines if venue in (None, line.venue)]
        except FileNotFoundError:  # it has become Parquet files meanwhile
            self._parts = self._folder.parts()
        except ValueError as error:
            raise _broken(self._folder.journal(chunk)) from error
        rows: list[Row] = []
        for part in self._parts.get(chunk, ()):
            if venue in (None, _between(part, "venue=")):
                rows.extend(_rows(session, part))
        return sorted(rows, key=lambda row: row.serial)


def _rows(session: str, part: Path) -> Iterator[Row]:
    venue, channel = _between(part, "venue="), _between(part, "channel=")
    try:
        table = parquet().ParquetFile(part).read()
    except (arrow().ArrowInvalid, OSError) as error:
        raise _broken(part) from error
    stamp = (table.schema.metadata or {}).get(VERSION_KEY, b"")
    check_version(int(stamp) if stamp.isdigit() else None, str(part))
    try:
        for columns in table.to_pylist():
            yield as_row(session, columns["serial"], venue, to_plain(channel, columns))
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(part) from error


def _between(part: Path, name: str) -> str:
    return next(piece.removeprefix(name) for piece in reversed(part.parts) if piece.startswith(name))


def _broken(path: Path) -> RequestError:
    return RequestError(f"{path} cannot be read", hint="restore it, or move it away to read the rest")
