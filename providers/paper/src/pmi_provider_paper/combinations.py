"""Combinations: markets that answer yes only if all their legs do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from math import inf
from typing import Final

from pmi_core.models import OutcomeSide
from pmi_provider_paper.catalogue import Leg, Listing, MarketPlan, Scenario, SeriesPlan
from pmi_provider_paper.catalogue.plans import Cadence, EventPlan, Grid, Single, Tariff
from pmi_provider_paper.records import ComboRecord

__all__ = ["COMBOS", "code_of", "combination"]

_EVER: Final = datetime.min.replace(tzinfo=UTC)
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

COMBOS: Final = SeriesPlan(
    code="X",
    title="Combinations",
    category="Combos",
    tags=("Combos",),
    cadence=Cadence.DAILY,
    life_days=1,
    question=Single(chance=50),
    event_title="Combination",
    market_title="Combination",
    rules="",
    source="The rules of the legs",
    grid=Grid.TAPERED,
    tariff=Tariff.FREE,
    activity=30,
)


def code_of(legs: Sequence[tuple[str, OutcomeSide]]) -> str:
    """The code of a combination; the order of the legs makes no difference."""
    text = "\n".join(sorted(f"{code}#{side.value}" for code, side in legs))
    number = int.from_bytes(blake2b(text.encode(), digest_size=5).digest(), "big")
    return "X-" + "".join(_LETTERS[number >> shift & 31] for shift in range(0, 40, 5))


def _moved_closes(events: Sequence[EventPlan]) -> tuple[tuple[datetime, datetime], ...]:
    """The closes that did not last: a combination closes with the last of its legs."""
    moments = sorted({until for event in events for until, _ in event.moved_closes})
    closes = [max(event.announced_close(when) for event in events) for when in (_EVER, *moments)]
    pairs = zip(moments, closes, closes[1:], strict=False)
    return tuple((until, before) for until, before, after in pairs if before != after)


def combination(record: ComboRecord, scenario: Scenario) -> Listing | None:
    """The market of a combination; None where a leg is not known any more."""
    legs: list[Leg] = []
    for code, side in record.legs:
        listing = scenario.market(code)
        if listing is None:
            return None
        legs.append(Leg(listing=listing, yes=side is OutcomeSide.YES))
    words = [f"{leg.listing.market.title.rstrip('?')}: {'yes' if leg.yes else 'no'}" for leg in legs]
    events = [leg.listing.event for leg in legs]
    market = MarketPlan(
        code=record.id,
        title="All of: " + "; ".join(words),
        subtitle=f"{len(legs)} legs",
        label="Yes",
        strike=None,
        low=-inf,
        high=inf,
        place=0,
        legs=tuple(legs),
    )
    event = EventPlan(
        code=record.id,
        series=COMBOS,
        period=0,
        slot=0,
        title=market.title,
        rules="Resolves to yes if every leg resolves as named; if a leg is void, stakes go back.",
        open_time=record.opened,
        close_time=max(event.close_time for event in events),
        moved_closes=_moved_closes(events),
        determined_time=max(event.determined_time for event in events),
        settled_time=max(event.settled_time for event in events),
        pause=None,
        mutually_exclusive=None,
        exhaustive=None,
        open_set=False,
        markets=(market,),
    )
    return Listing(event=event, market=market)
