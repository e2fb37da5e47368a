"""Order books: two lists of bids into one book with asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from pydantic import ValidationError

from pmi_core.errors import UnexpectedAnswer
from pmi_core.identifiers import MarketRef
from pmi_core.models import Level, OrderBook
from pmi_core.numbers import ONE, ZERO
from pmi_provider_kalshi.translate.numbers import number, price
from pmi_provider_kalshi.wire.book import Orderbook

__all__ = ["book"]


def book(row: Orderbook, ref: MarketRef, received: datetime, depth: int | None = None) -> OrderBook:
    """Translate a book into YES terms: a NO bid at q is a YES ask at 1 - q.

    Args:
        row: the venue's book, levels in either order.
        ref: the market, without an outcome.
        received: when the answer came.
        depth: levels per side at most; None for all.

    Raises:
        UnexpectedAnswer: a price or count is none, a price comes twice, or the book is crossed.
    """
    try:
        return OrderBook(
            market_ref=ref,
            bids=tuple(_bids(row.yes_dollars)[:depth]),
            asks=tuple(_mirrored(level) for level in _bids(row.no_dollars)[:depth]),
            received_time=received,
        )
    except ValidationError as error:
        said = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise UnexpectedAnswer(f"the book of {ref} makes no sense: {said}", venue=ref.venue) from error
    except ValueError as error:
        raise UnexpectedAnswer(f"the book of {ref} makes no sense: {error}", venue=ref.venue) from error


def _bids(levels: Sequence[tuple[str, str]] | None) -> list[Level]:
    """Best first, whatever order they came in; levels that hold nothing are left out."""
    read = sorted(((price(at), number(held)) for at, held in levels or ()), reverse=True)
    if any(high == low for (high, _), (low, _) in pairwise(read)):
        raise ValueError("a price comes twice")
    if any(held < ZERO for _, held in read):
        raise ValueError("a level holds less than nothing")
    return [Level.trusted({"price": at, "size": held}) for at, held in read if held]


def _mirrored(level: Level) -> Level:
    return Level.trusted({"price": ONE - level.price, "size": level.size})
