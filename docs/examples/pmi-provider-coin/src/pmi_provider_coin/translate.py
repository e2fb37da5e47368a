"""From the venue's words to the neutral ones."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pmi_core import (
    Level,
    Market,
    MarketRef,
    MarketResult,
    MarketStatus,
    NoFee,
    OrderBook,
    Outcome,
    OutcomeSide,
    Trading,
    cent_grid,
)
from pmi_provider_coin.wire import WireBook, WireFlip

__all__ = ["book_of", "market_of"]

_RESULTS = {"heads": MarketResult.YES, "tails": MarketResult.NO}


def dollars(cents: int | None) -> Decimal | None:
    """A price in dollars; a missing price stays missing."""
    return None if cents is None else Decimal(cents) / 100


def market_of(flip: WireFlip, *, venue: str, now: datetime) -> Market:
    """Heads is YES, tails is NO."""
    bid, ask = dollars(flip.heads.bid), dollars(flip.heads.ask)
    tossed = flip.state == "tossed"
    result = _RESULTS[flip.result] if flip.result is not None else None
    return Market(
        ref=MarketRef.make(venue, flip.id),
        title=flip.question,
        rules="The coin decides.",
        outcomes=(
            Outcome(label="Heads", polarity=OutcomeSide.YES, bid=bid, ask=ask),
            Outcome(
                label="Tails",
                polarity=OutcomeSide.NO,
                bid=None if ask is None else 1 - ask,
                ask=None if bid is None else 1 - bid,
            ),
        ),
        status=MarketStatus.SETTLED if tossed else MarketStatus.OPEN,
        trading=Trading.NONE if tossed else Trading.OPEN,
        open_time=flip.opens,
        close_time=flip.tossed_at,
        settled_time=flip.tossed_at if tossed else None,
        price_grid=cent_grid(),
        size_step=Decimal(1),
        min_size=Decimal(1),
        fees=NoFee(),
        result=result,
        settlement_value=None if result is None else Decimal(int(result is MarketResult.YES)),
        resolution_final=tossed,
        as_of=now,
    )


def book_of(book: WireBook, *, venue: str, now: datetime, depth: int | None) -> OrderBook:
    """The book for heads, best first, at most ``depth`` levels a side."""
    bids, asks = sorted(book.bids, reverse=True), sorted(book.asks)
    return OrderBook(
        market_ref=MarketRef.make(venue, book.id),
        bids=tuple(Level(price=Decimal(cents) / 100, size=Decimal(size)) for cents, size in bids[:depth]),
        asks=tuple(Level(price=Decimal(cents) / 100, size=Decimal(size)) for cents, size in asks[:depth]),
        received_time=now,
    )
