"""What the account has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from pmi_core.models import (
    Balance,
    OutcomeSide,
    Page,
    Position,
    PositionQuery,
    Settlement,
    SettlementQuery,
)
from pmi_core.numbers import ONE
from pmi_provider_paper import wording
from pmi_provider_paper.board import Board
from pmi_provider_paper.floor import USER
from pmi_provider_paper.house import House
from pmi_provider_paper.paging import cut_page
from pmi_provider_paper.records import PositionRecord, SettlementRecord

__all__ = ["PaperAccount"]


class PaperAccount:
    """Keeps :class:`pmi_core.capabilities.AccountReader`."""

    def __init__(self, house: House, board: Board) -> None:
        self._house = house
        self._board = board

    async def get_balance(self) -> tuple[Balance, ...]:
        with self._house.turn("account", "get_balance") as now:
            found = self._house.floor.exchange.balance(USER)
            return (wording.balance(found.total, found.reserved, now),)

    async def list_positions(self, query: PositionQuery) -> Page[Position]:
        with self._house.turn("account", "list_positions") as now:
            return cut_page(
                self._positions(query),
                query.limit,
                query.cursor,
                key=lambda row: row.id,
                show=lambda row: self.position(row, now),
            )

    def _positions(self, query: PositionQuery) -> Iterator[PositionRecord]:
        house = self._house
        market = None if query.market_ref is None else house.native(query.market_ref)
        event = None if query.event_ref is None else house.native(query.event_ref)
        for row in sorted(house.memory.positions.values(), key=lambda row: row.id):
            if (
                (row.size or query.include_closed)
                and (market is None or row.id == market)
                and (event is None or row.event == event)
            ):
                yield row

    def position(self, row: PositionRecord, now: datetime) -> Position:
        """A position with what one contract would fetch now."""
        return wording.position(self._house.name, row, self._mark(row, now), now)

    def _mark(self, row: PositionRecord, now: datetime) -> Decimal | None:
        listing = self._house.lookup(row.id)
        if listing is None or not row.size:
            return None
        best = self._board.best(listing, now)
        if row.outcome is OutcomeSide.YES:
            return best.bid
        return None if best.ask is None else ONE - best.ask

    async def list_settlements(self, query: SettlementQuery) -> Page[Settlement]:
        with self._house.turn("account", "list_settlements"):
            return cut_page(
                self._settlements(query),
                query.limit,
                query.cursor,
                key=lambda row: row.id,
                show=lambda row: wording.settlement(self._house.name, row),
            )

    def _settlements(self, query: SettlementQuery) -> Iterator[SettlementRecord]:
        house = self._house
        market = None if query.market_ref is None else house.native(query.market_ref)
        rows = sorted(house.memory.settlements.values(), key=lambda row: (row.time, row.id), reverse=True)
        for row in rows:
            if (
                (market is None or row.id == market)
                and (query.start is None or row.time >= query.start)
                and (query.end is None or row.time <= query.end)
            ):
                yield row
