"""The account file: what is refused, and what is never touched."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

import pytest

from pmi_core import OpenContext
from pmi_core.errors import BusyError, SettingsError
from pmi_provider_paper import PaperSettings, reset
from pmi_provider_paper.plugin import PROVIDER
from pmi_provider_paper.store import Store

pytestmark = pytest.mark.anyio


def foreign(path):
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE letters (a)")
    file.close()


def text(path):
    path.write_text("dear diary, this is not a database " * 10)


def short(path):
    path.write_bytes(b"SQLite format 3\0")


def cut(path):
    store = Store(path)
    store.begin()
    store.put_fact("cash", "1")
    store.commit()
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))


def later(path):
    Store(path).close()
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 99")
    file.close()


def nonsense(path):
    store = Store(path)
    store.begin()
    store._file.execute("INSERT INTO rows VALUES ('order', 'o1', '{\"id\": 7}')")
    store.commit()
    store.close()


def test_what_was_answered_is_on_the_disk(folder):
    """The system cannot be asked to lose its power; the database can be asked what it promises."""
    store = Store(folder / "account.sqlite")
    modes = [store._file.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    store.close()
    assert modes == ["wal", 2], "2 is FULL: the log is flushed to the disk at every commit"


@pytest.mark.parametrize("spoil", [foreign, text, short, cut, later, nonsense])
async def test_other_files_are_refused_and_left_alone(opened, folder, spoil):
    path = folder / "account.sqlite"
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(SettingsError) as refusal:
        async with opened():
            pass
    assert str(path) in str(refusal.value)
    assert refusal.value.hint
    assert path.read_bytes() == before


async def test_a_folder_is_no_file(opened, folder):
    with pytest.raises(SettingsError):
        async with opened(account_file=folder):
            pass


async def test_an_empty_file_is_a_new_account(opened, folder):
    (folder / "account.sqlite").touch()
    async with opened() as venue:
        assert (await venue.account.get_balance())[0].total == 10_000


async def test_the_file_can_be_named(opened, folder):
    path = folder / "deep" / "mine.sqlite"
    async with opened(account_file=path, starting_cash="250"):
        pass
    async with opened(account_file=path, starting_cash="999") as venue:
        assert (await venue.account.get_balance())[0].total == 250
    assert path.exists()
    assert not (folder / "account.sqlite").exists()


async def test_nothing_is_kept_without_a_folder(opened, folder):
    async with opened(keep=False) as venue:
        assert (await venue.account.get_balance())[0].total == 10_000
    assert list(folder.iterdir()) == []


async def test_a_writer_in_the_way_is_busy(opened, folder, monkeypatch):
    monkeypatch.setattr("pmi_provider_paper.store._BUSY_SECONDS", 0.05)
    async with opened() as venue:
        other = sqlite3.connect(folder / "account.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(BusyError):
                await venue.account.get_balance()
        finally:
            other.execute("ROLLBACK")
            other.close()
        assert (await venue.account.get_balance())[0].total == 10_000


async def test_reset_starts_over_under_an_open_venue(opened, folder, lively, order):
    async with opened() as venue:
        market = await lively(venue)
        await venue.orders.place_order(order(market.ref, market.yes.ask))
        assert (await venue.account.get_balance())[0].total < 10_000
        assert reset(PaperSettings(), folder=folder) == folder / "account.sqlite"
        assert (await venue.account.get_balance())[0].total == 10_000
        assert await venue.orders.find_by_client_id("anything") is None
        fresh = await venue.orders.place_order(order(market.ref, "0.02"))
        assert fresh.ref == "paper:o1"


async def test_reset_leaves_other_files_alone(folder):
    path = folder / "account.sqlite"
    foreign(path)
    before = path.read_bytes()
    with pytest.raises(SettingsError):
        reset(PaperSettings(), folder=folder)
    assert path.read_bytes() == before


def test_reset_finds_the_file_by_the_settings(folder, monkeypatch):
    monkeypatch.setenv("PMI_HOME", str(folder))
    assert reset(venue="practice") == folder / "venues" / "practice" / "account.sqlite"
    named = folder / "named.sqlite"
    assert reset(PaperSettings(account_file=named, starting_cash=Decimal(5))) == named


async def test_a_front_end_resets_without_knowing_the_provider(opened, clock, folder, lively, order):
    context = OpenContext(name="paper", settings=PaperSettings(), clock=clock, data_dir=folder)
    async with opened() as venue:
        market = await lively(venue)
        await venue.orders.place_order(order(market.ref, market.yes.ask))
    said = await PROVIDER.reset(context)
    assert str(folder / "account.sqlite") in said
    async with opened() as venue:
        assert (await venue.account.get_balance())[0].total == 10_000
    nowhere = OpenContext(name="paper", settings=PaperSettings(), clock=clock)
    assert await PROVIDER.reset(nowhere)
