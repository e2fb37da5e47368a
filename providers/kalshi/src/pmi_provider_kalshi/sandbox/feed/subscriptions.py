"""Subscriptions of one connection: what each wants, and the numbers of its messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

__all__ = ["CHANNELS", "FILTERED", "INDEXED", "SEQUENCED", "TEXTS", "Complaint", "Subscription"]

CHANNELS: Final = frozenset(
    {
        "orderbook_delta",
        "ticker",
        "trade",
        "fill",
        "market_positions",
        "market_lifecycle_v2",
        "multivariate_market_lifecycle",
        "communications",
        "order_group_updates",
        "user_orders",
        "cfbenchmarks_value",
        "cfbenchmarks_value_5hz",
        "pyth_value",
    }
)
SEQUENCED: Final = frozenset(
    {
        "orderbook_delta",
        "trade",
        "market_lifecycle_v2",
        "multivariate_market_lifecycle",
        "communications",
        "order_group_updates",
        "cfbenchmarks_value",
        "cfbenchmarks_value_5hz",
        "pyth_value",
    }
)
"""Channels whose messages are numbered."""
FILTERED: Final = frozenset({"orderbook_delta", "ticker", "trade", "fill", "market_positions", "user_orders"})
"""Channels that can be narrowed to markets."""
INDEXED: Final = MappingProxyType(
    {
        "cfbenchmarks_value": ("index_ids", 24, "indices"),
        "cfbenchmarks_value_5hz": ("index_ids", 24, "indices"),
        "pyth_value": ("underlying_tickers", 28, "underlyings"),
    }
)
"""Channels of outside prices: what names them, the error where that is missing, the word in actions."""

TEXTS: Final = MappingProxyType(
    {
        1: "Unable to process message",
        2: "Params required",
        3: "Channels required",
        4: "Subscription IDs required",
        5: "Unknown command",
        7: "Unknown subscription ID",
        8: "Unknown channel name",
        9: "Authentication required",
        10: "Channel error",
        11: "Invalid parameter",
        12: "Exactly one subscription ID is required",
        13: "Unsupported action",
        14: "Market Ticker required",
        15: "Action required",
        18: "Command timeout",
        19: "shard_factor must be > 0",
        20: "shard_factor is required when shard_key is set",
        21: "shard_key must be >= 0 and < shard_factor",
        22: "shard_factor must be <= 100",
        24: "Index IDs required",
        25: "Subscription buffer overflow",
        26: "Subscription market limit exceeded",
        27: "Too many requests",
        28: "Underlying tickers required",
    }
)
"""Error codes in words (AsyncAPI of October 2026)."""


class Complaint(Exception):
    """A command that is answered with an error.

    Attributes:
        code: of the error.
        sid: the subscription that it is about, if any.
    """

    def __init__(self, code: int, sid: int | None = None, tickers: list[str] | None = None) -> None:
        super().__init__(TEXTS[code])
        self.code = code
        self.sid = sid
        self.tickers = tickers


@dataclass(slots=True)
class Subscription:
    """One channel of one connection.

    Attributes:
        tickers: the markets, in the order of asking; None for all.
        names: indices or underlyings of a channel of outside prices.
    """

    sid: int
    channel: str
    tickers: list[str] | None = None
    yes_price: bool = False
    only_mine: bool = False
    quiet: bool = False
    shard: tuple[int, int] = (1, 0)
    names: list[str] = field(default_factory=list)
    sequence: int = 0

    def next(self) -> int:
        """The number of the next message."""
        self.sequence += 1
        return self.sequence

    def wants(self, ticker: str | None) -> bool:
        """Whether a message about a market goes out."""
        return self.tickers is None or ticker is None or ticker in self.tickers

    def envelope(self, kind: str, msg: Any, *, counted: bool = True) -> dict[str, Any]:
        """A message of this subscription, numbered where its channel is."""
        frame: dict[str, Any] = {"type": kind, "sid": self.sid}
        if counted:
            frame["seq"] = self.next()
        frame["msg"] = msg
        return frame
