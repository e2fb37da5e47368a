"""Price grids from a market's own ``price_ranges``; the name of its structure says nothing.

Nearly all markets share a handful of grids, so each is built once and shared.
"""

from __future__ import annotations

from functools import lru_cache

from pydantic import ValidationError

from pmi_core.models import PriceRange, RangesGrid
from pmi_provider_kalshi.translate.numbers import price
from pmi_provider_kalshi.wire.market import PriceRange as WireRange

__all__ = ["grid"]


@lru_cache(maxsize=1024)
def grid(bands: tuple[WireRange, ...]) -> RangesGrid | None:
    """Translate price ranges; None where there are none.

    Raises:
        ValueError: a range is empty, or its step is not positive.
    """
    if not bands:
        return None
    try:
        ranges = [
            PriceRange(start=price(band.start), end=price(band.end), step=price(band.step)) for band in bands
        ]
        return RangesGrid(ranges=tuple(sorted(ranges, key=lambda band: band.start)))
    except ValidationError as error:
        raise ValueError(error.errors(include_url=False)[0]["msg"]) from error
