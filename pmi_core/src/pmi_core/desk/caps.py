"""Money at risk, counted by scope and hour in the transaction that writes the intent.

Room for standing approvals: ``intents.mandate`` names the one that an order draws on.  Its whole amount is one
:class:`Charge` at the moment when it is given; an order under it takes from that reservation, by a
conditional update in the transaction that calls :meth:`Caps.charge` for orders with a ticket, and is
charged nothing itself, so that :meth:`Caps.rebuild` counts neither of them twice.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from pmi_core.desk.tables import caps, intents, sa
from pmi_core.errors import OrderRefused
from pmi_core.identifiers import EventRef, MarketRef
from pmi_core.money import currency_of
from pmi_core.numbers import WIDE, Rounding, plain, round_to
from pmi_core.provider import VenueInfo
from pmi_core.settings import PolicySettings

__all__ = ["Caps", "Charge", "hour_of", "pool_of", "scopes_of", "to_units"]

_UNIT = Decimal("0.000001")
_MOST = 10**15
_HOUR = 3_600_000
_DAY = 24
_USED = (
    sa.select(caps.c.scope, sa.func.sum(caps.c.used))
    .where(caps.c.scope.in_(sa.bindparam("scopes", expanding=True)), caps.c.hour >= sa.bindparam("first"))
    .group_by(caps.c.scope)
)
_NAMES = {"day": "max_day", "venue": "max_venue", "event": "max_event", "market": "max_market"}


@dataclass(frozen=True, slots=True)
class Charge:
    """What one order counts for, in millionths, and where."""

    units: int
    scopes: tuple[str, ...]


def to_units(amount: Decimal) -> int:
    """Money in whole millionths, rounded up.

    Raises:
        OrderRefused: the amount is beyond what can be counted.
    """
    units = int(WIDE.divide(round_to(amount, _UNIT, Rounding.CEILING), _UNIT))
    if not 0 <= units <= _MOST:
        raise OrderRefused(f"{plain(amount)} at risk is not an amount that can be counted")
    return units


def pool_of(info: VenueInfo, currency: str) -> str:
    """What is counted together: simulated, demo or real, and the kind of the currency."""
    return f"{info.write_class.value}.{currency_of(currency).kind.value}"


def scopes_of(pool: str, venue: str, event: EventRef | None, market: MarketRef) -> tuple[str, ...]:
    """The counters of an order, the widest first."""
    scopes = [f"{pool}|day", f"{pool}|venue|{venue}"]
    if event is not None:
        scopes.append(f"{pool}|event|{event}")
    return (*scopes, f"{pool}|market|{market}")


def hour_of(milliseconds: int) -> int:
    """The hour to which a moment belongs."""
    return milliseconds // _HOUR


class Caps:
    """The counters of one database; every method runs inside a writing transaction."""

    def __init__(self, policy: PolicySettings) -> None:
        self._caps = {
            kind: None if (cap := getattr(policy, name)) is None else int(cap / _UNIT)
            for kind, name in _NAMES.items()
        }

    async def charge(self, connection: Any, charges: Sequence[Charge], now: int) -> None:
        """Count orders, all or none.

        Raises:
            OrderRefused: a cap would be exceeded; nothing was counted.
        """
        wanted: dict[str, int] = defaultdict(int)
        for charge in charges:
            for scope in charge.scopes:
                wanted[scope] += charge.units
        used = await self._used(connection, wanted, now)
        for scope, units in wanted.items():
            kind = scope.split("|")[1]
            cap = self._caps[kind]
            if cap is not None and units and used.get(scope, 0) + units > cap:
                left = plain(max(0, cap - used.get(scope, 0)) * _UNIT)
                raise OrderRefused(
                    f"{plain(units * _UNIT)} at risk exceeds {_NAMES[kind]}: of {plain(cap * _UNIT)} "
                    f"in a rolling day {left} is left",
                    hint=f"order less, wait, or change {_NAMES[kind]} under [policy]",
                    code=_NAMES[kind],
                )
        await self._add(connection, wanted, hour_of(now))

    async def release(self, connection: Any, charge: Charge, charged_at: int) -> None:
        """Take back what a certainly rejected order was counted for, in the hour it was counted."""
        await self._add(connection, dict.fromkeys(charge.scopes, -charge.units), hour_of(charged_at))

    async def rebuild(self, connection: Any, now: int) -> None:
        """Count the last day anew from what was sent, and forget what is older."""
        since = (hour_of(now) - _DAY) * _HOUR
        query = sa.select(intents.c.created, intents.c.units, intents.c.scopes).where(
            intents.c.created >= since, intents.c.state != "rejected"
        )
        counted: dict[tuple[str, int], int] = defaultdict(int)
        for row in (await connection.execute(query)).all():
            for scope in json.loads(row.scopes):
                counted[scope, hour_of(row.created)] += row.units
        await connection.execute(caps.delete())
        rows = [{"scope": scope, "hour": hour, "used": used} for (scope, hour), used in counted.items()]
        if rows:
            await connection.execute(caps.insert(), rows)

    async def used(self, connection: Any, scope: str, now: int) -> Decimal:
        """Money at risk in the rolling day of one scope."""
        return (await self._used(connection, [scope], now)).get(scope, 0) * _UNIT

    async def _used(self, connection: Any, scopes: Iterable[str], now: int) -> dict[str, int]:
        """Sums over the current hour and the 24 before it: never less than a day."""
        facts = {"scopes": list(scopes), "first": hour_of(now) - _DAY}
        return {scope: int(total) for scope, total in (await connection.execute(_USED, facts)).all()}

    async def _add(self, connection: Any, units: dict[str, int], hour: int) -> None:
        if not units:
            return
        rows = [{"scope": scope, "hour": hour, "used": used} for scope, used in units.items()]
        await connection.execute(_adding(connection.dialect.name), rows)


@cache
def _adding(dialect: str) -> Any:
    """The statement that adds to a counter, or begins it."""
    from sqlalchemy.dialects import postgresql, sqlite

    statement = (postgresql if dialect == "postgresql" else sqlite).insert(caps)
    return statement.on_conflict_do_update(
        index_elements=[caps.c.scope, caps.c.hour],
        set_={"used": caps.c.used + statement.excluded.used},
    )
