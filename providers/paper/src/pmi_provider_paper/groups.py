"""Order groups: a cap on contracts filled within a window."""

from __future__ import annotations

from decimal import Decimal

from pmi_core.errors import NotFound
from pmi_core.exchange.commands import (
    CreateGroup,
    DeleteGroup,
    ResetGroup,
    SetGroupLimit,
    TriggerGroup,
)
from pmi_core.exchange.events import GroupChanged
from pmi_core.identifiers import GroupRef
from pmi_core.models import OrderGroup
from pmi_provider_paper import wording
from pmi_provider_paper.floor import USER
from pmi_provider_paper.house import House
from pmi_provider_paper.memory import WORKING
from pmi_provider_paper.records import GroupRecord

__all__ = ["PaperGroups"]


class PaperGroups:
    """Keeps :class:`pmi_core.capabilities.GroupKeeper`; windows are 15 seconds."""

    def __init__(self, house: House) -> None:
        self._house = house

    def _find(self, group: GroupRef | str) -> tuple[GroupRecord, str]:
        ref = GroupRef(group)
        record = self._house.memory.groups.get(self._house.native(ref))
        if record is None or record.deleted:
            raise NotFound(f"{ref} names no order group", hint="list groups for their refs")
        return record, self._house.books.engine_group[record.id]

    def _show(self, record: GroupRecord) -> OrderGroup:
        rows = self._house.memory.orders.values()
        orders = tuple(row.id for row in rows if row.group == record.id and row.status in WORKING)
        return wording.group(self._house.name, record, orders)

    async def create_group(self, limit: Decimal) -> OrderGroup:
        house = self._house
        with house.turn("groups", "create_group") as now:
            made = house.floor.apply(CreateGroup(time=now, account=USER, limit=limit))
            engine_id = next(event.group_id for event in made if isinstance(event, GroupChanged))
            window = house.floor.exchange.group(engine_id).window_seconds
            record = GroupRecord(id=house.memory.number("g"), limit=limit, window_seconds=window)
            house.books.engine_group[record.id] = engine_id
            house.memory.put_group(record)
            return self._show(record)

    async def list_groups(self) -> tuple[OrderGroup, ...]:
        with self._house.turn("groups", "list_groups"):
            rows = self._house.memory.groups.values()
            return tuple(self._show(record) for record in rows if not record.deleted)

    async def get_group(self, group: GroupRef | str) -> OrderGroup:
        with self._house.turn("groups", "get_group"):
            return self._show(self._find(group)[0])

    async def reset_group(self, group: GroupRef | str) -> OrderGroup:
        house = self._house
        with house.turn("groups", "reset_group") as now:
            record, engine_id = self._find(group)
            house.books.absorb(house.floor.apply(ResetGroup(time=now, account=USER, group_id=engine_id)))
            record.triggered = False
            house.memory.put_group(record)
            return self._show(record)

    async def trigger_group(self, group: GroupRef | str) -> OrderGroup:
        house = self._house
        with house.turn("groups", "trigger_group") as now:
            record, engine_id = self._find(group)
            house.books.absorb(house.floor.apply(TriggerGroup(time=now, account=USER, group_id=engine_id)))
            record.triggered = True
            house.memory.put_group(record)
            return self._show(record)

    async def set_group_limit(self, group: GroupRef | str, limit: Decimal) -> OrderGroup:
        house = self._house
        with house.turn("groups", "set_group_limit") as now:
            record, engine_id = self._find(group)
            command = SetGroupLimit(time=now, account=USER, group_id=engine_id, limit=limit)
            house.books.absorb(house.floor.apply(command))
            record.limit = limit
            house.memory.put_group(record)
            return self._show(record)

    async def delete_group(self, group: GroupRef | str) -> None:
        house = self._house
        with house.turn("groups", "delete_group") as now:
            record, engine_id = self._find(group)
            house.books.absorb(house.floor.apply(DeleteGroup(time=now, account=USER, group_id=engine_id)))
            record.deleted = True
            house.books.engine_group.pop(record.id, None)
            house.memory.put_group(record)
