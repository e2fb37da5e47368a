"""What came last, line by line: a line is in the hands of the system before the next update is taken."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from pmi_core.errors import RequestError
from pmi_core.history.disk import sync_folder, write
from pmi_core.history.schema import SCHEMA_VERSION, check_version

__all__ = ["Journal", "Line", "read_journal"]

_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)


class Line(NamedTuple):
    """One row as plain data."""

    serial: int
    venue: str
    plain: dict[str, Any]


class Journal:
    """Appends to one file, which holds whole lines only, whatever fails."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = 0
        self.is_torn = False
        """Half a line stands at the end and cannot be cut off; nothing may be written after it."""
        self._whole = 0
        self._listed = False
        self._file = os.open(path, _FLAGS, 0o644)
        try:
            self._write(msgspec.json.encode({"schema_version": SCHEMA_VERSION}))
        except OSError:
            os.close(self._file)
            with contextlib.suppress(OSError):
                path.unlink()
            raise

    def append(self, serial: int, venue: str, said: bytes) -> None:
        """Write one row; ``said`` is an update in JSON.  Where that fails nothing of it is left."""
        self._write(b'{"serial":%d,"venue":"%s","said":%s}' % (serial, venue.encode(), said))
        self.lines += 1

    def _write(self, line: bytes) -> None:
        try:
            write(self._file, line + b"\n")
        except BaseException:
            try:
                os.ftruncate(self._file, self._whole)
            except OSError:
                self.is_torn = True
            raise
        self._whole += len(line) + 1

    def sync(self) -> None:
        """Have everything on the disk."""
        os.fsync(self._file)
        if not self._listed:
            sync_folder(self.path.parent)
            self._listed = True

    def close(self) -> None:
        """Have everything on the disk and write no more."""
        try:
            self.sync()
        finally:
            os.close(self._file)


def read_journal(path: Path) -> list[Line]:
    """The rows of a journal; a last line that was torn by a kill is left out.

    Raises:
        RequestError: a line in the middle is broken, or a newer version wrote the file.
        FileNotFoundError: it has become Parquet files meanwhile.
    """
    written = path.read_bytes().split(b"\n")
    lines: list[Line] = []
    if len(written) < 2:
        return lines
    for number, text in enumerate(written[:-1], start=1):
        try:
            found: Any = msgspec.json.decode(text)
            if number == 1:
                check_version(found["schema_version"], str(path))
            else:
                lines.append(Line(found["serial"], found["venue"], found["said"]))
        except (msgspec.DecodeError, KeyError, TypeError) as error:
            if number >= len(written) - 1:
                break
            raise RequestError(
                f"line {number} of {path} is broken", hint="restore the file, or remove that line"
            ) from error
    return lines
