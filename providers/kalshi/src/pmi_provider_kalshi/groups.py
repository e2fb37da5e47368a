"""Order groups: a cap on contracts filled within 15 seconds."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from pmi_core.capabilities import Capability
from pmi_core.errors import RequestError, UnexpectedAnswer
from pmi_core.identifiers import GroupRef, OrderRef
from pmi_core.models import OrderGroup
from pmi_core.numbers import ZERO
from pmi_core.transport.question import Params
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.limits import MOST_ACCOUNT_ROWS
from pmi_provider_kalshi.portfolio import Portfolio
from pmi_provider_kalshi.translate.blame import field, reading
from pmi_provider_kalshi.translate.markets import SIZE_STEP
from pmi_provider_kalshi.translate.numbers import contracts, fixed
from pmi_provider_kalshi.wire.sent import CreateGroup, SetGroupLimit

__all__ = ["Groups", "group_limit"]

_CAPABILITY: Final = Capability.GROUPS
_WINDOW: Final = 15
"""Seconds (OpenAPI 3.34.0, CreateOrderGroupRequest)."""
_LIMIT: Final = f"a group's limit is a multiple of {SIZE_STEP} contracts above 0"


class Groups:
    """The slot ``groups``.

    A group lives on one shard and holds orders of its markets only.  It is triggered while the venue
    says that its automatic cancelling is off.
    """

    def __init__(self, portfolio: Portfolio, venue: str) -> None:
        self._portfolio = portfolio
        self._venue = venue
        self._shards: dict[str, int] = {}
        self._limits: dict[str, Decimal] = {}

    @placed(_CAPABILITY)
    async def create_group(self, limit: Decimal, exchange_index: int | None = None) -> OrderGroup:
        """Make a group that stops after ``limit`` contracts within 15 seconds.

        Args:
            limit: contracts, in hundredths.
            exchange_index: the shard of the markets that it is for; the venue's first one if not given.
        """
        body = CreateGroup(
            contracts_limit_fp=group_limit(limit),
            subaccount=self._portfolio.subaccount,
            exchange_index=exchange_index,
        )
        made = await self._portfolio.create_group(body, capability=_CAPABILITY)
        self._shards[made.order_group_id] = made.exchange_index
        self._limits[made.order_group_id] = limit
        return OrderGroup(
            ref=GroupRef.make(self._venue, made.order_group_id), limit=limit, window_seconds=_WINDOW
        )

    @placed(_CAPABILITY)
    async def list_groups(self) -> tuple[OrderGroup, ...]:
        """List the account's groups with their open orders.

        The venue leaves its list out where there are no groups; an open order in a group would give
        such an answer the lie.
        """
        rows = (await self._portfolio.groups(capability=_CAPABILITY)).order_groups or []
        held = await self._orders_by_group()
        if held and not rows:
            raise UnexpectedAnswer(
                "no order groups are listed, and open orders belong to some", venue=self._venue
            )
        found = []
        for row in rows:
            self._shards[row.id] = row.exchange_index
            found.append(
                self._group(row.id, row.contracts_limit_fp, row.is_auto_cancel_enabled, held.get(row.id, ()))
            )
        return tuple(found)

    @placed(_CAPABILITY)
    async def get_group(self, group: GroupRef | str) -> OrderGroup:
        """Read one group.

        Raises:
            NotFound: the venue knows no such group.
        """
        return await self._read(GroupRef(group).at(self._venue))

    @placed(_CAPABILITY)
    async def reset_group(self, group: GroupRef | str) -> OrderGroup:
        """Let a triggered group work again and count from zero."""
        return await self._change(group, "PUT", "/reset", {})

    @placed(_CAPABILITY)
    async def trigger_group(self, group: GroupRef | str) -> OrderGroup:
        """Cancel the group's orders and refuse new ones until it is reset."""
        return await self._change(group, "PUT", "/trigger", {})

    @placed(_CAPABILITY)
    async def set_group_limit(self, group: GroupRef | str, limit: Decimal) -> OrderGroup:
        """Change the limit; a group that is over the new one triggers."""
        return await self._change(
            group, "PUT", "/limit", SetGroupLimit(contracts_limit_fp=group_limit(limit))
        )

    @placed(_CAPABILITY)
    async def delete_group(self, group: GroupRef | str) -> None:
        """Delete the group and cancel its orders."""
        group_id = GroupRef(group).at(self._venue)
        shard = await self._shard(group_id)
        await self._portfolio.change_group("DELETE", "", group_id, shard, capability=_CAPABILITY)
        self._shards.pop(group_id, None)
        self._limits.pop(group_id, None)

    async def _change(self, group: GroupRef | str, method: str, act: str, body: object) -> OrderGroup:
        group_id = GroupRef(group).at(self._venue)
        shard = await self._shard(group_id)
        await self._portfolio.change_group(method, act, group_id, shard, body, capability=_CAPABILITY)
        return await self._read(group_id)

    async def _shard(self, group_id: str) -> int:
        if group_id not in self._shards:
            await self._read(group_id)
        return self._shards[group_id]

    async def _read(self, group_id: str) -> OrderGroup:
        row = await self._portfolio.group(group_id, capability=_CAPABILITY)
        self._shards[group_id] = row.exchange_index
        return self._group(group_id, row.contracts_limit_fp, row.is_auto_cancel_enabled, row.orders or ())

    def _group(self, group_id: str, limit: str | None, armed: bool, orders: Iterable[str]) -> OrderGroup:
        with reading(f"order group {group_id}", self._venue):
            if limit is not None:
                self._limits[group_id] = field("contracts_limit_fp", contracts, limit)
            if group_id not in self._limits:
                raise UnexpectedAnswer(
                    f"order group {group_id}: contracts_limit_fp is missing", venue=self._venue
                )
            return OrderGroup(
                ref=GroupRef.make(self._venue, group_id),
                limit=self._limits[group_id],
                window_seconds=_WINDOW,
                triggered=not armed,
                orders=tuple(OrderRef.make(self._venue, order) for order in orders),
            )

    async def _orders_by_group(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        cursor: str | None = None
        while True:
            filters: Params = {"status": "resting", "limit": MOST_ACCOUNT_ROWS, "cursor": cursor}
            answer = await self._portfolio.orders(filters, capability=_CAPABILITY)
            for row in answer.orders:
                if row.order_group_id:
                    found.setdefault(row.order_group_id, []).append(row.order_id)
            after = answer.cursor or None
            if after is None or after == cursor:
                return found
            cursor = after


def group_limit(limit: Decimal) -> str:
    """Write a group's limit as the venue takes it.

    Raises:
        RequestError: no group can have it.
    """
    try:
        text = fixed(limit, 2)
    except ValueError as error:
        raise RequestError(f"{_LIMIT}: {error}") from None
    if limit <= ZERO:
        raise RequestError(f"{_LIMIT}, not {text}")
    return text
