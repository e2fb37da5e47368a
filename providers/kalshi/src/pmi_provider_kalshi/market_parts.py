"""Which lists of the venue answer a question about markets.

The venue takes one status, and times of closing only with the status ``closed`` or with none.
Its ``open`` leaves paused markets out, its ``closed`` covers markets whose result is known already,
and settled markets are split between the live tier and the archive, which filters by nothing but
event or series.  So the widest list that the venue can give is asked for, and the rest of the
question is answered here row by row: a page may hold fewer rows than asked for, never wrong ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil, floor
from typing import Final

from pmi_core.models import Market, MarketQuery, MarketStatus

__all__ = ["MarketPart", "keeps", "market_parts"]

_LISTS: Final[dict[MarketStatus | None, tuple[str | None, ...]]] = {
    None: (None,),
    MarketStatus.UNOPENED: ("unopened",),
    MarketStatus.OPEN: ("open", "paused"),
    MarketStatus.CLOSED: ("closed",),
    MarketStatus.DETERMINED: ("closed",),
    MarketStatus.SETTLED: ("settled",),
    MarketStatus.VOIDED: (),
}
"""Values of the venue's ``status`` by neutral status; the venue voids nothing."""
_YET_TO_CLOSE: Final = (MarketStatus.UNOPENED, MarketStatus.OPEN)
_MAY_BE_ARCHIVED: Final = (None, MarketStatus.SETTLED)


@dataclass(frozen=True, slots=True)
class MarketPart:
    """One list and its filters, without limit and cursor."""

    name: str
    filters: dict[str, str | int] = field(default_factory=dict)
    archived: bool = False


def market_parts(query: MarketQuery, now: datetime, archived_before: datetime | None) -> list[MarketPart]:
    """The lists that together hold every market of the question, one after the other.

    Args:
        query: the question, without ``market_refs``.
        now: a market that is yet to close closes later than this.
        archived_before: the cutoff of the archive; None where the question needs none.
    """
    after, before = query.closes_after, query.closes_before
    if query.status in _YET_TO_CLOSE and before is not None and before < now:
        return []
    place: dict[str, str | int] = {}
    if query.event_ref is not None:
        place["event_ticker"] = query.event_ref.native
    elif query.series_ref is not None:
        place["series_ticker"] = query.series_ref.native
    lists = _LISTS[query.status]
    window: dict[str, str | int] = {}
    if lists and (after is not None or before is not None):
        if query.status in _YET_TO_CLOSE:
            after = now if after is None else max(after, now)
        if lists != ("closed",):
            lists = (None,)
        # The venue compares whole seconds and does not say whether it includes the ends.
        if after is not None:
            window["min_close_ts"] = floor(after.timestamp()) - 1
        if before is not None:
            window["max_close_ts"] = ceil(before.timestamp()) + 1
    parts = [
        MarketPart(word or "any", {**place, **window, **({"status": word} if word else {})}) for word in lists
    ]
    if query.status in _MAY_BE_ARCHIVED and archived_before is not None:
        closes_later = query.closes_after is not None and query.closes_after >= archived_before
        if not closes_later:
            parts.append(MarketPart("archive", place, archived=True))
    return parts


def keeps(query: MarketQuery, market: Market) -> bool:
    """Whether a listed market is one that was asked for."""
    if query.status is not None and market.status is not query.status:
        return False
    closes = market.close_time
    if query.closes_after is not None and (closes is None or closes < query.closes_after):
        return False
    return query.closes_before is None or (closes is not None and closes <= query.closes_before)
