"""Order books (OpenAPI 3.34.0, schema OrderbookCountFp; recordings of June to September 2026).

Bids only, on either outcome, each level ``[price, count]``.  Recorded levels ascend, the
document says best first; a side without orders is ``[]``, and was null or absent at times.
"""

from __future__ import annotations

import msgspec

__all__ = ["BookAnswer", "BooksAnswer", "Orderbook", "TickerBook"]


class Orderbook(msgspec.Struct):
    """Bids on YES and bids on NO, each in its own outcome's dollars."""

    yes_dollars: list[tuple[str, str]] | None = None
    no_dollars: list[tuple[str, str]] | None = None


class BookAnswer(msgspec.Struct):
    """Of GET /markets/{ticker}/orderbook."""

    orderbook_fp: Orderbook


class TickerBook(msgspec.Struct):
    """One of several books."""

    ticker: str
    orderbook_fp: Orderbook


class BooksAnswer(msgspec.Struct):
    """Of GET /markets/orderbooks."""

    orderbooks: list[TickerBook]
