"""The member's own affairs in the words of the stream: orders, fills, positions, negotiations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pmi_core.exchange.events import QuoteChanged, RfqChanged
from pmi_core.models import QuoteStatus, RfqStatus
from pmi_provider_kalshi.sandbox.feed.bulletins import Bulletin
from pmi_provider_kalshi.sandbox.names import place_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.rows.markets import market_row
from pmi_provider_kalshi.sandbox.rows.negotiations import EXPIRED, QuoteNote, quote_row
from pmi_provider_kalshi.sandbox.writing import count, dollars, millis, stamp

__all__ = ["fill_bulletin", "order_bulletin", "position_bulletin", "quote_bulletin", "rfq_bulletin"]

_ORDER = (
    "order_id",
    "user_id",
    "ticker",
    "exchange_index",
    "status",
    "side",
    "outcome_side",
    "book_side",
    "yes_price_dollars",
    "fill_count_fp",
    "remaining_count_fp",
    "initial_count_fp",
    "taker_fill_cost_dollars",
    "maker_fill_cost_dollars",
    "taker_fees_dollars",
    "maker_fees_dollars",
    "client_order_id",
    "self_trade_prevention_type",
    "created_time",
    "last_update_time",
    "subaccount_number",
)
_QUOTED = {
    QuoteStatus.OPEN: "quote_created",
    QuoteStatus.ACCEPTED: "quote_accepted",
    QuoteStatus.EXECUTED: "quote_executed",
}


def order_bulletin(row: dict[str, Any], reason: str) -> Bulletin:
    """An order was made or changed."""
    msg = {name: row[name] for name in _ORDER}
    msg["is_yes"] = row["outcome_side"] == "yes"
    msg["created_ts_ms"] = millis(row["_created"])
    msg["last_updated_ts_ms"] = millis(row["_updated"])
    if row["order_group_id"] is not None:
        msg["order_group_id"] = row["order_group_id"]
    if row["_expires"] is not None:
        msg["expiration_time"] = row["expiration_time"]
        msg["expiration_ts_ms"] = millis(row["_expires"])
    if reason:
        msg["last_update_reason"] = reason
    return Bulletin("user_orders", "user_order", msg, row["ticker"])


def fill_bulletin(office: Office, row: dict[str, Any]) -> Bulletin:
    """The member traded."""
    subaccount, shard = row["_place"]
    order = office.engine.order(row["_engine_order"])
    held = office.engine.position(order.account, row["ticker"])
    size = Decimal(0)
    if held is not None:
        size = held.size if held.outcome.value == "yes" else -held.size
    names = ("trade_id", "order_id", "market_ticker", "is_taker", "side", "yes_price_dollars", "count_fp")
    msg = {name: row[name] for name in (*names, "fee_cost", "action", "outcome_side", "book_side", "ts")}
    msg |= {
        "client_order_id": order.client_order_id,
        "exchange_index": shard,
        "ts_ms": millis(row["_time"]),
        "post_position_fp": count(size),
        "purchased_side": row["side"],
        "subaccount": subaccount,
    }
    return Bulletin("fill", "fill", msg, row["ticker"])


def position_bulletin(office: Office, row: dict[str, Any]) -> Bulletin:
    """What the member holds in a market changed."""
    msg = {
        "user_id": office.user,
        "market_ticker": row["ticker"],
        "position_fp": row["position_fp"],
        "position_cost_dollars": dollars(Decimal(row["market_exposure_dollars"])),
        "realized_pnl_dollars": dollars(Decimal(row["realized_pnl_dollars"])),
        "fees_paid_dollars": dollars(Decimal(row["fees_paid_dollars"])),
        "position_fee_cost_dollars": dollars(Decimal(row["fees_paid_dollars"])),
        "volume_fp": count(row["_volume"]),
        "subaccount": row["_place"][0],
    }
    return Bulletin("market_positions", "market_position", msg, row["ticker"])


def _event_of(office: Office, ticker: str) -> str:
    known = office.floor.calendar.markets.get(ticker)
    return known[0].ticker if known is not None else ticker


def rfq_bulletin(office: Office, event: RfqChanged) -> Bulletin:
    """A request came or went: told to everybody."""
    rfq = office.engine.rfq(event.rfq_id)
    made = event.status is RfqStatus.OPEN
    msg: dict[str, Any] = {
        "id": office.names.of(rfq.id),
        "creator_id": office.names.alias_of(rfq.account),
        "market_ticker": rfq.market_id,
        "event_ticker": _event_of(office, rfq.market_id),
        "created_ts" if made else "deleted_ts": stamp(event.time),
    }
    if rfq.size is not None:
        msg["contracts_fp"] = count(rfq.size)
    if rfq.notional is not None:
        msg["target_cost_dollars"] = dollars(rfq.notional)
    if made and rfq.market_id not in office.floor.calendar.markets:
        market = market_row(office.floor, rfq.market_id, event.time)
        msg |= {name: market[name] for name in ("mve_collection_ticker", "mve_selected_legs")}
    kind = "rfq_created" if made else "rfq_deleted"
    return Bulletin("communications", kind, msg, mine=place_of(rfq.account) is not None)


def quote_bulletin(office: Office, event: QuoteChanged) -> Bulletin | None:
    """A quote moved: told to those who gave or asked for it; withdrawals and confirmations are not told."""
    maker, asker = place_of(event.account), place_of(event.asker)
    kind = _QUOTED.get(event.status)
    if kind is None or event.reason == EXPIRED or (maker is None and asker is None):
        return None
    quote = office.engine.quote(event.quote_id)
    row = quote_row(quote, office.engine.rfq(event.rfq_id), QuoteNote(), office.names)
    msg: dict[str, Any] = {
        "quote_id": row["id"],
        "rfq_id": row["rfq_id"],
        "quote_creator_id": row["creator_id"],
        "rfq_creator_id": row["rfq_creator_id"],
        "market_ticker": row["market_ticker"],
    }
    place = maker if maker is not None else asker
    assert place is not None
    msg["subaccount"] = place[0]
    if kind == "quote_executed":
        order_id = quote.maker_order_id if maker is not None else quote.asker_order_id
        assert order_id is not None
        msg |= {
            "order_id": office.names.of(order_id),
            "client_order_id": office.engine.order(order_id).client_order_id,
            "executed_ts": stamp(event.time),
        }
        return Bulletin("communications", kind, msg)
    msg |= {
        "event_ticker": _event_of(office, quote.market_id),
        "yes_bid_dollars": row["yes_bid_dollars"],
        "no_bid_dollars": row["no_bid_dollars"],
        "yes_contracts_offered_fp": row["yes_contracts_fp"],
        "no_contracts_offered_fp": row["no_contracts_fp"],
    }
    if "rfq_target_cost_dollars" in row:
        msg["rfq_target_cost_dollars"] = row["rfq_target_cost_dollars"]
    if kind == "quote_created":
        msg["created_ts"] = stamp(event.time)
    else:
        msg["accepted_side"] = row["accepted_side"]
        msg["contracts_accepted_fp"] = row["contracts_fp"]
    return Bulletin("communications", kind, msg)
