"""Public trades."""

from __future__ import annotations

from pmi_core.identifiers import MarketRef
from pmi_core.models.market import OutcomeSide
from pmi_core.models.model import Model, Time
from pmi_core.models.order import Action
from pmi_core.numbers import Price, Quantity

__all__ = ["Trade"]


class Trade(Model):
    """Two orders met."""

    trade_id: str
    market_ref: MarketRef
    price: Price
    """In YES terms, whatever the taker traded."""
    size: Quantity
    taker_outcome: OutcomeSide | None = None
    taker_action: Action | None = None
    off_book: bool = False
    """Negotiated between two parties, not matched in the book."""
    time: Time
