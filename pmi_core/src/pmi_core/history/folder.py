"""Where the files of a recording stand, and who may write them.

::

    recording.json                                        what this folder is
    journal/00001-000003.jsonl                            what came last, line by line
    venue=V/channel=C/date=2026-01-31/00001-000002.parquet    what came before

A chunk is named by its session and its number.  As long as the journal of a chunk exists it alone
counts: its Parquet files may be unfinished.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from pmi_core.errors import RequestError, SettingsError
from pmi_core.history.schema import SCHEMA_VERSION, check_version

__all__ = ["Folder"]

_KIND = "pmi recording"


class Folder:
    """One recording on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sign = path / "recording.json"
        self._journals = path / "journal"

    def found(self) -> None:
        """Make the folder a recording, or check that it is one.

        Raises:
            RequestError: it holds something else, or a newer recording.
            SettingsError: it cannot be written.
        """
        if self._sign.exists():
            self.check()
            return
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise RequestError(
                f"{self.path} is neither empty nor a recording", hint="name a folder of its own"
            )
        try:
            self._journals.mkdir(parents=True, exist_ok=True)
            fresh = self._sign.with_suffix(".tmp")
            fresh.write_text(json.dumps({"kind": _KIND, "schema_version": SCHEMA_VERSION}) + "\n")
            fresh.replace(self._sign)
        except OSError as error:
            raise SettingsError(
                f"{self.path} cannot be written: {error.strerror}", hint="choose another folder"
            ) from error

    def check(self) -> None:
        """Refuse a folder that is no recording, or one of a newer version.

        Raises:
            RequestError: which of the two it is.
        """
        try:
            sign: Any = json.loads(self._sign.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RequestError(
                f"{self.path} is no recording", hint="record one with `pmi record REF --out DIR`"
            ) from error
        known = isinstance(sign, dict) and sign.get("kind") == _KIND
        check_version(sign.get("schema_version") if known else None, str(self.path))

    @contextlib.contextmanager
    def owned(self) -> Iterator[None]:
        """Hold the folder for writing; it is given back when the process ends, however it ends.

        Raises:
            RequestError: another process records into it.
        """
        with (self.path / "recording.lock").open("w") as file:
            _lock(file, self.path)
            yield

    def journals(self) -> list[str]:
        """The chunks that are still journals, oldest first."""
        return sorted(path.stem for path in self._journals.glob("*.jsonl"))

    def journal(self, chunk: str) -> Path:
        """Where the journal of a chunk stands."""
        return self._journals / f"{chunk}.jsonl"

    def parts(self) -> dict[str, list[Path]]:
        """The finished files of each chunk."""
        found: dict[str, list[Path]] = {}
        for path in sorted(self.path.glob("venue=*/channel=*/date=*/*.parquet")):
            found.setdefault(path.stem, []).append(path)
        return found

    def part(self, chunk: str, venue: str, channel: str, date: str) -> Path:
        """Where the rows of a chunk for one venue, channel and day stand."""
        return self.path / f"venue={venue}" / f"channel={channel}" / f"date={date}" / f"{chunk}.parquet"

    def next_session(self) -> str:
        """The name of a new session, after all that are there."""
        newest = max([*self.journals(), *self.parts()], default="0")
        return f"{int(newest.partition('-')[0]) + 1:05d}"

    def sweep(self) -> None:
        """Remove files that a process was writing when it was killed."""
        for path in self.path.glob("venue=*/channel=*/date=*/*.tmp"):
            path.unlink(missing_ok=True)


def _lock(file: IO[str], path: Path) -> None:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise RequestError(
            f"another process records into {path}", hint="wait for its end, or name another folder"
        ) from error
