"""What somebody writes who needs only this: typed decoding, a number, two dicts, two best prices."""

from __future__ import annotations

import sys
from collections.abc import Callable

import msgspec


class Body(msgspec.Struct, gc=False):
    """A change."""

    market_ticker: str
    price_dollars: str
    delta_fp: str
    side: str


class Delta(msgspec.Struct, gc=False, tag="orderbook_delta"):
    """A numbered change."""

    seq: int
    msg: Body


class Levels(msgspec.Struct):
    """A snapshot."""

    market_ticker: str
    yes_dollars_fp: list[tuple[str, str]]
    no_dollars_fp: list[tuple[str, str]]


class Snapshot(msgspec.Struct, tag="orderbook_snapshot"):
    """A numbered snapshot."""

    seq: int
    msg: Levels


class Subscribed(msgspec.Struct, tag="subscribed"):
    """The confirmation."""

    id: int


def units(text: str) -> int:
    """A size in hundredths."""
    return int(text.replace(".", ""))


def reading() -> Callable[[bytes], None]:
    """A reader of messages with books of its own."""
    decode = msgspec.json.Decoder(Delta | Snapshot | Subscribed).decode
    books: dict[str, tuple[dict[str, int], dict[str, int]]] = {}
    best: dict[str, list[str]] = {}
    last = 0

    def units(text: str) -> int:
        return int(text.replace(".", ""))

    def read(raw: bytes) -> None:
        nonlocal last
        message = decode(raw)
        if type(message) is Delta:
            if message.seq != last + 1:
                sys.exit("a gap")
            last += 1
            body = message.msg
            which = 0 if body.side == "yes" else 1
            side, tops = books[body.market_ticker][which], best[body.market_ticker]
            at = body.price_dollars
            size = side.get(at, 0) + units(body.delta_fp)
            if size > 0:
                side[at] = size
                if at > tops[which]:
                    tops[which] = at
            elif side.pop(at, None) is not None and at == tops[which]:
                tops[which] = max(side, default="")
            tops[0], tops[1]
        elif type(message) is Snapshot:
            last = message.seq
            sides = (
                {p: units(q) for p, q in message.msg.yes_dollars_fp},
                {p: units(q) for p, q in message.msg.no_dollars_fp},
            )
            books[message.msg.market_ticker] = sides
            best[message.msg.market_ticker] = [max(side, default="") for side in sides]

    return read


Change = tuple[str, bool, int, int]
"""Name, whether it is a bid, price in ticks, what is added."""


def applying(
    books: dict[str, tuple[dict[int, int], dict[int, int], list[int]]], changes: list[Change]
) -> None:
    """Apply changes that are parsed already to two dicts and two best prices for each name; nothing is checked."""
    for name, is_bid, price, by in changes:
        bids, asks, best = books[name]
        side = bids if is_bid else asks
        size = side.get(price, 0) + by
        if size > 0:
            side[price] = size
            if is_bid:
                if price > best[0]:
                    best[0] = price
            elif price < best[1]:
                best[1] = price
        elif side.pop(price, 0):
            if is_bid:
                if price == best[0]:
                    best[0] = max(side, default=-1)
            elif price == best[1]:
                best[1] = min(side, default=1 << 62)
        best[0], best[1]
