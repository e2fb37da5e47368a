"""Block trades that were proposed to the member; they can be read here, not made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pmi_provider_kalshi.sandbox.call import Answer, Call, page
from pmi_provider_kalshi.sandbox.names import HOUSE
from pmi_provider_kalshi.sandbox.noise import uuid_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.routes import Route, get
from pmi_provider_kalshi.sandbox.writing import stamp

__all__ = ["BlocksDesk"]

_LIFE = timedelta(hours=4)


class BlocksDesk:
    """One proposal, made by the house when the sandbox opened."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        path = "/communications/block-trade-proposals"
        return (get(path, "GetBlockTradeProposals", self.proposals, scope="read"),)

    def _row(self, call: Call) -> dict[str, Any]:
        start = self._office.floor.start
        ticker = next(ticker for ticker in self._office.engine.market_ids() if ticker.startswith("KXFED-"))
        return {
            "id": uuid_of(self._office.floor.plan.seed, "block"),
            "proposer_user_id": self._office.names.user_of(HOUSE),
            "buyer_user_id": self._office.user,
            "seller_user_id": "",
            "market_ticker": ticker,
            "price_centi_cents": 6_500,
            "centicount": 500_000,
            "maker_side": "no",
            "expiration_ts": stamp(start + _LIFE),
            "status": "pending" if call.now < start + _LIFE else "expired",
            "created_ts": stamp(start),
            "updated_ts": stamp(start),
            "buyer_accepted": False,
            "seller_accepted": True,
        }

    def proposals(self, call: Call) -> Answer:
        """Proposals that the member can see."""
        limit = call.limit(100, 100)
        ticker, status = call.text("market_ticker"), call.text("status")
        rows = [
            row
            for row in (self._row(call),)
            if ticker in (None, row["market_ticker"]) and status in (None, row["status"])
        ]
        found, cursor = page(call, rows, limit, lambda row: str(row["id"]))
        return Answer(200, {"block_trade_proposals": list(found), "cursor": cursor})
