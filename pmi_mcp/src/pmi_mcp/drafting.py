"""Orders from words that assistants wrote: the market found, the outcome named, nothing guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from pmi_core.capabilities import Capability
from pmi_core.errors import InvalidOrder, NotFound
from pmi_core.models import OrderDraft, OutcomeSide
from pmi_core.models.question import problems
from pmi_core.provider import require
from pmi_mcp.texts import clean

if TYPE_CHECKING:
    from pmi_core.identifiers import MarketRef
    from pmi_core.models import Model
    from pmi_core.provider import Venue
    from pmi_mcp.venues import Venues

__all__ = ["drafted", "order_draft"]

Drafted = TypeVar("Drafted", bound="Model")


async def order_draft(
    venues: Venues,
    *,
    market: str,
    outcome: str | None,
    venue: str | None = None,
    expires: str | None = None,
    group: str | None = None,
    **fields: Any,
) -> OrderDraft:
    """Make the draft of an order.

    Args:
        venues: where the market is looked for.
        market: ref, URL or the venue's own id.
        outcome: yes, no or the outcome's label; only left out where the ref names it.
        venue: where the market is, if it is no ref.
        expires: ISO 8601; an order that has an end is ``gtd``.
        group: an order group's ref.
        fields: the other fields of an :class:`OrderDraft`; None is left out.

    Raises:
        InvalidOrder: a field is missing or wrong, or fields contradict each other.
    """
    opened, ref = await venues.locate(market, venue)
    try:
        side = await _side(venues, opened, ref, outcome)
    except NotFound as error:
        raise venues.with_nearest(error, ref) from None
    return drafted(
        OrderDraft,
        market_ref=ref.market,
        outcome=side,
        expires_at=None if expires is None else _end(expires),
        group_ref=group.strip() if group else None,
        **fields,
    )


def drafted(model: type[Drafted], /, **fields: Any) -> Drafted:
    """Build a draft; None is left out.

    Raises:
        InvalidOrder: a field cannot be; the message names each wrong one.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    try:
        return model(**given)
    except ValidationError as error:
        raise InvalidOrder("; ".join(problems(error)), hint="change the order") from None


def _end(text: str) -> datetime:
    """Exactly, because the same call must mean the same order after a person was asked about it."""
    try:
        end = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidOrder(
            f"expires: {clean(text, 40)!r} is not a time", hint="write 2026-11-22T14:30:00Z"
        ) from None
    return end.astimezone(UTC) if end.tzinfo else end.replace(tzinfo=UTC)


async def _side(venues: Venues, opened: Venue, ref: MarketRef, outcome: str | None) -> OutcomeSide:
    """The outcome that is meant: by the ref, by its side, or by its label."""
    named = OutcomeSide(ref.outcome) if ref.outcome is not None else None
    wanted = (outcome or "").strip()
    if not wanted:
        if named is None:
            raise InvalidOrder("no outcome was named", hint="give outcome: yes, no or its label")
        return named
    if wanted.lower() in tuple(OutcomeSide):
        meant = OutcomeSide(wanted.lower())
    else:
        part = require(opened.markets, Capability.MARKETS, opened)
        found = await venues.wait(opened.name, part.get_market(ref.market))
        alike = [one for one in found.outcomes if one.label.strip().casefold() == wanted.casefold()]
        if len(alike) != 1:
            raise InvalidOrder(
                f"{ref.market} has no outcome {clean(wanted, 60)!r}",
                hint="give yes or no; get_market shows the labels",
                venue=opened.name,
            )
        meant = OutcomeSide(alike[0].polarity)
    if named not in (None, meant):
        raise InvalidOrder(f"{ref} names another outcome than {clean(wanted, 60)!r}", hint="name one of them")
    return meant
