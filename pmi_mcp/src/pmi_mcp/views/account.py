"""What an account has and does, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmi_core.models import FillSettlement, TimeInForce
from pmi_mcp.views.values import Detail, currency, label, moment, name_of, number, present

if TYPE_CHECKING:
    from decimal import Decimal

    from pmi_core.models import Balance, Fill, Order, OrderGroup, Position, Settlement

__all__ = ["balance_row", "fill_row", "group_row", "order_row", "position_row", "queue_row", "settlement_row"]


def balance_row(balance: Balance, venue: str) -> dict[str, Any]:
    """Cash in one currency and compartment of a venue."""
    return present(
        {
            "venue": venue,
            "currency": currency(balance.currency),
            "compartment": label(balance.compartment, 60),
            "total": number(balance.total),
            "available": number(balance.available),
            "reserved": number(balance.reserved),
            "as_of": moment(balance.as_of),
        }
    )


def _currency(code: str) -> str | None:
    return currency(code) if code != "USD" else None


def position_row(position: Position, detail: Detail) -> dict[str, Any]:
    """Contracts of one outcome; prices are that outcome's."""
    row: dict[str, Any] = {
        "market": name_of(position.market_ref),
        "outcome": position.outcome.value,
        "size": number(position.size),
        "average_price": number(position.average_price),
        "cost": number(position.cost),
        "mark": number(position.mark),
        "realized_pnl": number(position.realized_pnl),
        "currency": _currency(position.currency),
    }
    if detail == "full":
        row["fees"] = number(position.fees)
        row["event"] = name_of(position.event_ref)
        row["as_of"] = moment(position.as_of)
    return present(row)


def order_row(order: Order, detail: Detail) -> dict[str, Any]:
    """An order; limit and average price are in terms of its outcome."""
    row: dict[str, Any] = {
        "ref": name_of(order.ref),
        "market": name_of(order.market_ref),
        "order": f"{order.action.value} {order.outcome.value}",
        "size": number(order.size),
        "notional": number(order.notional),
        "price": number(order.price),
        "status": order.status.value,
        "filled": number(order.filled) if order.filled else None,
        "remaining": number(order.remaining) if not order.is_terminal else None,
        "average_price": number(order.average_price),
        "time_in_force": order.time_in_force.value if order.time_in_force is not TimeInForce.GTC else None,
        "reject_reason": label(order.reject_reason, 300),
        "currency": _currency(order.currency),
        "created": moment(order.created_time),
    }
    if detail == "full":
        row |= {
            "client_order_id": name_of(order.client_order_id),
            "filled": number(order.filled),
            "filled_notional": number(order.filled_notional),
            "fees": number(order.fees),
            "time_in_force": order.time_in_force.value,
            "expires": moment(order.expires_at),
            "post_only": order.post_only or None,
            "reduce_only": order.reduce_only or None,
            "self_trade": order.self_trade.value if order.self_trade else None,
            "group": name_of(order.group_ref),
            "updated": moment(order.updated_time),
        }
    return present(row)


def fill_row(fill: Fill, detail: Detail) -> dict[str, Any]:
    """One execution of an own order; the price is the outcome's."""
    settled = fill.settlement is FillSettlement.CONFIRMED
    row: dict[str, Any] = {
        "time": moment(fill.time),
        "market": name_of(fill.market_ref),
        "fill": f"{fill.action.value} {fill.outcome.value}",
        "size": number(fill.size),
        "price": number(fill.price),
        "fee": number(fill.fee),
        "liquidity": fill.liquidity.value,
        "settlement": None if settled else fill.settlement.value,
        "currency": _currency(fill.currency),
        "order_ref": name_of(fill.order_ref),
    }
    if detail == "full":
        row["trade_id"] = name_of(fill.trade_id)
        row["client_order_id"] = name_of(fill.client_order_id)
    return present(row)


def settlement_row(settlement: Settlement, detail: Detail) -> dict[str, Any]:
    """A market of the account that was settled; the value is what one YES contract was paid."""
    row: dict[str, Any] = {
        "time": moment(settlement.time),
        "market": name_of(settlement.market_ref),
        "result": settlement.result.value,
        "settlement_value": number(settlement.settlement_value),
        "yes_size": number(settlement.yes_size) if settlement.yes_size else None,
        "no_size": number(settlement.no_size) if settlement.no_size else None,
        "cost": number(settlement.cost),
        "payout": number(settlement.payout),
        "fees": number(settlement.fees),
        "currency": _currency(settlement.currency),
    }
    if detail == "full":
        row["event"] = name_of(settlement.event_ref)
    return present(row)


def group_row(group: OrderGroup, detail: Detail) -> dict[str, Any]:
    """An order group; in full with its open orders."""
    row: dict[str, Any] = {
        "ref": name_of(group.ref),
        "limit": number(group.limit),
        "window_seconds": group.window_seconds,
        "triggered": group.triggered,
        "open_orders": len(group.orders),
    }
    if detail == "full":
        row["orders"] = [name_of(ref) for ref in group.orders[:200]]
    return present(row)


def queue_row(order: str, ahead: Decimal | None) -> dict[str, Any]:
    """The place of an order in its queue; one that does not rest has none."""
    if ahead is None:
        return {"order": order, "resting": False}
    return {"order": order, "resting": True, "contracts_ahead": number(ahead)}
