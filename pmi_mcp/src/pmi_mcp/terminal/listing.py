"""Rows of several venues in one table: who is asked, who could not be, where it goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from pmi_core.errors import PmiError
from pmi_mcp.terminal.exits import exit_for

if TYPE_CHECKING:
    from datetime import datetime

    from pmi_core.capabilities import Capability
    from pmi_core.identifiers import MarketRef
    from pmi_core.models.model import Model
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.cursors import Place
    from pmi_mcp.gathering import Gathered, Reader, Slice
    from pmi_mcp.terminal.screen import Screen
    from pmi_mcp.venues import Venues

__all__ = ["narrowed", "patient", "read_rows", "show_rows"]

Item = TypeVar("Item")
Row = TypeVar("Row", bound="Model")


def patient(registry: Registry) -> Venues:
    """The configured venues, none waited for longer than the settings say."""
    from pmi_mcp.settings import read_server_settings
    from pmi_mcp.venues import Venues

    return Venues(registry, patience=read_server_settings(registry.config).venue_seconds)


async def narrowed(
    venues: Venues, market: str | None, venue: str | None, capability: Capability
) -> tuple[tuple[str, ...], MarketRef | None]:
    """The venues to ask, and the market by which the question is narrowed, where one was named."""
    if market is None:
        return venues.choose(venue, capability), None
    _, ref = await venues.find(market, venue, capability)
    return (ref.venue,), ref.market


async def read_rows(
    screen: Screen,
    names: Sequence[str],
    read: Reader[Item],
    *,
    limit: int,
    cursor: str | None = None,
    newest: Callable[[Item], datetime | None] | None = None,
) -> Gathered[Item]:
    """Ask every venue at once, as :func:`pmi_mcp.gathering.gather` does.

    Raises:
        PmiError: no venue gave an answer; the reason with the highest exit status, after the others
            were told.
    """
    from pmi_mcp.failures import describe
    from pmi_mcp.gathering import gather

    failed: list[PmiError] = []

    async def noted(name: str, place: Place) -> Slice[Item]:
        try:
            return await read(name, place)
        except PmiError as error:
            error.venue = error.venue or name
            failed.append(error)
            raise

    try:
        with screen.working(f"asking {', '.join(names)}"):
            return await gather(names, cursor, noted, limit=limit, newest=newest)
    except PmiError as error:
        worst = max([error, *failed], key=exit_for)
        if not screen.as_json:
            _tell(screen, [describe(other) for other in failed if other is not worst])
        raise worst from None


def show_rows(
    screen: Screen,
    found: Gathered[Row],
    *,
    kind: str,
    headings: Sequence[str],
    cells: Callable[[str, Row], Sequence[object]],
    numeric: frozenset[str] = frozenset(),
) -> None:
    """Print the rows, the venues that could not be asked, and where the listing goes on.

    Args:
        screen: where to.
        found: what the venues answered.
        kind: the noun, of the JSON document and of what there is none of.
        headings: of the columns.
        cells: one row of the table, from a venue's name and its item.
        numeric: the headings of columns that hold numbers.
    """
    more = found.cursor(len(found.rows))
    if screen.as_json:
        items = [{"venue": name, **item.model_dump(mode="json")} for name, item in found.rows]
        screen.document(kind, items=items, cursor=more, errors=found.errors)
        return
    screen.table(headings, [cells(name, item) for name, item in found.rows], numeric=numeric)
    _tell(screen, found.errors)
    if not found.rows:
        screen.note(f"no {kind}")
    if more:
        screen.note(f"more with --cursor {more}")


def _tell(screen: Screen, errors: Sequence[dict[str, Any]]) -> None:
    for error in errors:
        screen.note(f"{error.get('venue', 'a venue')} could not be asked: {error.get('message')}")
