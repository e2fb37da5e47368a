"""What is remembered of the account, in memory and, through the store, on disk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeVar

from pmi_core.models import OrderStatus
from pmi_core.numbers import plain
from pmi_provider_paper.records import (
    ComboRecord,
    FillRecord,
    GroupRecord,
    OrderRecord,
    PositionRecord,
    PrintRecord,
    QuoteRecord,
    Record,
    RfqRecord,
    SettlementRecord,
)
from pmi_provider_paper.simulation.history import Print
from pmi_provider_paper.store import Store

__all__ = ["WORKING", "Memory"]

Kind = TypeVar("Kind", bound=Record)

WORKING: Final = frozenset({OrderStatus.OPEN, OrderStatus.PARTIAL})


class Memory:
    """Records by kind and id; what changes is written by :meth:`save`.

    Args:
        starting_cash: what a new account has.
    """

    def __init__(self, starting_cash: Decimal) -> None:
        self.cash = starting_cash
        self.revision = 0
        self.orders: dict[str, OrderRecord] = {}
        self.fills: dict[str, FillRecord] = {}
        self.positions: dict[str, PositionRecord] = {}
        self.settlements: dict[str, SettlementRecord] = {}
        self.groups: dict[str, GroupRecord] = {}
        self.rfqs: dict[str, RfqRecord] = {}
        self.quotes: dict[str, QuoteRecord] = {}
        self.combos: dict[str, ComboRecord] = {}
        self.prints: dict[str, PrintRecord] = {}
        self._last_number = 0
        self._by_client: dict[str, str] = {}
        self._by_hour: defaultdict[tuple[str, int], list[PrintRecord]] = defaultdict(list)
        self._by_market: defaultdict[str, list[PrintRecord]] = defaultdict(list)
        self._changed: dict[tuple[str, str], Record] = {}
        self._facts: dict[str, str] = {}
        self.waiting: dict[tuple[str, str], datetime] = {}
        """When something is due, by kind and id."""

    def load(self, store: Store) -> None:
        """Read everything that the file holds.

        Raises:
            SettingsError: a row cannot be read.
        """
        cash = store.fact("cash")
        if cash is not None:
            self.cash = Decimal(cash)
        self.revision = int(store.fact("revision") or 0)
        self._last_number = int(store.fact("number") or 0)
        self._facts = {"cash": plain(self.cash) if cash is not None else "", "number": str(self._last_number)}
        self.orders = _by_id(store.all("order", OrderRecord), lambda one: one.created)
        self.fills = _by_id(store.all("fill", FillRecord), lambda one: one.time)
        self.positions = {one.id: one for one in store.all("position", PositionRecord)}
        self.settlements = _by_id(store.all("settlement", SettlementRecord), lambda one: one.time)
        groups = sorted(store.all("group", GroupRecord), key=lambda one: (len(one.id), one.id))
        self.groups = {one.id: one for one in groups}
        self.rfqs = _by_id(store.all("rfq", RfqRecord), lambda one: one.created)
        self.quotes = _by_id(store.all("quote", QuoteRecord), lambda one: one.created)
        self.combos = _by_id(store.all("combo", ComboRecord), lambda one: one.opened)
        for one in store.all("print", PrintRecord):
            self._index_print(one)
        self._by_client = {one.client_id: one.id for one in self.orders.values() if one.client_id is not None}
        for order in self.orders.values():
            self._wait("order", order.id, order.due)
        for fill in self.fills.values():
            self._wait("fill", fill.id, fill.due)
        for quote in self.quotes.values():
            self._wait("quote", quote.id, quote.due)

    def save(self, store: Store) -> bool:
        """Write what changed; says whether there was anything."""
        facts = {"cash": plain(self.cash), "number": str(self._last_number)}
        if not self._changed and facts == self._facts:
            return False
        for (kind, _), record in self._changed.items():
            store.put(kind, record)
        for name, value in {**facts, "revision": str(self.revision)}.items():
            store.put_fact(name, value)
        self._changed.clear()
        self._facts = facts
        return True

    def number(self, letter: str) -> str:
        """The next id, such as ``o17``; never given twice."""
        self._last_number += 1
        return f"{letter}{self._last_number}"

    def _wait(self, kind: str, name: str, due: datetime | None) -> None:
        if due is None:
            self.waiting.pop((kind, name), None)
        else:
            self.waiting[kind, name] = due

    def _note(self, kind: str, record: Record) -> None:
        self.revision += 1
        record.revision = self.revision
        self._changed[kind, record.id] = record

    def put_order(self, record: OrderRecord) -> None:
        """Remember a new or changed order."""
        self.orders[record.id] = record
        if record.client_id is not None:
            self._by_client[record.client_id] = record.id
        self._wait("order", record.id, record.due)
        self._note("order", record)

    def put_fill(self, record: FillRecord) -> None:
        """Remember a new or changed fill."""
        self.fills[record.id] = record
        self._wait("fill", record.id, record.due)
        self._note("fill", record)

    def put_position(self, record: PositionRecord) -> None:
        """Remember a position, unless nothing about it changed."""
        known = self.positions.get(record.id)
        if known is not None:
            record.revision = known.revision
            if known == record:
                return
        self.positions[record.id] = record
        self._note("position", record)

    def put_settlement(self, record: SettlementRecord) -> None:
        """Remember a settlement."""
        self.settlements[record.id] = record
        self._note("settlement", record)

    def put_group(self, record: GroupRecord) -> None:
        """Remember a new or changed group."""
        self.groups[record.id] = record
        self._note("group", record)

    def put_rfq(self, record: RfqRecord) -> None:
        """Remember a new or changed request for quotes."""
        self.rfqs[record.id] = record
        self._note("rfq", record)

    def put_quote(self, record: QuoteRecord) -> None:
        """Remember a new or changed quote."""
        self.quotes[record.id] = record
        self._wait("quote", record.id, record.due)
        self._note("quote", record)

    def put_combo(self, record: ComboRecord) -> None:
        """Remember a combination."""
        self.combos[record.id] = record
        self._note("combo", record)

    def put_print(self, record: PrintRecord) -> None:
        """Remember a public trade of the account."""
        self._index_print(record)
        self._note("print", record)

    def _index_print(self, record: PrintRecord) -> None:
        if record.id not in self.prints:
            self._by_hour[record.market, record.hour].append(record)
            self._by_market[record.market].append(record)
        self.prints[record.id] = record

    def order_of(self, client_id: str) -> OrderRecord | None:
        """The order that a client order id names."""
        return self.orders.get(self._by_client.get(client_id, ""))

    def working(self) -> list[OrderRecord]:
        """Orders in the book, oldest first."""
        return [one for one in self.orders.values() if one.status in WORKING]

    def correct(self, market: str, hour: int, prints: list[Print]) -> list[Print]:
        """Put the account's own trades in the place of those members' trades that met it."""
        own = self._by_hour.get((market, hour))
        if not own:
            return prints
        taken: defaultdict[str, Decimal] = defaultdict(Decimal)
        for one in own:
            if one.instead_of is not None:
                taken[one.instead_of] += one.size
        left = [row._replace(size=row.size - taken[row.id]) if row.id in taken else row for row in prints]
        left = [row for row in left if row.size > 0]
        left += (Print(one.id, one.time, one.price, one.size, one.taker_yes, one.off_book) for one in own)
        return sorted(left, key=lambda row: (row.time, row.id))

    def is_alone(self, market: str) -> bool:
        """Whether the account never traded in a market."""
        return market not in self._by_market

    def extra_volume(self, market: str, since: datetime | None) -> Decimal:
        """Contracts that the account's trades add to those of the members."""
        rows = self._by_market.get(market, ())
        added = (one.size for one in rows if one.instead_of is None and (since is None or one.time >= since))
        return sum(added, Decimal(0))


def _by_id(rows: Iterable[Kind], when: Callable[[Kind], datetime]) -> dict[str, Kind]:
    return {one.id: one for one in sorted(rows, key=lambda one: (when(one), len(one.id), one.id))}
