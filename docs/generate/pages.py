"""Which pages are generated, and from what."""

from __future__ import annotations

from pathlib import Path

import capabilities
import commands
import errors
import hooks
import modes
import settings
import tool_map
import tools

REFERENCE = Path(__file__).parents[1] / "reference"

_BUILDERS = {
    "capabilities": capabilities.build,
    "commands": commands.build,
    "errors": errors.build,
    "hooks": hooks.build,
    "modes": modes.build,
    "settings": settings.build,
    "tool-map": tool_map.build,
    "tools": tools.build,
}


def build_all() -> dict[Path, str]:
    """The text of every generated page by its file."""
    return {REFERENCE / f"{name}.md": build() for name, build in _BUILDERS.items()}
