"""Fills: the account's own executions."""

from __future__ import annotations

from enum import StrEnum

from pmi_core.identifiers import MarketRef, OrderRef
from pmi_core.models.fees import Liquidity
from pmi_core.models.market import OutcomeSide
from pmi_core.models.model import Model, Time
from pmi_core.models.order import Action
from pmi_core.numbers import Amount, Price, Quantity

__all__ = ["Fill", "FillSettlement"]


class FillSettlement(StrEnum):
    """Whether a fill is final."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    """Undone by the venue; it counts for nothing."""


class Fill(Model):
    """Part of an order of this account was executed."""

    trade_id: str
    order_ref: OrderRef
    client_order_id: str | None = None
    market_ref: MarketRef
    outcome: OutcomeSide
    action: Action
    price: Price
    """In terms of ``outcome``."""
    size: Quantity
    fee: Amount
    """Charged for this fill; negative is a rebate."""
    currency: str = "USD"
    liquidity: Liquidity
    settlement: FillSettlement = FillSettlement.CONFIRMED
    time: Time
