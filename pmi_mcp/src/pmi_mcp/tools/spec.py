"""What a tool is before any framework knows of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pmi_core.capabilities import Capability
from pmi_mcp.settings import Toolset

__all__ = ["ToolSpec", "Writes"]


class Writes(StrEnum):
    """What a tool changes."""

    ORDERS = "orders"
    """Something that can cost money: it goes through preview and approval."""
    REDUCES = "reduces"
    """It only takes risk away, such as cancelling: no approval, never blocked."""
    ASKS = "asks"
    """Something at the venue that costs nothing by itself, such as a group: no approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A function, and what is said of it.

    The first argument of one that reads is the venues; of one that writes, the
    :class:`pmi_mcp.caller.Caller`, through which it reaches the desk and the person.
    """

    function: Callable[..., Awaitable[Any]]
    """Its name is the tool's name; gives an Answer, or a question to the person."""
    title: str
    description: str
    toolset: Toolset
    needs: tuple[Capability, ...] = ()
    """Offered where at least one venue has at least one of these; always when empty.  A tool that writes
    is offered where such a venue may be written to."""
    writes: Writes | None = None
    """What it changes; None for a tool that reads."""
    repeatable: bool = False
    """Whether a tool that writes does nothing more when it is called again with the same arguments."""
    listens: bool = False
    """Whether its first argument is the :class:`pmi_mcp.live.subscriber.Subscriber` who calls."""
    follows: Writes | None = None
    """Offered also outside its toolset, wherever a tool that writes this is: without it nobody could ask
    what became of what waits."""
    here_only: bool = False
    """Whether it touches nothing outside this machine."""

    @property
    def name(self) -> str:
        """The name by which it is called."""
        return self.function.__name__
