"""Tickets: what waits for a yes, had it, or was used up.  Each is good for one sending, ever."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pmi_core.clock import Clock
from pmi_core.desk.draft import digest_of
from pmi_core.desk.journal import EntryKind, Journal
from pmi_core.desk.store import Store
from pmi_core.desk.tables import sa, tickets
from pmi_core.errors import NotFound, OrderRefused
from pmi_core.settings import ApprovalChannel

__all__ = ["Pending", "Ticket", "TicketState", "Tickets", "milliseconds"]


_BY_CODE = sa.select(tickets).where(tickets.c.code == sa.bindparam("name"))
_APPROVED = (
    sa.select(tickets.c.code, tickets.c.venue, tickets.c.owner, tickets.c.channel, tickets.c.expires)
    .where(tickets.c.state == "approved")
    .order_by(tickets.c.created)
)
_MOVE = (
    tickets.update()
    .where(
        tickets.c.code == sa.bindparam("of_code"),
        tickets.c.digest == sa.bindparam("of_digest"),
        tickets.c.state == sa.bindparam("before"),
        tickets.c.expires > sa.bindparam("now"),
    )
    .values(
        state=sa.bindparam("after"),
        channel=sa.func.coalesce(sa.bindparam("by_channel", type_=sa.String), tickets.c.channel),
        decided_by=sa.func.coalesce(sa.bindparam("by_whom", type_=sa.String), tickets.c.decided_by),
    )
)
"""Conditional: whoever comes second changes nothing."""


class TicketState(StrEnum):
    """Where a ticket is in its life."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    """By a person."""
    USED = "used"
    """Its orders were written down to be sent; never again."""
    VOID = "void"
    """A rule or the market made it worthless before it was used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One previewed draft and what became of it."""

    code: str
    digest: str
    kind: str
    venue: str
    state: TicketState
    payload: dict[str, Any]
    created: int
    expires: int
    channel: ApprovalChannel | None
    decided_by: str | None
    owner: str
    """The desk that previewed it."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What must be known of an approved ticket to tell who sends it."""

    code: str
    venue: str
    owner: str
    channel: str | None
    expires: int


def milliseconds(moment: datetime) -> int:
    """A moment as the tables keep it."""
    return int(moment.timestamp() * 1000)


