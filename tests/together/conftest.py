"""A person at a terminal: the real `pmi` in a pseudo-terminal, with somebody who types."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pmi_mcp.terminal.app import app

PMI = str(Path(sys.executable).with_name("pmi"))
_FOUND = importlib.util.spec_from_file_location("pmi_typist", Path(__file__).parents[1] / "typist.py")
_typist = importlib.util.module_from_spec(_FOUND)
_FOUND.loader.exec_module(_typist)


@dataclass(frozen=True)
class Told:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str = ""

    @property
    def document(self):
        return json.loads(self.out)


class Practice:
    """A practice account of its own, and the commands that use it."""

    def __init__(self, home: Path, inherited: dict[str, str]) -> None:
        self.program = PMI
        self.home = home
        self.config = home / "pmi.toml"
        self.environ = {
            **inherited,
            "PMI_HOME": str(home),
            "PMI_CONFIG": str(self.config),
            "PYTHONIOENCODING": "utf-8",
            "TERM": "xterm",
            "COLUMNS": "100",
        }
        self._unset = {name: None for name in os.environ if name.startswith("PMI_")}
        self.configure()

    def configure(self, toml: str = "", policy: str = "") -> None:
        """Write the configuration; prices may move as they like between a preview and its yes."""
        text = f'[venues.paper]\n\n[policy]\ntolerance = "0.99"\n{policy}\n{toml}\n'
        self.config.write_text(text, encoding="utf-8")
        self.config.chmod(0o600)

    def run(self, *args: str) -> Told:
        """Run a command where nobody sits, in this process: starting another one costs most of a second."""
        told = CliRunner().invoke(app, list(args), env={**self._unset, **self.environ})
        if told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        return Told(told.exit_code, told.stdout, told.stderr)

    def type(self, *args: str, answers: dict[str, str]) -> Told:
        """Run a command at a terminal, and type each answer when its question stands there."""
        waiting = dict(answers)

        def answer(said: str) -> str | None:
            asked = next((question for question in waiting if question in said), None)
            return None if asked is None else waiting.pop(asked)

        status, said = _typist.type_at_terminal([PMI, *args], self.environ, answer)
        assert not waiting, f"never asked for {list(waiting)}:\n{said}"
        return Told(status, said)

    def market(self) -> str:
        """A market that both sides quote, and that stays open for longer than a test."""
        rows = self.run("search", "rain", "--json").document["items"]
        quoted = [row for row in rows if row["outcomes"][0]["bid"] and row["outcomes"][0]["ask"]]
        return max(quoted, key=lambda row: row["close_time"])["ref"]

    def orders(self):
        """Every order that the account ever placed."""
        return self.run("orders", "--all", "--json").document["items"]


@pytest.fixture
def practice(tmp_path):
    """A practice account that nobody used, in the environment of this process without its settings."""
    left_out = ("PMI_", "PYTHONUNBUFFERED")
    return Practice(
        tmp_path, {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    )


@pytest.fixture
def typist():
    """Somebody who reads what a command says and types."""
    return _typist
