"""The messages of the benchmark of streams: the same for every client, made from one seed."""

from __future__ import annotations

import json
import random


def price(ticks: int) -> str:
    """A price in cents, as the venue writes it."""
    return f"{ticks / 100:.4f}"


def numbered(markets: int, count: int, *, uneven: bool = False) -> tuple[list[str], list[bytes]]:
    """Names of markets, and their snapshots followed by changes, numbered on one subscription.

    Every market is as busy as any other; or, where ``uneven``, the second half as busy as the first,
    the third a third, and so on.
    """
    lots = random.Random(7)
    names = [f"KXNBA{i}-26NOV01-T{i}" for i in range(markets)]
    books = [
        {side: {c: lots.randint(10, 5000) for c in range(1, 48)} for side in ("yes", "no")} for _ in names
    ]
    raw = []

    def say(kind: str, body: dict[str, object]) -> None:
        message = {"type": kind, "sid": 1, "seq": len(raw) + 1, "msg": body}
        raw.append(json.dumps(message, separators=(",", ":")).encode())

    def market(i: int) -> dict[str, object]:
        return {"market_ticker": names[i], "market_id": f"00000000-0000-4000-8000-{i:012d}"}

    for i, book in enumerate(books):
        sides = {
            f"{side}_dollars_fp": [[price(c), f"{q}.00"] for c, q in levels.items()]
            for side, levels in book.items()
        }
        say("orderbook_snapshot", {**market(i), **sides})
    shares = [1 / place for place in range(1, markets + 1)]
    for number in range(count):
        i = lots.choices(range(markets), shares)[0] if uneven else lots.randrange(markets)
        side = lots.choice(("yes", "no"))
        cents = min(48, max(1, int(lots.gauss(44, 4))))
        held = books[i][side].get(cents, 0)
        by = -held if held and lots.random() < 0.25 else lots.randint(1, 500)
        books[i][side][cents] = held + by
        if not held + by:
            del books[i][side][cents]
        body = {"price_dollars": price(cents), "delta_fp": f"{by}.00", "side": side}
        stamp = {"ts": f"2026-11-22T12:00:00.{number % 1_000_000:06d}Z", "ts_ms": 1_763_800_000_000 + number}
        say("orderbook_delta", {**market(i), **body, **stamp})
    return names, raw


def totals(count: int) -> tuple[list[str], list[bytes]]:
    """Both tokens of a market, and their books followed by new totals, with the best prices that are true after each.

    As the venue does it, a message tells a change of both tokens, the second as the mirror of the first.
    """
    lots = random.Random(9)
    tokens = ["1" * 77, "2" * 77]
    bids = {c: 11 * c for c in range(1, 45)}
    asks = {c: 13 * c for c in range(50, 100)}

    def levels(side: dict[int, int], *, mirrored: bool = False) -> list[dict[str, str]]:
        return [
            {"price": f"{(100 - c if mirrored else c) / 100:.2f}", "size": f"{q}.00"} for c, q in side.items()
        ]

    def change(which: int, cents: int, size: int, *, buys: bool) -> dict[str, str]:
        best = [max(bids), min(asks)]
        if which:
            cents, buys, best = 100 - cents, not buys, [100 - best[1], 100 - best[0]]
        return {
            "asset_id": tokens[which],
            "price": f"{cents / 100:.2f}",
            "size": f"{size}.00" if size else "0",
            "side": "BUY" if buys else "SELL",
            "hash": "cd" * 20,
            "best_bid": f"{best[0] / 100:.2f}",
            "best_ask": f"{best[1] / 100:.2f}",
        }

    head = {"market": "0x" + "ab" * 32, "timestamp": "1763800000000"}
    book = {**head, "event_type": "book", "hash": "ab" * 20}
    first = [
        {**book, "asset_id": tokens[0], "bids": levels(bids), "asks": levels(asks)},
        {
            **book,
            "asset_id": tokens[1],
            "bids": levels(asks, mirrored=True),
            "asks": levels(bids, mirrored=True),
        },
    ]
    raw = [json.dumps(first, separators=(",", ":")).encode()]
    for number in range(count):
        buys = lots.random() < 0.5
        side, cents = (bids, lots.randint(30, 44)) if buys else (asks, lots.randint(50, 65))
        size = lots.choice((0, lots.randint(1, 9000)))
        if size:
            side[cents] = size
        else:
            side.pop(cents, None)
        message = {
            **head,
            "event_type": "price_change",
            "price_changes": [change(which, cents, size, buys=buys) for which in (0, 1)],
        }
        message["timestamp"] = str(1_763_800_000_000 + number)
        raw.append(json.dumps(message, separators=(",", ":")).encode())
    return tokens, raw
