"""Order groups: a cap on contracts filled within a rolling window."""

from __future__ import annotations

from pydantic import Field

from pmi_core.identifiers import GroupRef, OrderRef
from pmi_core.models.model import Model
from pmi_core.numbers import Quantity

__all__ = ["OrderGroup"]


class OrderGroup(Model):
    """When its limit is reached, every order in it is canceled and new ones are refused."""

    ref: GroupRef
    limit: Quantity = Field(gt=0)
    """Contracts per window."""
    window_seconds: int = Field(gt=0)
    triggered: bool = False
    """Whether the limit was reached (or the group triggered by hand) and not reset since."""
    orders: tuple[OrderRef, ...] = ()
    """Open orders of the group."""
