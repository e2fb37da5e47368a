"""The database under the journal: one writer at a time, on disk before anything is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pmi_core.desk.tables import SCHEMA, head, metadata, sa
from pmi_core.errors import PluginError, PmiError, SettingsError
from pmi_core.settings import private_folder

__all__ = ["GENESIS", "Store"]

GENESIS = "0" * 64
"""What the first row of a journal calls its predecessor."""


class Store:
    """An engine whose transactions begin as writers and end on disk.

    Args:
        url: of the database; otherwise a file in ``folder``.
        folder: the data folder.
        sync: SQLite's ``synchronous``; anything but ``FULL`` is for measuring only.

    Raises:
        PluginError: the driver of the database is not installed.
    """

    def __init__(self, url: str | None, folder: Path, *, sync: str = "FULL") -> None:
        from sqlalchemy.ext.asyncio import create_async_engine

        self.is_file = url is None or url.startswith("sqlite")
        if url is None:
            private_folder(folder)
            url = f"sqlite+aiosqlite:///{folder / 'journal.db'}"
        options: dict[str, Any] = {"pool_size": 1} if self.is_file else {"pool_size": 10}
        try:
            self.engine = create_async_engine(url, max_overflow=0, hide_parameters=True, **options)
        except ModuleNotFoundError as error:
            raise PluginError(
                f"the driver {error.name!r} of the desk's database is not installed",
                hint="install the extras: pip install 'pmi-core[desk,scale]'",
            ) from None
        except sa.exc.ArgumentError:
            raise SettingsError(
                "the desk's database is not an address that SQLAlchemy reads",
                hint="write for example database = 'postgresql+asyncpg://user@host/name' under [desk]",
            ) from None
        if self.is_file:
            _obey(self.engine.sync_engine, sync)
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
            async with self.engine.begin() as connection:
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
            async with self.engine.connect() as connection:
                yield connection
                await connection.rollback()
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise _failed(error) from error

    async def _open(self) -> None:
        async with self._opening:
            if not self._ready:
                try:
                    await self._make()
                except (sa.exc.SQLAlchemyError, OSError) as error:
                    raise _failed(error) from error
                self._ready = True

    async def _make(self) -> None:
        async with self.engine.begin() as connection:
            if not self.is_file:  # two processes may start at once
                await connection.execute(sa.text("SELECT pg_advisory_xact_lock(7364001)"))
            await connection.run_sync(metadata.create_all)
            found = (await connection.execute(sa.select(head.c.schema))).scalar_one_or_none()
            if found is None:
                values = {"id": 1, "schema": SCHEMA, "seq": 0, "hash": GENESIS}
                await connection.execute(head.insert().values(values))
            elif found != SCHEMA:
                raise SettingsError(
                    f"the desk's database has version {found} and this program writes version {SCHEMA}",
                    hint="use the release that wrote it, or a newer one",
                )

    async def aclose(self) -> None:
        """Give the connections back."""
        await self.engine.dispose()


def _failed(error: Exception) -> PmiError:
    origin = getattr(error, "orig", None) or error
    return PmiError(
        f"the desk's journal cannot be used ({type(origin).__name__}); nothing is sent without it",
        hint="see that its database runs, has room, and may be written to",
    )


def _obey(engine: Any, sync: str) -> None:
    """Take the driver's habits away: transactions begin here, and as writers."""

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", f"synchronous={sync}", "busy_timeout=15000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
