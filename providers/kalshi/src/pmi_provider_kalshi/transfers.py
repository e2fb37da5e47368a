"""Cash inside one account: between shards, and between subaccounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from pmi_core.errors import RequestError, VenueError
from pmi_core.numbers import plain
from pmi_core.transfers import CashPlace, Transfer, TransferRequest
from pmi_provider_kalshi.native.pages import CENT, CENTI_CENT
from pmi_provider_kalshi.native.shards import ShardSet
from pmi_provider_kalshi.native.subaccounts import SubaccountSet, SubaccountTransfer
from pmi_provider_kalshi.portfolio import Portfolio
from pmi_provider_kalshi.translate.numbers import units

__all__ = ["CashMoves"]

_USD: Final = "USD"
_SECOND: Final = timedelta(seconds=1)
_DONE: Final = "complete"


class CashMoves:
    """What the order desk moves cash by; a place is named ``subaccount/shard``, such as ``0/2``.

    Between shards the venue tells transfers apart by the caller's id for the primary subaccount alone,
    and what crosses shards for another one happens in steps that may stop half way (OpenAPI 3.34.0,
    IntraExchangeInstanceTransfer).  So that road is not taken: cash of another subaccount goes to
    subaccount 0 on its own shard first.
    """

    def __init__(self, portfolio: Portfolio, shards: ShardSet, subaccounts: SubaccountSet) -> None:
        self._portfolio = portfolio
        self._shards = shards
        self._subaccounts = subaccounts

    async def list_places(self) -> tuple[CashPlace, ...]:
        """Every subaccount on every shard; with a subaccount in the settings, that one alone."""
        only = self._portfolio.subaccount
        rows = await self._subaccounts.balances()
        return tuple(
            CashPlace(
                name=f"{row.subaccount_number}/{row.exchange_index}",
                title=f"{_titled(row.subaccount_number)} on shard {row.exchange_index}",
                currency=_USD,
                cash=row.balance,
            )
            for row in rows
            if only in (None, row.subaccount_number)
        )

    def check_transfer(self, request: TransferRequest) -> None:
        """Say no to what the venue does not take, or could not be found again.

        Raises:
            RequestError: as said.
        """
        source, target = _place(request.source), _place(request.destination)
        if source == target:
            raise RequestError("cash moves between two different places")
        within_shard = source[1] == target[1]
        if not within_shard and (source[0] or target[0]):
            raise RequestError(
                "between shards only cash of the primary subaccount moves safely",
                hint="move it to subaccount 0 on its own shard first, such as from 3/1 to 0/1",
            )
        places, step = (2, CENT) if within_shard else (4, CENTI_CENT)
        try:
            units(request.amount, places)
        except ValueError as error:
            raise RequestError(
                f"that way cash moves in multiples of {plain(step)} dollars: {error}"
            ) from None

    async def transfer(self, request: TransferRequest) -> Transfer:
        """Move cash, once; between shards the venue answers before it has arrived.

        Raises:
            RequestError: certainly nothing moved.
            Duplicate: the id was used before.
            UncertainError: it may have moved.
        """
        self.check_transfer(request)
        source, target = _place(request.source), _place(request.destination)
        name = _uuid(request)
        if source[1] == target[1]:
            await self._subaccounts.transfer(
                name,
                source=source[0],
                destination=target[0],
                dollars=request.amount,
                exchange_index=source[1],
            )
            return _told(request, None, done=True)
        made = await self._shards.transfer(
            name, source=source[1], destination=target[1], dollars=request.amount
        )
        return _told(request, made, done=False)

    async def find_transfer(self, request: TransferRequest, since: datetime) -> Transfer | None:
        """Look for what may have moved.

        Between subaccounts the venue shows no ids of callers, so what is alike counts; times are whole
        seconds there.

        Raises:
            VenueError: several are alike.
        """
        source, target = _place(request.source), _place(request.destination)
        earliest = self._portfolio.venue_time(since).replace(microsecond=0) - _SECOND
        if source[1] != target[1]:
            name = _uuid(request)
            moves = await _all(self._shards.transfers, earliest)
            found = next((row for row in moves if row.client_transfer_id == name), None)
            if found is None:
                return None
            return _told(request, found.transfer_id, done=found.status == _DONE, time=found.created)
        wanted = (source[0], target[0], source[1], request.amount)
        rows = await _all(self._subaccounts.transfers, earliest)
        alike = [row for row in rows if _content(row) == wanted]
        if len(alike) > 1:
            ids = ", ".join(row.transfer_id for row in alike)
            raise VenueError(
                f"several transfers look like it ({ids})", hint="a person must say which one it is"
            )
        if not alike:
            return None
        return _told(request, alike[0].transfer_id, done=True, time=alike[0].created)


def _place(name: str) -> tuple[int, int]:
    """Subaccount and shard.

    Raises:
        RequestError: the name is none of this venue's.
    """
    subaccount, _, shard = name.partition("/")
    if not all(part.isascii() and part.isdigit() and len(part) < 4 for part in (subaccount, shard)):
        raise RequestError(f"{name!r} is no place here", hint="a place is subaccount/shard, such as 0/2")
    return int(subaccount), int(shard)


def _titled(number: int) -> str:
    return f"subaccount {number}" if number else "primary subaccount"


def _uuid(request: TransferRequest) -> str:
    """The id in the venue's form; the same for the same request."""
    return str(uuid5(NAMESPACE_OID, request.client_transfer_id))


def _content(row: SubaccountTransfer) -> tuple[int, int, int, Decimal]:
    return (row.from_subaccount, row.to_subaccount, row.exchange_index, row.amount)


def _told(
    request: TransferRequest, name: str | None, *, done: bool, time: datetime | None = None
) -> Transfer:
    return Transfer(
        id=name,
        source=request.source,
        destination=request.destination,
        amount=request.amount,
        currency=_USD,
        done=done,
        time=time,
    )


async def _all(read: Any, earliest: datetime) -> list[Any]:
    """Rows since a moment; the newest come first."""
    found: list[Any] = []
    cursor: str | None = None
    seen: set[str] = set()
    while True:
        page = await read(limit=100, cursor=cursor)
        found += [row for row in page.rows if row.created >= earliest]
        cursor = page.cursor
        if cursor is None or cursor in seen or any(row.created < earliest for row in page.rows):
            return found
        seen.add(cursor)
