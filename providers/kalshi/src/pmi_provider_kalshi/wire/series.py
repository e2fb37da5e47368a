"""Series (OpenAPI 3.34.0, schema Series)."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from pmi_provider_kalshi.wire.event import SettlementSource
from pmi_provider_kalshi.wire.told import Told

__all__ = ["Series", "SeriesAnswer", "SeriesListAnswer"]


class Series(Told, frozen=True):
    """A series with its fee terms; ``fee_type`` is an open list of words."""

    ticker: str
    title: str
    frequency: str
    category: str
    fee_type: str
    fee_multiplier: Decimal
    tags: list[str] | None = None
    settlement_sources: list[SettlementSource] | None = None


class SeriesAnswer(msgspec.Struct):
    """Of GET /series/{series_ticker}."""

    series: Series


class SeriesListAnswer(msgspec.Struct):
    """Of GET /series, which is not paged."""

    series: list[Series]
