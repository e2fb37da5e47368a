"""Why a rule is left unchecked."""

from __future__ import annotations

from typing import NoReturn, TypeVar

import pytest

from pmi_core.capabilities import Capability
from pmi_core.provider import Venue

__all__ = ["needs", "skip"]

Part = TypeVar("Part")


def skip(reason: str) -> NoReturn:
    """Leave a rule unchecked, with a sentence that says why."""
    pytest.skip(reason)


def needs(part: Part | None, capability: Capability, venue: Venue) -> Part:
    """Give the part, or leave the rule unchecked with a sentence that names venue and capability."""
    if part is None:
        skip(f"{venue.info.provider} does not declare {capability.value}, or is not given a key for it here")
    return part
