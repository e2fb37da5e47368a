"""Money between shards: transfers, and the shares that the venue keeps by itself."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from pmi_core.errors import RequestError
from pmi_core.numbers import plain
from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.native.pages import Listing, limit_of, moment_of, uuid_of
from pmi_provider_kalshi.translate.numbers import units
from pmi_provider_kalshi.wire.told import Told

__all__ = ["Allocation", "Allocations", "ShardSet", "ShardTransfer"]

_CAPABILITY: Final = "shards"
_EVENTS: Final = "event_contract"
_PATH: Final = "/portfolio/intra_exchange_instance_transfers"
_MOST: Final = 500


class ShardTransfer(Told, frozen=True):
    """Money that moved between shards."""

    transfer_id: str
    source: str
    destination: str
    source_exchange_shard: int
    destination_exchange_shard: int
    amount: Decimal
    """Dollars."""
    status: str
    created_ts: int
    client_transfer_id: str | None = None

    @property
    def created(self) -> datetime:
        """When it was begun."""
        return moment_of(self.created_ts)


class Allocation(Told, frozen=True):
    """The share of the money that a shard is to have."""

    exchange_index: int
    percent: int


class Allocations(msgspec.Struct, frozen=True):
    """How the venue spreads money by itself, and what it leaves behind for resting orders."""

    allocations: tuple[Allocation, ...]
    resting_margin_reservation: str


class _Made(msgspec.Struct):
    transfer_id: str


class _One(msgspec.Struct):
    transfer: ShardTransfer


class _Many(msgspec.Struct):
    transfers: list[ShardTransfer]
    cursor: str | None = None


class ShardSet:
    """``venue.native.shards``; needs a key.  The margin exchange is left out.

    :meth:`transfer` is the bare call by which the order desk moves cash: nobody is asked here and
    nothing is written down.  Programs preview a ``TransferDraft`` instead.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def transfer(
        self,
        client_transfer_id: str | None,
        *,
        source: int,
        destination: int,
        dollars: Decimal,
        source_subaccount: int | None = None,
        destination_subaccount: int | None = None,
    ) -> str:
        """POST /portfolio/intra_exchange_instance_transfer; gives the transfer's id.

        Args:
            client_transfer_id: a UUID made by the caller before sending, and kept; it moves money only once.
                The venue refuses one where a numbered subaccount is named: None then, and the call may move
                money each time and stop half way.
            source: the shard that pays.
            destination: the shard that is paid.
            dollars: whole hundredths of a cent.
            source_subaccount: whose money; the primary one's if not given.
            destination_subaccount: whose it becomes.

        Raises:
            RequestError: certainly nothing moved by this call.
            UncertainError: it may have moved.
        """
        numbered = bool(source_subaccount or destination_subaccount)
        if numbered is (client_transfer_id is not None):
            raise RequestError(
                "the venue takes no id of the caller's for numbered subaccounts"
                if numbered
                else "give an id that was made before sending",
                hint="without one, look at the transfers before doing it again" if numbered else None,
            )
        try:
            amount = units(dollars, 4)
        except ValueError as error:
            raise RequestError(f"a transfer is of hundredths of a cent above 0: {error}") from None
        if amount <= 0:
            raise RequestError(f"a transfer is of hundredths of a cent above 0, not {plain(dollars)} dollars")
        body: dict[str, Any] = {
            "client_transfer_id": None if client_transfer_id is None else uuid_of(client_transfer_id),
            "source": _EVENTS,
            "destination": _EVENTS,
            "amount": amount,
            "source_exchange_shard": source,
            "destination_exchange_shard": destination,
            "source_subaccount": source_subaccount,
            "destination_subaccount": destination_subaccount,
        }
        given = {name: value for name, value in body.items() if value is not None}
        path = "/portfolio/intra_exchange_instance_transfer"
        return (await self._caller.send("POST", path, _CAPABILITY, body=given)).decode(_Made).transfer_id

    async def transfers(self, *, limit: int = 100, cursor: str | None = None) -> Listing[ShardTransfer]:
        """GET /portfolio/intra_exchange_instance_transfers, at most 500 a page."""
        params = {"limit": limit_of(limit, _MOST), "cursor": cursor}
        answer = await self._caller.get(
            _Many, _PATH, _CAPABILITY, params=params, signed=True, rows="transfers"
        )
        return Listing(tuple(answer.transfers), answer.cursor or None)

    async def get_transfer(self, transfer_id: str) -> ShardTransfer:
        """GET /portfolio/intra_exchange_instance_transfers/{transfer_id}."""
        path = f"{_PATH}/{{transfer_id}}"
        answer = await self._caller.get(_One, path, _CAPABILITY, signed=True, transfer_id=transfer_id)
        return answer.transfer

    async def allocations(self) -> Allocations:
        """GET /portfolio/target_balance_allocation.

        Setting them is left out: by that standing instruction the venue moves cash again and again, and no
        yes of a person to one transfer covers it.
        """
        path = "/portfolio/target_balance_allocation"
        return await self._caller.get(Allocations, path, _CAPABILITY, signed=True)
