"""Writes such that a failure of the machine, or a full disk, leaves the old or the new and no half.

A file is surely there only when its folder was synced as well, as well as the folder of a new folder.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Final

__all__ = ["make_folder", "place", "sync_folder", "write"]

_NOT_HERE: Final = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)


def write(file: int, said: bytes) -> None:
    """Hand everything to the system; OSError where only a part, or nothing, was taken."""
    rest = memoryview(said)
    while rest:
        rest = rest[os.write(file, rest) :]


def place(path: Path, said: bytes) -> None:
    """Have a whole file at ``path``; its folder is still to be synced.  A failure leaves nothing behind."""
    fresh = path.with_suffix(".tmp")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
    try:
        try:
            write(file, said)
            os.fsync(file)
        finally:
            os.close(file)
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


def make_folder(path: Path) -> None:
    """Have a folder, and those above it, surely on the disk."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Have the names in a folder on the disk, where this system lets a program ask for that."""
    try:
        file = os.open(path, os.O_RDONLY)
    except PermissionError:  # Windows opens no folders, and a folder that is not ours may hide its names
        return
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno not in _NOT_HERE:
            raise
    finally:
        os.close(file)
