"""What happened, in the words of the stream: one bulletin for each frame that subscribers may get."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from pmi_core.exchange.commands import AddEvent, OpenCombo, PlaceOrder
from pmi_core.exchange.events import (
    Commanded,
    Event,
    GroupChange,
    GroupChanged,
    LevelChanged,
    MarketChanged,
    Traded,
)
from pmi_core.models import OutcomeSide
from pmi_core.models.update import LifecycleKind
from pmi_provider_kalshi.sandbox.grids import bands
from pmi_provider_kalshi.sandbox.names import place_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.rows.markets import all_prints, market_row, open_interest, volume
from pmi_provider_kalshi.sandbox.writing import count, dollars, millis, seconds, stamp

__all__ = [
    "Bulletin",
    "book_message",
    "group_bulletin",
    "lifecycle_bulletins",
    "public_bulletins",
    "ticker_message",
]

_KINDS: Final = {
    LifecycleKind.CREATED: "created",
    LifecycleKind.PAUSED: "deactivated",
    LifecycleKind.RESUMED: "activated",
    LifecycleKind.REOPENED: "activated",
    LifecycleKind.CLOSE_TIME_CHANGED: "close_date_updated",
    LifecycleKind.DETERMINED: "determined",
    LifecycleKind.SETTLED: "settled",
    LifecycleKind.VOIDED: "settled",
}
"""Opening and closing on time are not told."""
_GROUP_KINDS: Final = {
    GroupChange.CREATED: "created",
    GroupChange.LIMIT: "limit_updated",
    GroupChange.TRIGGERED: "triggered",
    GroupChange.RESET: "reset",
    GroupChange.DELETED: "deleted",
}
_TOLD: Final = (
    "rules_primary",
    "rules_secondary",
    "can_close_early",
    "event_ticker",
    "strike_type",
    "floor_strike",
    "cap_strike",
    "custom_strike",
    "yes_sub_title",
    "no_sub_title",
    "title",
)


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One frame before it is numbered.

    Attributes:
        ticker: the market by which subscribers filter; None where they cannot.
        mine: whether it concerns something that the member made.
        yes_price: for the book's NO side, the price in YES terms.
    """

    channel: str
    type: str
    msg: dict[str, Any]
    ticker: str | None = None
    mine: bool = True
    yes_price: str | None = None


def public_bulletins(office: Office, events: tuple[Event, ...]) -> list[Bulletin]:
    """Books and trades of one command."""
    found: list[Bulletin] = []
    cause: dict[str, Any] = {}
    for event in events:
        if isinstance(event, Commanded):
            cause = _cause(event)
        elif isinstance(event, LevelChanged):
            found.append(_delta(office, event, cause))
        elif isinstance(event, Traded):
            found.append(_trade(office, event))
    return found


def _cause(event: Commanded) -> dict[str, Any]:
    """Whose order moved the book: told to its member alone."""
    command = event.command
    if not isinstance(command, PlaceOrder):
        return {}
    place = place_of(command.account)
    return {} if place is None else {"client_order_id": command.client_order_id, "subaccount": place[0]}


def _delta(office: Office, event: LevelChanged, cause: dict[str, Any]) -> Bulletin:
    yes = event.side == "bid"
    msg = {
        "market_ticker": event.market_id,
        "market_id": office.names.market_of(event.market_id),
        "clock": event.seq,
        "price_dollars": dollars(event.price if yes else 1 - event.price),
        "delta_fp": count(event.delta),
        "side": "yes" if yes else "no",
        "ts": stamp(event.time),
        "ts_ms": millis(event.time),
        **cause,
    }
    return Bulletin(
        "orderbook_delta",
        "orderbook_delta",
        msg,
        event.market_id,
        yes_price=None if yes else dollars(event.price),
    )


def _trade(office: Office, trade: Traded) -> Bulletin:
    side = "yes" if trade.taker_outcome is OutcomeSide.YES else "no"
    msg = {
        "trade_id": office.names.of(trade.trade_id),
        "market_ticker": trade.market_id,
        "yes_price_dollars": dollars(trade.price),
        "no_price_dollars": dollars(1 - trade.price),
        "count_fp": count(trade.size),
        "taker_side": side,
        "taker_outcome_side": side,
        "taker_book_side": "bid" if side == "yes" else "ask",
        "is_block_trade": trade.off_book,
        "ts": seconds(trade.time),
        "ts_ms": millis(trade.time),
    }
    return Bulletin("trade", "trade", msg, trade.market_id)


def book_message(office: Office, ticker: str, *, yes_price: bool) -> dict[str, Any]:
    """A whole book; an empty side is absent."""
    book = office.engine.book(ticker)
    msg: dict[str, Any] = {
        "market_ticker": ticker,
        "market_id": office.names.market_of(ticker),
        "clock": book.sequence,
    }
    if book.bids:
        msg["yes_dollars_fp"] = [[dollars(price), count(size)] for price, size in reversed(book.bids)]
    if book.asks:
        msg["no_dollars_fp"] = [
            [dollars(price if yes_price else 1 - price), count(size)] for price, size in reversed(book.asks)
        ]
    return msg


