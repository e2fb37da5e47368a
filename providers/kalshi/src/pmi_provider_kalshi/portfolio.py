"""The account's own endpoints: money, positions, orders, order groups; every call is signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from pmi_core.transport.http import Answer
from pmi_core.transport.question import Params
from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.wire import account, limits, sent
from pmi_provider_kalshi.wire import order as orders_wire
from pmi_provider_kalshi.wire.negotiation import GroupAnswer, GroupCreated, GroupsAnswer

__all__ = ["Portfolio"]

_ORDERS = "/portfolio/events/orders"
_GROUP = "/portfolio/order_groups/{group_id}"

Shape = TypeVar("Shape")


class Portfolio:
    """Endpoints of the account (OpenAPI 3.34.0); ``capability`` names the slot that asks."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @property
    def subaccount(self) -> int | None:
        """The subaccount that calls speak of; None for what the key stands for."""
        return self._caller.subaccount

    def venue_time(self, moment: datetime) -> datetime:
        """A moment of this machine's clock on the venue's, as far as its answers told."""
        return moment + (self._caller.http.skew.offset or timedelta(0))

    async def account_limits(self, *, capability: str) -> limits.AccountLimits:
        """GET /account/limits."""
        return await self._caller.get(limits.AccountLimits, "/account/limits", capability, signed=True)

    async def endpoint_costs(self, *, capability: str) -> limits.EndpointCosts:
        """GET /account/endpoint_costs, which is public."""
        return await self._caller.get(limits.EndpointCosts, "/account/endpoint_costs", capability)

    async def user_data_timestamp(self, *, capability: str) -> account.UserDataTimestamp:
        """GET /exchange/user_data_timestamp, which is public."""
        return await self._caller.get(account.UserDataTimestamp, "/exchange/user_data_timestamp", capability)

    async def balance(self, *, capability: str) -> account.BalanceAnswer:
        """GET /portfolio/balance, of all shards."""
        return await self._read(account.BalanceAnswer, "/portfolio/balance", capability)

    async def resting_value(self, *, capability: str) -> account.RestingValue:
        """GET /portfolio/summary/total_resting_order_value, of the whole account."""
        path = "/portfolio/summary/total_resting_order_value"
        return await self._caller.get(account.RestingValue, path, capability, signed=True)

    async def positions(
        self, filters: Params, *, capability: str, archived: bool = False
    ) -> account.PositionsAnswer:
        """GET /portfolio/positions or GET /historical/positions."""
        path = "/historical/positions" if archived else "/portfolio/positions"
        return await self._read(account.PositionsAnswer, path, capability, filters, rows="market_positions")

    async def settlements(self, filters: Params, *, capability: str) -> account.SettlementsAnswer:
        """GET /portfolio/settlements, newest first."""
        path = "/portfolio/settlements"
        return await self._read(account.SettlementsAnswer, path, capability, filters, rows="settlements")

    async def fills(self, filters: Params, *, capability: str, archived: bool = False) -> account.FillsAnswer:
        """GET /portfolio/fills or GET /historical/fills, newest first."""
        path = "/historical/fills" if archived else "/portfolio/fills"
        return await self._read(account.FillsAnswer, path, capability, filters, rows="fills")

    async def orders(
        self, filters: Params, *, capability: str, archived: bool = False
    ) -> orders_wire.OrdersAnswer:
        """GET /portfolio/orders or GET /historical/orders, newest first."""
        path = "/historical/orders" if archived else "/portfolio/orders"
        return await self._read(orders_wire.OrdersAnswer, path, capability, filters, rows="orders")

    async def order(self, order_id: str, *, capability: str) -> orders_wire.Order:
        """GET /portfolio/orders/{order_id}, of any shard."""
        path = "/portfolio/orders/{order_id}"
        answer = await self._caller.get(
            orders_wire.OrderAnswer, path, capability, signed=True, order_id=order_id
        )
        return answer.order

    async def create(self, body: orders_wire.CreateOrder, *, capability: str) -> Answer:
        """POST /portfolio/events/orders; sent once."""
        return await self._caller.send("POST", _ORDERS, capability, body=body, uncertain=body.client_order_id)

    async def create_many(self, bodies: Sequence[orders_wire.CreateOrder], *, capability: str) -> Answer:
        """POST /portfolio/events/orders/batched; sent once."""
        return await self._caller.send(
            "POST",
            f"{_ORDERS}/batched",
            capability,
            body={"orders": list(bodies)},
            items=len(bodies),
            uncertain=[body.client_order_id for body in bodies],
        )

    async def cancel(
        self, order_id: str, ticker: str, subaccount: int | None, *, capability: str
    ) -> orders_wire.Canceled:
        """DELETE /portfolio/events/orders/{order_id}; the ticker leads to the order's shard."""
        answer = await self._caller.send(
            "DELETE",
            f"{_ORDERS}/{{order_id}}",
            capability,
            params={"subaccount": subaccount, "market_ticker": ticker},
            idempotent=True,
            order_id=order_id,
        )
        return answer.decode(orders_wire.Canceled)

    async def cancel_many(
        self, items: Sequence[sent.CancelItem], *, capability: str
    ) -> orders_wire.BatchCanceled:
        """DELETE /portfolio/events/orders/batched, with a body."""
        answer = await self._caller.send(
            "DELETE",
            f"{_ORDERS}/batched",
            capability,
            body={"orders": list(items)},
            items=len(items),
            idempotent=True,
        )
        return answer.decode(orders_wire.BatchCanceled)

    async def cancel_everything(self, *, capability: str) -> None:
        """DELETE /portfolio/events/orders: all shards, for direct members."""
        params = {"subaccount": self.subaccount}
        await self._caller.send("DELETE", _ORDERS, capability, params=params, idempotent=True)

    async def amend(
        self, order_id: str, body: sent.AmendOrder, subaccount: int | None, named: str, *, capability: str
    ) -> orders_wire.Amended:
        """POST /portfolio/events/orders/{order_id}/amend; sent once."""
        answer = await self._caller.send(
            "POST",
            f"{_ORDERS}/{{order_id}}/amend",
            capability,
            params={"subaccount": subaccount},
            body=body,
            uncertain=named,
            order_id=order_id,
        )
        return answer.decode(orders_wire.Amended)

    async def decrease(
        self, order_id: str, body: sent.DecreaseOrder, subaccount: int | None, named: str, *, capability: str
    ) -> orders_wire.Decreased:
        """POST /portfolio/events/orders/{order_id}/decrease; sent once."""
        answer = await self._caller.send(
            "POST",
            f"{_ORDERS}/{{order_id}}/decrease",
            capability,
            params={"subaccount": subaccount},
            body=body,
            uncertain=named,
            order_id=order_id,
        )
        return answer.decode(orders_wire.Decreased)

    async def queue_position(self, order_id: str, *, capability: str) -> orders_wire.QueuePlace:
        """GET /portfolio/orders/{order_id}/queue_position."""
        path = "/portfolio/orders/{order_id}/queue_position"
        return await self._caller.get(
            orders_wire.QueuePlace, path, capability, signed=True, order_id=order_id
        )

    async def queue_positions(self, tickers: Sequence[str], *, capability: str) -> orders_wire.QueuePositions:
        """GET /portfolio/orders/queue_positions, of the markets named."""
        filters = {"market_tickers": ",".join(tickers)}
        return await self._read(
            orders_wire.QueuePositions, "/portfolio/orders/queue_positions", capability, filters
        )

    async def groups(self, *, capability: str) -> GroupsAnswer:
        """GET /portfolio/order_groups, which is not paged."""
        return await self._read(GroupsAnswer, "/portfolio/order_groups", capability)

    async def group(self, group_id: str, *, capability: str) -> GroupAnswer:
        """GET /portfolio/order_groups/{group_id}."""
        params = {"subaccount": self.subaccount}
        return await self._caller.get(
            GroupAnswer, _GROUP, capability, params=params, signed=True, group_id=group_id
        )

    async def create_group(self, body: sent.CreateGroup, *, capability: str) -> GroupCreated:
        """POST /portfolio/order_groups/create."""
        answer = await self._caller.send("POST", "/portfolio/order_groups/create", capability, body=body)
        return answer.decode(GroupCreated)

    async def change_group(
        self, method: str, act: str, group_id: str, shard: int, body: object = None, *, capability: str
    ) -> None:
        """PUT /portfolio/order_groups/{group_id}/..., or DELETE it; doing it twice does no more."""
        params = {"subaccount": self.subaccount, "exchange_index": shard}
        await self._caller.send(
            method, f"{_GROUP}{act}", capability, params=params, body=body, idempotent=True, group_id=group_id
        )

    async def _read(
        self,
        shape: type[Shape],
        path: str,
        capability: str,
        filters: Params | None = None,
        rows: str | None = None,
    ) -> Shape:
        params = {**(filters or {}), "subaccount": self.subaccount}
        return await self._caller.get(shape, path, capability, params=params, signed=True, rows=rows)
