"""Orders and fills read: the live tier, the historical one, and places in the queue."""

from __future__ import annotations

from typing import Any

from pmi_core.errors import NotFound
from pmi_provider_kalshi.sandbox.call import Answer, Call, page
from pmi_provider_kalshi.sandbox.names import place_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import missing
from pmi_provider_kalshi.sandbox.routes import Route, get
from pmi_provider_kalshi.sandbox.rows.sending import shown
from pmi_provider_kalshi.sandbox.writing import count

__all__ = ["OrdersDesk"]


class OrdersDesk:
    """Private readings of what was traded, with the read lag."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._records = office.records

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        orders = "/portfolio/orders"
        return (
            get(orders, "GetOrders", self.listing, scope="read"),
            get(f"{orders}/{{order_id}}", "GetOrder", self.one, scope="read", cost=2),
            get(f"{orders}/queue_positions", "GetOrderQueuePositions", self.queue, scope="read"),
            get(f"{orders}/{{order_id}}/queue_position", "GetOrderQueuePosition", self.place, scope="read"),
            get("/portfolio/fills", "GetFills", self.fills, scope="read"),
            get("/historical/orders", "GetHistoricalOrders", self.old_orders, scope="read"),
            get("/historical/fills", "GetFillsHistorical", self.old_fills, scope="read"),
        )

    def _event_of(self, ticker: str) -> str:
        known = self._office.floor.calendar.markets.get(ticker)
        return known[0].ticker if known is not None else ticker

    def _orders(self, call: Call, *, old: bool) -> Answer:
        limit, status = call.limit(1000, 100), call.choice("status", ("resting", "canceled", "executed"))
        tickers, events = call.texts("ticker"), call.texts("event_ticker")
        subaccount, shard = call.subaccount, call.number("exchange_index")
        cutoff = self._office.floor.calendar.cutoff
        rows = [
            row
            for row in self._records.orders.each(call.now)
            if (status is None or row["status"] == status)
            and (not tickers or row["ticker"] in tickers)
            and (not events or self._event_of(row["ticker"]) in events)
            and subaccount in (None, row["subaccount_number"])
            and shard in (None, row["exchange_index"])
            and call.within(row["_created"])
            and (row["_updated"] < cutoff and row["status"] != "resting") is old
        ]
        rows.sort(key=lambda row: row["_created"], reverse=True)
        found, cursor = page(call, rows, limit, lambda row: str(row["order_id"]))
        return Answer(200, {"orders": [shown(row) for row in found], "cursor": cursor})

    def listing(self, call: Call) -> Answer:
        """Orders, newest first."""
        return self._orders(call, old=False)

    def old_orders(self, call: Call) -> Answer:
        """Orders that ended before the cutoff."""
        return self._orders(call, old=True)

    def one(self, call: Call) -> Answer:
        """One order."""
        row = self._records.orders.get(self._office.names.back(call.params["order_id"]), call.now)
        if row is None:
            raise missing()
        return Answer(200, {"order": shown(row)})

    # ------------------------------------------------------------------------------------ queue

    def queue(self, call: Call) -> Answer:
        """Places of resting orders in their queues."""
        tickers = call.texts("market_tickers")
        event, subaccount = call.text("event_ticker"), call.subaccount or 0
        rows: list[dict[str, Any]] = []
        for account in self._office.engine.accounts():
            place = place_of(account)
            if place is None or place[0] != subaccount:
                continue
            for order in self._office.engine.each_order(account, working=True):
                if (tickers and order.market_id not in tickers) or (
                    event is not None and self._event_of(order.market_id) != event
                ):
                    continue
                rows.append(
                    {
                        "order_id": self._office.names.of(order.id),
                        "market_ticker": order.market_id,
                        "queue_position_fp": count(self._office.engine.queue_ahead(order.id)),
                    }
                )
        return Answer(200, {"queue_positions": rows})

    def place(self, call: Call) -> Answer:
        """One order's place in its queue."""
        order_id = self._office.names.back(call.params["order_id"])
        try:
            ahead = self._office.engine.queue_ahead(order_id)
            account = self._office.engine.order(order_id).account
        except NotFound:
            raise missing() from None
        if ahead is None or place_of(account) is None:
            raise missing()
        return Answer(200, {"queue_position_fp": count(ahead)})

    # ------------------------------------------------------------------------------------ fills

    def _fills(self, call: Call, *, old: bool) -> Answer:
        limit, tickers, order = call.limit(1000, 100), call.texts("ticker"), call.text("order_id")
        subaccount, shard = call.subaccount, call.number("exchange_index")
        cutoff = self._office.floor.calendar.cutoff
        rows = [
            row
            for row in self._records.fills.each(call.now)
            if (not tickers or row["ticker"] in tickers)
            and (order is None or row["order_id"] == order)
            and subaccount in (None, row["subaccount_number"])
            and shard in (None, row["exchange_index"])
            and call.within(row["_time"])
            and (row["_time"] < cutoff) is old
        ]
        found, cursor = page(call, rows, limit, lambda row: f"{row['trade_id']}.{row['order_id']}")
        return Answer(200, {"fills": [shown(row) for row in found], "cursor": cursor})

    def fills(self, call: Call) -> Answer:
        """Fills, newest first."""
        return self._fills(call, old=False)

    def old_fills(self, call: Call) -> Answer:
        """Fills before the cutoff."""
        return self._fills(call, old=True)
