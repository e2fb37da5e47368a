"""Moving cash inside one account: between subaccounts, wallets, or parts of an exchange.

An opened venue that can do so has an attribute ``transfers``, and programs move money through the
order desk (:class:`pmi_core.desk.draft.TransferDraft`), which writes down what it does.  Nothing here
moves money out of an account.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Protocol, runtime_checkable

from pydantic import Field

from pmi_core.errors import RequestError
from pmi_core.models import Model, Question, Time
from pmi_core.numbers import ASKED, Amount
from pmi_core.provider import Venue

__all__ = ["CashPlace", "PlaceName", "Transfer", "TransferRequest", "Transfers", "transfers_of"]

PlaceName = Annotated[str, Field(pattern=r"^[!-~]{1,40}$")]
"""What a venue calls a place; it means nothing to anybody else."""


class CashPlace(Model):
    """Where cash of the account lies."""

    name: PlaceName
    title: str
    currency: str
    cash: Amount
    """Free, so far as the venue tells."""


class TransferRequest(Question):
    """Cash to be moved, with an id that was made before sending."""

    client_transfer_id: str
    source: PlaceName
    destination: PlaceName
    amount: Annotated[Amount, Field(gt=0, lt=ASKED)]


class Transfer(Model):
    """Cash that moves, or has moved."""

    id: str | None
    """The venue's; None where it tells none."""
    source: PlaceName
    destination: PlaceName
    amount: Amount
    currency: str
    done: bool
    """Whether the money has arrived; False while the venue works on it."""
    time: Time | None = None


@runtime_checkable
class Transfers(Protocol):
    """What a venue's ``transfers`` can do; for the order desk, which asks a person first."""

    async def list_places(self) -> tuple[CashPlace, ...]:
        """Every place of the account, with its cash."""
        ...

    def check_transfer(self, request: TransferRequest) -> None:
        """Say no to what this venue never does; asks nobody.

        Raises:
            RequestError: the venue does not move cash that way, or not such an amount.
        """
        ...

    async def transfer(self, request: TransferRequest) -> Transfer:
        """Move cash, once.

        Raises:
            RequestError: certainly nothing moved.
            Duplicate: the id was used before.
            UncertainError: it may have moved.
        """
        ...

    async def find_transfer(self, request: TransferRequest, since: datetime) -> Transfer | None:
        """Look for what may have moved; None where everything since a moment was read and it is not there.

        Raises:
            VenueError: the venue could not be asked, or does not tell several alike apart.
        """
        ...


def transfers_of(venue: Venue) -> Transfers:
    """How a venue moves cash inside the account.

    Raises:
        RequestError: it does not.
    """
    found = getattr(venue, "transfers", None)
    if not isinstance(found, Transfers):
        raise RequestError(f"{venue.name} moves no cash inside an account", venue=venue.name)
    return found
