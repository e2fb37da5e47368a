"""The step that sends: everything written down in one transaction, then each thing sent once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pmi_core.clock import Clock
from pmi_core.desk.approval import Ticket, Tickets, milliseconds
from pmi_core.desk.attempt import Outcome, attempt, attempt_batch
from pmi_core.desk.caps import Caps, Charge
from pmi_core.desk.facts import open_orders, read_book, reference_price
from pmi_core.desk.intents import Intent, Intents, IntentState
from pmi_core.desk.journal import EntryKind, Journal
from pmi_core.desk.kill import KillSwitch
from pmi_core.desk.owner import Owner
from pmi_core.desk.policy import Policy
from pmi_core.desk.reconcile import Reconciler
from pmi_core.desk.settings import DeskSettings
from pmi_core.desk.store import Store
from pmi_core.errors import MarketNotOpen, OrderRefused
from pmi_core.identifiers import MarketRef
from pmi_core.models import Order, OutcomeSide
from pmi_core.numbers import plain
from pmi_core.provider import IdempotencyKind, Venue

__all__ = ["Sender"]


class Sender:
    """Turns an approved ticket into intents and sends them."""

    def __init__(
        self,
        *,
        store: Store,
        journal: Journal,
        tickets: Tickets,
        caps: Caps,
        policy: Policy,
        kill: KillSwitch,
        owner: Owner,
        reconciler: Reconciler,
        clock: Clock,
        settings: DeskSettings,
    ) -> None:
        self._store = store
        self._journal = journal
        self._tickets = tickets
        self._caps = caps
        self._policy = policy
        self._kill = kill
        self._owner = owner
        self._reconciler = reconciler
        self._clock = clock
        self._settings = settings
        self._intents = Intents()

    async def check_market(self, venue: Venue, ticket: Ticket) -> None:
        """See that each market is open and still near where it was when the order was judged.

        Raises:
            OrderRefused: it moved beyond the tolerance.
            MarketNotOpen: it takes no orders.
        """
        for step in ticket.payload["steps"]:
            if step["outcome"] is None or venue.markets is None:
                continue
            ref, side = MarketRef(step["market"]), OutcomeSide(step["outcome"])
            market = await venue.markets.get_market(ref)
            if not market.is_open:
                raise MarketNotOpen(f"{ref} takes no orders now", venue=venue.name)
            book = await read_book(venue, ref, side, self._clock, self._settings.book_age_seconds)
            now = reference_price(market, book, side)
            before = None if step["reference"] is None else Decimal(step["reference"])
            if now == before:
                continue
            if now is None or before is None or abs(now - before) > self._policy.settings.tolerance:
                moved = " to ".join("no price" if one is None else plain(one) for one in (before, now))
                raise OrderRefused(
                    f"{ref} moved from {moved} since the order was previewed",
                    hint="preview the order again",
                    venue=venue.name,
                    code="tolerance",
                )

    async def write_down(self, venue: Venue, ticket: Ticket) -> tuple[Intent, ...]:
        """Use the approval up, count the money and write the intents, all or nothing.

        Raises:
            OrderRefused: the kill switch, a cap, or somebody who was faster.
        """
        most = self._policy.settings.max_open_orders
        asked_at = milliseconds(self._clock.now())
        working = await open_orders(venue) if most is not None else ()
        ids = [step["id"] for step in ticket.payload["steps"]]
        self._reconciler.flying.update(ids)  # before they can be seen by anybody
        try:
            return await self._commit(venue, ticket, working, asked_at)
        except BaseException:
            self._reconciler.flying.difference_update(ids)
            raise

    async def _commit(
        self, venue: Venue, ticket: Ticket, working: tuple[Order, ...] | None, asked_at: int
    ) -> tuple[Intent, ...]:
        most = self._policy.settings.max_open_orders
        async with self._store.writing() as connection:
            now = milliseconds(self._clock.now())
            intents = self._intents_of(ticket, now)
            self._kill.check()
            await self._tickets.use(connection, ticket)
            await self._check_neighbours(connection, venue, ticket)
            if most is not None:
                orders = sum(intent.kind == "place" for intent in intents)
                others = await self._intents.placed_since(connection, venue.name, asked_at)
                seen = {name for order in working or () for name in (order.ref, order.client_order_id)}
                known = len(working or ()) + len(others - seen)
                if orders and (working is None or known + orders > most):
                    raise OrderRefused(
                        f"more than max_open_orders {most} would work at {venue.name}",
                        hint="cancel some",
                        venue=venue.name,
                        code="max_open_orders",
                    )
            await self._caps.charge(connection, [intent.charge for intent in intents], now)
            await self._intents.write(connection, intents)
            rows = [
                (
                    EntryKind.INTENT,
                    intent.id,
                    {
                        "code": intent.code,
                        "kind": intent.kind,
                        "venue": intent.venue,
                        "owner": intent.owner,
                        "units": intent.charge.units,
                        **intent.body,
                    },
                )
                for intent in intents
            ]
            await self._journal.append(connection, rows)
        return intents

    async def transmit(self, venue: Venue, intents: Sequence[Intent]) -> tuple[Intent, ...]:
        """Send each intent once, write its answer down, and look for what stays in doubt.

        Gives the intents as they stand now.
        """
        told: list[Intent | None] = []
        try:
            if len(intents) > 1 and venue.batch is not None and not self._stopped(intents[0]):
                outcomes = await attempt_batch(venue, intents, self._settings.answer_seconds)
                for intent, outcome in zip(intents, outcomes, strict=True):
                    told.append(await self._reconciler.settle(intent, outcome, EntryKind.ANSWER))
            else:
                for intent in intents:
                    outcome = self._stopped(intent) or await attempt(
                        venue, intent, self._settings.answer_seconds
                    )
                    told.append(await self._reconciler.settle(intent, outcome, EntryKind.ANSWER))
            for place, now in enumerate(told):
                if now is not None and now.state is IntentState.UNKNOWN:
                    await self._reconciler.chase(venue, now)
                    told[place] = None
            return tuple(
                [
                    now or await self._reconciler.read(intent.id) or intent
                    for now, intent in zip(told, intents, strict=True)
                ]
            )
        finally:
            self._reconciler.flying.difference_update(intent.id for intent in intents)

    def _stopped(self, intent: Intent) -> Outcome | None:
        """Why an intent that was written down is not sent after all.

        A process that slept since then must not send: others may have given the intent up.
        """
        if self._kill.engaged:
            said = "the kill switch was engaged before it was sent"
        elif milliseconds(self._clock.now()) - intent.created > self._fence:
            said = "too much time passed between writing it down and sending it"
        else:
            return None
        return Outcome(IntentState.REJECTED, {"error": "OrderRefused", "message": said, "sent": False})

    @property
    def _fence(self) -> float:
        """Milliseconds within which an intent is sent, or not at all."""
        return min(self._settings.answer_seconds, self._settings.lost_after_seconds / 2) * 1000

    def _intents_of(self, ticket: Ticket, now: int) -> tuple[Intent, ...]:
        return tuple(
            Intent(
                id=step["id"],
                code=ticket.code,
                number=number,
                kind=step["kind"],
                venue=ticket.venue,
                market=step["market"],
                state=IntentState.INTENDED,
                owner=self._owner.name,
                created=now,
                charge=Charge(step["units"], tuple(step["scopes"])),
                body=step["body"],
            )
            for number, step in enumerate(ticket.payload["steps"])
        )

    async def _check_neighbours(self, connection: Any, venue: Venue, ticket: Ticket) -> None:
        """What else is under way in the same markets.

        Raises:
            OrderRefused: the venue could not tell the orders apart, or the position that the order
                leans on is not what it was.
        """
        nameless = venue.info.idempotency.kind is IdempotencyKind.NONE
        for step in ticket.payload["steps"]:
            if not nameless and not step["leans_on_position"]:
                continue
            others = await self._intents.in_market(connection, venue.name, step["market"], ticket.created)
            if nameless and any(not other.settled for other in others):
                raise OrderRefused(
                    f"another order in {step['market']} is under way, and {venue.name} cannot tell "
                    "orders apart when an answer is lost",
                    hint="preview the order again when that one is answered",
                    venue=venue.name,
                    code="serial",
                )
            active = [other for other in others if other.state is not IntentState.REJECTED]
            if step["leans_on_position"] and active:
                raise OrderRefused(
                    f"another order in {step['market']} was sent since this one was previewed, so the "
                    "position is not what it was",
                    hint="preview the order again",
                    venue=venue.name,
                    code="position",
                )
