"""Places in the queue."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from pmi_core.capabilities import Capability
from pmi_core.errors import NotFound
from pmi_core.identifiers import OrderRef
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.finding import Finder
from pmi_provider_kalshi.portfolio import Portfolio
from pmi_provider_kalshi.translate.blame import field, reading
from pmi_provider_kalshi.translate.numbers import contracts

__all__ = ["Queue"]

_CAPABILITY: Final = Capability.QUEUE


class Queue:
    """The slot ``queue``."""

    def __init__(self, portfolio: Portfolio, finder: Finder, venue: str) -> None:
        self._portfolio = portfolio
        self._finder = finder
        self._venue = venue

    @placed(_CAPABILITY)
    async def get_queue_positions(self, orders: Sequence[OrderRef | str]) -> dict[OrderRef, Decimal]:
        """Contracts ahead of each resting order; orders that do not rest are absent.

        Raises:
            NotFound: the venue knows no such order.
        """
        refs = [OrderRef(order) for order in orders]
        tickers: dict[str, None] = {}
        resting: list[OrderRef] = []
        for ref in refs:
            known = await self._finder.known(ref, capability=_CAPABILITY)
            if not known.order.is_terminal:
                resting.append(ref)
                tickers[known.ticker] = None
        if not resting:
            return {}
        if len(resting) == 1:
            return await self._one(resting[0])
        answer = await self._portfolio.queue_positions(list(tickers), capability=_CAPABILITY)
        ahead = {row.order_id: row.queue_position_fp for row in answer.queue_positions or ()}
        return {ref: self._count(ref, ahead[ref.native]) for ref in resting if ref.native in ahead}

    async def _one(self, ref: OrderRef) -> dict[OrderRef, Decimal]:
        try:
            answer = await self._portfolio.queue_position(ref.native, capability=_CAPABILITY)
        except NotFound:
            return {}  # it was filled or canceled in the meantime
        return {ref: self._count(ref, answer.queue_position_fp)}

    def _count(self, ref: OrderRef, text: str) -> Decimal:
        with reading(f"the queue place of {ref}", self._venue):
            return field("queue_position_fp", contracts, text)
