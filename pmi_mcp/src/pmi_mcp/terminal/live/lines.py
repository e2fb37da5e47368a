"""An update in one line, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pmi_mcp.texts import clean

if TYPE_CHECKING:
    from pmi_core.models import Fill, LifecycleUpdate, Update
    from pmi_mcp.terminal.screen import Screen

__all__ = ["print_update", "tell"]


def print_update(screen: Screen, venue: str, update: Update) -> None:
    """Print one line and give it to the reader of a pipe at once."""
    import sys

    if screen.as_json:
        from pmi_mcp.terminal.screen import SCHEMA_VERSION

        plain = update.model_dump(mode="json")
        screen.line(
            json.dumps({"schema_version": SCHEMA_VERSION, "venue": venue, **plain}, ensure_ascii=False)
        )
    else:
        cells = [f"{update.received_time:%H:%M:%S.%f}"[:-3], *tell(venue, update)]
        cells = [clean(cell, 300).replace("\t", " ") for cell in cells]
        screen.line("  ".join(cells) if screen.is_terminal else "\t".join(cells))
    sys.stdout.flush()


def tell(venue: str, update: Update) -> tuple[str, str, str]:
    """What kind it is, whom it concerns, and what it says."""
    if update.type == "connection":
        about = " ".join(update.market_refs) or venue
        return "state", about, update.state.value + (f": {update.reason}" if update.reason else "")
    if update.type in ("order", "fill", "fill_reversed", "position"):
        return _own(update)
    return _public(update)


def _public(update: Any) -> tuple[str, str, str]:
    if update.type == "trade":
        trade = update.trade
        taker = " ".join(word.value for word in (trade.taker_action, trade.taker_outcome) if word)
        said = f"{trade.size:f} at {trade.price:f}"
        return "trade", trade.market_ref, f"{said}, taker {taker}" if taker else said
    if update.type == "book":
        sides = [
            "none" if level is None else f"{level.price:f} x {level.size:f}"
            for level in (update.book.best_bid, update.book.best_ask)
        ]
        return "book", update.market_ref, f"bid {sides[0]}, ask {sides[1]}"
    if update.type == "ticker":
        yes = update.yes
        named = (("bid", yes.bid), ("ask", yes.ask), ("last", yes.last))
        prices = [f"{name} {price:f}" for name, price in named if price is not None]
        return "ticker", update.market_ref, ", ".join(prices) or "no prices"
    return "market", update.market_ref, _life(update)


def _life(update: LifecycleUpdate) -> str:
    told, market = update.kind.value.replace("_", " "), update.market
    if market is None:
        return told
    if update.kind in ("determined", "settled") and market.result is not None:
        return f"{told}: {market.result.value}"
    if update.kind in ("close_time_changed", "reopened") and market.close_time is not None:
        return f"{told}, closes {market.close_time:%Y-%m-%d %H:%M:%S}"
    return told


def _own(update: Any) -> tuple[str, str, str]:
    if update.type == "order":
        order = update.order
        told = f"{order.status.value}: {order.action.value} {order.outcome.value.upper()}, {order.filled:f} filled"
        left = "" if order.remaining is None else f", {order.remaining:f} left"
        return "order", order.market_ref, f"{told}{left}  {order.ref or order.client_order_id}"
    if update.type == "position":
        position = update.position
        return "position", position.market_ref, f"{position.size:f} {position.outcome.value.upper()}"
    undone = ", undone by the venue" if update.type == "fill_reversed" else ""
    return "fill", update.fill.market_ref, _fill(update.fill) + undone


def _fill(fill: Fill) -> str:
    told = f"{fill.action.value} {fill.size:f} {fill.outcome.value.upper()} at {fill.price:f}"
    return f"{told}, fee {fill.fee:f}  {fill.order_ref}"
