"""What became of a draft, said plainly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pmi_core.desk import IntentState
from pmi_core.models import OrderStatus
from pmi_mcp.approvals.amounts import average, contracts, money
from pmi_mcp.texts import clean, identifier

if TYPE_CHECKING:
    from pmi_core.desk import SentOrder
    from pmi_core.models import Order

__all__ = ["Line", "line_of"]


@dataclass(frozen=True, slots=True)
class Line:
    """One order's fate."""

    kind: str
    """``good``, ``wait``, ``bad`` or ``doubt``."""
    word: str
    says: str


_DONE = {
    "amend": "The order was changed.",
    "quote": "The quote was given.",
    "accept": "The quote was accepted.",
    "confirm": "The trade was confirmed.",
    "group": "The order group was changed.",
    "transfer": "The cash moves.",
}


def line_of(sent: SentOrder, currency: str) -> Line:
    """The fate of one thing that was sent."""
    reason = clean(sent.reason or "", 300)
    if sent.state in (IntentState.INTENDED, IntentState.UNKNOWN):
        said = "No clear answer came. The venue is asked what became of it, and it is never sent again."
        return Line("doubt", "Unknown", f"{said} {reason}".strip())
    if sent.state is IntentState.ABSENT:
        return Line("bad", "Not there", reason or "The venue shows nothing of it.")
    if sent.state is IntentState.REJECTED:
        return Line("bad", "Rejected", reason or "The venue said no.")
    if sent.order is None or sent.kind == "amend":
        return Line("good", "Done", _DONE.get(sent.kind, "The venue took it."))
    return _order(sent.order, reason, currency)


def _order(order: Order, reason: str, currency: str) -> Line:  # noqa: PLR0911 - one a status
    got = contracts(order.filled)
    if order.size is not None and order.size != order.filled:
        got = f"{got.partition(' ')[0]} of {contracts(order.size)}"
    if order.average_price is not None and order.filled:
        got += f" at {average(order.average_price, currency)} on average"
    if order.filled and order.fees is not None:
        got += f", fees {money(order.fees, currency)}"
    name = f" as {identifier(order.ref)}" if order.ref is not None else ""
    match order.status:
        case OrderStatus.FILLED:
            return Line("good", "Filled", f"{got}.")
        case OrderStatus.PARTIAL:
            return Line("wait", "Partly filled", f"{got}; the rest waits{name}.")
        case OrderStatus.OPEN:
            return Line("wait", "Resting", f"It waits in the book{name}.")
        case OrderStatus.CREATED | OrderStatus.PENDING:
            return Line("wait", "Accepted", f"The venue took it and works on it{name}.")
        case OrderStatus.CANCELED | OrderStatus.EXPIRED:
            had = f"{got}." if order.filled else "Nothing was filled."
            return Line("bad", order.status.value.capitalize(), f"{had} {reason}".strip())
        case OrderStatus.REJECTED:
            return Line("bad", "Rejected", reason or "The venue said no.")
        case _:
            return Line("doubt", "Unknown", f"The venue does not say what became of it. {reason}".strip())
