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
from typing import IO, Any, Final

from pmi_core.errors import RequestError, SettingsError
from pmi_core.history.disk import make_folder, place, sync_folder
from pmi_core.history.schema import SCHEMA_VERSION, check_version

__all__ = ["Folder"]

_KIND: Final = "pmi recording"
_SIGN_BEGINS: Final = b'{"kind": "%s", "schema_version": ' % _KIND.encode()


class Folder:
    """One recording on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sign = path / "recording.json"
        self._draft = self._sign.with_suffix(".tmp")
        self._hold = path / "recording.lock"
        self._journals = path / "journal"

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
        """Make the folder a recording, or check that it is one, and hold it for writing.

        It is given back when the process ends, however it ends.  What a first start left behind that
        was broken off is taken up.

        Raises:
            RequestError: it holds something else, a newer recording, or another process records into it.
            SettingsError: it cannot be written.
        """
        self._admit()
        with contextlib.ExitStack() as held:
            try:
                make_folder(self.path)
                _lock(held.enter_context(self._hold.open("w")), self.path)
                if not self._is_signed():
                    place(self._sign, _SIGN_BEGINS + b"%d}\n" % SCHEMA_VERSION)
                sync_folder(self.path)
                make_folder(self._journals)
            except OSError as error:
                raise self.unwritable(error) from error
            yield

    def _admit(self) -> None:
        try:
            if self._is_signed():
                self.check()
                return
            if not os.path.lexists(self.path) or (self.path.is_dir() and self._is_unfinished()):
                return
        except OSError as error:
            raise self.unwritable(error) from error
        raise RequestError(f"{self.path} is neither empty nor a recording", hint="name a folder of its own")

    def _is_signed(self) -> bool:
        """An empty sign is what a failure of the machine makes of one that was not yet on the disk."""
        return self._sign.exists() and (not self._sign.is_file() or self._sign.stat().st_size > 0)

    def _is_unfinished(self) -> bool:
        """Whether there is nothing but what a first start makes, and no row yet."""
        for path in self.path.iterdir():
            if path.is_symlink():
                return False
            if path == self._journals and path.is_dir() and not any(path.iterdir()):
                continue
            if path in (self._hold, self._sign) and path.is_file() and path.stat().st_size == 0:
                continue
            if path == self._draft and path.is_file() and _is_draft(path):
                continue
            return False
        return True

    def unwritable(self, error: OSError) -> SettingsError:
        """What to say where the folder cannot be opened for writing."""
        return SettingsError(
            f"{self.path} cannot be written: {error.strerror or error}",
            hint="make room or mend its rights, or choose another folder; what it holds can be read",
        )

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


def _is_draft(path: Path) -> bool:
    """Whether a file holds a sign, of whatever version, or the beginning of one."""
    if path.stat().st_size > 2 * len(_SIGN_BEGINS):
        return False
    return path.read_bytes()[: len(_SIGN_BEGINS)] == _SIGN_BEGINS[: path.stat().st_size]


def _lock(file: IO[str], path: Path) -> None:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if os.name != "nt" and not isinstance(error, BlockingIOError | PermissionError):
            raise
        raise RequestError(
            f"another process records into {path}", hint="wait for its end, or name another folder"
        ) from error
