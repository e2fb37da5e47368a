"""What taking would cost: from the curve where there is one, else from the firm book."""

from __future__ import annotations

from pmi_core.errors import MarketNotOpen
from pmi_core.models import Execution, PriceQuote, QuoteQuery
from pmi_provider_paper.board import Board
from pmi_provider_paper.house import House

__all__ = ["PaperPricing"]


class PaperPricing:
    """Keeps :class:`pmi_core.capabilities.QuotePricer`."""

    def __init__(self, house: House, board: Board) -> None:
        self._house = house
        self._board = board

    async def get_quote(self, query: QuoteQuery) -> PriceQuote:
        house = self._house
        with house.turn("pricing", "get_quote") as now:
            listing = house.listing(query.market_ref)
            if not house.crowd.trades_at(listing, now):
                raise MarketNotOpen(f"{query.market_ref} takes no orders now, so nothing can be had")
            self._board.view(listing, now, depth=1)
            cost = house.floor.exchange.cost(
                listing.code, query.outcome, query.action, size=query.size, notional=query.notional
            )
            return PriceQuote(
                market_ref=query.market_ref,
                outcome=query.outcome,
                action=query.action,
                size=cost.size,
                average_price=cost.average_price,
                worst_price=cost.worst_price,
                cost=cost.cost,
                fees=cost.fees,
                price_after=cost.price_after,
                complete=cost.complete,
                firm=listing.series.execution is not Execution.AMM,
                as_of=now,
            )
