"""A venue's own price of taking, in the words of a walk through a book."""

from __future__ import annotations

from pmi_core.analysis.cost import FillCost
from pmi_core.models import FeeCertainty, Level, PriceQuote
from pmi_core.numbers import ZERO

__all__ = ["cost_of_quote"]


def cost_of_quote(quote: PriceQuote) -> FillCost:
    """What a quote promises; its fees are exact only where the venue stands behind it.

    A quote does not say how much more could be had: ``available`` is 0.
    """
    price = quote.worst_price or quote.average_price
    levels = (Level(price=price, size=quote.size),) if price is not None and quote.size else ()
    return FillCost(
        size=quote.size,
        average_price=quote.average_price if quote.size else None,
        worst_price=price if quote.size else None,
        cost=quote.cost,
        fees=quote.fees,
        fees_certainty=quote.fees_certainty if quote.firm else FeeCertainty.UPPER_BOUND,
        price_after=quote.price_after,
        complete=quote.complete,
        available=ZERO,
        levels=levels,
        by_venue=True,
    )
