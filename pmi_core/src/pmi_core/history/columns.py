"""Between a row's plain data and its columns, both ways and without loss."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from pmi_core.history.rows import CHANNELS, market_of

__all__ = ["to_columns", "to_plain"]

_BOOK = ("outcome", "bids", "asks", "sequence", "state", "source", "firm")
_TRADE = ("trade_id", "price", "size", "taker_outcome", "taker_action", "off_book")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def to_columns(serial: int, plain: dict[str, Any]) -> dict[str, Any]:
    """The columns of a row, from an update's plain data."""
    head = {
        "serial": serial,
        "received_time": _moment(plain["received_time"]),
        "market_ref": market_of(plain),
    }
    channel = CHANNELS[plain["type"]]
    if channel == "book":
        book = plain["book"]
        times = {
            "venue_time": _moment(book["venue_time"]),
            "book_received_time": _moment(book["received_time"]),
        }
        return {**head, **{name: book[name] for name in _BOOK}, **times}
    if channel == "trade":
        trade = plain["trade"]
        return {**head, **{name: trade[name] for name in _TRADE}, "time": _moment(trade["time"])}
    if channel == "connection":
        return {**head, **{name: plain[name] for name in ("state", "reason", "market_refs")}}
    return {**head, "type": plain["type"], "document": msgspec.json.encode(plain).decode()}


def to_plain(channel: str, columns: dict[str, Any]) -> dict[str, Any]:
    """An update's plain data, from the columns of a row."""
    head = {"type": channel, "received_time": columns["received_time"]}
    if channel == "book":
        book = {name: columns[name] for name in _BOOK}
        book["market_ref"] = columns["market_ref"]
        book["venue_time"] = columns["venue_time"]
        book["received_time"] = columns["book_received_time"]
        return {**head, "book": book}
    if channel == "trade":
        trade = {name: columns[name] for name in _TRADE}
        return {**head, "trade": {**trade, "market_ref": columns["market_ref"], "time": columns["time"]}}
    if channel == "connection":
        return {**head, **{name: columns[name] for name in ("state", "reason", "market_refs")}}
    found: dict[str, Any] = msgspec.json.decode(columns["document"])
    return found
