"""Order groups: a cap on what is matched within fifteen seconds."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from pmi_core.errors import NotFound
from pmi_core.exchange.commands import (
    AnyCommand,
    CreateGroup,
    DeleteGroup,
    ResetGroup,
    SetGroupLimit,
    TriggerGroup,
)
from pmi_core.exchange.views import GroupView
from pmi_provider_kalshi.sandbox.call import Answer, Body, Call
from pmi_provider_kalshi.sandbox.names import account_of, place_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import invalid, missing, refusal
from pmi_provider_kalshi.sandbox.routes import Route, get, write
from pmi_provider_kalshi.sandbox.scenario.series import SHARDS
from pmi_provider_kalshi.sandbox.writing import count

__all__ = ["GroupsDesk"]

_BASE: Final = "/portfolio/order_groups"


class GroupsDesk:
    """Everything on order groups."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._engine = office.engine

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        one = f"{_BASE}/{{order_group_id}}"
        return (
            get(_BASE, "GetOrderGroups", self.listing, scope="read"),
            write(
                "POST", f"{_BASE}/create", "CreateOrderGroup", self.create, struct="CreateOrderGroupRequest"
            ),
            get(one, "GetOrderGroup", self.one, scope="read"),
            write("DELETE", one, "DeleteOrderGroup", self.delete),
            write("PUT", f"{one}/reset", "ResetOrderGroup", self.reset),
            write("PUT", f"{one}/trigger", "TriggerOrderGroup", self.trigger),
            write(
                "PUT",
                f"{one}/limit",
                "UpdateOrderGroupLimit",
                self.set_limit,
                struct="UpdateOrderGroupLimitRequest",
            ),
        )

    def _found(self, call: Call) -> GroupView:
        try:
            group = self._engine.group(self._office.names.back(call.params["order_group_id"]))
        except NotFound:
            raise missing() from None
        place, shard = place_of(group.account), call.number("exchange_index")
        asked = call.subaccount
        if place is None or asked not in (None, place[0]) or shard not in (None, -1, place[1]):
            raise missing()
        return group

    @staticmethod
    def _limit(body: Body) -> Decimal:
        whole, fine = body.number("contracts_limit"), body.decimal("contracts_limit_fp", 2)
        if whole is not None and fine is not None and fine != whole:
            raise invalid("contracts_limit and contracts_limit_fp must match")
        limit = fine if fine is not None else None if whole is None else Decimal(whole)
        if limit is None or limit <= 0:
            raise invalid("contracts_limit or contracts_limit_fp is required and positive")
        return limit

    def create(self, call: Call) -> Answer:
        """Make a group on one shard."""
        body = call.body
        limit = self._limit(body)
        subaccount = call.settled(body.number("subaccount")) or 0
        shard = body.number("exchange_index") or 0
        if subaccount not in self._office.subaccounts or shard not in dict(SHARDS):
            raise refusal(404, "not_found")
        account = account_of(subaccount, shard)
        self._office.floor.apply(CreateGroup, account=account, limit=limit)
        made = self._engine.groups(account)[-1]
        return Answer(
            201,
            {
                "order_group_id": self._office.names.of(made.id),
                "subaccount": subaccount,
                "exchange_index": shard,
            },
        )

    def listing(self, call: Call) -> Answer:
        """Every group; the key is absent where there is none."""
        asked = call.subaccount
        rows: list[dict[str, Any]] = []
        for account in self._engine.accounts():
            place = place_of(account)
            if place is None or asked not in (None, place[0]):
                continue
            rows += [
                {"id": self._office.names.of(group.id), **_state(group, place[1])}
                for group in self._engine.groups(account)
            ]
        return Answer(200, {"order_groups": rows} if rows else {})

    def one(self, call: Call) -> Answer:
        """One group with its working orders."""
        group = self._found(call)
        place = place_of(group.account)
        assert place is not None
        orders = [self._office.names.of(order) for order in group.orders]
        return Answer(200, {**_state(group, place[1]), "orders": orders})

    def _do(self, call: Call, command: Callable[..., AnyCommand], **more: Any) -> Answer:
        group = self._found(call)
        self._office.floor.apply(command, account=group.account, group_id=group.id, **more)
        return Answer(200, {})

    def delete(self, call: Call) -> Answer:
        """Cancel a group's orders and forget it."""
        return self._do(call, DeleteGroup)

    def reset(self, call: Call) -> Answer:
        """Let a group work again."""
        return self._do(call, ResetGroup)

    def trigger(self, call: Call) -> Answer:
        """Cancel a group's orders and refuse new ones."""
        return self._do(call, TriggerGroup)

    def set_limit(self, call: Call) -> Answer:
        """Change a group's limit."""
        return self._do(call, SetGroupLimit, limit=self._limit(call.body))


def _state(group: GroupView, shard: int) -> dict[str, Any]:
    return {
        "contracts_limit_fp": count(group.limit),
        "is_auto_cancel_enabled": not group.triggered,
        "exchange_index": shard,
    }
