"""The venue's words in the neutral ones."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from pmi_provider_coin.translate import book_of, market_of
from pmi_provider_coin.wire import WireBook, WireFlip

NOW = datetime(2026, 9, 30, 12, tzinfo=UTC)


def test_a_side_without_offers_has_no_price() -> None:
    flip = msgspec.convert(
        {
            "id": "FLIP-9",
            "question": "Heads?",
            "state": "open",
            "opens": "2026-09-01T00:00:00Z",
            "tossed_at": "2026-10-01T00:00:00Z",
            "heads": {"bid": None, "ask": 99},
        },
        WireFlip,
    )
    market = market_of(flip, venue="coin", now=NOW)
    assert (market.yes.bid, market.yes.ask) == (None, Decimal("0.99"))
    assert (market.no.bid, market.no.ask) == (Decimal("0.01"), None)


def test_levels_are_put_in_order() -> None:
    book = book_of(
        WireBook(id="FLIP-9", bids=[(40, 5), (48, 10)], asks=[(60, 1), (52, 2)]),
        venue="coin",
        now=NOW,
        depth=1,
    )
    assert [(one.price, one.size) for one in (*book.bids, *book.asks)] == [
        (Decimal("0.48"), Decimal(10)),
        (Decimal("0.52"), Decimal(2)),
    ]
