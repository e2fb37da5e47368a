"""Cash that is moved inside one account: judged, sent once, looked for."""

from __future__ import annotations

from datetime import UTC, datetime

from pmi_core.desk.draft import TransferDraft
from pmi_core.desk.intents import Intent
from pmi_core.errors import InsufficientFunds, RequestError
from pmi_core.numbers import plain
from pmi_core.provider import Venue
from pmi_core.transfers import CashPlace, Transfer, TransferRequest, transfers_of

__all__ = ["find_moved", "move", "place_of", "priced_in"]


def place_of(draft: TransferDraft) -> str:
    """What a transfer is about: the place that pays, since two from one place must not be in doubt at once."""
    return f"{draft.venue}:{draft.source}"


async def priced_in(venue: Venue, draft: TransferDraft) -> str:
    """Judge a transfer by what lies where; gives its currency.

    Raises:
        RequestError: a place is unknown, or the venue moves nothing that way.
        InsufficientFunds: there is less.
    """
    part = transfers_of(venue)
    part.check_transfer(_request("", draft))
    places = {place.name: place for place in await part.list_places()}
    source, destination = (_known(places, name, venue) for name in (draft.source, draft.destination))
    if source is destination or source.currency != destination.currency:
        raise RequestError("cash moves between two places of one currency", venue=venue.name)
    if source.cash < draft.amount:
        raise InsufficientFunds(
            f"{source.title} has {plain(source.cash)} {source.currency}, {plain(draft.amount)} are to move",
            venue=venue.name,
        )
    return source.currency


async def move(venue: Venue, intent: Intent) -> Transfer:
    """Move the cash of an intent, once."""
    return await transfers_of(venue).transfer(_asked(intent))


async def find_moved(venue: Venue, intent: Intent) -> Transfer | None:
    """Look for the transfer of an intent; None where it certainly is not there."""
    since = datetime.fromtimestamp(intent.created / 1000, UTC)
    return await transfers_of(venue).find_transfer(_asked(intent), since)


def _known(places: dict[str, CashPlace], name: str, venue: Venue) -> CashPlace:
    if name not in places:
        there = ", ".join(f"{place.name} ({place.title})" for place in places.values())
        raise RequestError(f"{venue.name} has no place {name!r}", hint=f"there are {there}", venue=venue.name)
    return places[name]


def _request(id_: str, draft: TransferDraft) -> TransferRequest:
    return TransferRequest(
        client_transfer_id=id_, source=draft.source, destination=draft.destination, amount=draft.amount
    )


def _asked(intent: Intent) -> TransferRequest:
    body = {name: intent.body[name] for name in ("source", "destination", "amount")}
    return TransferRequest(client_transfer_id=intent.id, **body)
