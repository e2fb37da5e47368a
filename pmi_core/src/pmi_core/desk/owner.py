"""Who is sending: a process proves that it lives by a lock that ends with it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import IO

from pmi_core.settings import private_folder

__all__ = ["Owner"]


class Owner:
    """This desk's own name, and whether another one still lives.

    A name is ``folder's id/nonce``; where files can be locked the desk holds the lock of its own file in
    ``folder`` for as long as its process runs.  Of owners with another folder nothing can be told.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)
        nonce = secrets.token_hex(8)
        self._place = _place(folder)
        self.name = f"{self._place}/{nonce}"
        self._path = folder / f"{nonce}.lock"
        self._file: IO[bytes] | None = self._path.open("ab") if os.name == "posix" else None
        if self._file is not None:
            _lock(self._file)

    def is_dead(self, name: str) -> bool:
        """Whether the owner of that name certainly runs no more; False where it cannot be told."""
        place, _, nonce = name.partition("/")
        if name == self.name or place != self._place or os.name != "posix":
            return False
        path = self._folder / f"{nonce}.lock"
        try:
            with path.open("rb") as file:
                dead = _lock(file)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        if dead:
            path.unlink(missing_ok=True)
        return dead

    def close(self) -> None:
        """Say that nothing more will come from this desk."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            self._file.close()
            self._file = None


def _place(folder: Path) -> str:
    """The id of a folder, made when it is first used."""
    path = folder / "id"
    try:
        with path.open("x", encoding="ascii") as file:
            file.write(secrets.token_hex(8))
            file.flush()
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")


def _lock(file: IO[bytes]) -> bool:
    """Take the lock of a file unless somebody has it."""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
