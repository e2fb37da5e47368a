"""What only this exchange has: a small typed set of methods for each thing, in the venue's own words.

Reached as ``venue.native.<set>`` of :class:`pmi_provider_kalshi.venue.KalshiVenue`.  Answers are
frozen structs with the venue's names; money is Decimal dollars, moments are aware and in UTC.
"""

from __future__ import annotations

__all__: list[str] = []
