"""A whole account as plain data: totals that never mix what is not alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pmi_core.money import currency_of
from pmi_core.numbers import WIDE, ZERO
from pmi_mcp.views.account import position_row
from pmi_mcp.views.values import currency, number, present

if TYPE_CHECKING:
    from pmi_core.models import Balance, Position

__all__ = ["exposure_row", "total_rows"]


@dataclass(slots=True)
class _Total:
    """What is added up of one currency, among venues whose orders move the same."""

    venues: dict[str, None] = field(default_factory=dict)
    cash: tuple[Decimal, Decimal, Decimal] | None = None
    exposure: Decimal | None = None


def exposure_row(position: Position) -> dict[str, Any]:
    """A position with what it may lose and, where the venue marks it, what it would fetch."""
    row = position_row(position, "brief")
    row["exposure"] = row.pop("cost")
    if position.mark is not None:
        row["value"] = number(WIDE.multiply(position.size, position.mark))
    return row


def total_rows(
    balances: Sequence[tuple[str, str, Balance]], positions: Sequence[tuple[str, str, Position]]
) -> list[dict[str, Any]]:
    """One row per currency and per what orders move, in the order in which they turn up.

    Args:
        balances: venue, what its orders move, cash.
        positions: venue, what its orders move, position.
    """
    totals: dict[tuple[str, str], _Total] = {}
    for venue, moves, balance in balances:
        total = totals.setdefault((moves, balance.currency), _Total())
        total.venues[venue] = None
        amounts = (balance.total, balance.available, balance.reserved)
        total.cash = _added(total.cash or (ZERO, ZERO, ZERO), amounts)
    for venue, moves, position in positions:
        total = totals.setdefault((moves, position.currency), _Total())
        total.venues[venue] = None
        total.exposure = WIDE.add(total.exposure or ZERO, position.cost)
    return [_row(moves, code, total) for (moves, code), total in totals.items()]


def _added(left: Iterable[Decimal], right: Iterable[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    total, available, reserved = (WIDE.add(one, other) for one, other in zip(left, right, strict=True))
    return total, available, reserved


def _row(moves: str, code: str, total: _Total) -> dict[str, Any]:
    cash, available, reserved = total.cash or (None, None, None)
    return present(
        {
            "currency": currency(code),
            "kind": _kind(code),
            "orders_move": moves,
            "venues": list(total.venues),
            "cash": number(cash),
            "available": number(available),
            "reserved": number(reserved),
            "exposure": number(total.exposure),
        }
    )


def _kind(code: str) -> str | None:
    """What the currency is worth; None where nobody registered it."""
    try:
        return currency_of(code).kind.value
    except ValueError:
        return None
