"""Opens the person's browser, apart from this process's input and output."""

from __future__ import annotations

import asyncio
import sys

__all__ = ["open_browser"]

_OPEN = "import sys, webbrowser; sys.exit(0 if webbrowser.open(sys.stdin.read()) else 1)"
_SECONDS = 10.0


async def open_browser(url: str) -> bool:
    """Open an address in the browser; False where there is none.

    A process of its own does it, because a browser that runs in a terminal would take the standard input
    and output that may carry a protocol here.
    """
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-c", _OPEN), stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet
        )
    except OSError:
        return False
    assert process.stdin is not None
    process.stdin.write(url.encode())
    process.stdin.close()
    try:
        async with asyncio.timeout(_SECONDS):
            return await process.wait() == 0
    except TimeoutError:
        return True  # a browser that stays in the foreground until it is closed
