"""What the account has."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import NotFound, PermissionDenied
from pmi_core.models import (
    Action,
    Balance,
    OrderStatus,
    Page,
    Position,
    PositionQuery,
    Settlement,
    SettlementQuery,
)
from pmi_core.numbers import ONE, ZERO
from pmi_core.transport.question import Params
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.limits import MOST_ACCOUNT_ROWS
from pmi_provider_kalshi.listing import Part, Rows, page_of
from pmi_provider_kalshi.portfolio import Portfolio
from pmi_provider_kalshi.translate import account as translate
from pmi_provider_kalshi.translate.orders import order_of

__all__ = ["Account"]

_CAPABILITY: Final = Capability.ACCOUNT


class Account:
    """The slot ``account``."""

    def __init__(self, portfolio: Portfolio, archive: Archive, clock: Clock, venue: str) -> None:
        self._portfolio = portfolio
        self._archive = archive
        self._clock = clock
        self._venue = venue

    @placed(_CAPABILITY)
    async def get_balance(self) -> tuple[Balance, ...]:
        """Read cash: one row per shard, for money does not move between shards by itself.

        A key that is locked to a subaccount sees one row for everything.  What open orders hold is
        the venue's own sum where it gives it to this account, else what the open orders would pay.
        """
        row = await self._portfolio.balance(capability=_CAPABILITY)
        resting = await self._resting()
        return translate.balances(row, resting, self._clock.now(), self._venue)

    async def _resting(self) -> dict[int, Any]:
        if self._portfolio.subaccount is None:
            try:
                told = await self._portfolio.resting_value(capability=_CAPABILITY)
            except (PermissionDenied, NotFound):
                pass  # the venue gives its sum to some members only
            else:
                rows = told.resting_order_value_breakdown
                return translate.shard_amounts(rows, "the value of resting orders", self._venue)
        held: dict[int, Any] = {}
        cursor: str | None = None
        while True:
            filters: Params = {"status": "resting", "limit": MOST_ACCOUNT_ROWS, "cursor": cursor}
            answer = await self._portfolio.orders(filters, capability=_CAPABILITY)
            for row in answer.orders:
                order = order_of(row, self._venue)
                if order.status in (OrderStatus.OPEN, OrderStatus.PARTIAL) and order.remaining:
                    price = order.price if order.action is Action.BUY else ONE - order.price
                    held[row.exchange_index] = held.get(row.exchange_index, ZERO) + price * order.remaining
            after = answer.cursor or None
            if after is None or after == cursor:
                return held
            cursor = after

    @placed(_CAPABILITY)
    async def list_positions(self, query: PositionQuery) -> Page[Position]:
        """List positions; closed and settled ones only where they are asked for."""
        fixed = {
            "ticker": query.market_ref.at(self._venue) if query.market_ref is not None else None,
            "event_ticker": query.event_ref.at(self._venue) if query.event_ref is not None else None,
        }
        live = dict(fixed)
        if query.include_closed:
            live["settlement_status"] = "all"
        else:
            live["count_filter"] = "position"
        parts = [Part("live", partial(self._positions, query, live, archived=False))]
        if query.include_closed:
            parts.append(Part("archive", partial(self._positions, query, fixed, archived=True)))
        limit = min(query.limit, MOST_ACCOUNT_ROWS)
        rows, cursor = await page_of(query, limit, query.cursor, parts, self._venue)
        return Page[Position].trusted({"items": tuple(rows), "cursor": cursor})

    async def _positions(
        self, query: PositionQuery, fixed: dict[str, Any], limit: int, cursor: str | None, *, archived: bool
    ) -> Rows[Position]:
        filters = {**fixed, "limit": limit, "cursor": cursor}
        answer = await self._portfolio.positions(filters, capability=_CAPABILITY, archived=archived)
        now = self._clock.now()
        rows = self._archive.faults.translated(
            answer.market_positions, lambda row: translate.position(row, now, self._venue), _CAPABILITY
        )
        return [row for row in rows if row.size or query.include_closed], answer.cursor

    @placed(_CAPABILITY)
    async def list_settlements(self, query: SettlementQuery) -> Page[Settlement]:
        """List settlements, newest first."""
        start, end = query.start, query.end
        fixed = {
            "ticker": query.market_ref.at(self._venue) if query.market_ref is not None else None,
            # Whole seconds around the window: the venue does not say whether it includes the ends.
            "min_ts": int(start.timestamp()) - 1 if start is not None else None,
            "max_ts": int(end.timestamp()) + 2 if end is not None else None,
        }

        async def fetch(limit: int, cursor: str | None) -> Rows[Settlement]:
            filters = {**fixed, "limit": limit, "cursor": cursor}
            answer = await self._portfolio.settlements(filters, capability=_CAPABILITY)
            rows = self._archive.faults.translated(
                answer.settlements, lambda row: translate.settlement(row, self._venue), _CAPABILITY
            )
            kept = [
                row
                for row in rows
                if (start is None or start <= row.time) and (end is None or row.time <= end)
            ]
            kept.sort(key=lambda row: row.time, reverse=True)
            return kept, answer.cursor

        limit = min(query.limit, MOST_ACCOUNT_ROWS)
        rows, cursor = await page_of(query, limit, query.cursor, [Part("all", fetch)], self._venue)
        return Page[Settlement].trusted({"items": tuple(rows), "cursor": cursor})
