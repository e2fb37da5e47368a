"""What became of what was sent."""

from __future__ import annotations

from pmi_core.desk.attempt import request_of, stand_in
from pmi_core.desk.intents import Intent, IntentState
from pmi_core.identifiers import OrderRef
from pmi_core.models import Model, Order, OrderStatus

__all__ = ["Sent", "SentOrder", "sent_order"]

_STATUS = {
    IntentState.INTENDED: OrderStatus.UNKNOWN,
    IntentState.UNKNOWN: OrderStatus.UNKNOWN,
    IntentState.DONE: OrderStatus.PENDING,
    IntentState.REJECTED: OrderStatus.REJECTED,
    IntentState.ABSENT: OrderStatus.REJECTED,
}


class SentOrder(Model):
    """One thing that was sent, as the desk last knew it; the venue may know more by now."""

    client_order_id: str
    code: str
    kind: str
    """``place``, ``amend``, ``quote``, ``accept``, ``confirm``, ``group`` or ``transfer``."""
    venue: str
    market: str
    state: IntentState
    order: Order | None
    """None for what is no order; its status is ``unknown`` while it is in doubt."""
    order_ref: OrderRef | None
    reason: str | None
    """Why it was rejected or is in doubt."""


class Sent(Model):
    """What was sent under one code."""

    code: str
    repeated: bool
    """Whether it had been sent before and this only tells of it."""
    orders: tuple[SentOrder, ...]

    @property
    def settled(self) -> bool:
        """Whether the fate of everything is known."""
        return all(one.state not in (IntentState.INTENDED, IntentState.UNKNOWN) for one in self.orders)


def sent_order(intent: Intent) -> SentOrder:
    """Tell of one intent."""
    answer = intent.answer or {}
    reason = answer.get("message")
    order: Order | None = None
    if "order" in answer:
        order = Order.model_validate(answer["order"])
        reason = reason or order.reject_reason
    elif intent.kind == "place":
        order = stand_in(request_of(intent), _STATUS[intent.state], reason)
    return SentOrder(
        client_order_id=intent.id,
        code=intent.code,
        kind=intent.kind,
        venue=intent.venue,
        market=intent.market,
        state=intent.state,
        order=order,
        order_ref=OrderRef(intent.order_ref) if intent.order_ref else None,
        reason=reason,
    )
