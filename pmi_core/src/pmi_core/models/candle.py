"""Price history in equal steps of time."""

from __future__ import annotations

from pmi_core.models.model import Model, Time
from pmi_core.numbers import Price, Quantity

__all__ = ["Candle"]


class Candle(Model):
    """One step of YES price history; prices are None where nothing traded or was quoted."""

    start: Time
    end: Time
    open: Price | None = None
    high: Price | None = None
    low: Price | None = None
    close: Price | None = None
    bid_close: Price | None = None
    ask_close: Price | None = None
    volume: Quantity | None = None
    """Contracts."""
    open_interest: Quantity | None = None
