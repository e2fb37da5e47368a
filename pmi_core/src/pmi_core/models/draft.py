"""An order that is thought of and not yet approved, and the reason why one may not be."""

from __future__ import annotations

from pydantic import Field, model_validator

from pmi_core.identifiers import GroupRef, MarketRef
from pmi_core.models.market import OutcomeSide
from pmi_core.models.model import Model, Time
from pmi_core.models.order import Action, OrderRequest, SelfTradePolicy, TimeInForce
from pmi_core.numbers import Amount, Price, Quantity

__all__ = ["OrderDraft", "Refusal"]


class OrderDraft(Model):
    """What somebody would like to order, and why; the fields are those of an :class:`OrderRequest`.

    It has no client order id: that is made when the draft is previewed, and belongs to one order only.
    """

    market_ref: MarketRef
    outcome: OutcomeSide
    action: Action
    size: Quantity | None = Field(default=None, gt=0)
    """Contracts.  Exactly one of ``size`` and ``notional`` is given."""
    notional: Amount | None = Field(default=None, gt=0)
    """Money to spend or raise at most, fees excluded."""
    price: Price
    time_in_force: TimeInForce = TimeInForce.GTC
    expires_at: Time | None = None
    post_only: bool = False
    reduce_only: bool = False
    self_trade: SelfTradePolicy = SelfTradePolicy.CANCEL_TAKER
    group_ref: GroupRef | None = None
    intent: str = Field(default="", max_length=2000)
    """What the author says that the order is for; untrusted text, compared with what it does."""

    @model_validator(mode="after")
    def _is_an_order(self) -> OrderDraft:
        self.request("x")  # the rules of a request hold for its draft
        return self

    def request(self, client_order_id: str) -> OrderRequest:
        """The complete order under that id."""
        return OrderRequest(
            market_ref=self.market_ref,
            outcome=self.outcome,
            action=self.action,
            size=self.size,
            notional=self.notional,
            price=self.price,
            time_in_force=self.time_in_force,
            expires_at=self.expires_at,
            post_only=self.post_only,
            reduce_only=self.reduce_only,
            self_trade=self.self_trade,
            group_ref=self.group_ref,
            client_order_id=client_order_id,
        )


class Refusal(Model):
    """Why an order may not be sent."""

    reason: str = Field(min_length=1)
    """One sentence for people."""
    rule: str = "review"
    """Which rule said no, as a short name such as ``max_order``."""
    by: str | None = None
    """The plugin that said no; None for the desk's own policy."""
    hint: str | None = None
    """What would mend it, where something would."""
