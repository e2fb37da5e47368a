"""A draft that waits for its yes, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmi_core.settings import ApprovalChannel
from pmi_mcp.texts import clean
from pmi_mcp.views.drafts import draft_line, second
from pmi_mcp.views.values import currency, label, number, present

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pmi_core.desk import OrderPreview, Preview

__all__ = ["preview_row", "waiting_view"]


def waiting_view(
    preview: Preview, token: str | None = None, *, shown: bool = False, about: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """What waits, until when, what it would do, and who must do what.

    Args:
        preview: what waits.
        token: what the caller itself may redeem, where the operator allows that.
        shown: whether the approval page was opened before the person.
        about: names and values that the venue tells of what is no new order.
    """
    orders = [preview_row(order, whole=len(preview.orders) <= _WHOLE) for order in preview.orders]
    return present(
        {
            "status": "waiting",
            "code": preview.code,
            "token": token,
            "expires": second(preview.expires_at),
            "draft": draft_line(preview.draft, preview.orders),
            "orders_move": preview.write_class.value,
            "about": [label(f"{name}: {value}", 200) for name, value in about],
            "preview": orders,
            "max_loss": number(preview.max_loss),
            "currency": currency(preview.currency),
            "warnings": [clean(warning, 300) for warning in preview.warnings[:_WARNINGS]],
            "next": _next(preview, token, shown=shown),
        }
    )


_WHOLE = 4
_WARNINGS = 10


def preview_row(order: OrderPreview, *, whole: bool = True) -> dict[str, Any]:
    """What one order would do."""
    wanted = order.request
    row: dict[str, Any] = {
        "market": str(wanted.market_ref),
        "order": f"{wanted.action.value} {wanted.outcome.value}",
        "size": number(wanted.size),
        "notional": number(wanted.notional),
        "price": number(wanted.price),
        "takes_now": number(order.taken_now),
        "average_price": number(order.average_price),
        "max_loss": number(order.max_loss),
    }
    if whole:
        row |= {
            "title": label(order.market_title),
            "fees": number(order.fees),
            "fees_certainty": order.fees_certainty.value,
            "max_payout": number(order.max_payout),
            "best_bid": number(order.best_bid),
            "best_ask": number(order.best_ask),
            "position_after": number(order.position_after),
            "exposure_after": number(order.exposure_after),
        }
    return present(row)


def _next(preview: Preview, token: str | None, *, shown: bool) -> str:
    code = preview.code
    if token is not None:
        return (
            f"Nothing is sent yet. If your person wants this, confirm_order with code {code} and the token sends "
            "it: that is your second call, not a person's approval."
        )
    ways = []
    if shown:
        ways.append("on the page that was opened on their machine")
    elif preview.approve_with & {ApprovalChannel.PAGE, ApprovalChannel.PASSKEY}:
        ways.append("on the approval page (`pmi approvals` in a terminal shows it)")
    if ApprovalChannel.TERMINAL in preview.approve_with:
        ways.append(f"with `pmi approve {code}` in a terminal")
    return (
        f"Nothing is sent yet. Tell your person to look at it and to approve or refuse it {' or '.join(ways)}; "
        f"then confirm_order {code} waits for what becomes of it. Do not order it again."
    )
