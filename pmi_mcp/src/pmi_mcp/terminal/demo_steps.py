"""One call of the demonstration: what is asked, why, and what came back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastmcp import Client

    from pmi_mcp.terminal.screen import Screen

__all__ = ["Step", "Stopped", "ask"]


class Stopped(Exception):
    """The session could not go on; the text says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call of the session, and why it is made."""

    tool: str
    purpose: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.tool}({given})"


async def ask(
    client: Client[Any], screen: Screen, step: Step, show: Callable[[Screen, dict[str, Any]], None]
) -> dict[str, Any]:
    """Print what is asked, call the tool, and show the answer.

    Raises:
        Stopped: the tool answered with an error.
    """
    screen.say(step.purpose, style="bold")
    screen.say(f"  {step}", style="dim")
    answer = await client.call_tool(step.tool, step.arguments, raise_on_error=False)
    if answer.is_error or answer.structured_content is None:
        said = " ".join(getattr(block, "text", "") for block in answer.content)
        raise Stopped(f"{step.tool} answered: {said or 'nothing'}")
    content: dict[str, Any] = answer.structured_content
    show(screen, content)
    screen.say()
    return content