class Tickets:
    """The tickets of one database, as the desk of one ``owner`` sees them."""

    def __init__(self, store: Store, journal: Journal, clock: Clock, owner: str) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock
        self._owner = owner

    async def issue(self, payload: dict[str, Any], shown: dict[str, Any]) -> str:
        """Write a draft and its preview down; give the digest."""
        digest, code = digest_of(payload), payload["code"]
        row = {
            "code": code,
            "digest": digest,
            "kind": payload["draft"]["kind"],
            "venue": payload["venue"],
            "state": TicketState.WAITING.value,
            "payload": json.dumps(payload),
            "created": payload["created"],
            "expires": payload["expires"],
            "owner": self._owner,
        }
        entries = [
            (EntryKind.DRAFT, code, {"draft": payload["draft"], "venue": payload["venue"]}),
            (EntryKind.PREVIEW, code, {"digest": digest, "payload": payload, "orders": shown["orders"]}),
        ]
        async with self._store.writing() as connection:
            await connection.execute(tickets.insert().values(row))
            await self._journal.append(connection, entries)
        return digest

    async def load(self, code: str) -> Ticket:
        """Read a ticket.

        Raises:
            NotFound: no draft has that code.
            OrderRefused: the ticket does not hold what was previewed.
        """
        async with self._store.reading() as connection:
            row = (await connection.execute(_BY_CODE, {"name": code.strip().upper()})).one_or_none()
        if row is None:
            raise NotFound(f"no draft has the code {code[:20]!r}", hint="preview the order first")
        return _ticket(row)

    async def waiting(self) -> tuple[Ticket, ...]:
        """Tickets that wait for a decision and have not expired, oldest first."""
        query = (
            sa.select(tickets)
            .where(tickets.c.state == TicketState.WAITING.value, tickets.c.expires > self.now)
            .order_by(tickets.c.created)
        )
        async with self._store.reading() as connection:
            return tuple(_ticket(row) for row in (await connection.execute(query)).all())

    async def approved(self) -> tuple[Pending, ...]:
        """Tickets that were approved and not sent yet, oldest first."""
        async with self._store.reading() as connection:
            return tuple(Pending(*row) for row in (await connection.execute(_APPROVED)).all())

    async def approve(self, ticket: Ticket, channel: ApprovalChannel, by: str) -> None:
        """Say yes, once.

        Raises:
            OrderRefused: the ticket does not wait any more, or has expired.
        """
        async with self._store.writing() as connection:
            await self._move(
                connection,
                ticket,
                TicketState.WAITING,
                TicketState.APPROVED,
                channel=channel.value,
                decided_by=by,
            )
            body = {"digest": ticket.digest, "channel": channel.value, "by": by}
            await self._journal.append(connection, [(EntryKind.APPROVAL, ticket.code, body)])

    async def refuse(self, ticket: Ticket, channel: ApprovalChannel, by: str, reason: str) -> None:
        """Say no; what waits or is approved can be refused until it is used.

        Raises:
            OrderRefused: it is decided already.
        """
        states = (TicketState.WAITING.value, TicketState.APPROVED.value)
        async with self._store.writing() as connection:
            done = await connection.execute(
                tickets.update()
                .where(tickets.c.code == ticket.code, tickets.c.state.in_(states))
                .values(state=TicketState.REFUSED.value, channel=channel.value, decided_by=by)
            )
            if done.rowcount != 1:
                raise await self._stuck(connection, ticket.code)
            body = {"digest": ticket.digest, "channel": channel.value, "by": by, "reason": reason}
            await self._journal.append(connection, [(EntryKind.REFUSAL, ticket.code, body)])

    async def use(self, connection: Any, ticket: Ticket) -> None:
        """Use an approval up, in the transaction that writes down what is sent.

        Raises:
            OrderRefused: it is not approved, has expired or is used.
        """
        await self._move(connection, ticket, TicketState.APPROVED, TicketState.USED)

    async def void(self, ticket: Ticket, reason: str, rule: str | None) -> None:
        """Make a ticket worthless and write down why."""
        states = (TicketState.WAITING.value, TicketState.APPROVED.value)
        async with self._store.writing() as connection:
            done = await connection.execute(
                tickets.update()
                .where(tickets.c.code == ticket.code, tickets.c.state.in_(states))
                .values(state=TicketState.VOID.value)
            )
            if done.rowcount == 1:
                body = {"digest": ticket.digest, "reason": reason, "rule": rule}
                await self._journal.append(connection, [(EntryKind.REFUSAL, ticket.code, body)])

    def expired(self, ticket: Ticket) -> bool:
        """Whether it is too late to approve or to send."""
        return ticket.expires <= self.now

    async def lapse(self, ticket: Ticket) -> None:
        """Void what was approved and not sent in time, and write down why."""
        await self.void(ticket, "it was approved, and nobody could send it before it expired", "expired")

    async def why(self, ticket: Ticket) -> OrderRefused:
        """The error that says why nothing will be sent under a code that is refused or void."""
        said: dict[str, Any] = {}
        async for entry in self._journal.entries(subject=ticket.code):
            if entry.kind is EntryKind.REFUSAL:
                said = entry.body
        what = f"refused ({said['channel']})" if "channel" in said else ticket.state.value
        reason = f": {said['reason']}" if said.get("reason") else ""
        return OrderRefused(
            f"the draft {ticket.code} is {what}{reason}",
            hint=None if "channel" in said else "preview the order again if it is still wanted",
            venue=ticket.venue,
            code=said.get("rule") or ticket.state.value,
        )

    @property
    def now(self) -> int:
        """The present moment in milliseconds."""
        return milliseconds(self._clock.now())

    async def _move(
        self, connection: Any, ticket: Ticket, before: TicketState, after: TicketState, **values: str
    ) -> None:
        """One conditional update: whoever comes second changes nothing."""
        facts = {
            "of_code": ticket.code,
            "of_digest": ticket.digest,
            "before": before.value,
            "now": self.now,
            "after": after.value,
            "by_channel": values.get("channel"),
            "by_whom": values.get("decided_by"),
        }
        done = await connection.execute(_MOVE, facts)
        if done.rowcount != 1:
            raise await self._stuck(connection, ticket.code)

    async def _stuck(self, connection: Any, code: str) -> OrderRefused:
        """Why a ticket cannot be moved."""
        query = sa.select(tickets.c.state, tickets.c.expires).where(tickets.c.code == code)
        row = (await connection.execute(query)).one()
        if row.state in (TicketState.WAITING, TicketState.APPROVED) and row.expires <= self.now:
            said, hint = "has expired", "preview the order again"
        elif row.state == TicketState.WAITING:
            said, hint = "is not approved", "a person approves it first"
        else:
            said, hint = f"is {row.state} already", "preview the order again if it is still wanted"
        return OrderRefused(f"the draft {code} {said}", hint=hint, code="approval")


def _ticket(row: Any) -> Ticket:
    """A row as a ticket, after comparing its content with its digest."""
    payload = json.loads(row.payload)
    same = (row.code, row.venue, row.expires) == (
        payload.get("code"),
        payload.get("venue"),
        payload.get("expires"),
    )
    if digest_of(payload) != row.digest or not same:
        raise OrderRefused(
            f"what is kept under the code {row.code} is not what was previewed",
            hint="somebody changed the journal's database: see `verify`",
            code="digest",
        )
    return Ticket(
        code=row.code,
        digest=row.digest,
        kind=row.kind,
        venue=row.venue,
        state=TicketState(row.state),
        payload=payload,
        created=row.created,
        expires=row.expires,
        channel=ApprovalChannel(row.channel) if row.channel else None,
        decided_by=row.decided_by,
        owner=row.owner,
    )
