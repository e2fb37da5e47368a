"""A disk that is full, that fails, and whose machine loses power, as the test says."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path

import pytest


class Disk:
    """Stands between ``os`` and the files below one folder.

    It knows what would be there after a failure of the machine: of a file what was in it when it was
    synced, of a folder the names when that was synced; what was removed may be gone at once.
    """

    def __init__(self, root):
        self.root = root
        self.room = None
        self.broken = set()
        self.removed = []
        self._real = {name: getattr(os, name) for name in self.CALLS}
        self._paths = {}
        self._said = {}
        self._names = {}

    CALLS = ("open", "close", "write", "fsync", "ftruncate", "unlink")

    def open(self, path, flags, *args, **options):
        file = self._real["open"](path, flags, *args, **options)
        if "dir_fd" not in options and Path(path).is_relative_to(self.root):
            self._paths[file] = Path(path)
            if flags & (os.O_TRUNC | os.O_EXCL):
                self._said.pop(os.fstat(file).st_ino, None)
        return file

    def close(self, file):
        self._paths.pop(file, None)
        self._real["close"](file)

    def write(self, file, said):
        if file not in self._paths or self.room is None:
            return self._real["write"](file, said)
        self._may("write")
        if len(said) and not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = self._real["write"](file, said[: self.room])
        self.room -= taken
        return taken

    def ftruncate(self, file, length):
        self._may("ftruncate")
        self._real["ftruncate"](file, length)

    def fsync(self, file):
        self._may("fsync")
        self._real["fsync"](file)
        path = self._paths[file]
        if path.is_dir():
            self._names[path] = {child.name: child.stat().st_ino for child in path.iterdir()}
        else:
            self._said[path.stat().st_ino] = path.read_bytes()

    def unlink(self, path, *args, **options):
        self._real["unlink"](path, *args, **options)
        self._names.get(Path(path).parent, {}).pop(Path(path).name, None)
        self.removed.append(Path(path).name)

    def _may(self, call):
        if call in self.broken:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def after_power_loss(self, target, source=None):
        """Write into a folder what is left when the power fails now."""
        source = source or self.root
        for name, inode in self._names.get(source, {}).items():
            if (source / name).is_dir():
                (target / name).mkdir()
                self.after_power_loss(target / name, source / name)
            else:
                (target / name).write_bytes(self._said.get(inode, b""))
        return target


@pytest.fixture
def disk(tmp_path, monkeypatch):
    """All that is written below ``tmp_path`` goes through it, in the thread of the test."""

    async def at_once(work, *args):
        return work(*args)

    found = Disk(tmp_path)
    for name in Disk.CALLS:
        monkeypatch.setattr(os, name, getattr(found, name))
    monkeypatch.setattr(asyncio, "to_thread", at_once)
    return found
