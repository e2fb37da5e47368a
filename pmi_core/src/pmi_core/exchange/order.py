"""An order inside the engine."""

from __future__ import annotations

from datetime import datetime

from pmi_core.exchange.commands import PlaceOrder
from pmi_core.exchange.events import CancelReason
from pmi_core.exchange.group import Group
from pmi_core.exchange.holding import Holding
from pmi_core.exchange.sides import side_of
from pmi_core.exchange.units import SCALE
from pmi_core.models.market import OutcomeSide
from pmi_core.models.order import OrderStatus

__all__ = ["Order"]


class Order:
    """What was asked, and what became of it; prices and sizes in units, money in money units."""

    __slots__ = (
        "account",
        "asked",
        "cancel_reason",
        "carried",
        "client_id",
        "created",
        "expires_at",
        "fees",
        "filled",
        "group",
        "hold",
        "holding",
        "id",
        "market",
        "next",
        "own_price",
        "place",
        "prev",
        "price",
        "reduce_only",
        "remaining",
        "side",
        "size",
        "spent",
        "status",
        "time_in_force",
        "updated",
    )

    def __init__(
        self,
        id: str,  # noqa: A002 - what it is called everywhere
        asked: PlaceOrder,
        holding: Holding,
        own_price: int,
        size: int,
        now: datetime,
    ) -> None:
        self.id = id
        self.asked = asked
        self.account = holding.account
        self.market = holding.market
        self.holding = holding
        self.client_id = asked.client_order_id
        self.side = side_of(asked.outcome, asked.action)
        self.own_price = own_price
        self.price = own_price if asked.outcome is OutcomeSide.YES else SCALE - own_price
        """In YES terms."""
        self.size = size
        self.remaining = size
        self.filled = 0
        self.hold = 0
        """Money that one lot needs when it opens a position."""
        self.spent = 0
        """In terms of the order's outcome."""
        self.fees = 0
        self.carried = 0
        """Money charged to align balances that was not given back."""
        self.time_in_force = asked.time_in_force
        self.expires_at = asked.expires_at
        self.reduce_only = asked.reduce_only
        self.group: Group | None = None
        self.status: OrderStatus | None = None
        """None while it works."""
        self.cancel_reason: CancelReason | None = None
        self.created = self.updated = now
        self.place = 0
        """Grows with every order that takes a new place in a queue."""
        self.prev: Order | None = None
        self.next: Order | None = None

    def rebated(self, fee: int, added: int, alignment: int) -> int:
        """The fee of a fill less what earlier fills and this one paid for aligned balances.

        Given back is at most ``alignment`` a fill and never more than the fee, once more than that has
        come together; the rest stays for later fills.
        """
        self.carried += added
        if self.carried > alignment:
            back = min(alignment, max(fee, 0))
            self.carried -= back
            fee -= back
        return fee