def ticker_message(office: Office, ticker: str, now: datetime) -> dict[str, Any]:
    """A market's prices and counts."""
    floor = office.floor
    view = office.engine.market(ticker)
    prints = all_prints(floor, ticker)
    last = prints[-1] if prints else None
    traded = volume(floor, ticker)
    price = Decimal(0) if last is None else last.price
    outstanding = open_interest(floor, ticker)
    return {
        "market_id": office.names.market_of(ticker),
        "market_ticker": ticker,
        "price_dollars": dollars(price),
        "yes_bid_dollars": dollars(view.bid),
        "yes_ask_dollars": dollars(Decimal(1) if view.ask is None else view.ask),
        "volume_fp": count(traded),
        "open_interest_fp": count(outstanding),
        "dollar_volume": int(traded * price),
        "dollar_open_interest": int(outstanding * price),
        "yes_bid_size_fp": count(view.bid_size),
        "yes_ask_size_fp": count(view.ask_size),
        "last_trade_size_fp": count(None if last is None else last.size),
        "ts": seconds(now),
        "ts_ms": millis(now),
        "time": stamp(now),
    }


def lifecycle_bulletins(office: Office, events: tuple[Event, ...]) -> list[Bulletin]:
    """Markets and events that came, changed or went; those of combos on a channel of their own."""
    found: list[Bulletin] = []
    combo = any(isinstance(one, Commanded) and isinstance(one.command, OpenCombo) for one in events)
    for event in events:
        if isinstance(event, Commanded) and isinstance(event.command, AddEvent):
            bulletin = _event(office, event.command.spec.id)
            if bulletin is not None:
                found.append(bulletin)
        elif isinstance(event, MarketChanged) and event.kind in _KINDS:
            apart = combo or event.market_id not in office.floor.calendar.markets
            found.append(_market(office, event, apart=apart))
    return found


def _event(office: Office, ticker: str) -> Bulletin | None:
    plan = office.floor.calendar.events.get(ticker)
    if plan is None:
        return None
    msg = {
        "event_ticker": ticker,
        "exchange_index": plan.series.shard,
        "title": plan.title,
        "subtitle": plan.subtitle,
        "collateral_return_type": "MECNET" if plan.exclusive else "",
        "series_ticker": plan.series.ticker,
    }
    return Bulletin("market_lifecycle_v2", "event_lifecycle", msg)


def _market(office: Office, event: MarketChanged, *, apart: bool) -> Bulletin:
    ticker = event.market_id
    kind = _KINDS[event.kind]
    plan = office.floor.series_of(ticker)
    msg: dict[str, Any] = {"market_ticker": ticker, "event_type": kind, "exchange_index": plan.shard}
    view = office.engine.market(ticker)
    if kind == "created":
        row = market_row(office.floor, ticker, event.time)
        msg["open_ts"] = seconds(view.spec.open_time or event.time)
        if view.close_time is not None:
            msg["close_ts"] = seconds(view.close_time)
        told = {name: row[name] for name in _TOLD if name in row}
        due = seconds(datetime.fromisoformat(row["expected_expiration_time"]))
        msg["additional_metadata"] = {"name": row["yes_sub_title"], **told, "expected_expiration_ts": due}
        msg["price_level_structure"] = plan.structure
        if not apart:
            msg["price_ranges"] = bands(plan.structure)
    elif kind in ("deactivated", "activated"):
        msg["is_deactivated"] = kind == "deactivated"
    elif kind == "close_date_updated" and event.close_time is not None:
        msg["close_ts"] = seconds(event.close_time)
    elif kind == "determined" and event.value is not None:
        msg["determination_ts"] = seconds(event.time)
        msg["result"] = "yes" if event.value == 1 else "no" if event.value == 0 else "scalar"
        msg["settlement_value"] = dollars(event.value)
    elif kind == "settled":
        msg["settled_ts"] = seconds(event.time)
    channel = "multivariate_market_lifecycle" if apart else "market_lifecycle_v2"
    return Bulletin(channel, channel, msg)


def group_bulletin(office: Office, event: GroupChanged) -> Bulletin:
    """An order group changed."""
    msg: dict[str, Any] = {
        "event_type": _GROUP_KINDS[event.change],
        "order_group_id": office.names.of(event.group_id),
        "ts_ms": millis(event.time),
    }
    if event.change in (GroupChange.CREATED, GroupChange.LIMIT):
        msg["contracts_limit_fp"] = count(event.limit)
    return Bulletin("order_group_updates", "order_group_updates", msg)
