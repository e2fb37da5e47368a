"""The journal shows every edit, and holds no secret."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from pmi_core.desk import Desk
from pmi_core.errors import SettingsError

pytestmark = pytest.mark.anyio


@pytest.fixture
async def written(open_desk, venue, draft, approved, tmp_path):
    async with open_desk(venue) as desk:
        for _ in range(3):
            await desk.send(await approved(desk, draft()))
        assert (await desk.verify()).whole
    return tmp_path / "home" / "desk" / "journal.db"


EDITS = {
    "a body": "UPDATE journal SET body = replace(body, '0.51', '0.61') WHERE seq = 4",
    "a kind": "UPDATE journal SET kind = 'refusal' WHERE seq = 3",
    "a time": "UPDATE journal SET time = '2020-01-01T00:00:00Z' WHERE seq = 2",
    "a row taken out": "DELETE FROM journal WHERE seq = 7",
    "the last row taken off": "DELETE FROM journal WHERE seq = 15",
    "two rows changed places": "UPDATE journal SET seq = CASE seq WHEN 2 THEN -3 ELSE 2 END WHERE seq IN (2, 3);"
    "UPDATE journal SET seq = 3 WHERE seq = -3",
    "an order that nobody wrote down": "INSERT INTO intents SELECT 'x', code, 9, kind, venue, market, state, "
    "owner, created, units, scopes, body, order_ref, answer, mandate FROM intents LIMIT 1",
    "an order forgotten": "DELETE FROM intents WHERE rowid = 1",
}


@pytest.mark.parametrize("edit", EDITS)
async def test_an_edit_is_found(open_desk, venue, written, edit):
    engine = sa.create_engine(f"sqlite:///{written}")
    with engine.begin() as connection:
        for statement in EDITS[edit].split(";"):
            connection.execute(sa.text(statement))
    engine.dispose()
    async with open_desk(venue) as desk:
        assert not (await desk.verify()).whole


async def test_a_hash_kept_elsewhere_finds_a_journal_cut_short(open_desk, venue, written):
    async with open_desk(venue) as desk:
        noted = await desk.verify()
        lines = [json.loads(line) async for line in desk.export()]
        assert [line["seq"] for line in lines] == list(range(1, 16))
        assert lines[-1]["hash"] == noted.hash
    engine = sa.create_engine(f"sqlite:///{written}")
    with engine.begin() as connection:
        last = connection.execute(sa.text("SELECT hash FROM journal WHERE seq = 10")).scalar_one()
        connection.execute(sa.text("DELETE FROM intents WHERE rowid = 3"))
        connection.execute(sa.text("DELETE FROM journal WHERE seq > 10"))
        connection.execute(sa.text("UPDATE head SET seq = 10, hash = :h"), {"h": last})
    engine.dispose()
    async with open_desk(venue) as desk:
        assert (await desk.verify()).whole
        assert (await desk.verify(noted.hash)).faults == (f"no row has the hash {noted.hash}",)


async def test_no_secret_enters_the_journal(open_desk, venue, draft, approved, tmp_path, monkeypatch):
    import desk_double
    from pydantic import SecretStr

    from pmi_core import InvalidOrder, OrderRefused
    from pmi_core.settings import ProviderSettings

    class Keyed(ProviderSettings):
        key: SecretStr = SecretStr("hunter2-hunter2")

    monkeypatch.setattr(desk_double, "Settings", Keyed)

    async def tell(request):
        raise OrderRefused("the key hunter2-hunter2 is not welcome")

    venue.hook = tell
    async with open_desk(venue) as desk:
        with pytest.raises(InvalidOrder, match="secret"):
            await desk.preview(draft(intent="use hunter2-hunter2"))
        (one,) = (await desk.send(await approved(desk, draft()))).orders
        assert "hunter2" not in one.reason
    written = b"".join(path.read_bytes() for path in (tmp_path / "home" / "desk").iterdir() if path.is_file())
    assert b"not shown" in written
    assert b"hunter2" not in written


@pytest.mark.parametrize("change, says", [(-1, "move it away"), (1, "or a newer one")])
async def test_a_database_of_another_version_is_left_alone(open_desk, venue, draft, tmp_path, change, says):
    async with open_desk(venue) as desk:
        await desk.preview(draft())
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'home' / 'desk' / 'journal.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE head SET schema = schema + :change"), {"change": change})
    engine.dispose()
    async with open_desk(venue) as desk:
        with pytest.raises(SettingsError, match=f"this program writes version.*{says}"):
            await desk.preview(draft())


async def test_a_missing_extra_is_named(tmp_path):
    import subprocess
    import sys

    script = (
        "import sys; sys.modules['sqlalchemy'] = None\n"
        "from pmi_core import PluginError\n"
        "try:\n    from pmi_core.desk import Desk\n"
        "except PluginError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "pip install 'pmi-core[desk]'" in done.stdout
    assert Desk.__module__ == "pmi_core.desk.desk"
