"""Events, series and milestones as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmi_mcp.views.fees import fee_view
from pmi_mcp.views.markets import market_row, source_view
from pmi_mcp.views.values import Detail, label, moment, name_of, present

if TYPE_CHECKING:
    from pmi_core.models import Event, Market, Milestone, Series

__all__ = ["event_row", "member_row", "milestone_row", "series_row"]


def event_row(event: Event, detail: Detail) -> dict[str, Any]:
    """An event without its markets; what they exclude or exhaust is shown where the venue says."""
    row: dict[str, Any] = {
        "ref": name_of(event.ref),
        "title": label(event.title),
        "subtitle": label(event.subtitle),
        "category": label(event.category, 60),
        "series": name_of(event.series_ref),
        "mutually_exclusive": event.mutually_exclusive,
        "exhaustive": event.exhaustive,
        "closes": moment(event.close_time),
        "market_count": len(event.markets) or None,
    }
    if detail == "full":
        row["open_set"] = event.open_set
        row["resolution_sources"] = [source_view(source) for source in event.resolution_sources]
    return present(row)


def member_row(market: Market, event: Event) -> dict[str, Any]:
    """A market inside its event: what it shares with the event is not said again."""
    row = market_row(market)
    if market.subtitle and market.title == event.title:
        row.pop("title", None)
    if market.close_time == event.close_time:
        row.pop("closes", None)
    return row


def series_row(series: Series, detail: Detail) -> dict[str, Any]:
    """A series; in full with its tags, sources and fees."""
    row: dict[str, Any] = {
        "ref": name_of(series.ref),
        "title": label(series.title),
        "category": label(series.category, 60),
        "frequency": label(series.frequency, 60),
    }
    if detail == "full":
        row["tags"] = [label(tag, 60) for tag in series.tags[:30] if tag]
        row["resolution_sources"] = [source_view(source) for source in series.resolution_sources]
        row["fees"] = fee_view(series.fees)
    return present(row)


def milestone_row(milestone: Milestone, detail: Detail) -> dict[str, Any]:
    """A happening and the events that depend on it."""
    row: dict[str, Any] = {
        "ref": name_of(milestone.ref),
        "title": label(milestone.title),
        "category": label(milestone.category, 60),
        "kind": label(milestone.kind, 60),
        "starts": moment(milestone.start_time),
        "ends": moment(milestone.end_time),
        "events": [name_of(ref) for ref in (milestone.primary_event_refs or milestone.event_refs)[:20]],
    }
    if detail == "full":
        row["events"] = [name_of(ref) for ref in milestone.event_refs[:200]]
        row["primary_events"] = [name_of(ref) for ref in milestone.primary_event_refs[:200]]
        row["source"] = label(milestone.source, 200)
        row["updated"] = moment(milestone.updated_time)
    return present(row)
