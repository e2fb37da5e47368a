"""What a draft or an order asks for, in one sentence, told from it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmi_core.numbers import plain

if TYPE_CHECKING:
    from pmi_core.desk import Draft
    from pmi_core.models import Order, OrderDraft, OrderRequest

__all__ = ["of_draft", "of_order"]


def of_draft(draft: Draft) -> str:
    """The sentence of any draft; without a full stop."""
    from pmi_core.desk.draft import orders_of
    from pmi_mcp.views.drafts import draft_line

    orders = [of_order(one) for one in orders_of(draft)]
    if not orders:
        return draft_line(draft, ())
    return orders[0] if draft.kind == "place" else f"{len(orders)} orders: {'; '.join(orders)}"


def of_order(order: OrderDraft | OrderRequest | Order) -> str:
    """The sentence of one order."""
    what = f"{order.outcome.upper()} of {order.market_ref}"
    bound = "at most" if order.action == "buy" else "at least"
    if order.size is not None:
        what = f"{plain(order.size)} {what}"
    elif order.notional is not None:
        what = f"{what} for {plain(order.notional)} without fees"
    return f"{order.action} {what}, {bound} {plain(order.price)} each"
