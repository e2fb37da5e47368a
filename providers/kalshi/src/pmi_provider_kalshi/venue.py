"""The opened venue, with what only this exchange has."""

from __future__ import annotations

from dataclasses import dataclass

from pmi_core.provider import Venue
from pmi_provider_kalshi.faults import Faults
from pmi_provider_kalshi.native.sets import Native
from pmi_provider_kalshi.streaming.notifying import Notices
from pmi_provider_kalshi.transfers import CashMoves

__all__ = ["KalshiVenue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KalshiVenue(Venue):
    """A venue with its neutral slots, and what no neutral slot has room for."""

    native: Native
    """What only this exchange has, as small sets of typed methods."""
    faults: Faults
    """Rows of pages and messages of the stream that made no sense and were left out."""
    transfers: CashMoves | None = None
    """How the order desk moves cash inside the account; None without a key."""
    notices: Notices | None = None
    """What the stream tells beyond the neutral channels; None without a key."""
