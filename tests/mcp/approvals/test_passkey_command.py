"""`pmi passkey add | list | remove`."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from pmi_mcp.terminal.app import app

_spec = importlib.util.spec_from_file_location("command_virtual", Path(__file__).with_name("virtual.py"))
virtual = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(virtual)


@pytest.fixture
def pmi(tmp_path, monkeypatch):
    config = tmp_path / "pmi.toml"
    config.touch(mode=0o600)
    monkeypatch.setenv("PMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PMI_CONFIG", str(config))

    def run(*words):
        done = CliRunner().invoke(app, ["passkey", *words])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


@pytest.fixture
def at_terminal(monkeypatch):
    """Somebody sits there, and their browser does what the page says."""
    monkeypatch.setattr("pmi_mcp.terminal.person.is_there", lambda: True)
    monkeypatch.setattr("pmi_mcp.approvals.enrolment.new_code", lambda: "7K2M-Q4XD")
    monkeypatch.setattr("pmi_mcp.approvals.enrolment._PARTING", 0.0)
    soft = virtual.SoftKey()

    async def browse(address):
        origin = address.rpartition("/")[0]
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
        async with httpx2.AsyncClient(headers=headers) as browser:
            shown = (await browser.get(address)).text
            seal = re.search(r'name="seal" value="(\w+)"', shown)[1]
            begun = await browser.post(f"{address}/begin", json={"seal": seal, "code": "7K2M-Q4XD"})
            credential = soft.create(begun.json()["options"], origin)
            ended = await browser.post(f"{address}/end", json={"seal": seal, "credential": credential})
            assert ended.status_code == 200, ended.text
        return True

    monkeypatch.setattr("pmi_mcp.approvals.browser.open_browser", browse)
    return soft


def test_only_a_person_at_a_terminal_enrols(pmi):
    done = pmi("add")
    assert done.exit_code == 4
    assert "only a person at a terminal" in done.stderr
    assert pmi("list").exit_code == 1


def test_enrol_list_and_remove(pmi, at_terminal):
    done = pmi("add", "--name", "laptop")
    assert done.exit_code == 0, done.stderr
    assert "laptop" in done.stdout
    assert "7K2M-Q4XD" in done.stderr
    listed = json.loads(pmi("list", "--json").stdout)
    assert [(one["name"], one["used"]) for one in listed["passkeys"]] == [("laptop", None)]
    assert pmi("remove", "desktop").exit_code == 1
    assert pmi("remove", "laptop").exit_code == 0
    assert pmi("list").exit_code == 1
    journal = CliRunner().invoke(app, ["audit", "export"]).stdout
    told = [json.loads(line) for line in journal.splitlines()]
    assert [one["body"]["what"] for one in told if one["kind"] == "passkey"] == ["added", "removed"]


@pytest.mark.parametrize("name", ["", "two\nlines", "x" * 61, "\u202eevil"])
def test_a_name_is_one_plain_line(pmi, at_terminal, name):
    assert pmi("add", "--name", name).exit_code == 2


def test_the_face_of_the_page_loads_nothing_heavy():
    heavy = {"starlette", "uvicorn", "jinja2", "fido2", "sqlalchemy", "cryptography"}
    script = f"import sys; from pmi_mcp.approvals import PageSettings\nprint(*({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
    script = f"import sys; from pmi_mcp.approvals import ApprovalPage\nprint(*({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
