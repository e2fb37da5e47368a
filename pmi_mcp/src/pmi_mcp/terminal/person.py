"""The person at the terminal: whether one is there, who it is, and what they type."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from contextlib import suppress

__all__ = ["ask", "is_there", "name"]

_LONGEST = 1_000


def is_there() -> bool:
    """Whether somebody can be asked: sees what is printed and the question, and can type."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def name() -> str:
    """Who sits at the terminal, for the journal."""
    import getpass

    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "somebody"
    with suppress(OSError, AttributeError, ValueError):
        return f"{user} at {os.ttyname(sys.stdin.fileno())}"
    return f"{user} at no terminal"


async def ask(question: str, seconds: float) -> str | None:
    """Ask on standard error and read one line; None when time ran out or the input ended.

    What was typed before the question stood there does not count.
    """
    sys.stdout.flush()
    _forget_what_was_typed()
    sys.stderr.write(question)
    sys.stderr.flush()
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        # Not through sys.stdin: its lock would be held while the interpreter ends.
        try:
            line = os.read(sys.stdin.fileno(), _LONGEST).decode(errors="replace")
        except OSError:
            line = ""
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(give, line)

    def give(line: str) -> None:
        if not answer.done():
            answer.set_result(line)

    threading.Thread(target=read, daemon=True, name="terminal").start()
    try:
        async with asyncio.timeout(max(seconds, 0)):
            line = await answer
    except TimeoutError:
        line = ""
    except asyncio.CancelledError:
        sys.stderr.write("\n")
        raise
    if not line.endswith("\n"):
        sys.stderr.write("\n")
        return None
    return line.strip()


def _forget_what_was_typed() -> None:
    try:
        import termios
    except ImportError:
        return
    with suppress(OSError, termios.error):
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
