"""What became of what was sent, and the exit status that says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmi_mcp.terminal.exits import Exit
from pmi_mcp.views.values import number

if TYPE_CHECKING:
    from pmi_core.desk import Sent, SentOrder
    from pmi_mcp.terminal.screen import Screen

__all__ = ["exit_of", "show_sent", "unknown_rows"]


def show_sent(screen: Screen, sent: Sent) -> None:
    """Print each order, and what to do about those in doubt."""
    screen.table(
        ["order", "status", "filled", "average", "fees", "remaining", "why"],
        [_cells(one) for one in sent.orders],
        numeric=frozenset({"filled", "average", "fees", "remaining"}),
    )
    for one in sent.orders:
        if _in_doubt(one):
            screen.warn(
                f"{one.client_order_id} may or may not exist. It is never sent again by itself; "
                f"`pmi reconcile {one.venue}` looks for it."
            )


def exit_of(sent: Sent) -> Exit:
    """0 if something works or was filled, 6 in doubt, 4 when the venue refused any, 1 if nothing came of it."""
    if not sent.settled:
        return Exit.UNCERTAIN
    if any(one.state in ("rejected", "absent") for one in sent.orders):
        return Exit.REFUSED
    orders = [one.order for one in sent.orders]
    idle = orders and all(order is not None and order.is_terminal and not order.filled for order in orders)
    return Exit.NO if idle else Exit.OK


def unknown_rows(orders: tuple[SentOrder, ...]) -> list[list[object]]:
    """A row for each order in doubt: its id, where, what it asks, why it is in doubt."""
    from pmi_mcp.terminal.sentence import of_order

    return [
        [
            one.client_order_id,
            one.venue,
            of_order(one.order) if one.order is not None else f"{one.kind} in {one.market}",
            one.reason or ("sent, no answer yet" if one.state == "intended" else ""),
        ]
        for one in orders
    ]


def _in_doubt(one: SentOrder) -> bool:
    return one.state in ("intended", "unknown")


def _cells(one: SentOrder) -> list[Any]:
    order = one.order
    name = one.order_ref or (order.ref if order is not None else None) or one.client_order_id
    if order is None:
        return [name, one.state.value, None, None, None, None, one.reason]
    return [
        name,
        order.status.value,
        number(order.filled),
        number(order.average_price),
        number(order.fees),
        number(order.remaining),
        one.reason,
    ]
