"""Events and series."""

from __future__ import annotations

from collections.abc import Iterable

from pmi_core.identifiers import EventRef, SeriesRef
from pmi_core.models import Event, FeeSchedule, Market, ResolutionSource, Series
from pmi_provider_kalshi.fees import FeeTerms
from pmi_provider_kalshi.translate.blame import reading
from pmi_provider_kalshi.wire import event as wire
from pmi_provider_kalshi.wire import series as wire_series

__all__ = ["event", "event_fees", "series", "sources"]


def sources(given: Iterable[wire.SettlementSource] | None) -> tuple[ResolutionSource, ...]:
    """Translate settlement sources; nameless ones go by their address, empty ones are left out."""
    return tuple(
        ResolutionSource(name=source.name or source.url, url=source.url or None)
        for source in given or ()
        if source.name or source.url
    )


def series(row: wire_series.Series, venue: str, terms: FeeTerms) -> Series:
    """Translate a series with its fees; the fees are None where their formula is not published.

    Raises:
        UnexpectedAnswer: its ticker is none; the message names the series.
    """
    with reading(f"series {row.ticker}", venue):
        return Series(
            ref=SeriesRef.make(venue, row.ticker),
            title=row.title,
            category=row.category or None,
            tags=tuple(row.tags or ()),
            frequency=row.frequency or None,
            resolution_sources=sources(row.settlement_sources),
            fees=terms.schedule(row.fee_type, row.fee_multiplier),
        )


def event_fees(row: wire.Event, of_series: wire_series.Series | None, terms: FeeTerms) -> FeeSchedule | None:
    """Say what the event's markets are charged: its own overrides first, then its series' terms.

    None where neither says, or where the formula is not published.
    """
    own_type, own_multiplier = row.fee_type_override, row.fee_multiplier_override
    if of_series is not None:
        return terms.schedule(
            of_series.fee_type,
            of_series.fee_multiplier,
            type_override=own_type,
            multiplier_override=own_multiplier,
        )
    if own_type is None or own_multiplier is None:
        return None
    return terms.schedule(own_type, own_multiplier)


def event(row: wire.Event, venue: str, markets: tuple[Market, ...]) -> Event:
    """Translate an event.

    Mutually exclusive means at most one YES here, never exactly one: ``exhaustive`` and
    ``open_set`` are not said by the venue.

    Raises:
        UnexpectedAnswer: its ticker is none; the message names the event.
    """
    closing = [market.close_time for market in markets if market.close_time is not None]
    with reading(f"event {row.event_ticker}", venue):
        return Event(
            ref=EventRef.make(venue, row.event_ticker),
            series_ref=SeriesRef.make(venue, row.series_ticker) if row.series_ticker else None,
            title=row.title or row.event_ticker,
            subtitle=row.sub_title or None,
            category=row.category or None,
            mutually_exclusive=row.mutually_exclusive,
            exhaustive=None,
            open_set=None,
            markets=markets,
            resolution_sources=sources(row.settlement_sources),
            close_time=max(closing, default=None),
        )
