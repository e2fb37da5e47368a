"""Subaccounts: their balances, their netting, and money that moves between them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final

import msgspec

from pmi_core.errors import RequestError
from pmi_core.numbers import plain
from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.native.pages import CENT, Listing, limit_of, moment_of, uuid_of
from pmi_provider_kalshi.translate.numbers import units
from pmi_provider_kalshi.wire.told import Told

__all__ = ["Netting", "SubaccountBalance", "SubaccountSet", "SubaccountTransfer"]

_CAPABILITY: Final = "subaccounts"
_MOST: Final = 1000


class SubaccountBalance(Told, frozen=True):
    """Dollars of a subaccount on one shard."""

    signed: ClassVar = frozenset({"balance"})

    subaccount_number: int
    balance: Decimal
    updated_ts: int
    exchange_index: int = 0

    @property
    def updated(self) -> datetime:
        """When it last changed."""
        return moment_of(self.updated_ts)


class SubaccountTransfer(Told, frozen=True):
    """Money that moved between subaccounts; the amount comes in cents."""

    transfer_id: str
    from_subaccount: int
    to_subaccount: int
    amount_cents: int
    created_ts: int
    exchange_index: int = 0

    @property
    def amount(self) -> Decimal:
        """Dollars."""
        return self.amount_cents * CENT

    @property
    def created(self) -> datetime:
        """When it moved."""
        return moment_of(self.created_ts)


class Netting(Told, frozen=True):
    """Whether positions of mutually exclusive markets are netted."""

    subaccount_number: int
    enabled: bool
    exchange_index: int = 0


class _Made(msgspec.Struct):
    subaccount_number: int


class _Balances(msgspec.Struct):
    subaccount_balances: list[SubaccountBalance]


class _Transfers(msgspec.Struct):
    transfers: list[SubaccountTransfer]
    cursor: str | None = None


class _Nettings(msgspec.Struct):
    netting_configs: list[Netting]


class SubaccountSet:
    """``venue.native.subaccounts``; needs a key that is not locked to one of them.

    :meth:`transfer` is the bare call by which the order desk moves cash: nobody is asked here and
    nothing is written down.  Programs preview a ``TransferDraft`` instead.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def balances(self) -> tuple[SubaccountBalance, ...]:
        """GET /portfolio/subaccounts/balances."""
        path = "/portfolio/subaccounts/balances"
        answer = await self._caller.get(_Balances, path, _CAPABILITY, signed=True, rows="subaccount_balances")
        return tuple(answer.subaccount_balances)

    async def create(self, *, exchange_index: int | None = None) -> int:
        """POST /portfolio/subaccounts; gives the new one's number."""
        body = {} if exchange_index is None else {"exchange_index": exchange_index}
        answer = await self._caller.send("POST", "/portfolio/subaccounts", _CAPABILITY, body=body)
        return answer.decode(_Made).subaccount_number

    async def transfer(
        self,
        client_transfer_id: str,
        *,
        source: int,
        destination: int,
        dollars: Decimal,
        exchange_index: int | None = None,
    ) -> None:
        """POST /portfolio/subaccounts/transfer; the same id moves the money only once.

        Args:
            client_transfer_id: a UUID made by the caller before sending, and kept.
            source: the subaccount that pays, 0 for the primary one.
            destination: the subaccount that is paid.
            dollars: whole cents.
            exchange_index: the shard; the venue's first one if not given.

        Raises:
            RequestError: certainly nothing moved, or the id was used before.
        """
        try:
            cents = units(dollars, 2)
        except ValueError as error:
            raise RequestError(f"a transfer is of whole cents above 0: {error}") from None
        if cents <= 0:
            raise RequestError(f"a transfer is of whole cents above 0, not {plain(dollars)} dollars")
        body = {
            "client_transfer_id": uuid_of(client_transfer_id),
            "from_subaccount": source,
            "to_subaccount": destination,
            "amount_cents": cents,
        }
        if exchange_index is not None:
            body["exchange_index"] = exchange_index
        await self._caller.send("POST", "/portfolio/subaccounts/transfer", _CAPABILITY, body=body)

    async def transfers(self, *, limit: int = 100, cursor: str | None = None) -> Listing[SubaccountTransfer]:
        """GET /portfolio/subaccounts/transfers, at most 1000 a page."""
        params = {"limit": limit_of(limit, _MOST), "cursor": cursor}
        answer = await self._caller.get(
            _Transfers,
            "/portfolio/subaccounts/transfers",
            _CAPABILITY,
            params=params,
            signed=True,
            rows="transfers",
        )
        return Listing(tuple(answer.transfers), answer.cursor or None)

    async def netting(self) -> tuple[Netting, ...]:
        """GET /portfolio/subaccounts/netting."""
        path = "/portfolio/subaccounts/netting"
        answer = await self._caller.get(_Nettings, path, _CAPABILITY, signed=True, rows="netting_configs")
        return tuple(answer.netting_configs)

    async def set_netting(self, subaccount: int, *, enabled: bool) -> None:
        """PUT /portfolio/subaccounts/netting."""
        body = {"subaccount_number": subaccount, "enabled": enabled}
        path = "/portfolio/subaccounts/netting"
        await self._caller.send("PUT", path, _CAPABILITY, body=body, idempotent=True)
