"""The account and its orders."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol, runtime_checkable

from pmi_core.identifiers import GroupRef, MarketRef, OrderRef
from pmi_core.models import (
    Balance,
    BatchResult,
    Fill,
    FillQuery,
    Order,
    OrderGroup,
    OrderQuery,
    OrderRequest,
    Page,
    Position,
    PositionQuery,
    Settlement,
    SettlementQuery,
)

__all__ = [
    "AccountReader",
    "BatchTrader",
    "GroupKeeper",
    "OrderAmender",
    "OrderPlacer",
    "QueueReader",
]


@runtime_checkable
class AccountReader(Protocol):
    """What the account has."""

    async def get_balance(self) -> tuple[Balance, ...]:
        """Read cash: one row per currency and compartment."""
        ...

    async def list_positions(self, query: PositionQuery) -> Page[Position]:
        """List positions."""
        ...

    async def list_settlements(self, query: SettlementQuery) -> Page[Settlement]:
        """List settlements, newest first."""
        ...


@runtime_checkable
class OrderPlacer(Protocol):
    """Orders and their fills.  Only the desk calls ``place_order``."""

    async def place_order(self, request: OrderRequest) -> Order:
        """Send one order, once; never repeated here.

        Returns the order as the venue answered: open, partial, filled, canceled (IOC leftovers),
        or pending where the venue accepts first and decides later.

        Raises:
            RequestError: certainly no order exists.
            UncertainError: an order may exist.
        """
        ...

    async def cancel_order(self, order: OrderRef | str) -> Order:
        """Cancel; an order that is terminal already is returned as it is.

        Raises:
            NotFound: the venue knows no such order.
        """
        ...

    async def get_order(self, order: OrderRef | str) -> Order:
        """Read one order.

        Raises:
            NotFound: the venue knows no such order.
        """
        ...

    async def list_orders(self, query: OrderQuery) -> Page[Order]:
        """List the account's orders, newest first."""
        ...

    async def list_fills(self, query: FillQuery) -> Page[Fill]:
        """List the account's fills, newest first."""
        ...

    async def find_by_client_id(self, client_order_id: str) -> Order | None:
        """Look an order up by the id that was made before sending; None if there is none."""
        ...


@runtime_checkable
class OrderAmender(Protocol):
    """Changing a resting order."""

    async def amend_order(self, order: OrderRef | str, *, price: Decimal, size: Decimal) -> Order:
        """Move a resting order to a new limit price and total size (filled part included).

        The queue place is kept only when the price stays and the size does not grow.
        """
        ...

    async def decrease_order(self, order: OrderRef | str, *, by: Decimal) -> Order:
        """Take ``by`` contracts off the remaining size; the queue place is kept."""
        ...


@runtime_checkable
class BatchTrader(Protocol):
    """Several orders in one call."""

    async def place_orders(self, requests: Sequence[OrderRequest]) -> tuple[BatchResult, ...]:
        """Send several orders; each result stands where its request stood."""
        ...

    async def cancel_orders(self, orders: Sequence[OrderRef | str]) -> tuple[BatchResult, ...]:
        """Cancel several orders; each result stands where its order stood."""
        ...

    async def cancel_all(self, market: MarketRef | str | None = None) -> tuple[Order, ...]:
        """Cancel every open order of the account, or of one market."""
        ...


@runtime_checkable
class QueueReader(Protocol):
    """Places in the queue."""

    async def get_queue_positions(self, orders: Sequence[OrderRef | str]) -> dict[OrderRef, Decimal]:
        """Contracts ahead of each resting order; orders that do not rest are absent."""
        ...


@runtime_checkable
class GroupKeeper(Protocol):
    """Order groups."""

    async def create_group(self, limit: Decimal) -> OrderGroup:
        """Make a group that stops after ``limit`` contracts within its window."""
        ...

    async def list_groups(self) -> tuple[OrderGroup, ...]:
        """List the account's groups."""
        ...

    async def get_group(self, group: GroupRef | str) -> OrderGroup:
        """Read one group."""
        ...

    async def reset_group(self, group: GroupRef | str) -> OrderGroup:
        """Let a triggered group work again and count from zero."""
        ...

    async def trigger_group(self, group: GroupRef | str) -> OrderGroup:
        """Cancel the group's orders and refuse new ones until it is reset."""
        ...

    async def set_group_limit(self, group: GroupRef | str, limit: Decimal) -> OrderGroup:
        """Change the limit; a group that is over the new one triggers."""
        ...

    async def delete_group(self, group: GroupRef | str) -> None:
        """Delete the group and cancel its orders."""
        ...
