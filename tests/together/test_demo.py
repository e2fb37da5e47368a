"""``pmi demo`` as a newcomer runs it, and what it says where it cannot go on."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

RUN = [sys.executable, "-c", "from pmi_mcp.terminal import main; main()", "demo"]
STEPS = (
    "Which venues are there?",
    "What is asked about rain?",
    "What exactly is the question?",
    "What can be traded, at which price?",
    "How did the price get there?",
    "What could I spend?",
    "Buy ten contracts of YES.",
    "What do I have now?",
    "Bid for ten more, far below the market.",
    "Take that back.",
    "What was written down about it?",
)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    unreachable = "http://127.0.0.1:9"  # whoever asked a network through this would fail
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"HOME": str(home), "PMI_HOME": str(home), "COLUMNS": "80"}.items():
            patch.setenv(name, value)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patch.setenv(name, unreachable)
        patch.setenv("PYTHONIOENCODING", "utf-8")
        run = subprocess.run(RUN, cwd=home, capture_output=True, timeout=60, check=False, encoding="utf-8")
    return run, home


def test_the_session_is_played_to_its_end(told):
    run, _ = told
    assert run.returncode == 0, run.stderr
    places = [run.stdout.find(step) for step in STEPS]
    assert -1 not in places
    assert places == sorted(places)
    assert "10000 USD available of 10000" in run.stdout
    assert "paper:RAIN-" in run.stdout
    assert any("⠀" < letter <= "⣿" for letter in run.stdout), "the candles are drawn"


def test_every_order_is_shown_to_the_person_and_approved_by_nobody_else(told):
    said = told[0].stdout
    assert said.count("The server asks the person, not the assistant:") == 2
    assert said.count("Here the demonstration does, in the person's place.") == 2
    assert "filled  " in said
    assert "  open " in said
    assert said.find("Take that back") < said.rfind("is canceled")
    assert "rows, whole" in said


def test_nothing_is_said_on_the_side_and_nothing_is_left_behind(told):
    run, home = told
    assert run.stderr == ""
    assert "\x1b" not in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 400
    assert list(home.iterdir()) == [], "the account of the demonstration is its own"


def test_without_the_practice_exchange_it_says_what_to_install(monkeypatch):
    from pmi_mcp.terminal.app import app

    monkeypatch.setattr("pmi_mcp.terminal.demo._VENUE", "nonesuch")
    result = CliRunner().invoke(app, ["demo"])
    assert result.exit_code == 1
    assert "no provider 'nonesuch' is installed" in result.stderr
    assert "Traceback" not in result.stderr
