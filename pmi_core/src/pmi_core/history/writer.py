"""Writes a recording: to a journal at once, to Parquet files now and then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import PmiError, RequestError
from pmi_core.history.compacting import compact
from pmi_core.history.folder import Folder
from pmi_core.history.journal import Journal
from pmi_core.history.rows import MarketSeen
from pmi_core.history.schema import arrow
from pmi_core.models import ConnectionState, ConnectionUpdate, Update
from pmi_core.numbers import counted

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

    Where the disk is full an update is not recorded, and :meth:`put` says so; what is put when there is
    room again comes after a row of the state ``gap``.  What fails beside that (syncing, making Parquet
    files) ends the recording: every later :meth:`put` and the end of the context say so.

    Args:
        path: an own folder; it is made where it does not exist.
        clock: gives the rhythm.

    Raises:
        RequestError: the folder holds something else, a newer recording, or is written by another process;
            at the end: not everything could be written.
        PluginError: the extra ``history`` is not installed.
        SettingsError: the folder cannot be written.
    """

    def __init__(self, path: Path, *, clock: Clock | None = None) -> None:
        arrow()
        self.clock: Clock = clock or SystemClock()
        self.rows = 0
        """How many were written."""
        self.lost = 0
        """How many were put and could not be written."""
        self.continues = False
        """Whether an earlier session stands in the folder."""
        self._folder = Folder(path)
        self._held = ExitStack()
        self._session = ""
        self._chunk = 0
        self._journal: Journal | None = None
        self._failure: BaseException | None = None
        self._untold: dict[str, int] = {}
        """By venue: losses that no row speaks of yet."""
        self._tending: asyncio.Task[None] | None = None
        self._works: set[asyncio.Future[None]] = set()
        """What threads do to files; it goes on when the task that waits for it is cancelled."""
        self._limits: set[asyncio.Timeout] = set()

    async def __aenter__(self) -> Self:
        try:
            self._held.enter_context(self._folder.owned())
            await asyncio.to_thread(self._recover)
            self._session = self._folder.next_session()
            self.continues = int(self._session) > 1
            self._journal = self._turn()
        except OSError as error:
            self._held.close()
            raise self._folder.unwritable(error) from error
        except BaseException:
            self._held.close()
            raise
        self._tending = asyncio.create_task(self._tend())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._tending is not None
        try:
            self._tending.cancel()
            await asyncio.wait({self._tending, *self._works})
            for work in self._works:
                if failed := work.exception():
                    self._fail(failed)
            self._end()
        finally:
            self._held.close()
        if self._failure is None:
            return
        found = self._cannot(self._failure)
        if error is None or isinstance(error, PmiError | asyncio.CancelledError):
            raise found from self._failure
        error.add_note(str(found))

    @property
    def is_over(self) -> bool:
        """Whether it has failed for good, so that nothing can be put any more."""
        return self._failure is not None

    def put(self, venue: str, said: Update | MarketSeen) -> None:
        """Write one row.

        Raises:
            RequestError: the disk is full, or fails otherwise; it says how many were not recorded.
        """
        failed: BaseException | None = self._failure
        if failed is None:
            try:
                if self._untold:
                    self._tell()
                self._write(venue, said)
            except OSError as error:
                failed = error
            else:
                return
        self.lost += 1
        self._untold[venue] = self._untold.get(venue, 0) + 1
        raise self._cannot(failed) from failed

    @asynccontextmanager
    async def lasting(self) -> AsyncIterator[None]:
        """Break the body off when the recording fails while nothing is put.

        Raises:
            RequestError: it failed.
        """
        self._check()
        limit = asyncio.timeout(None)
        self._limits.add(limit)
        try:
            async with limit:
                yield
        except TimeoutError:
            if limit.expired():
                self._check()
            raise
        finally:
            self._limits.discard(limit)

    def _write(self, venue: str, said: Update | MarketSeen) -> None:
        assert self._journal is not None, "the recording is open"
        try:
            self._journal.append(self.rows + 1, venue, said.model_dump_json().encode())
        except OSError as failed:
            if self._journal.is_torn:
                self._fail(failed)
            raise
        self.rows += 1

    def _tell(self) -> None:
        for venue, lost in list(self._untold.items()):
            reason = f"the folder could not be written: {counted(lost, 'update')} not recorded"
            now = self.clock.now()
            self._write(venue, ConnectionUpdate(state=ConnectionState.GAP, reason=reason, received_time=now))
            del self._untold[venue]

    def _turn(self) -> Journal:
        self._chunk += 1
        return Journal(self._folder.journal(f"{self._session}-{self._chunk:06d}"))

    def _recover(self) -> None:
        self._folder.sweep()
        for chunk in self._folder.journals():
            compact(self._folder, chunk)

    def _end(self) -> None:
        assert self._journal is not None
        steps: list[Callable[[], None]] = [self._journal.close, self._recover]
        if self._failure is None:
            steps.insert(0, self._tell)
        for step in steps:
            try:
                step()
            except Exception as failed:  # noqa: BLE001 - the steps after it are still to be done
                self._fail(failed)
        self._journal = None

    async def _tend(self) -> None:
        begun = self.clock.monotonic()
        try:
            while True:
                await self.clock.sleep(_SYNC)
                self._look()
                journal = self._journal
                assert journal is not None
                old = self.clock.monotonic() - begun >= _AGE
                if journal.lines and (old or journal.lines >= _LINES) and not self._works:
                    begun = self.clock.monotonic()
                    journal, finished = self._turn(), journal
                    self._journal = journal
                    self._works.add(_aside(self._finish, finished))
                # Beside that, as making Parquet files may take longer than a second.
                self._works.add(syncing := _aside(journal.sync))
                await asyncio.wait({syncing})
                self._look()
        except Exception as failed:  # noqa: BLE001 - without syncing nothing may be put any more
            self._fail(failed)

    def _look(self) -> None:
        for work in [work for work in self._works if work.done()]:
            self._works.discard(work)
            work.result()

    def _finish(self, journal: Journal) -> None:
        journal.close()
        compact(self._folder, journal.path.stem)

    def _fail(self, failed: BaseException) -> None:
        if self._failure is None:
            self._failure = failed
            for limit in self._limits:
                limit.reschedule(asyncio.get_running_loop().time())

    def _check(self) -> None:
        if self._failure is not None:
            raise self._cannot(self._failure) from self._failure

    def _cannot(self, failed: BaseException) -> RequestError:
        if isinstance(failed, PmiError):
            reason = failed.message
        else:
            reason = (isinstance(failed, OSError) and failed.strerror) or repr(failed)
        lost = f" ({counted(self.lost, 'update')} not recorded)" if self.lost else ""
        return RequestError(
            f"{self._folder.path} cannot be written: {reason}{lost}",
            hint="what was recorded before can be read; make room, then record again",
        )


def _aside(work: Callable[..., None], *args: Journal) -> asyncio.Future[None]:
    return asyncio.ensure_future(asyncio.to_thread(work, *args))
