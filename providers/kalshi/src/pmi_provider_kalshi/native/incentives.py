"""Incentive programs: rewards for quoting and trading (public)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.native.pages import CENTI_CENT, Listing, limit_of
from pmi_provider_kalshi.wire.moment import Moment
from pmi_provider_kalshi.wire.told import Told

__all__ = ["IncentiveProgram", "IncentiveSet"]

_CAPABILITY: Final = "incentives"
_MOST: Final = 10_000


class IncentiveProgram(Told, frozen=True):
    """A reward on one market for one period; amounts come in hundredths of a cent."""

    id: str
    market_id: str
    market_ticker: str
    incentive_type: str
    incentive_description: str
    start_date: Moment
    end_date: Moment
    period_reward: int
    paid_out: bool
    discount_factor_bps: int | None = None
    target_size_fp: Decimal | None = None
    max_reward_per_account: int | None = None

    @property
    def reward(self) -> Decimal:
        """Dollars for the whole period."""
        return self.period_reward * CENTI_CENT

    @property
    def most_per_account(self) -> Decimal | None:
        """Dollars that one account may get; None where there is no limit."""
        return None if self.max_reward_per_account is None else self.max_reward_per_account * CENTI_CENT


class _Many(msgspec.Struct):
    incentive_programs: list[IncentiveProgram]
    next_cursor: str | None = None


class IncentiveSet:
    """``venue.native.incentives``."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def list(
        self,
        *,
        status: str | None = None,
        kind: str | None = None,
        description: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Listing[IncentiveProgram]:
        """GET /incentive_programs, at most 10,000 a page.

        Args:
            status: active, upcoming, closed or paid_out.
            kind: liquidity, volume, margin_maker_volume or margin_taker_volume.
            description: to the letter.
            limit: rows at most.
            cursor: where to go on.
        """
        params = {
            "status": status,
            "type": kind,
            "incentive_description": description,
            "limit": limit_of(limit, _MOST),
            "cursor": cursor,
        }
        answer = await self._caller.get(
            _Many, "/incentive_programs", _CAPABILITY, params=params, rows="incentive_programs"
        )
        return Listing(tuple(answer.incentive_programs), answer.next_cursor or None)
