"""The account file: one SQLite database, on the disk before anything is answered.

Several processes may open the same file: every turn is one transaction, and a process whose file
was changed by another one reads it again first.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from pmi_core.errors import BusyError, SettingsError, VenueError
from pmi_provider_paper.records import Record

__all__ = ["Store", "account_path"]

Kind = TypeVar("Kind", bound=Record)

_APPLICATION: Final = 0x504D4950
_VERSION: Final = 1
_MAGIC: Final = b"SQLite format 3\0"
_BUSY_SECONDS: Final = 5.0
_ASIDE: Final = "move the file away, or name another one as account_file; it is left as it is"

_SCHEMA: Final = f"""
PRAGMA application_id = {_APPLICATION};
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rows (
    kind TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
PRAGMA user_version = {_VERSION};
"""

_ENCODER: Final = msgspec.json.Encoder(decimal_format="string")


def account_path(account_file: Path | None, data_dir: Path | None) -> Path | None:
    """Where an account is kept, given the setting and the venue's folder; None for nowhere."""
    if account_file is not None:
        return account_file.expanduser()
    return None if data_dir is None else data_dir / "account.sqlite"


class Store:
    """Rows by kind and id, and a few facts, inside explicit turns.

    Args:
        path: the file; None keeps the account in memory.

    Raises:
        SettingsError: the file is damaged, belongs to another program or a later version, or
            cannot be opened.  It is never overwritten.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        if path is not None:
            _look_at(path)
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(
                ":memory:" if path is None else path,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(f"the account file {path} cannot be opened: {error}", hint=_ASIDE) from None
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._file.close()
            raise SettingsError(f"the account file {path} is damaged: {error}", hint=_ASIDE) from None
        except SettingsError:
            self._file.close()
            raise
        self._seen = self._data_version()

    def _prepare(self) -> None:
        file = self._file
        version = file.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise SettingsError(
                f"the account file {self.path} was written by a later version of pmi-provider-paper",
                hint="update the package, or name another file as account_file",
            )
        if version == 0:
            # Before write-ahead logging begins, so that the mark stands in the file's own head.
            file.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")  # costs milliseconds where something changed, else nothing
        verdict = file.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)

    def _data_version(self) -> int:
        found: int = self._file.execute("PRAGMA data_version").fetchone()[0]
        return found

    def begin(self) -> None:
        """Start a turn: nobody else writes until it ends.

        Raises:
            BusyError: another process holds the file.
            VenueError: the file cannot be used any more.
        """
        try:
            self._file.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise BusyError(
                    f"another process holds the account file {self.path}", retry_after=1.0
                ) from None
            raise VenueError(f"the account file {self.path} cannot be written: {error}") from None
        except sqlite3.Error as error:
            raise VenueError(f"the account file {self.path} cannot be written: {error}") from None

    def was_changed(self) -> bool:
        """Whether another process wrote since the last time this was asked."""
        version = self._data_version()
        changed, self._seen = version != self._seen, version
        return changed

    def commit(self) -> None:
        """End the turn; what it wrote survives the end of the process from here on.

        Raises:
            VenueError: the disk did not take it.
        """
        try:
            self._file.execute("COMMIT")
        except sqlite3.Error as error:
            self.roll_back()
            raise VenueError(f"the account file {self.path} could not be written: {error}") from None

    def roll_back(self) -> None:
        """End the turn and forget what it wrote."""
        if self._file.in_transaction:
            self._file.execute("ROLLBACK")

    def put(self, kind: str, record: Record) -> None:
        """Write a record."""
        self._file.execute(
            "INSERT OR REPLACE INTO rows (kind, id, body) VALUES (?, ?, ?)",
            (kind, record.id, _ENCODER.encode(record)),
        )

    def all(self, kind: str, shape: type[Kind]) -> Iterator[Kind]:
        """Every record of a kind.

        Raises:
            SettingsError: a row is not what was once written.
        """
        decoder = msgspec.json.Decoder(shape)
        for (body,) in self._file.execute("SELECT body FROM rows WHERE kind = ?", (kind,)):
            try:
                yield decoder.decode(body)
            except msgspec.DecodeError as error:
                raise SettingsError(
                    f"the account file {self.path} holds a {kind} that cannot be read: {error}", hint=_ASIDE
                ) from None

    def fact(self, name: str) -> str | None:
        """A single value, or None where it was never written."""
        row: tuple[Any, ...] | None = self._file.execute(
            "SELECT value FROM facts WHERE name = ?", (name,)
        ).fetchone()
        return None if row is None else row[0]

    def put_fact(self, name: str, value: str) -> None:
        """Write a single value."""
        self._file.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", (name, value))

    def account(self) -> str:
        """The id of the account, made when it is first asked for; one that starts over gets another.

        Within a turn.
        """
        found = self.fact("account")
        if found is None:
            found = secrets.token_hex(6)
            self.put_fact("account", found)
        return found

    def clear(self) -> None:
        """Forget everything; the file stays."""
        self._file.execute("DELETE FROM rows")
        self._file.execute("DELETE FROM facts")

    def close(self) -> None:
        """Give the file back; may be called twice."""
        self._file.close()


def _look_at(path: Path) -> None:
    """Refuse a file of somebody else before any database library touches it."""
    try:
        with path.open("rb") as file:
            head = file.read(72)
    except FileNotFoundError:
        return
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(f"the account file {path} cannot be read: {reason}", hint=_ASIDE) from None
    if not head:
        return
    if len(head) < 72 or not head.startswith(_MAGIC):
        raise SettingsError(f"{path} is not an account file of the paper exchange", hint=_ASIDE)
    if int.from_bytes(head[68:72], "big") != _APPLICATION:
        raise SettingsError(f"{path} is a database of another program", hint=_ASIDE)
