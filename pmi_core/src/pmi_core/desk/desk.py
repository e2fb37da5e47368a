"""The one road of every order: preview, approval, journal, venue, journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from pmi_core.desk.approval import Ticket, Tickets, TicketState, milliseconds
from pmi_core.desk.asking import Questions
from pmi_core.desk.attempt import Outcome
from pmi_core.desk.caps import Caps
from pmi_core.desk.draft import (
    Draft,
    PlaceDraft,
    draft_of,
    identity_of,
    new_code,
    orders_of,
    venue_of,
)
from pmi_core.desk.intents import Intents, IntentState
from pmi_core.desk.journal import Entry, EntryKind, Journal, Verdict
from pmi_core.desk.kill import KillSwitch
from pmi_core.desk.owner import Owner
from pmi_core.desk.planning import Planner
from pmi_core.desk.policy import Policy, refused
from pmi_core.desk.preview import OrderPreview, Preview, preview_of
from pmi_core.desk.reconcile import Reconciler
from pmi_core.desk.reducing import Reductions
from pmi_core.desk.sending import Sender
from pmi_core.desk.sent import Sent, SentOrder, sent_order
from pmi_core.desk.settings import DeskSettings
from pmi_core.desk.store import Store
from pmi_core.errors import (
    BusyError,
    InvalidOrder,
    NotFound,
    OrderRefused,
    PmiError,
    RequestError,
    VenueError,
)
from pmi_core.identifiers import MarketRef, OrderRef
from pmi_core.models import OrderDraft
from pmi_core.plugins.registry import Registry
from pmi_core.provider import Venue, WriteClass
from pmi_core.settings import ApprovalChannel, read_section

__all__ = ["Desk"]

Found = TypeVar("Found")

_PASSING = (BusyError, VenueError)
"""Troubles that say nothing about the order: its approval stays good."""


class Desk:
    """Everything that is written to a venue goes through here; async context manager.

    Args:
        registry: the venues, the mode and the policy.
        settings: how the journal is kept; the section ``[desk]`` of the configuration otherwise.

    Attributes:
        kill: the kill switch; :func:`pmi_core.desk.kill.release` takes it away.
        reduce: cancelling and everything else that only takes risk away.
        ask: writes that risk no money.
    """

    def __init__(self, registry: Registry, settings: DeskSettings | None = None) -> None:
        config = registry.config
        self.settings = settings or read_section("desk", DeskSettings, config)
        self._registry = registry
        self._clock = registry.clock
        folder = config.data_dir / "desk"
        url = self.settings.database
        self._store = Store(None if url is None else url.get_secret_value(), folder)
        self.policy = Policy(config.mode, config.policy)
        self.kill = KillSwitch(config.data_dir, self._clock)
        self._journal = Journal(self._store, self._clock)
        self._tickets = Tickets(self._store, self._journal, self._clock)
        self._caps = Caps(config.policy)
        self._owner = Owner(folder / "owners")
        self._intents = Intents()
        self._reconciler = Reconciler(
            store=self._store,
            journal=self._journal,
            caps=self._caps,
            owner=self._owner,
            clock=self._clock,
            settings=self.settings,
            conceal=self._conceal,
        )
        self._planner = Planner(
            self.policy, registry.hooks.review_order, self._clock, self.settings.book_age_seconds
        )
        self._sender = Sender(
            store=self._store,
            journal=self._journal,
            tickets=self._tickets,
            caps=self._caps,
            policy=self.policy,
            kill=self.kill,
            owner=self._owner,
            reconciler=self._reconciler,
            clock=self._clock,
            settings=self.settings,
        )
        self.reduce = Reductions(registry.venue, self._reconciler, self._journal)
        self.ask = Questions(registry.venue, self.policy, self.kill, self._journal)
        self._concealers: dict[str, Callable[[str], str]] = {}
        self._running: set[asyncio.Task[Any]] = set()
        self._counting = asyncio.Lock()
        self._counted = False

    @property
    def registry(self) -> Registry:
        """The venues that it sends to."""
        return self._registry

    # ------------------------------------------------------------------------- draft, yes or no

    async def preview(self, draft: Draft | OrderDraft) -> Preview:
        """Judge a draft by policy, plugins and the live market, and give it a code.

        Raises:
            RequestError: it cannot be; the message tells everything that is wrong with it.
            VenueError: the venue could not be asked, or its book is too old.
        """
        wanted: Draft = PlaceDraft(order=draft) if isinstance(draft, OrderDraft) else draft
        venue = await self._registry.venue(venue_of(wanted))
        self._check_words(wanted, venue)
        code = new_code()
        try:
            self.kill.check()
            plan = await self._planner.plan(wanted, venue)
            if refusal := self.policy.allows_loss(plan.loss):
                raise refused(refusal, venue.name)
        except RequestError as error:
            body = {"draft": wanted.model_dump(mode="json"), **self._told(venue, error)}
            await self._journal.note(EntryKind.REFUSAL, code, body)
            raise
        now = self._clock.now()
        expires = now + timedelta(seconds=self.policy.settings.approval_seconds)
        payload = {
            "code": code,
            "created": milliseconds(now),
            "expires": milliseconds(expires),
            **identity_of(venue.info),
            "draft": wanted.model_dump(mode="json"),
            "steps": [step.data() for step in plan.steps],
            "currency": plan.currency,
        }
        shown = [order.model_dump(mode="json") for order in plan.shown]
        digest = await self._tickets.issue(payload, {"orders": shown})
        return preview_of(payload, digest, plan.shown, self.policy)

    async def approve(self, code: str, channel: ApprovalChannel, by: str) -> None:
        """Say yes to exactly what was previewed under a code.

        Args:
            code: from the preview.
            channel: by which way the person said it; the caller answers for that.
            by: who, for the journal.

        Raises:
            OrderRefused: it is decided, used or expired already, or that channel may not approve it.
        """
        ticket = await self._tickets.load(code)
        channels = self.policy.channels(WriteClass(ticket.payload["write_class"]))
        if channel not in channels:
            allowed = ", ".join(sorted(channels)) or "nothing"
            raise OrderRefused(
                f"an order at {ticket.venue} is not approved by {channel.value}",
                hint=f"approve it by {allowed}, or a person changes approve_with under [policy]",
                venue=ticket.venue,
                code="channel",
            )
        await self._tickets.approve(ticket, channel, by[:200])

    async def refuse(self, code: str, channel: ApprovalChannel, by: str, reason: str = "") -> None:
        """Say no; also to what was approved and is not sent yet.

        Raises:
            OrderRefused: it is decided or used already.
        """
        await self._tickets.refuse(await self._tickets.load(code), channel, by[:200], reason[:500])

    async def waiting(self) -> tuple[Preview, ...]:
        """Everything that waits for a decision, oldest first, for pages and terminals."""
        tickets = await self._tickets.waiting()
        return tuple([await self.shown(ticket.code) for ticket in tickets])

    async def shown(self, code: str) -> Preview:
        """The preview of a code, as it was when it was made.

        Raises:
            NotFound: no draft has that code.
        """
        ticket = await self._tickets.load(code)
        orders: tuple[OrderPreview, ...] = ()
        async for entry in self._journal.entries(subject=ticket.code):
            if entry.kind is EntryKind.PREVIEW and entry.body["digest"] == ticket.digest:
                orders = tuple(OrderPreview.model_validate(one) for one in entry.body["orders"])
        return preview_of(ticket.payload, ticket.digest, orders, self.policy)

    async def state(self, code: str) -> TicketState:
        """Where a draft is in its life."""
        return (await self._tickets.load(code)).state

    # --------------------------------------------------------------------------------- sending

    async def send(self, code: str) -> Sent:
        """Send what was approved under a code: once, by one process, whoever asks how often.

        Asked again it tells what became of it and sends nothing.  What the venue says no to is a result
        and no error; an order in doubt has the status ``unknown`` and is looked for, never sent again.
        A caller that is cancelled meanwhile stops nothing.

        Raises:
            OrderRefused: it is not approved, has expired, or a rule says no now; the approval is void.
            BusyError: something sent earlier is in doubt and must be settled first; ask again.
            VenueError: the venue could not be asked; nothing was sent, ask again.
        """
        ticket = await self._tickets.load(code)
        if ticket.state is TicketState.USED:
            return await self._result(ticket, repeated=True)
        return await self._shielded(self._send(ticket))

    async def sent(self, code: str) -> Sent:
        """What became of what was sent under a code.

        Raises:
            NotFound: nothing was sent under it.
        """
        ticket = await self._tickets.load(code)
        if ticket.state is not TicketState.USED:
            raise NotFound(f"nothing was sent under {code}; it is {ticket.state.value}")
        return await self._result(ticket, repeated=True)

    async def in_doubt(self) -> tuple[SentOrder, ...]:
        """Everything sent whose fate is not known, oldest first."""
        async with self._store.reading() as connection:
            return tuple(sent_order(intent) for intent in await self._intents.unsettled(connection))

    async def reconcile(self, venue_name: str) -> tuple[SentOrder, ...]:
        """Look for everything in doubt at a venue; give what stays in doubt."""
        await self._count()
        await self._shielded(self._reconciler.recover(await self._registry.venue(venue_name)))
        return tuple(one for one in await self.in_doubt() if one.venue == venue_name)

    async def decide(self, client_order_id: str, order_ref: OrderRef | None, by: str) -> None:
        """Take a person's word for an order in doubt: which one it is, or that there is none.

        For the terminal alone, where several orders look alike or a venue is gone for good.

        Raises:
            NotFound: nothing of that id is in doubt.
        """
        intent = await self._reconciler.read(client_order_id)
        if intent is None or intent.settled:
            raise NotFound(f"nothing in doubt has the id {client_order_id[:64]!r}")
        state = IntentState.ABSENT if order_ref is None else IntentState.DONE
        answer = {"message": f"{by[:200]} says so", "decided": True}
        await self._reconciler.settle(intent, Outcome(state, answer, order_ref), EntryKind.RECONCILIATION)

    # --------------------------------------------------------------------------------- journal

    def entries(self, *, after: int = 0, subject: str | None = None) -> AsyncIterator[Entry]:
        """The rows of the journal, oldest first."""
        return self._journal.entries(after=after, subject=subject)

    def export(self) -> AsyncIterator[str]:
        """The journal as lines of JSON."""
        return self._journal.export()

    async def verify(self, expected: str | None = None) -> Verdict:
        """Look for edits in the journal; ``expected`` is a hash noted earlier."""
        return await self._journal.verify(expected)

    async def engage_kill_switch(self, reason: str, by: str) -> None:
        """Stop every order from now on; the file counts, also when the journal cannot be written."""
        self.kill.engage(reason, by)
        await self._journal.note(EntryKind.KILL, "engaged", {"reason": reason[:500], "by": by[:200]})

    async def note_release(self, reason: str, by: str) -> None:
        """Write down that a person took the kill switch away; this takes nothing away itself."""
        await self._journal.note(EntryKind.KILL, "released", {"reason": reason[:500], "by": by[:200]})

    async def aclose(self) -> None:
        """Wait for answers that are still to come, then close the journal."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)
        await self._store.aclose()
        self._owner.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    # ---------------------------------------------------------------------------------- inside

    async def _send(self, ticket: Ticket) -> Sent:
        if ticket.state is not TicketState.APPROVED:
            hint = "a person approves it first" if ticket.state is TicketState.WAITING else "preview it again"
            raise OrderRefused(f"the draft {ticket.code} is {ticket.state.value}", hint=hint, code="approval")
        await self._count()
        venue = await self._registry.venue(ticket.venue)
        try:
            self._check_again(ticket, venue)
            await self._reconciler.before_sending(venue, {step["market"] for step in ticket.payload["steps"]})
            await self._sender.check_market(venue, ticket)
            intents = await self._sender.write_down(venue, ticket)
        except RequestError as error:
            if (await self._tickets.load(ticket.code)).state is TicketState.USED:
                return await self._result(ticket, repeated=True)  # somebody was faster
            await self._tickets.void(ticket, self._told(venue, error)["message"], error.code)
            raise
        sent = await self._sender.transmit(venue, intents)
        return Sent(code=ticket.code, repeated=False, orders=tuple(sent_order(one) for one in sent))

    def _check_again(self, ticket: Ticket, venue: Venue) -> None:
        """What may have changed since the preview and needs no venue."""
        self.kill.check()
        before = {name: ticket.payload.get(name) for name in identity_of(venue.info)}
        if before != identity_of(venue.info):
            raise OrderRefused(
                f"{venue.name} is not the account that {ticket.code} was approved for",
                hint="preview the order again",
                venue=venue.name,
                code="account",
            )
        if ticket.channel not in self.policy.channels(venue.info.write_class):
            raise OrderRefused("that approval is not enough any more", hint="approve it anew", code="channel")
        orders = orders_of(draft_of(ticket.payload))
        steps = ticket.payload["steps"]
        markets = [MarketRef(step["market"]) for step in steps if step["kind"] != "group"]
        refusals = (
            self.policy.allows_writing(venue.info),
            *(self.policy.allows_market(ref) for ref in markets),
            *(self._registry.hooks.review_order(order) for order in orders),
        )
        for refusal in refusals:
            if refusal is not None:
                raise refused(refusal, venue.name)

    async def _result(self, ticket: Ticket, *, repeated: bool) -> Sent:
        async with self._store.reading() as connection:
            intents = await self._intents.of_code(connection, ticket.code)
        return Sent(code=ticket.code, repeated=repeated, orders=tuple(sent_order(one) for one in intents))

    async def _count(self) -> None:
        """Count the caps anew from what was sent, once a start."""
        async with self._counting:
            if not self._counted:
                async with self._store.writing() as connection:
                    await self._caps.rebuild(connection, milliseconds(self._clock.now()))
                self._counted = True

    async def _shielded(self, work: Awaitable[Found]) -> Found:
        """Let work end that must not stop half way, whoever stops waiting for it."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    def _told(self, venue: Venue, error: PmiError) -> dict[str, Any]:
        """An error as the journal keeps it, without secrets."""
        said = self._conceal(venue.name, error.message)
        return {"error": type(error).__name__, "message": said, "rule": error.code}

    def _check_words(self, draft: Draft, venue: Venue) -> None:
        """Keep secrets out of the journal, also when an author repeats one."""
        said = " ".join([getattr(draft, "intent", ""), *(one.intent for one in orders_of(draft))])
        if said.strip() and self._conceal(venue.name, said) != said:
            raise InvalidOrder("the intent repeats a piece of a secret", hint="leave it out")

    def _conceal(self, venue: str, text: str) -> str:
        if venue not in self._concealers:
            self._concealers[venue] = self._registry.settings_of(venue).conceal
        return self._concealers[venue](text)
