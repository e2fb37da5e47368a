"""What became of orders that were to be canceled, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmi_mcp.failures import describe
from pmi_mcp.texts import clean
from pmi_mcp.views.values import name_of, number, present

if TYPE_CHECKING:
    from pmi_core.errors import PmiError
    from pmi_core.models import BatchResult, Order

__all__ = ["canceled_row", "failed_row"]


def canceled_row(order: Order) -> dict[str, Any]:
    """An order after it was to be canceled; one that was filled before says so."""
    return present(
        {
            "ref": name_of(order.ref),
            "market": name_of(order.market_ref),
            "order": f"{order.action.value} {order.outcome.value}",
            "status": order.status.value,
            "filled": number(order.filled) if order.filled else None,
        }
    )


def failed_row(name: str, error: PmiError | BatchResult) -> dict[str, Any]:
    """An order that could not be canceled, and why."""
    from pmi_core.errors import PmiError

    if isinstance(error, PmiError):
        told = describe(error)
        hint = told["hint"] if error.hint else "get_orders shows what works; then cancel again"
        return {"ref": name, "error": told["error"], "message": told["message"], "hint": hint}
    return present(
        {"ref": name_of(name), "error": error.error, "message": clean(error.message or "", 300) or None}
    )
