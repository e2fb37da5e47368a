"""The opened venue, with what only this exchange has."""

from __future__ import annotations

from dataclasses import dataclass

from pmi_core.provider import Venue

__all__ = ["KalshiVenue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KalshiVenue(Venue):
    """A venue whose neutral slots are filled."""
