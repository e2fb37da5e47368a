"""``pmi quote``: what taking would cost now; nothing is ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.options import Json, Reference, VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.identifiers import MarketRef
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["quote"]


def quote(
    context: typer.Context,
    reference: Reference,
    *,
    buy: Annotated[
        bool, typer.Option("--buy/--sell", help="Buy the outcome, or with --sell sell it.")
    ] = True,
    outcome: Annotated[
        str | None, typer.Option("--outcome", "-o", help="yes or no; else what REF names, else yes.")
    ] = None,
    size: Annotated[str | None, typer.Option("--size", help="Contracts.")] = None,
    notional: Annotated[
        str | None, typer.Option("--notional", help="Instead of --size: money without fees.")
    ] = None,
    venue: VenueName = None,
    as_json: Json = False,
) -> None:
    """Show what taking would cost now, without ordering; the exit status is 1 if nothing can be had."""

    async def work(registry: Registry, screen: Screen) -> Exit:
        from decimal import Decimal

        from pmi_mcp.terminal.listing import patient
        from pmi_mcp.tools.costs import quote_cost

        venues = patient(registry)
        _, named = await venues.locate(reference, venue)
        wanted = _outcome(named, outcome)
        with screen.working("asking the price"):
            answer = await quote_cost(
                venues, market=wanted, action="buy" if buy else "sell", size=size, notional=notional
            )
        if screen.as_json:
            screen.document("quote", item=answer.facts)
        else:
            _show(screen, answer.facts)
        if Decimal(answer.facts["size"]):
            return Exit.OK
        screen.note("nothing can be had")
        return Exit.NO

    run(context, work, as_json=as_json)


def _outcome(named: MarketRef, outcome: str | None) -> MarketRef:
    """The outcome that is meant: by the option, by the ref, else YES."""
    from pmi_core.errors import RequestError

    wanted = (outcome or named.outcome or "yes").strip().lower()
    if wanted not in ("yes", "no"):
        raise RequestError(f"--outcome is yes or no, not {outcome!r}")
    if named.outcome not in (None, wanted):
        raise RequestError(
            f"the ref names {str(named.outcome).upper()} and --outcome something else",
            hint="leave one of them out",
        )
    return named.market.of(wanted)


def _show(screen: Screen, facts: dict[str, Any]) -> None:
    screen.table(["", ""], [(name.replace("_", " "), _said(value)) for name, value in facts.items()])


def _said(value: object) -> object:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {part}" for name, part in value.items())
    return ("no", "yes")[value] if isinstance(value, bool) else value
