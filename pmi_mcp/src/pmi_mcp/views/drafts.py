"""Drafts in words: what a person or an assistant reads of them, foreign text kept on a leash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote

from pmi_core.models import Action, TimeInForce
from pmi_core.money import currency_of
from pmi_core.numbers import counted, plain
from pmi_core.provider import WriteClass
from pmi_mcp.texts import clean
from pmi_mcp.views.values import moment

if TYPE_CHECKING:
    from datetime import datetime

    from pmi_core.desk import Draft
    from pmi_core.models import Order, OrderDraft, OrderRequest

__all__ = [
    "BARE",
    "MOVES",
    "Units",
    "draft_line",
    "draft_text",
    "first_upper",
    "money_name",
    "order_line",
    "quoted",
    "second",
    "terms",
]


@dataclass(frozen=True, slots=True)
class Units:
    """How a sentence tells amounts."""

    price: Callable[[Decimal], str] = plain
    money: Callable[[Decimal], str] = plain
    refs: bool = True
    """Whether it names the market; False where the market's title stands beside it."""


BARE = Units()
"""Exact numbers, as they are typed."""

MOVES = {
    WriteClass.SIMULATED: "simulated, no money moves",
    WriteClass.DEMO: "test environment or play money",
    WriteClass.REAL: "REAL MONEY",
}

_MARKUP = str.maketrans(
    {
        **dict.fromkeys('"\u201c\u201d\u201e\u201f\u00ab\u00bb`\u00b4\u2033\uff02', "'"),
        **dict.fromkeys("<\u2039\uff1c", "("),
        **dict.fromkeys(">\u203a\uff1e", ")"),
        **dict.fromkeys("[{", "("),
        **dict.fromkeys("]}", ")"),
        **dict.fromkeys("*_~#|\\", " "),
    }
)
"""Letters that close a quotation, or that a client may read as formatting, a link or a button."""


def quoted(text: str, limit: int) -> str:
    """Foreign text as one quotation on one line: nothing in it ends the quotation, formats or links."""
    safe = clean(text, 4 * limit).translate(_MARKUP).replace("://", ": //")
    return f'"{clean(safe, limit)}"'


def second(time: datetime) -> str:
    """A time to the second, in UTC."""
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _ref(ref: str) -> str:
    """A ref that cannot be read as anything else; what is not a plain letter is percent-encoded."""
    return clean(quote(ref, safe=":._-~/@+,=%"), 160)


def money_name(code: str) -> str:
    """A currency as people are told of it; one that nobody registered is a venue's own word."""
    try:
        return currency_of(code).code
    except ValueError:
        return quoted(code, 20)


def order_line(order: OrderDraft | OrderRequest | Order, units: Units = BARE) -> str:
    """An order as one line, without the market's words."""
    amount = "" if order.size is None else f"{plain(order.size)} "
    market = f" of {_ref(order.market_ref)}" if units.refs else ""
    money = "" if order.notional is None else f" for {units.money(order.notional)} without fees"
    worst = "at most" if order.action is Action.BUY else "at least"
    return (
        f"{order.action.value} {amount}{order.outcome.value.upper()}{market}{money}, "
        f"{worst} {units.price(order.price)} each"
    )


def terms(request: OrderRequest) -> str:
    """How long it works and what binds it."""
    lasts = {
        TimeInForce.GTC: "works until it is canceled",
        TimeInForce.GTD: f"works until {moment(request.expires_at)}",
        TimeInForce.IOC: "takes what is there now, the rest is canceled",
        TimeInForce.FOK: "all of it now, or nothing",
    }
    bound = [
        lasts[request.time_in_force],
        *(["only rests (post-only)"] if request.post_only else []),
        *(["only reduces a position"] if request.reduce_only else []),
        f"self-trade {request.self_trade.value}",
        *([f"in group {_ref(request.group_ref)}"] if request.group_ref else []),
    ]
    return "; ".join(bound)


def first_upper(text: str) -> str:
    """The same sentence, begun with a capital letter."""
    return text[:1].upper() + text[1:]


def draft_text(draft: Draft) -> str:
    """What a draft would do, each of its orders told; without a full stop."""
    from pmi_core.desk.draft import orders_of

    line = draft_line(draft)
    if draft.kind != "batch":
        return line
    return f"{line}: {'; '.join(order_line(order) for order in orders_of(draft))}"


def draft_line(  # noqa: PLR0911 - one for each kind
    draft: Draft, orders: Sequence[OrderRequest] = (), units: Units = BARE
) -> str:
    """What a draft would do, as one line.

    Args:
        draft: what is told.
        orders: what it would leave working, where that was previewed.
        units: how prices and money are told.
    """
    match draft.kind:
        case "place":
            return order_line(orders[0] if orders else draft.order, units)
        case "batch":
            return f"place {len(draft.orders)} orders, each of which succeeds or fails by itself"
        case "amend":
            becomes = f" ({order_line(orders[0], units)})" if orders else ""
            return (
                f"change order {_ref(draft.order_ref)} to {counted(draft.size, 'contract')} in all, filled "
                f"part included, at {units.price(draft.price)}{becomes}"
            )
        case "quote":
            bids = [
                f"{side} at {units.price(bid)}"
                for side, bid in (("YES", draft.yes_bid), ("NO", draft.no_bid))
                if bid is not None
            ]
            rest = "; what is left rests in the book" if draft.rest_remainder else ""
            return f"answer request {_ref(draft.rfq_ref)}: buy {' or '.join(bids) or 'nothing'}{rest}"
        case "accept":
            return (
                f"accept quote {_ref(draft.quote_ref)}: its maker gets {draft.side.upper()}, "
                f"this account {draft.side.opposite.value.upper()}"
            )
        case "confirm":
            return f"confirm the accepted quote {_ref(draft.quote_ref)}; the trade happens"
        case "group":
            if draft.limit is None:
                return f"let order group {_ref(draft.group_ref)} work again"
            return (
                f"set the limit of order group {_ref(draft.group_ref)} to {counted(draft.limit, 'contract')}"
            )
        case "transfer":
            ends = f"{clean(draft.source, 40)} to {clean(draft.destination, 40)}"
            return f"move {plain(draft.amount)} of cash at {clean(draft.venue, 40)} from {ends}"
