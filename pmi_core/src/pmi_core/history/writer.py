"""Writes a recording: to a journal at once, to Parquet files now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import RequestError
from pmi_core.history.compacting import compact
from pmi_core.history.folder import Folder
from pmi_core.history.journal import Journal
from pmi_core.history.rows import MarketSeen
from pmi_core.history.schema import arrow
from pmi_core.models import Update

__all__ = ["Recording"]

_SYNC: Final = 1.0
"""Seconds between two times that everything is surely on the disk."""
_LINES: Final = 20_000
_AGE: Final = 60.0
"""A journal of so many rows or seconds becomes Parquet files."""


class Recording:
    """A folder that is being written to; use as an async context manager.

    What :meth:`put` was given survives the death of the process, and that of the machine but for the
    last second.  What an earlier process left behind is made whole when the folder is opened again.

    Args:
        path: an own folder; it is made where it does not exist.
        clock: gives the rhythm.

    Raises:
        RequestError: the folder holds something else, a newer recording, or is written by another process.
        PluginError: the extra ``history`` is not installed.
        SettingsError: the folder cannot be written.
    """

    def __init__(self, path: Path, *, clock: Clock | None = None) -> None:
        arrow()
        self.clock: Clock = clock or SystemClock()
        self.rows = 0
        """How many were put."""
        self.continues = False
        """Whether an earlier session stands in the folder."""
        self._folder = Folder(path)
        self._held = ExitStack()
        self._session = ""
        self._chunk = 0
        self._journal: Journal | None = None
        self._failure: OSError | None = None
        self._tending: asyncio.Task[None] | None = None
        self._work: asyncio.Future[None] | None = None
        """What a thread does to a file; it goes on when the task that waits for it is cancelled."""

    async def __aenter__(self) -> Self:
        self._folder.found()
        try:
            self._held.enter_context(self._folder.owned())
            await asyncio.to_thread(self._recover)
            self._session = self._folder.next_session()
            self.continues = int(self._session) > 1
            self._journal = self._turn()
        except BaseException:
            self._held.close()
            raise
        self._tending = asyncio.create_task(self._tend())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._tending is not None
        self._tending.cancel()
        await asyncio.wait({self._tending})
        if self._work is not None:
            await asyncio.wait({self._work})
        try:
            journal, self._journal = self._journal, None
            if journal is not None:
                journal.close()
            self._recover()
        except OSError as failed:
            if error is None:
                raise self._cannot(failed) from failed
        finally:
            self._held.close()

    def put(self, venue: str, said: Update | MarketSeen) -> None:
        """Write one row.

        Raises:
            RequestError: the disk is full, or fails otherwise.
        """
        if self._failure is not None:
            raise self._cannot(self._failure) from self._failure
        assert self._journal is not None, "the recording is open"
        self.rows += 1
        try:
            self._journal.append(self.rows, venue, said.model_dump_json().encode())
        except OSError as failed:
            raise self._cannot(failed) from failed

    def _turn(self) -> Journal:
        self._chunk += 1
        return Journal(self._folder.journal(f"{self._session}-{self._chunk:06d}"))

    def _recover(self) -> None:
        self._folder.sweep()
        for chunk in self._folder.journals():
            compact(self._folder, chunk)

    async def _tend(self) -> None:
        begun = self.clock.monotonic()
        try:
            while True:
                await self.clock.sleep(_SYNC)
                journal = self._journal
                assert journal is not None
                old = self.clock.monotonic() - begun >= _AGE
                if journal.lines and (old or journal.lines >= _LINES):
                    begun = self.clock.monotonic()
                    self._journal = self._turn()
                    await self._aside(self._finish, journal)
                else:
                    await self._aside(journal.sync)
        except OSError as failed:
            self._failure = failed

    async def _aside(self, work: Callable[..., None], *args: Journal) -> None:
        self._work = asyncio.ensure_future(asyncio.to_thread(work, *args))
        await asyncio.shield(self._work)

    def _finish(self, journal: Journal) -> None:
        journal.close()
        compact(self._folder, journal.path.stem)

    def _cannot(self, failed: OSError) -> RequestError:
        return RequestError(
            f"{self._folder.path} cannot be written: {failed.strerror or failed}",
            hint="what was recorded before can be read; make room, then record again",
        )
