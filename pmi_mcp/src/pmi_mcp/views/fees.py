"""Fee schedules as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmi_core.models import FeeTime, FlatFee, NoFee, ProfitFee
from pmi_mcp.views.values import moment, number, present

if TYPE_CHECKING:
    from pmi_core.models import FeeSchedule

__all__ = ["fee_view"]


def fee_view(fees: FeeSchedule | None) -> dict[str, Any] | None:
    """By which formula a market charges; None where the venue does not say."""
    if fees is None:
        return None
    shown: dict[str, Any] = {
        "kind": fees.kind,
        "when": fees.when.value if fees.when is not FeeTime.TRADE else None,
        "paid_in": fees.paid_in if fees.paid_in != "money" else None,
        "valid_from": moment(fees.valid_from),
        "valid_until": moment(fees.valid_until),
    }
    if isinstance(fees, ProfitFee):
        shown["rate"] = number(fees.rate)
    elif not isinstance(fees, NoFee):
        shown |= {
            "taker_rate": number(fees.taker_rate),
            "maker_rate": number(fees.maker_rate),
            "multiplier": number(fees.multiplier) if fees.multiplier != 1 else None,
            "rounded": f"{fees.rounding.value} to {number(fees.step)}",
            "certainty": fees.certainty.value,
        }
        if isinstance(fees, FlatFee):
            shown |= {"basis": fees.basis.value, "minimum": number(fees.minimum) if fees.minimum else None}
    return present(shown)
