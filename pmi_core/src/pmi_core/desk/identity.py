"""Which account at which venue a yes is for."""

from __future__ import annotations

import hashlib
from typing import Any

from pmi_core.desk.journal import canonical
from pmi_core.plugins.registry import Registry
from pmi_core.provider import Venue

__all__ = ["Identity"]

_LENGTH = 16


class Identity:
    """Tells accounts apart: by what the venue calls its account, else by the settings it is opened with.

    A venue that names no account is bound by all its settings but the secret ones, so that another
    environment, key file or address is another account; a key exchanged in the same file is not seen.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._settings: dict[str, str] = {}

    def __call__(self, venue: Venue) -> dict[str, Any]:
        """The facts that must be the same at the preview and at sending."""
        info = venue.info
        return {
            "venue": info.name,
            "provider": info.provider,
            "environment": info.environment,
            "account": info.account,
            "settings": self._settings_of(info.name) if info.account is None else None,
            "write_class": info.write_class.value,
        }

    def _settings_of(self, name: str) -> str:
        if name not in self._settings:
            rows = self._registry.settings_of(name).report()
            told = canonical({row.name: row.value for row in rows if not row.secret})
            self._settings[name] = hashlib.sha256(told.encode()).hexdigest()[:_LENGTH]
        return self._settings[name]
