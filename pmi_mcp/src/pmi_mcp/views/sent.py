"""What became of a draft, as plain data with what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmi_core.models import OrderStatus
from pmi_mcp.views.drafts import draft_line
from pmi_mcp.views.values import currency, label, name_of, number, present

if TYPE_CHECKING:
    from pmi_core.desk import Preview, Sent, SentOrder

__all__ = ["refused_view", "sending_view", "sent_row", "sent_view"]

_SETTLED = {"rejected": "rejected", "absent": "rejected", "done": "done"}


def sent_view(sent: Sent, preview: Preview) -> dict[str, Any]:
    """What was sent under a code; its status is that of the one order, or sums up several."""
    statuses = [_status(one) for one in sent.orders]
    mixed = "unknown" if "unknown" in statuses else "sent"
    status = statuses[0] if len(set(statuses)) == 1 else mixed
    return present(
        {
            "status": status,
            "code": sent.code,
            "draft": draft_line(preview.draft, preview.orders),
            "repeated": True if sent.repeated else None,
            "orders": [sent_row(one) for one in sent.orders],
            "currency": currency(preview.currency),
            "next": _next(statuses, sent),
        }
    )


def sent_row(one: SentOrder) -> dict[str, Any]:
    """One thing that was sent."""
    row: dict[str, Any] = {
        "ref": name_of(one.order_ref),
        "market": name_of(one.market),
        "status": _status(one),
        "reason": label(one.reason, 300),
    }
    order = one.order
    if order is None:
        return present({"kind": one.kind, **row})
    row |= {
        "order": f"{order.action.value} {order.outcome.value}",
        "size": number(order.size),
        "notional": number(order.notional),
        "price": number(order.price),
    }
    if row["status"] == "rejected":
        return present(row)
    row |= {
        "filled": number(order.filled),
        "remaining": number(order.remaining) if not order.is_terminal else None,
        "average_price": number(order.average_price),
        "fees": number(order.fees),
        "client_order_id": name_of(one.client_order_id) if one.order_ref is None else None,
    }
    return present(row)


def sending_view(preview: Preview) -> dict[str, Any]:
    """Approved, and not yet known what became of it."""
    return {
        "status": "sending",
        "code": preview.code,
        "draft": draft_line(preview.draft, preview.orders),
        "next": f"It is approved and under way. confirm_order {preview.code} waits for it; do not order it again.",
    }


def refused_view(preview: Preview, said: str) -> dict[str, Any]:
    """A person said no."""
    return {
        "status": "refused",
        "code": preview.code,
        "draft": draft_line(preview.draft, preview.orders),
        "reason": said,
        "next": "Nothing was sent. Do not ask for it again unless your person says so.",
    }


def _status(one: SentOrder) -> str:
    settled = _SETTLED.get(one.state.value)
    if settled is None:
        return OrderStatus.UNKNOWN.value
    if settled == "done" and one.order is not None:
        return one.order.status.value
    return settled


def _next(statuses: list[str], sent: Sent) -> str:
    if "unknown" in statuses:
        return (
            f"What is unknown may or may not exist, and is looked for. Do not order it again: confirm_order "
            f"{sent.code} tells when it is known, get_orders shows what works; cancel_orders takes client ids too."
        )
    if set(statuses) == {"rejected"}:
        return "Nothing was placed; `reason` says why."
    again = "This was sent before; nothing was sent again. " if sent.repeated else ""
    if "rejected" in statuses:
        again = f"{again}Some were not placed; `reason` says why. "
    if {"open", "partial", "pending"} & set(statuses):
        return f"{again}get_orders shows how it goes on; cancel_orders takes back what still works."
    return f"{again}Nothing more to do; get_account shows what is held."
