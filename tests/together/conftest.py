"""A person at a terminal: the real `pmi` in a pseudo-terminal, with somebody who types."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pmi_mcp.terminal.app import app

PMI = str(Path(sys.executable).with_name("pmi"))
GUARD = 60.0
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


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
        self.home = home
        self.config = home / "pmi.toml"
        self.environ = {
            **inherited,
            "PMI_HOME": str(home),
            "PMI_CONFIG": str(self.config),
            "PYTHONIOENCODING": "utf-8",
            "TERM": "xterm",
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
        told = CliRunner().invoke(app, list(args), env={**self._unset, **self.environ, "COLUMNS": "100"})
        if told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        return Told(told.exit_code, told.stdout, told.stderr)

    def type(self, *args: str, answers: dict[str, str]) -> Told:
        """Run a command at a terminal, and type each answer when its question stands there."""
        pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
        master, slave = pty.openpty()
        environ = {**self.environ, "COLUMNS": "100", "LINES": "40"}
        process = subprocess.Popen(
            [PMI, *args], stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True
        )
        os.close(slave)
        said, waiting, end = "", dict(answers), time.monotonic() + GUARD
        try:
            while time.monotonic() < end and (piece := _read(master)) is not None:
                said = _CODES.sub("", said + piece)
                for question, answer in list(waiting.items()):
                    if question in said:
                        del waiting[question]
                        os.write(master, f"{answer}\n".encode())
            status = process.wait(timeout=GUARD)
        finally:
            process.kill()
            process.wait()
            os.close(master)
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


def _read(master: int) -> str | None:
    """What the command said next; None when it ended."""
    ready, _, _ = select.select([master], [], [], 1.0)
    if not ready:
        return ""
    try:
        return os.read(master, 65_536).decode("utf-8", "replace") or None
    except OSError:  # the other end was closed
        return None


@pytest.fixture
def practice(tmp_path):
    """A practice account that nobody used, in the environment of this process without its settings."""
    left_out = ("PMI_", "PYTHONUNBUFFERED")
    return Practice(
        tmp_path, {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    )
