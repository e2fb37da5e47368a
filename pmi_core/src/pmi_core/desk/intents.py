"""What was sent: one row an order, written before sending, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pmi_core.desk.caps import Charge
from pmi_core.desk.tables import intents, sa

__all__ = ["Intent", "IntentState", "Intents"]


class IntentState(StrEnum):
    """Where a sent order is, as far as the desk knows."""

    INTENDED = "intended"
    """Written down; sent, or about to be, or its process ended."""
    UNKNOWN = "unknown"
    """Sent without a clear answer; being looked for."""
    DONE = "done"
    """It exists, or existed, at the venue."""
    REJECTED = "rejected"
    """It certainly does not exist."""
    ABSENT = "absent"
    """It was looked for long enough and is not there; its money stays counted."""


UNSETTLED = (IntentState.INTENDED.value, IntentState.UNKNOWN.value)
_NOW, _TOLD = sa.bindparam("now", type_=sa.String), sa.bindparam("told", type_=sa.String)
_SETTLE = (
    intents.update()
    .where(
        intents.c.id == sa.bindparam("of"),
        intents.c.state.in_(sa.bindparam("since", expanding=True)),
        (intents.c.state != _NOW) | sa.func.coalesce(intents.c.answer, "").is_distinct_from(_TOLD),
    )
    .values(state=_NOW, answer=_TOLD, order_ref=sa.bindparam("ref", type_=sa.String))
)
_UNSETTLED_AT = (
    sa.select(intents)
    .where(intents.c.venue == sa.bindparam("at"), intents.c.state.in_(UNSETTLED))
    .order_by(intents.c.created, intents.c.number)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One thing that was to be sent."""

    id: str
    """The client order id."""
    code: str
    number: int
    """Its place among those of its code."""
    kind: str
    venue: str
    market: str
    state: IntentState
    owner: str
    created: int
    charge: Charge
    body: dict[str, Any]
    """``request`` for an order; the arguments for anything else."""
    order_ref: str | None = None
    answer: dict[str, Any] | None = None

    @property
    def settled(self) -> bool:
        """Whether it is known what became of it."""
        return self.state.value not in UNSETTLED


class Intents:
    """The rows of one database; every method runs inside a transaction of its caller."""

    async def write(self, connection: Any, rows: Sequence[Intent]) -> None:
        """Write intents down, before they are sent."""
        values = [
            {
                "id": row.id,
                "code": row.code,
                "number": row.number,
                "kind": row.kind,
                "venue": row.venue,
                "market": row.market,
                "state": row.state.value,
                "owner": row.owner,
                "created": row.created,
                "units": row.charge.units,
                "scopes": json.dumps(row.charge.scopes),
                "body": json.dumps(row.body),
            }
            for row in rows
        ]
        await connection.execute(intents.insert(), values)

    async def settle(
        self,
        connection: Any,
        intent: Intent,
        state: IntentState,
        answer: dict[str, Any] | None,
        order_ref: str | None,
        *,
        since: Sequence[IntentState] = (IntentState.INTENDED, IntentState.UNKNOWN),
    ) -> bool:
        """Note what became of an intent; False where that is noted already, or something final is."""
        told = json.dumps(answer or {}, sort_keys=True)
        facts = {
            "of": intent.id,
            "since": [one.value for one in since],
            "now": state.value,
            "told": told,
            "ref": order_ref or intent.order_ref,
        }
        done = await connection.execute(_SETTLE, facts)
        return bool(done.rowcount == 1)

    async def of_code(self, connection: Any, code: str) -> tuple[Intent, ...]:
        """What was sent under a code, in order."""
        return await self._find(connection, intents.c.code == code)

    async def by_id(self, connection: Any, id: str) -> Intent | None:  # noqa: A002
        """One intent, or None."""
        found = await self._find(connection, intents.c.id == id)
        return found[0] if found else None

    async def unsettled(self, connection: Any, venue: str | None = None) -> tuple[Intent, ...]:
        """What may or may not exist, oldest first."""
        if venue is None:
            return await self._find(connection, intents.c.state.in_(UNSETTLED))
        rows = (await connection.execute(_UNSETTLED_AT, {"at": venue})).all()
        return tuple(_intent(row) for row in rows)

    async def absent(self, connection: Any, venue: str, since: int) -> tuple[Intent, ...]:
        """What was given up as not there since a moment."""
        return await self._find(
            connection,
            (intents.c.venue == venue)
            & (intents.c.state == IntentState.ABSENT.value)
            & (intents.c.created >= since),
        )

    async def in_market(self, connection: Any, venue: str, market: str, since: int) -> tuple[Intent, ...]:
        """What is unsettled in a market or was sent there since a moment."""
        return await self._find(
            connection,
            (intents.c.venue == venue)
            & (intents.c.market == market)
            & (intents.c.state.in_(UNSETTLED) | (intents.c.created >= since)),
        )

    async def placed_since(self, connection: Any, venue: str, since: int) -> frozenset[str]:
        """Orders at a venue that are unsettled, or were placed since a moment: ref, or id without one."""
        query = sa.select(sa.func.coalesce(intents.c.order_ref, intents.c.id)).where(
            intents.c.venue == venue,
            intents.c.kind == "place",
            intents.c.state.in_(UNSETTLED)
            | ((intents.c.created >= since) & (intents.c.state == IntentState.DONE.value)),
        )
        return frozenset((await connection.execute(query)).scalars())

    async def known_refs(self, connection: Any, venue: str, market: str) -> frozenset[str]:
        """Orders at a venue that are accounted for already."""
        query = sa.select(intents.c.order_ref).where(
            intents.c.venue == venue, intents.c.market == market, intents.c.order_ref.is_not(None)
        )
        return frozenset((await connection.execute(query)).scalars())

    async def _find(self, connection: Any, condition: Any) -> tuple[Intent, ...]:
        query = sa.select(intents).where(condition).order_by(intents.c.created, intents.c.number)
        return tuple(_intent(row) for row in (await connection.execute(query)).all())


def _intent(row: Any) -> Intent:
    return Intent(
        id=row.id,
        code=row.code,
        number=row.number,
        kind=row.kind,
        venue=row.venue,
        market=row.market,
        state=IntentState(row.state),
        owner=row.owner,
        created=row.created,
        charge=Charge(row.units, tuple(json.loads(row.scopes))),
        body=json.loads(row.body),
        order_ref=row.order_ref,
        answer=None if row.answer is None else json.loads(row.answer),
    )
