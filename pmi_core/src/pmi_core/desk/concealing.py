"""Keeps pieces of secrets out of the journal."""

from __future__ import annotations

from collections.abc import Callable

from pmi_core.plugins.registry import Registry

__all__ = ["Concealer"]


class Concealer:
    """Gives a text back as it may be written down; each venue's settings are read once."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._by_venue: dict[str, Callable[[str], str]] = {}

    def __call__(self, venue: str, text: str) -> str:
        if venue not in self._by_venue:
            self._by_venue[venue] = self._registry.settings_of(venue).conceal
        return self._by_venue[venue](text)
