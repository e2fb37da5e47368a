"""A preview as a person reads it before saying yes."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from pmi_core.numbers import plain

if TYPE_CHECKING:
    from pmi_core.desk import OrderPreview, Preview
    from pmi_mcp.terminal.screen import Screen

__all__ = ["amount_of", "is_amount", "money", "order_rows", "show_preview"]


def amount_of(preview: Preview) -> tuple[str, str]:
    """What a person types to approve, and what that is.

    The money at risk; where nothing is at risk the contracts; where there are none the code.
    """
    if preview.max_loss > 0:
        return money(preview.max_loss), f"{preview.currency}, the most that can be lost"
    size = sum((order.request.size or Decimal(0) for order in preview.orders), Decimal(0))
    if size > 0:
        return plain(size), "contract" if size == 1 else "contracts"
    return preview.code, "the code"


def is_amount(typed: str, amount: str) -> bool:
    """Whether that amount was typed, zeros at its end aside; a code in any letters."""
    if typed.upper() == amount:
        return True
    try:
        return Decimal(typed.removeprefix("$")) == Decimal(amount)
    except InvalidOperation:
        return False


def show_preview(screen: Screen, preview: Preview) -> None:
    """Print what a draft would do: each order, then what holds for all of it."""
    from pmi_mcp.views.drafts import draft_text, order_line

    if len(preview.orders) == 1:
        (order,) = preview.orders
        screen.headline(order_line(order.request))
        screen.table(["", ""], [*order_rows(order), *_whole_rows(preview)])
    else:
        screen.headline(draft_text(preview.draft))
        for order in preview.orders:
            screen.headline(order_line(order.request))
            screen.table(["", ""], order_rows(order))
        screen.table(["", ""], _whole_rows(preview))
    for warning in preview.warnings:
        screen.warn(warning)


def order_rows(order: OrderPreview) -> list[tuple[str, str]]:
    """What one order would do, a fact a row."""
    wanted, currency = order.request, order.currency
    buying = wanted.action == "buy"
    bound = "" if order.fees_certainty == "exact" else " at most"
    fees = f"{money(order.fees)} {currency}{bound}" if order.fees else "none"
    rows = [("market", order.market_title)]
    if buying:
        rows += [
            ("you pay at most", f"{money(order.max_loss)} {currency}, of it fees: {fees}"),
            (f"pays if {wanted.outcome.upper()}", f"{money(order.max_payout)} {currency}"),
        ]
    else:
        rows += [
            ("you get at least", f"{money(order.max_payout)} {currency}, before fees: {fees}"),
            ("most you can lose", f"{money(order.max_loss)} {currency}"),
        ]
    rows += [
        ("trades at once", _taken(order)),
        ("works", _works(order)),
        ("best bid, ask", f"{_price(order.best_bid)}, {_price(order.best_ask)}"),
        (
            "position",
            f"{plain(order.position_before)} now, {plain(order.position_after)} when all is filled",
        ),
        ("at stake after", f"{money(order.exposure_after)} {currency} in this market"),
        ("checked", ", ".join(check.name for check in order.checks if check.severity == "ok")),
    ]
    return [(name, value) for name, value in rows if value]


def _whole_rows(preview: Preview) -> list[tuple[str, str]]:
    from pmi_core.desk.draft import orders_of

    account = f", account {preview.account}" if preview.account else ""
    kinds = {"simulated": "play money", "demo": "test environment", "real": "REAL MONEY"}
    rows = [("venue", f"{preview.venue} ({preview.environment}{account}): {kinds[preview.write_class]}")]
    if len(preview.orders) != 1:
        rows.append(("most you can lose", f"{money(preview.max_loss)} {preview.currency}"))
    said = [getattr(preview.draft, "intent", ""), *(one.intent for one in orders_of(preview.draft))]
    rows += [("said, not checked", text) for text in dict.fromkeys(said) if text.strip()]
    rows.append(("code", f"{preview.code}, until {preview.expires_at:%Y-%m-%d %H:%M:%S} UTC"))
    return rows


def _taken(order: OrderPreview) -> str:
    if not order.taken_now or order.average_price is None:
        return "nothing"
    return f"{plain(order.taken_now)} at {plain(_short(order.average_price))} on average"


def _works(order: OrderPreview) -> str:
    wanted = order.request
    words = {
        "gtc": "until it is cancelled",
        "gtd": f"until {wanted.expires_at:%Y-%m-%d %H:%M} UTC" if wanted.expires_at else "until a time",
        "ioc": "now; what is left is cancelled",
        "fok": "all of it now, or none",
    }
    extras = [
        *(["only if it rests (post-only)"] if wanted.post_only else []),
        *(["only to reduce"] if wanted.reduce_only else []),
        *([f"in group {wanted.group_ref}"] if wanted.group_ref else []),
    ]
    return ", ".join([words[wanted.time_in_force], *extras])


def _price(value: Decimal | None) -> str:
    return "none" if value is None else plain(value)


def _short(value: Decimal) -> Decimal:
    """At most six places, for reading."""
    return value if -int(value.as_tuple().exponent) <= 6 else value.quantize(Decimal("0.000001"))


def money(value: Decimal) -> str:
    """Exact, with two places at least and no zeros beyond them."""
    text = plain(value)
    whole, _, places = text.partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"
