"""The first half of the demonstration: an assistant looks around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pmi_mcp.terminal.demo_steps import Step, Stopped, ask

if TYPE_CHECKING:
    from fastmcp import Client

    from pmi_mcp.terminal.screen import Screen

__all__ = ["read"]

_QUESTION: Final = "rain"


async def read(client: Client[Any], screen: Screen, venue: str) -> dict[str, Any]:
    """Look for a market and at its prices; give its row of the search."""
    there = await ask(client, screen, Step("list_venues", "Which venues are there?", {}), _show_venues)
    if reason := next((row["reason"] for row in there["venues"] if "reason" in row), None):
        raise Stopped(reason)
    wanted = {"query": _QUESTION, "venue": venue, "limit": 5}
    found = await ask(
        client,
        screen,
        Step("search_markets", f"What is asked about {_QUESTION}?", wanted),
        _show_markets,
    )
    quoted = [row for row in found["markets"] if row.get("yes_bid") and row.get("yes_ask")]
    if not quoted:
        raise Stopped(f"no market about {_QUESTION} has prices")
    chosen: dict[str, Any] = max(quoted, key=lambda row: row.get("closes", ""))
    ref = chosen["ref"]
    await ask(
        client, screen, Step("get_market", "What exactly is the question?", {"market": ref}), _show_market
    )
    await ask(
        client,
        screen,
        Step("get_orderbook", "What can be traded, at which price?", {"market": ref, "depth": 5}),
        _show_book,
    )
    history = {"market": ref, "interval": "1h", "start": "3d"}
    await ask(client, screen, Step("get_candlesticks", "How did the price get there?", history), _show_chart)
    return chosen


def _show_venues(screen: Screen, content: dict[str, Any]) -> None:
    screen.table(
        ["venue", "title", "can"],
        [
            [venue["venue"], venue.get("title"), ", ".join(venue.get("can", [venue["status"]]))]
            for venue in content["venues"]
        ],
        for_people=True,
    )


def _show_markets(screen: Screen, content: dict[str, Any]) -> None:
    screen.table(
        ["ref", "market", "bid", "ask", "closes"],
        [
            [
                row["ref"],
                row["title"],
                row.get("yes_bid"),
                row.get("yes_ask"),
                row.get("closes", "")[:10],
            ]
            for row in content["markets"]
        ],
        numeric=frozenset({"bid", "ask", "closes"}),
        for_people=True,
    )


def _show_market(screen: Screen, content: dict[str, Any]) -> None:
    from pmi_mcp.texts import clean

    screen.say(f"  {clean(content['title'])}")
    screen.say(f"  {clean(content.get('rules', ''), 600)}")


def _show_book(screen: Screen, content: dict[str, Any]) -> None:
    asks = list(zip(content["asks"]["price"], content["asks"]["size"], strict=True))
    bids = list(zip(content["bids"]["price"], content["bids"]["size"], strict=True))
    screen.table(
        ["side", "price", "size"],
        [*(["ask", *level] for level in reversed(asks)), *(["bid", *level] for level in bids)],
        numeric=frozenset({"price", "size"}),
        for_people=True,
    )


def _show_chart(screen: Screen, content: dict[str, Any]) -> None:
    from datetime import datetime, timedelta

    from pmi_core.models import Candle
    from pmi_mcp.terminal.chart import draw_chart

    length = timedelta(hours=1)
    candles = content["candles"]
    empty = [None] * len(candles["start"])
    rows = [
        Candle(
            start=(start := datetime.fromisoformat(text)),
            end=start + length,
            close=close,
            bid_close=bid,
            ask_close=ask,
            volume=volume,
        )
        for text, close, bid, ask, volume in zip(
            candles["start"],
            *(candles.get(name, empty) for name in ("close", "bid", "ask", "volume")),
            strict=True,
        )
    ]
    chart = draw_chart(rows, width=min(screen.width, 76), height=8, ascii_only=screen.ascii_only)
    screen.say(str(chart))
