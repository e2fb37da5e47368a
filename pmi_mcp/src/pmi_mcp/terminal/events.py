"""``pmi events``, ``pmi event``: what markets belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.options import Cursor, Json, Limit, StatusWord, VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.models import Event
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.gathering import Reader
    from pmi_mcp.terminal.screen import Screen

__all__ = ["event", "events"]


def events(
    context: typer.Context,
    *,
    venue: VenueName = None,
    category: Annotated[str | None, typer.Option("--category", help="In the venue's words.")] = None,
    status: StatusWord = "open",
    limit: Limit = 20,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List events, one venue's or every venue's in turns; `pmi search` finds markets by words."""

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_core.capabilities import Capability
        from pmi_core.models import EventQuery
        from pmi_mcp.gathering import pages
        from pmi_mcp.terminal.listing import patient, read_rows, show_rows
        from pmi_mcp.wording import checked

        wanted = checked(EventQuery, status=None if status == "any" else status, category=category)
        venues = patient(registry)
        names = venues.choose(venue, Capability.EVENTS)
        read: Reader[Event] = pages(
            venues,
            Capability.EVENTS,
            limit,
            EventQuery,
            lambda part, query: part.list_events(query),
            status=wanted.status,
            category=wanted.category,
        )
        found = await read_rows(screen, names, read, limit=limit, cursor=cursor)
        show_rows(
            screen,
            found,
            kind="events",
            headings=["ref", "event", "category", "closes"],
            cells=lambda _, row: [
                row.ref,
                row.title,
                row.category,
                row.close_time and f"{row.close_time:%Y-%m-%d}",
            ],
            numeric=frozenset({"closes"}),
        )

    run(context, work, as_json=as_json)


def event(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="REF", help="An event, such as venue:EVENT.")],
    *,
    as_json: Json = False,
) -> None:
    """Show one event and its markets."""

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_core.capabilities import Capability
        from pmi_core.identifiers import EventRef
        from pmi_mcp.terminal.listing import patient

        venues = patient(registry)
        (name,), ref = venues.names_for(EventRef, reference, None, Capability.EVENTS)
        part = await venues.part(name, Capability.EVENTS)
        with screen.working("reading the event"):
            found: Event = await venues.wait(name, part.get_event(ref))
        if screen.as_json:
            screen.document("event", item=found.model_dump(mode="json"))
        else:
            _show(screen, found)

    run(context, work, as_json=as_json)


def _show(screen: Screen, found: Event) -> None:
    from pmi_mcp.texts import clean
    from pmi_mcp.views.values import number

    screen.say(clean(found.title), style="bold")
    if found.subtitle:
        screen.say(clean(found.subtitle))
    screen.say()
    facts: list[tuple[str, object]] = [
        ("ref", found.ref),
        ("series", found.series_ref),
        ("category", found.category),
        ("at most one is YES", _answer(found.mutually_exclusive)),
        ("at least one is YES", _answer(found.exhaustive)),
        ("closes", found.close_time and f"{found.close_time:%Y-%m-%d %H:%M} UTC"),
    ]
    screen.table(["", ""], [(name, value) for name, value in facts if value])
    screen.say()
    screen.table(
        ["market", "question", "bid", "ask", "status"],
        [
            [
                market.ref,
                market.subtitle or market.title,
                number(market.yes.bid),
                number(market.yes.ask),
                market.status,
            ]
            for market in found.markets
        ],
        numeric=frozenset({"bid", "ask"}),
    )


def _answer(said: bool | None) -> str | None:
    return None if said is None else "yes" if said else "no"
