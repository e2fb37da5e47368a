"""A person at a pseudo-terminal: reads what a command says and types when it asks."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

import pytest

__all__ = ["type_at_terminal"]

_GUARD = 60.0
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


def type_at_terminal(
    command: Sequence[str], environ: Mapping[str, str] | None, answer: Callable[[str], str | None]
) -> tuple[int, str]:
    """Run a command to its end; give its exit status and all that it said, without colours.

    Args:
        command: the program and its arguments.
        environ: the whole environment; that of this process when None.
        answer: what to type after this was said since the last answer; None to wait for more.
    """
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environ,
        start_new_session=True,
    )
    os.close(slave)
    said, heard, end = "", 0, time.monotonic() + _GUARD
    try:
        while time.monotonic() < end and (piece := _read(master)) is not None:
            said = _CODES.sub("", said + piece)
            if (line := answer(said[heard:])) is not None:
                heard = len(said)
                os.write(master, f"{line}\n".encode())
        return process.wait(timeout=_GUARD), said
    finally:
        process.kill()
        process.wait()
        os.close(master)


def _read(master: int) -> str | None:
    """What was said next; None when the command has ended."""
    ready, _, _ = select.select([master], [], [], 1.0)
    if not ready:
        return ""
    try:
        return os.read(master, 65_536).decode("utf-8", "replace") or None
    except OSError:  # the other end was closed
        return None
