"""The database under the journal: one writer at a time, on disk before anything is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from pmi_core.desk.tables import SCHEMA, head, metadata, sa
from pmi_core.errors import PluginError, PmiError, SettingsError
from pmi_core.settings import private_folder

__all__ = ["GENESIS", "Store"]

GENESIS = "0" * 64
"""What the first row of a journal calls its predecessor."""
_LOCK = 7364001

Made = TypeVar("Made")


class Store:
    """An engine whose transactions begin as writers and end on disk.

    A file is read and written where the loop runs, because a statement takes less time than handing it
    to a thread; only what may wait, beginning and committing, goes to a thread.  A server is
    talked to asynchronously.  The statements are the same.

    Args:
        url: of the database; otherwise a file in ``folder``.
        folder: the data folder.
        sync: SQLite's ``synchronous``; anything but ``FULL`` is for measuring only.

    Raises:
        PluginError: the driver of the database is not installed.
        SettingsError: the address cannot be read.
    """

    def __init__(self, url: str | None, folder: Path, *, sync: str = "FULL") -> None:
        if url is None:
            private_folder(folder)
            url = f"sqlite:///{folder / 'journal.db'}"
        try:
            address = sa.make_url(url)
            self.is_file = address.get_backend_name() == "sqlite"
            self._engine: Any = _file(address, sync) if self.is_file else _server(address)
        except ModuleNotFoundError as error:
            raise PluginError(
                f"the driver {error.name!r} of the desk's database is not installed",
                hint="a file needs none; for PostgreSQL install: pip install 'pmi-core[desk,scale]'",
            ) from None
        except sa.exc.ArgumentError:
            raise SettingsError(
                "the desk's database is not an address that SQLAlchemy reads",
                hint="write for example database = 'postgresql+asyncpg://user@host/name' under [desk]",
            ) from None
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "pmi-journal") if self.is_file else None
        self._ready = False
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Any]:
        """One transaction that nobody else writes beside; committed at the end, undone on an error.

        Never wait for a network inside.

        Raises:
            PmiError: the database cannot be reached or written to.
        """
        if not self._ready:
            await self._open()
        try:
            async with self._transaction() as connection:
                if not self.is_file:
                    await connection.execute(sa.select(head.c.id).with_for_update())
                yield connection
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise _failed(error) from error

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Any]:
        """One transaction that only reads."""
        if not self._ready:
            await self._open()
        try:
            if self.is_file:
                with self._engine.connect() as connection:
                    yield _Inline(connection)
            else:
                async with self._engine.connect() as connection:
                    yield connection
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise _failed(error) from error

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Any]:
        if not self.is_file:
            async with self._engine.begin() as connection:
                yield connection
            return
        async with self._turn:
            connection = await self._apart(self._begin)
            try:
                yield _Inline(connection)
                await self._apart(connection.commit)
            finally:
                connection.close()  # undoes what is not committed

    def _begin(self) -> Any:
        connection = self._engine.connect()
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            connection.close()
            raise
        return connection

    async def _apart(self, work: Callable[[], Made]) -> Made:
        """Do what may wait in the thread; a caller that gives up still waits for its end."""
        task = asyncio.get_running_loop().run_in_executor(self._thread, work)
        given_up: asyncio.CancelledError | None = None
        while not task.done():
            try:
                await asyncio.shield(asyncio.wait([task]))
            except asyncio.CancelledError as error:
                given_up = error
        if given_up is None:
            return task.result()
        if task.exception() is None and isinstance(made := task.result(), sa.Connection):
            made.close()
        raise given_up

    async def _open(self) -> None:
        async with self._opening:
            if not self._ready:
                try:
                    async with self._transaction() as connection:
                        await self._make(connection)
                except (sa.exc.SQLAlchemyError, OSError) as error:
                    raise _failed(error) from error
                self._ready = True

    async def _make(self, connection: Any) -> None:
        if not self.is_file:  # two processes may start at once
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        await connection.run_sync(metadata.create_all)
        found = (await connection.execute(sa.select(head.c.schema))).scalar_one_or_none()
        if found is None:
            values = {"id": 1, "schema": SCHEMA, "seq": 0, "hash": GENESIS}
            await connection.execute(head.insert().values(values))
        elif found != SCHEMA:
            raise SettingsError(
                f"the desk's database has version {found} and this program writes version {SCHEMA}",
                hint="use the release that wrote it, or move it away to begin a new one"
                if found < SCHEMA
                else "use the release that wrote it, or a newer one",
            )

    async def aclose(self) -> None:
        """Give the connections back."""
        if self._thread is None:
            await self._engine.dispose()
            return
        async with self._turn:
            self._engine.dispose()
            self._thread.shutdown(wait=False)


class _Inline:
    """A connection to a file with the asynchronous face of one to a server."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    async def execute(self, *args: Any) -> Any:
        return self._connection.execute(*args)

    async def run_sync(self, work: Callable[[Any], Made]) -> Made:
        return work(self._connection)


def _failed(error: Exception) -> PmiError:
    origin = getattr(error, "orig", None) or error
    return PmiError(
        f"the desk's journal cannot be used ({type(origin).__name__}); nothing is sent without it",
        hint="see that its database runs, has room, and may be written to",
    )


def _server(address: sa.URL) -> Any:
    from sqlalchemy.ext.asyncio import create_async_engine

    return create_async_engine(address, pool_size=10, max_overflow=0, hide_parameters=True)


def _file(address: sa.URL, sync: str) -> sa.Engine:
    """An engine without the driver's habits: transactions begin where they are begun, as writers."""
    engine = sa.create_engine(
        address.set(drivername="sqlite"),
        connect_args={"check_same_thread": False, "timeout": 15.0, "isolation_level": None},
        pool_size=8,
        max_overflow=-1,
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", f"synchronous={sync}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine
