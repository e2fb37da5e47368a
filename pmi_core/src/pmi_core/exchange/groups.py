"""Commands on order groups."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from pmi_core.errors import InvalidOrder
from pmi_core.exchange.commands import (
    CreateGroup,
    DeleteGroup,
    ResetGroup,
    SetGroupLimit,
    TriggerGroup,
)
from pmi_core.exchange.events import GroupChange
from pmi_core.exchange.group import Group
from pmi_core.exchange.orders import Orders
from pmi_core.exchange.state import State
from pmi_core.exchange.units import to_units

__all__ = ["Groups"]


class Groups:
    """Commands on order groups."""

    def __init__(self, state: State, orders: Orders) -> None:
        self._state = state
        self._orders = orders

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
        self._state.note_group(group, GroupChange.CREATED)

    def set_limit(self, command: SetGroupLimit) -> None:
        """Change the limit."""
        group = self._state.group(command.account, command.group_id)
        group.limit = _limit(command.limit)
        self._state.note_group(group, GroupChange.LIMIT)
        if not group.triggered and not group.room(self._state.now):
            self._orders.fire(group)

    def trigger(self, command: TriggerGroup) -> None:
        """Trigger by hand."""
        group = self._state.group(command.account, command.group_id)
        if group.triggered:
            self._state.log.keep_silent()
        else:
            self._orders.fire(group)

    def reset(self, command: ResetGroup) -> None:
        """Let it work again."""
        group = self._state.group(command.account, command.group_id)
        group.triggered = False
        group.hits.clear()
        group.used = 0
        self._state.note_group(group, GroupChange.RESET)

    def delete(self, command: DeleteGroup) -> None:
        """Forget it."""
        group = self._state.group(command.account, command.group_id)
        self._orders.clear_group(group)
        del self._state.groups[group.id]
        del self._state.accounts[group.account].groups[group.id]
        self._state.note_group(group, GroupChange.DELETED)


def _limit(limit: Decimal) -> int:
    units = to_units(limit)
    if units is None or units <= 0:
        raise InvalidOrder(
            f"{limit!r} is not a limit", hint="give a positive count of contracts", code="limit"
        )
    return units
