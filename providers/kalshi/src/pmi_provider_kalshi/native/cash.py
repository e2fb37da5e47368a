"""Deposits and withdrawals."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.native.pages import CENT, Listing, limit_of, moment_of
from pmi_provider_kalshi.wire.told import Told

__all__ = ["CashMovement", "CashSet"]

_CAPABILITY: Final = "cash"
_MOST: Final = 500


class CashMovement(Told, frozen=True):
    """A deposit or a withdrawal; amounts come in cents, moments in seconds."""

    id: str
    status: str
    """pending, applied, failed or returned."""
    type: str
    amount_cents: int
    fee_cents: int
    created_ts: int
    finalized_ts: int | None = None

    @property
    def amount(self) -> Decimal:
        """Dollars."""
        return self.amount_cents * CENT

    @property
    def fee(self) -> Decimal:
        """Dollars."""
        return self.fee_cents * CENT

    @property
    def created(self) -> datetime:
        """When it was begun."""
        return moment_of(self.created_ts)

    @property
    def finalized(self) -> datetime | None:
        """When it ended; None while it is pending."""
        return None if self.finalized_ts is None else moment_of(self.finalized_ts)


class _Deposits(msgspec.Struct):
    deposits: list[CashMovement]
    cursor: str | None = None


class _Withdrawals(msgspec.Struct):
    withdrawals: list[CashMovement]
    cursor: str | None = None


class CashSet:
    """``venue.native.cash``; needs a key."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def deposits(self, *, limit: int = 100, cursor: str | None = None) -> Listing[CashMovement]:
        """GET /portfolio/deposits, at most 500 a page."""
        params = {"limit": limit_of(limit, _MOST), "cursor": cursor}
        answer = await self._caller.get(
            _Deposits, "/portfolio/deposits", _CAPABILITY, params=params, signed=True, rows="deposits"
        )
        return Listing(tuple(answer.deposits), answer.cursor or None)

    async def withdrawals(self, *, limit: int = 100, cursor: str | None = None) -> Listing[CashMovement]:
        """GET /portfolio/withdrawals, at most 500 a page."""
        params = {"limit": limit_of(limit, _MOST), "cursor": cursor}
        answer = await self._caller.get(
            _Withdrawals,
            "/portfolio/withdrawals",
            _CAPABILITY,
            params=params,
            signed=True,
            rows="withdrawals",
        )
        return Listing(tuple(answer.withdrawals), answer.cursor or None)
