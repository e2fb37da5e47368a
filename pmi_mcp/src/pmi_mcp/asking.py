"""Several venues asked at once: one that does not answer keeps nobody waiting for long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from pmi_core.errors import PmiError, Unreachable
from pmi_mcp.times import seconds

__all__ = ["LINGER", "ask_all"]

Answer = TypeVar("Answer")

LINGER = 8.0
"""Seconds that the others are waited for once one venue has answered."""


async def ask_all(names: Sequence[str], ask: Callable[[str], Awaitable[Answer]]) -> list[Answer | PmiError]:
    """Ask every venue at once; the answers, or why there is none, stand in the order of the names.

    A venue that answers nothing is waited for as long as ``ask`` itself waits, but no longer than
    :data:`LINGER` after another one has answered.
    """
    tasks = [asyncio.ensure_future(_attempt(ask, name)) for name in names]
    waiting: set[asyncio.Future[Answer | PmiError]] = set(tasks)
    try:
        while waiting:
            has_answer = any(task.done() and not isinstance(task.result(), PmiError) for task in tasks)
            _, waiting = await asyncio.wait(
                waiting,
                timeout=LINGER if has_answer else None,
                return_when=asyncio.ALL_COMPLETED if has_answer else asyncio.FIRST_COMPLETED,
            )
            if has_answer:
                break
    finally:
        for task in waiting:
            task.cancel()
        if waiting:
            await asyncio.wait(waiting)
    return [
        _late(name) if task.cancelled() else task.result() for name, task in zip(names, tasks, strict=True)
    ]


async def _attempt(ask: Callable[[str], Awaitable[Answer]], name: str) -> Answer | PmiError:
    try:
        return await ask(name)
    except PmiError as error:
        error.venue = error.venue or name
        return error


def _late(name: str) -> PmiError:
    return Unreachable(
        f"venue {name!r} gave no answer within {seconds(LINGER)} after another one",
        venue=name,
        hint=f"ask {name} alone to give it more time",
    )
