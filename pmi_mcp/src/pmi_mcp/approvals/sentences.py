"""What a draft asks for, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from pmi_core.desk.draft import (
    AcceptDraft,
    AmendDraft,
    BatchDraft,
    ConfirmDraft,
    GroupDraft,
    PlaceDraft,
    QuoteDraft,
    TransferDraft,
)
from pmi_core.models import Action, OrderRequest
from pmi_mcp.approvals.amounts import contracts, money, price
from pmi_mcp.texts import identifier

if TYPE_CHECKING:
    from pmi_core.desk import Preview

__all__ = ["heading", "order_sentence"]


def heading(preview: Preview) -> str:  # noqa: PLR0911 - one a kind of draft
    """The whole draft as one sentence without its end."""
    draft = preview.draft
    match draft:
        case PlaceDraft():
            return order_sentence(preview.orders[0].request, preview.currency)
        case BatchDraft():
            count = len(draft.orders)
            return f"Place {count} order{'' if count == 1 else 's'} together"
        case AmendDraft():
            changed = order_sentence(preview.orders[0].request, preview.currency)
            return f"Change a waiting order to: {changed[0].lower()}{changed[1:]}"
        case QuoteDraft():
            bids = [
                f"{name} for {price(bid, preview.currency)}"
                for name, bid in (("YES", draft.yes_bid), ("NO", draft.no_bid))
                if bid
            ]
            return f"Offer to buy {' or '.join(bids)} each"
        case AcceptDraft():
            return f"Accept a quote and get {draft.side.opposite.value.upper()}"
        case ConfirmDraft():
            return "Confirm your quote that was accepted, so that the trade happens"
        case GroupDraft():
            group = identifier(draft.group_ref)
            if draft.limit is None:
                return f"Let the order group {group} work again"
            return f"Let the order group {group} trade up to {contracts(draft.limit)}"
        case TransferDraft():
            ends = f"{identifier(draft.source)} to {identifier(draft.destination)}"
            return f"Move {money(draft.amount, preview.currency)} inside the account from {ends}"
    assert_never(draft)


def order_sentence(request: OrderRequest, currency: str) -> str:
    """One order as a sentence without its end."""
    buying = request.action is Action.BUY
    verb, bound = ("Buy", "at most") if buying else ("Sell", "at least")
    outcome, limit = request.outcome.value.upper(), price(request.price, currency)
    if request.notional is not None:
        return f"{verb} {outcome} for {money(request.notional, currency)} in all, {bound} {limit} each"
    assert request.size is not None
    return f"{verb} {contracts(request.size)} of {outcome} for {bound} {limit} each"
