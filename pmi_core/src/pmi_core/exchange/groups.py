"""Commands on order groups."""

from __future__ import annotations

from datetime import timedelta
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
from pmi_core.exchange.group import Group
from pmi_core.exchange.units import from_units, to_units

if TYPE_CHECKING:
    from pmi_core.exchange.state import State
    from pmi_core.exchange.trading import Trading

__all__ = ["Groups"]


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
        if group is None or group.account != account:
            raise NotFound(f"account {account!r} has no order group {group_id!r}", code="group")
        return group

    def _note(self, group: Group, change: GroupChange) -> None:
        self._state.log.emit(GroupChanged, group.id, group.account, change, from_units(group.limit))

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
        group = Group(f"g{state.count('group')}", account.id, limit, timedelta(seconds=seconds))
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
        for order_id in list(group.orders):
            self.trading.withdraw(self._state.orders[order_id], CancelReason.GROUP)
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
        del self._state.accounts[group.account].groups[group.id]
        self._note(group, GroupChange.DELETED)


def _limit(limit: Decimal) -> int:
    units = to_units(limit)
    if units is None or units <= 0:
        raise InvalidOrder(
            f"{limit!r} is not a limit", hint="give a positive count of contracts", code="limit"
        )
    return units
