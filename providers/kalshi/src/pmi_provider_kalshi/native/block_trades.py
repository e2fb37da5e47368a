"""Block trades: what was negotiated between two members, read only."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.native.pages import CENT, CENTI_CENT, Listing, limit_of
from pmi_provider_kalshi.wire.moment import Moment
from pmi_provider_kalshi.wire.told import Told

__all__ = ["BlockTrade", "BlockTradeSet"]

_CAPABILITY: Final = "block_trades"
_MOST: Final = 100


class BlockTrade(Told, frozen=True):
    """A proposed block trade; who the other side is stays empty."""

    id: str
    proposer_user_id: str
    buyer_user_id: str
    seller_user_id: str
    market_ticker: str
    price_centi_cents: int
    centicount: int
    maker_side: str
    expiration_ts: Moment
    status: str
    created_ts: Moment
    updated_ts: Moment
    buyer_accepted: bool
    seller_accepted: bool
    executed_ts: Moment | None = None
    buyer_order_id: str | None = None
    seller_order_id: str | None = None

    @property
    def price(self) -> Decimal:
        """Dollars per YES contract."""
        return self.price_centi_cents * CENTI_CENT

    @property
    def size(self) -> Decimal:
        """Contracts."""
        return self.centicount * CENT


class _Many(msgspec.Struct):
    block_trade_proposals: list[BlockTrade]
    cursor: str | None = None


class BlockTradeSet:
    """``venue.native.block_trades``; needs a key."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def list(
        self,
        *,
        market_ticker: str | None = None,
        status: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Listing[BlockTrade]:
        """GET /communications/block-trade-proposals, at most 100 a page."""
        params = {
            "market_ticker": market_ticker,
            "status": status,
            "limit": limit_of(limit, _MOST),
            "cursor": cursor,
        }
        answer = await self._caller.get(
            _Many,
            "/communications/block-trade-proposals",
            _CAPABILITY,
            params=params,
            signed=True,
            rows="block_trade_proposals",
        )
        return Listing(tuple(answer.block_trade_proposals), answer.cursor or None)
