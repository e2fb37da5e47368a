"""A first start that was broken off is started again, and nothing of a stranger's is taken for one."""

from __future__ import annotations

import sys

import pytest

from pmi_core.errors import RequestError, SettingsError
from pmi_core.history import Recorded, Recording
from pmi_core.testing.clock import ManualClock

pytestmark = pytest.mark.anyio

SIGN = b'{"kind": "pmi recording", "schema_version": 1}\n'


def lay(folder, files):
    folder.mkdir()
    for name, said in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.mkdir() if said is None else path.write_bytes(said)
    return folder


def seen(folder):
    return {path.relative_to(folder): path.is_file() and path.read_bytes() for path in folder.rglob("*")}


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"journal": None},
        {"recording.lock": b""},
        {"recording.lock": b"", "recording.tmp": b""},
        {"journal": None, "recording.tmp": SIGN[:17]},
        {"recording.tmp": SIGN},
        {"recording.lock": b"", "recording.json": b""},
        {"recording.lock": b"", "recording.json": SIGN},
    ],
    ids=lambda files: " ".join(files) or "nothing",
)
async def test_what_a_first_start_left_behind_is_taken_up(tmp_path, files):
    folder = lay(tmp_path / "rec", files)
    async with Recording(folder, clock=ManualClock()) as recording:
        assert not recording.continues
    assert (folder / "recording.json").read_bytes() == SIGN
    assert list(Recorded(folder).rows()) == []
    assert not (folder / "recording.tmp").exists()


@pytest.mark.parametrize(
    "files",
    [
        {"journal/monday.txt": b"dear diary"},
        {"journal": b"dear diary"},
        {"journal": None, "letter.txt": b""},
        {"recording.tmp": b"a song"},
        {"recording.tmp": SIGN + b"more than that" * 9},
        {"recording.lock": b"4711"},
        {"recording.json": b"", "take-1.wav": b"la"},
    ],
    ids=" ".join,
)
async def test_a_strangers_folder_is_refused_and_left_as_it_is(tmp_path, files):
    folder = lay(tmp_path / "rec", files)
    before = seen(folder)
    with pytest.raises(RequestError, match="neither empty nor a recording"):
        await Recording(folder).__aenter__()
    assert seen(folder) == before


@pytest.mark.skipif(sys.platform == "win32", reason="making a link needs a privilege there")
@pytest.mark.parametrize("name", ["journal", "recording.tmp", "recording.lock"])
async def test_a_link_is_nothing_that_a_first_start_makes(tmp_path, name):
    folder = lay(tmp_path / "rec", {})
    target = tmp_path / "elsewhere"
    target.mkdir() if name == "journal" else target.write_bytes(b"")
    (folder / name).symlink_to(target)
    with pytest.raises(RequestError, match="neither empty nor a recording"):
        await Recording(folder).__aenter__()


@pytest.mark.parametrize("room", [0, 10])
async def test_a_first_start_on_a_full_disk_can_be_done_again(tmp_path, disk, room):
    folder = tmp_path / "deep" / "rec"
    disk.room = room
    with pytest.raises(SettingsError, match="No space left"):
        await Recording(folder).__aenter__()
    disk.room = None
    async with Recording(folder, clock=ManualClock()) as recording:
        assert not recording.continues
