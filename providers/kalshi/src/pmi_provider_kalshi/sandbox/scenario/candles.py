"""Candles counted from trades, with the maker's prices at the end of each period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pmi_provider_kalshi.sandbox.scenario.history import Print

__all__ = ["Bar", "bars"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One period of a market."""

    end: int
    """Unix seconds; the period's end, which belongs to it."""
    prices: tuple[Decimal, ...]
    """Of its trades, in their order."""
    mean: Decimal | None
    """Weighted by size."""
    previous: Decimal | None
    """The last price before it."""
    bids: tuple[Decimal, ...]
    """The best bid at its start and at its end; nothing reads as 0."""
    asks: tuple[Decimal, ...]
    volume: Decimal
    open_interest: Decimal


Quotes = Callable[[int], tuple[Decimal, Decimal]]
"""Best bid and ask at a moment, in unix seconds."""


def bars(
    prints: Sequence[Print], *, start: int, end: int, minutes: int, quotes: Quotes, since: int, until: int
) -> Iterator[Bar]:
    """The bars whose ends lie from ``start`` to ``end``, oldest first.

    Args:
        prints: all trades of the market, oldest first.
        since: when the market opened; no bar ends before.
        until: the present, or the close; no bar begins after.
    """
    length = minutes * 60
    first = max(-(-max(start, since + 1) // length), 1) * length
    last = min(end, -(-until // length) * length)
    place, volume = 0, Decimal(0)
    previous: Decimal | None = None
    for close in range(first, last + 1, length):
        while place < len(prints) and prints[place].time.timestamp() <= close - length:
            previous, volume = prints[place].price, volume + prints[place].size
            place += 1
        inside: list[Print] = []
        while place < len(prints) and prints[place].time.timestamp() <= close:
            inside.append(prints[place])
            place += 1
        traded = _size(inside)
        volume += traded
        edges = [quotes(max(close - length, since)), quotes(min(close, until))]
        yield Bar(
            end=close,
            prices=tuple(one.price for one in inside),
            mean=_mean(inside, traded),
            previous=previous,
            bids=tuple(bid for bid, _ in edges),
            asks=tuple(ask for _, ask in edges),
            volume=traded,
            open_interest=_open_interest(volume),
        )
        if inside:
            previous = inside[-1].price


def _size(prints: Iterable[Print]) -> Decimal:
    return sum((one.size for one in prints), Decimal(0))


def _mean(prints: list[Print], traded: Decimal) -> Decimal | None:
    if not prints:
        return None
    return sum((one.price * one.size for one in prints), Decimal(0)) / traded


def _open_interest(volume: Decimal) -> Decimal:
    """Contracts outstanding after a volume: six of ten trades open new ones."""
    return volume * 6 // 10
