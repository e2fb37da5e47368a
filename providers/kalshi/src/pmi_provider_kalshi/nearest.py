"""Which prices of a market lie nearest to one that it does not take."""

from __future__ import annotations

from decimal import Decimal

from pmi_core.errors import OffGrid, PmiError
from pmi_core.identifiers import MarketRef
from pmi_core.models import OutcomeSide
from pmi_core.numbers import Rounding, plain
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.translate.grids import grid
from pmi_provider_kalshi.translate.sides import turned

__all__ = ["name_nearest"]


async def name_nearest(
    archive: Archive,
    market: MarketRef,
    outcome: OutcomeSide,
    price: Decimal,
    error: OffGrid,
    *,
    capability: str,
) -> None:
    """Let the error say which prices are nearest; a failure to read them changes nothing."""
    try:
        row = await archive.market(market.native, capability=capability)
        ranges = grid(row.price_ranges)
    except (PmiError, ValueError):
        return
    if ranges is None:
        return
    yes = turned(price, outcome)
    near = {ranges.snap(yes, towards=way) for way in (Rounding.FLOOR, Rounding.CEILING)}
    prices = sorted(turned(one, outcome) for one in near if one is not None)
    if prices:
        error.hint = f"the market's price grid takes {' or '.join(map(plain, prices))}"
