"""Finds out what became of what was sent, writes it down, and holds back what must wait for that."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from pmi_core.clock import Clock
from pmi_core.desk.approval import milliseconds
from pmi_core.desk.attempt import Outcome
from pmi_core.desk.caps import Caps
from pmi_core.desk.intents import Intent, Intents, IntentState
from pmi_core.desk.journal import EntryKind, Journal
from pmi_core.desk.looking import look
from pmi_core.desk.owner import Owner
from pmi_core.desk.settings import DeskSettings
from pmi_core.desk.store import Store
from pmi_core.errors import BusyError, PmiError
from pmi_core.provider import Venue

__all__ = ["Reconciler"]

_log = logging.getLogger(__name__)

_FIRST_WAIT = 0.1
_LEAST_WAIT = 0.01
_DAY = 86_400_000
_BEFORE = {
    IntentState.DONE: (IntentState.INTENDED, IntentState.UNKNOWN, IntentState.ABSENT),
    IntentState.REJECTED: (IntentState.INTENDED, IntentState.UNKNOWN, IntentState.ABSENT),
    IntentState.ABSENT: (IntentState.INTENDED, IntentState.UNKNOWN),
    IntentState.UNKNOWN: (IntentState.INTENDED, IntentState.UNKNOWN),
}
"""From where an intent may come to a state: a late answer counts, a final one is never taken back."""


class Reconciler:
    """Settles intents; several desks may do so at once, and the first final word stands."""

    def __init__(
        self,
        *,
        store: Store,
        journal: Journal,
        caps: Caps,
        owner: Owner,
        clock: Clock,
        settings: DeskSettings,
        conceal: Callable[[str, str], str],
    ) -> None:
        self._store = store
        self._journal = journal
        self._caps = caps
        self._owner = owner
        self._clock = clock
        self._settings = settings
        self._conceal = conceal
        self._intents = Intents()
        self.flying: set[str] = set()
        """Intents whose answer this desk waits for right now."""

    async def settle(self, intent: Intent, outcome: Outcome, kind: EntryKind) -> Intent | None:
        """Write down what became of an intent, and give its money back if it was certainly rejected.

        Gives the intent as it stands now, or None where that was noted already or something final was.
        """
        answer = dict(outcome.answer)
        if isinstance(answer.get("message"), str):
            answer["message"] = self._conceal(intent.venue, answer["message"])
        async with self._store.writing() as connection:
            changed = await self._intents.settle(
                connection,
                intent,
                outcome.state,
                answer,
                outcome.order_ref,
                since=_BEFORE[outcome.state],
            )
            if not changed:
                return None
            if outcome.state is IntentState.REJECTED:
                await self._caps.release(connection, intent.charge, intent.created)
            body = {
                "code": intent.code,
                "state": outcome.state.value,
                "order_ref": outcome.order_ref,
                **answer,
            }
            await self._journal.append(connection, [(kind, intent.id, body)])
        order_ref = outcome.order_ref or intent.order_ref
        return replace(intent, state=outcome.state, answer=answer, order_ref=order_ref)

    async def read(self, id: str) -> Intent | None:  # noqa: A002
        """One intent as it stands now."""
        async with self._store.reading() as connection:
            return await self._intents.by_id(connection, id)

    async def chase(self, venue: Venue, intent: Intent) -> None:
        """Look for an intent in doubt again and again, for a bounded time; it may stay in doubt."""
        end = self._clock.monotonic() + self._settings.lookup_seconds
        wait = _FIRST_WAIT
        while not await self.resolve(venue, intent):
            left = end - self._clock.monotonic()
            if left < _LEAST_WAIT:
                return
            await self._clock.sleep(min(wait, left))
            wait *= 2

    async def resolve(self, venue: Venue, intent: Intent) -> bool:
        """Look once and write down what is found; whether it is settled now."""
        started = milliseconds(self._clock.now())
        try:
            async with self._store.reading() as connection:
                known = await self._intents.known_refs(connection, venue.name, intent.market)
            outcome = await look(venue, intent, known)
        except PmiError as error:
            _log.warning("%s: order %s could not be looked for: %s", venue.name, intent.id, error)
            outcome = _unanswered(type(error).__name__, error.message)
        except Exception as error:  # noqa: BLE001 - a provider that fails in any way tells nothing
            _log.warning("%s: looking for order %s failed", venue.name, intent.id, exc_info=error)
            outcome = _unanswered(type(error).__name__, "the call failed")
        early = started - intent.created < self._settings.lost_after_seconds * 1000
        if outcome.state is IntentState.ABSENT and early:
            outcome = Outcome(IntentState.UNKNOWN, {**outcome.answer, "early": True})
        await self.settle(intent, outcome, EntryKind.RECONCILIATION)
        return outcome.state is not IntentState.UNKNOWN

    async def before_sending(self, venue: Venue, markets: Collection[str]) -> None:
        """Settle what is in doubt at a venue before more is sent there.

        What a process left behind that ended holds back the whole venue, anything else its own market.

        Raises:
            BusyError: something stays in doubt; nothing may be sent yet.
        """
        for intent in await self._in_doubt(venue.name):
            left_behind = self._owner.is_dead(intent.owner)
            if intent.state is IntentState.INTENDED and not left_behind and self._may_be_flying(intent):
                continue
            if not left_behind and intent.market not in markets:
                continue
            if await self.resolve(venue, intent):
                continue
            again = self._settings.lost_after_seconds - self._age(intent)
            raise BusyError(
                f"order {intent.id} of {intent.market} was sent and its fate is not known yet",
                hint="it is looked for each time; send again later, or cancel it",
                retry_after=max(1.0, again),
                venue=venue.name,
                code="in_doubt",
            )

    async def recover(self, venue: Venue) -> None:
        """Look for everything in doubt at a venue, and once more for what was given up in the last day."""
        for intent in await self._left_over(venue.name):
            await self.resolve(venue, intent)
        for intent in await self._given_up(venue.name):
            await self.resolve(venue, intent)

    async def doubts(self, venue_name: str) -> frozenset[str]:
        """What is in doubt at a venue and nobody waits for, by client order id."""
        return frozenset([intent.id for intent in await self._left_over(venue_name)])

    async def has_work(self, venue_name: str) -> bool:
        """Whether :meth:`recover` would look for anything at a venue."""
        return bool(await self._left_over(venue_name) or await self._given_up(venue_name))

    async def _left_over(self, venue_name: str) -> list[Intent]:
        """In doubt, and no living desk is about to send it or waits for its answer."""
        return [
            intent
            for intent in await self._in_doubt(venue_name)
            if self._owner.is_dead(intent.owner)
            or not (intent.state is IntentState.INTENDED and self._may_be_flying(intent))
        ]

    async def _given_up(self, venue_name: str) -> tuple[Intent, ...]:
        since = milliseconds(self._clock.now()) - _DAY
        async with self._store.reading() as connection:
            return await self._intents.absent(connection, venue_name, since)

    async def _in_doubt(self, venue_name: str) -> list[Intent]:
        async with self._store.reading() as connection:
            rows = await self._intents.unsettled(connection, venue_name)
        return [intent for intent in rows if intent.id not in self.flying]

    def _may_be_flying(self, intent: Intent) -> bool:
        """Whether another desk may still be about to send it or wait for its answer."""
        return intent.owner != self._owner.name and self._age(intent) < 2 * self._settings.answer_seconds

    def _age(self, intent: Intent) -> float:
        return (milliseconds(self._clock.now()) - intent.created) / 1000


def _unanswered(error: str, said: str) -> Outcome:
    answer: dict[str, Any] = {"error": error, "message": said}
    return Outcome(IntentState.UNKNOWN, answer)
