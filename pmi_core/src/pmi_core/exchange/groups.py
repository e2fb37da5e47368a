"""Order groups: a cap on contracts filled within a rolling window."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pmi_core.errors import InvalidOrder, NotFound
from pmi_core.exchange.commands import (
    CreateGroup,
    DeleteGroup,
    ResetGroup,
    SetGroupLimit,
    TriggerGroup,
)
from pmi_core.exchange.events import CancelReason, GroupChange, GroupChanged
from pmi_core.exchange.units import from_units, to_units

if TYPE_CHECKING:
    from pmi_core.exchange.account import Account
    from pmi_core.exchange.order import Order
    from pmi_core.exchange.state import State
    from pmi_core.exchange.trading import Trading

__all__ = ["Group", "Groups"]


class Group:
    """Fills of its orders within the window never exceed the limit; reaching it triggers."""

    __slots__ = ("account", "hits", "id", "limit", "orders", "triggered", "used", "window")

    def __init__(self, id: str, account: Account, limit: int, window: timedelta) -> None:  # noqa: A002 - as everywhere
        self.id = id
        self.account = account
        self.limit = limit
        self.window = window
        self.hits: deque[tuple[datetime, int]] = deque()
        self.used = 0
        self.triggered = False
        self.orders: dict[str, Order] = {}
        """Working ones."""

    def room(self, now: datetime) -> int:
        """Contracts that may still be filled now."""
        return max(self.limit - self.used_at(now), 0)

    def used_at(self, now: datetime) -> int:
        """Contracts filled within the window that ends now."""
        used = self.used
        for moment, size in self.hits:
            if moment + self.window > now:
                break
            used -= size
        return used

    def hit(self, now: datetime, size: int) -> None:
        """Count a fill."""
        hits = self.hits
        while hits and hits[0][0] + self.window <= now:
            self.used -= hits.popleft()[1]
        hits.append((now, size))
        self.used += size


class Groups:
    """Commands on order groups."""

    trading: Trading

    def __init__(self, state: State) -> None:
        self._state = state

    def find(self, account: str, group_id: str) -> Group:
        """Find an account's group.

        Raises:
            NotFound: the account has no such group.
        """
        group = self._state.groups.get(group_id)
        if group is None or group.account.id != account:
            raise NotFound(f"account {account!r} has no order group {group_id!r}", code="group")
        return group

    def _note(self, group: Group, change: GroupChange) -> None:
        self._state.log.emit(GroupChanged, group.id, group.account.id, change, from_units(group.limit))

    def create(self, command: CreateGroup) -> None:
        """Make a group."""
        state = self._state
        account = state.account(command.account)
        seconds = command.window_seconds
        if seconds is None:
            seconds = state.settings.group_window
        if not 0 < seconds <= 86_400:
            raise InvalidOrder(
                f"a window of {seconds} seconds makes no sense", hint="give 1 to 86400", code="window"
            )
        limit = _limit(command.limit)
        group = Group(f"g{state.count('group')}", account, limit, timedelta(seconds=seconds))
        state.groups[group.id] = account.groups[group.id] = group
        self._note(group, GroupChange.CREATED)

    def set_limit(self, command: SetGroupLimit) -> None:
        """Change the limit."""
        group = self.find(command.account, command.group_id)
        group.limit = _limit(command.limit)
        self._note(group, GroupChange.LIMIT)
        if not group.triggered and not group.room(self._state.now):
            self.fire(group)

    def trigger(self, command: TriggerGroup) -> None:
        """Trigger by hand."""
        group = self.find(command.account, command.group_id)
        if group.triggered:
            self._state.log.keep_silent()
        else:
            self.fire(group)

    def fire(self, group: Group) -> None:
        """Cancel every order of a group and refuse new ones from now on."""
        group.triggered = True
        self._note(group, GroupChange.TRIGGERED)
        self._cancel_orders(group)

    def _cancel_orders(self, group: Group) -> None:
        for order in list(group.orders.values()):
            self.trading.withdraw(order, CancelReason.GROUP)
        group.orders.clear()

    def reset(self, command: ResetGroup) -> None:
        """Let it work again."""
        group = self.find(command.account, command.group_id)
        group.triggered = False
        group.hits.clear()
        group.used = 0
        self._note(group, GroupChange.RESET)

    def delete(self, command: DeleteGroup) -> None:
        """Forget it."""
        group = self.find(command.account, command.group_id)
        self._cancel_orders(group)
        del self._state.groups[group.id]
        del group.account.groups[group.id]
        self._note(group, GroupChange.DELETED)


def _limit(limit: Decimal) -> int:
    units = to_units(limit)
    if units is None or units <= 0:
        raise InvalidOrder(
            f"{limit!r} is not a limit", hint="give a positive count of contracts", code="limit"
        )
    return units
