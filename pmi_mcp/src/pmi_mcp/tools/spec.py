"""What a tool is before any framework knows of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pmi_core.capabilities import Capability
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset

__all__ = ["ToolSpec"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A function whose first argument is the venues, and what is said of it."""

    function: Callable[..., Awaitable[Answer]]
    """Its name is the tool's name."""
    title: str
    description: str
    toolset: Toolset
    needs: tuple[Capability, ...] = ()
    """Offered where at least one venue has at least one of these; always when empty."""

    @property
    def name(self) -> str:
        """The name by which it is called."""
        return self.function.__name__
