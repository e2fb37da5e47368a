"""The two sides of the one book, in YES terms."""

from __future__ import annotations

from typing import Final

from pmi_core.models.market import OutcomeSide
from pmi_core.models.order import Action

__all__ = ["ASK", "BID", "side_of"]

BID: Final = 0
"""Buys YES, or sells NO."""
ASK: Final = 1
"""Sells YES, or buys NO."""


def side_of(outcome: OutcomeSide, action: Action) -> int:
    """The side of the one book on which an order stands."""
    return BID if (outcome is OutcomeSide.YES) == (action is Action.BUY) else ASK
