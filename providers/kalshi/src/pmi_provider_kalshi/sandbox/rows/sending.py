"""What leaves a desk."""

from __future__ import annotations

from typing import Any

__all__ = ["shown"]


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the fields that are for the desks alone, which begin with an underscore."""
    return {name: value for name, value in row.items() if not name.startswith("_")}
