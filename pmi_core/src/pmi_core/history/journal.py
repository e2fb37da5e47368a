"""What came last, line by line: a line is in the hands of the system before the next update is taken."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from pmi_core.errors import RequestError
from pmi_core.history.schema import SCHEMA_VERSION, check_version

__all__ = ["Journal", "Line", "read_journal"]


class Line(NamedTuple):
    """One row as plain data."""

    serial: int
    venue: str
    plain: dict[str, Any]


class Journal:
    """Appends to one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = 0
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        self._write(msgspec.json.encode({"schema_version": SCHEMA_VERSION}))

    def append(self, serial: int, venue: str, said: bytes) -> None:
        """Write one row; ``said`` is an update in JSON."""
        self._write(b'{"serial":%d,"venue":"%s","said":%s}' % (serial, venue.encode(), said))
        self.lines += 1

    def _write(self, line: bytes) -> None:
        rest = memoryview(line + b"\n")
        while rest:
            rest = rest[os.write(self._file, rest) :]

    def sync(self) -> None:
        """Have everything on the disk."""
        os.fsync(self._file)

    def close(self) -> None:
        """Have everything on the disk and write no more."""
        self.sync()
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
