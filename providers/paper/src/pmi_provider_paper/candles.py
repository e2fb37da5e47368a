"""Price history, made of the same trades that are listed."""

from __future__ import annotations

from datetime import timedelta

from pmi_core.models import Candle, CandleQuery
from pmi_provider_paper import translate
from pmi_provider_paper.house import House

__all__ = ["PaperCandles"]


class PaperCandles:
    """Keeps :class:`pmi_core.capabilities.CandleReader`."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def list_candles(self, query: CandleQuery) -> tuple[Candle, ...]:
        house = self._house
        with house.turn("candles", "list_candles") as now:
            listing = house.listing(query.market_ref)
            length = timedelta(seconds=query.interval.seconds)
            rows = house.history.candles(listing, query.interval, query.start, query.end, now)
            return tuple(translate.candle(listing, row, row.start + length) for row in rows)
