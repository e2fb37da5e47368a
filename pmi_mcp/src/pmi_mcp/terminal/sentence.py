"""What a draft asks for, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmi_core.numbers import plain

if TYPE_CHECKING:
    from decimal import Decimal

    from pmi_core.desk import Draft
    from pmi_core.models import OrderDraft, OrderRequest

__all__ = ["of_draft", "of_order"]


def of_draft(draft: Draft) -> str:  # noqa: PLR0911 - one for each kind
    """The sentence of any draft; without a full stop."""
    from pmi_core.desk import AcceptDraft, AmendDraft, BatchDraft, ConfirmDraft, GroupDraft, PlaceDraft

    match draft:
        case PlaceDraft():
            return of_order(draft.order)
        case BatchDraft():
            return f"{len(draft.orders)} orders: " + "; ".join(of_order(one) for one in draft.orders)
        case AmendDraft():
            return f"amend {draft.order_ref} to {plain(draft.size)} in all at {plain(draft.price)}"
        case AcceptDraft():
            return f"accept {draft.quote_ref}, whose maker gets {draft.side.upper()}"
        case ConfirmDraft():
            return f"confirm {draft.quote_ref}"
        case GroupDraft() if draft.limit is None:
            return f"let {draft.group_ref} work again"
        case GroupDraft():
            return f"set the limit of {draft.group_ref} to {_number(draft.limit)}"
        case _:
            bids = f"YES at {_number(draft.yes_bid)}, NO at {_number(draft.no_bid)}"
            return f"answer {draft.rfq_ref}: {bids}"


def of_order(order: OrderDraft | OrderRequest) -> str:
    """The sentence of one order."""
    what = f"{order.outcome.upper()} of {order.market_ref}"
    bound = "at most" if order.action == "buy" else "at least"
    if order.size is not None:
        what = f"{plain(order.size)} {what}"
    else:
        what = f"{what} for {_number(order.notional)} without fees"
    return f"{order.action} {what}, {bound} {plain(order.price)} each"


def _number(value: Decimal | None) -> str:
    return "none" if value is None else plain(value)
