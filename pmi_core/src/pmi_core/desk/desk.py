"""The one road of every order: preview, approval, journal, venue, journal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from pmi_core.desk.approval import Tickets, TicketState, milliseconds
from pmi_core.desk.asking import Questions
from pmi_core.desk.attempt import Outcome
from pmi_core.desk.caps import Caps
from pmi_core.desk.concealing import Concealer
from pmi_core.desk.delivery import Delivery
from pmi_core.desk.dispatch import Dispatch
from pmi_core.desk.draft import Draft, PlaceDraft, new_code, orders_of, venue_of
from pmi_core.desk.identity import Identity
from pmi_core.desk.intents import Intents, IntentState
from pmi_core.desk.journal import Entry, EntryKind, Journal, Verdict
from pmi_core.desk.kill import KillSwitch
from pmi_core.desk.owner import Owner
from pmi_core.desk.planning import Planner
from pmi_core.desk.policy import Policy, refused
from pmi_core.desk.preview import OrderPreview, Preview, loss_of, preview_of
from pmi_core.desk.reconcile import Reconciler
from pmi_core.desk.reducing import Reductions
from pmi_core.desk.sending import Sender
from pmi_core.desk.sent import Sent, SentOrder, sent_order
from pmi_core.desk.settings import DeskSettings
from pmi_core.desk.store import Store
from pmi_core.desk.tending import Tending
from pmi_core.desk.underway import UnderWay
from pmi_core.errors import InvalidOrder, NotFound, OrderRefused, PmiError, RequestError
from pmi_core.identifiers import OrderRef
from pmi_core.models import OrderDraft
from pmi_core.plugins.registry import Registry
from pmi_core.provider import Venue, WriteClass
from pmi_core.settings import ApprovalChannel, read_section

__all__ = ["Desk"]


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
        self._owner = Owner(folder / "owners")
        self._tickets = Tickets(self._store, self._journal, self._clock, self._owner.name)
        caps = Caps(config.policy)
        self._intents = Intents()
        self._conceal = Concealer(registry)
        self._identity = Identity(registry)
        self._under_way = UnderWay()
        self._reconciler = Reconciler(
            store=self._store,
            journal=self._journal,
            caps=caps,
            owner=self._owner,
            clock=self._clock,
            settings=self.settings,
            conceal=self._conceal,
        )
        self._planner = Planner(
            self.policy, registry.hooks.review_order, self._clock, self.settings.book_age_seconds
        )
        sender = Sender(
            store=self._store,
            journal=self._journal,
            tickets=self._tickets,
            caps=caps,
            policy=self.policy,
            kill=self.kill,
            owner=self._owner,
            reconciler=self._reconciler,
            clock=self._clock,
            settings=self.settings,
        )
        self._dispatch = Dispatch(
            registry=registry,
            store=self._store,
            tickets=self._tickets,
            caps=caps,
            policy=self.policy,
            kill=self.kill,
            reconciler=self._reconciler,
            sender=sender,
            identity=self._identity,
            conceal=self._conceal,
            under_way=self._under_way,
            clock=self._clock,
        )
        self._delivery = Delivery(
            tickets=self._tickets, dispatch=self._dispatch, owner=self._owner, clock=self._clock
        )
        self._tending = Tending(
            registry=registry,
            tickets=self._tickets,
            dispatch=self._dispatch,
            reconciler=self._reconciler,
            owner=self._owner,
            under_way=self._under_way,
            clock=self._clock,
        )
        self.reduce = Reductions(registry.venue, self._reconciler, self._journal)
        self.ask = Questions(registry.venue, self.policy, self.kill, self._journal)

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
            **self._identity(venue),
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
        write_class = WriteClass(ticket.payload["write_class"])
        channels = self.policy.channels(write_class, loss_of(ticket.payload))
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
        return await self._dispatch.send(code)

    def tending(self) -> AbstractAsyncContextManager[None]:
        """While the block runs, do what a process that lives long owes to the others.

        What a person approved elsewhere (page, passkey, terminal) is sent at once, if this desk previewed it
        or the one that did is certainly gone; of several such processes one sends.  What a process left
        behind that ended is looked for before anything is sent at its venue, what stays in doubt again and
        again with growing waits, and what was approved and not sent in time is voided.  Trouble is logged.
        """
        return self._tending.held()

    async def deliver(self, code: str, *, timeout: float) -> Sent | None:  # noqa: ASYNC109 - no error ends it
        """After approving on a page or in a terminal: wait for the desk that previewed it to send, or send
        here if that one is certainly gone or is this one.

        Args:
            code: approved.
            timeout: seconds.

        Returns:
            What was sent, in doubt where its fate was not known in time; None if nothing is decided yet.

        Raises:
            OrderRefused: it is refused, void, expired or not approved, with the reason.
        """
        return await self._delivery.deliver(code, timeout)

    async def outcome(self, code: str, *, timeout: float) -> Sent | None:  # noqa: ASYNC109 - no error ends it
        """Wait for what becomes of a draft without ever sending it; returns as :meth:`deliver` does.

        Raises:
            OrderRefused: it is refused, void or expired, with the reason.
        """
        return await self._delivery.outcome(code, timeout)

    async def sent(self, code: str) -> Sent:
        """What became of what was sent under a code.

        Raises:
            NotFound: nothing was sent under it.
        """
        ticket = await self._tickets.load(code)
        if ticket.state is not TicketState.USED:
            raise NotFound(f"nothing was sent under {code}; it is {ticket.state.value}")
        return await self._dispatch.told(ticket)

    async def in_doubt(self) -> tuple[SentOrder, ...]:
        """Everything sent whose fate is not known, oldest first."""
        async with self._store.reading() as connection:
            return tuple(sent_order(intent) for intent in await self._intents.unsettled(connection))

    async def reconcile(self, venue_name: str) -> tuple[SentOrder, ...]:
        """Look for everything in doubt at a venue; give what stays in doubt."""
        await self._dispatch.count()
        await self._under_way.shielded(self._reconciler.recover(await self._registry.venue(venue_name)))
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

    async def note_passkey(self, action: str, name: str, by: str) -> None:
        """Write down that a passkey was enrolled or removed: who did what (``added``, ``removed``)."""
        body = {"what": action[:40], "name": name[:200], "by": by[:200]}
        await self._journal.note(EntryKind.PASSKEY, name[:80], body)

    async def aclose(self) -> None:
        """Wait for answers that are still to come, then close the journal."""
        await self._under_way.finish()
        await self._store.aclose()
        self._owner.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    # ---------------------------------------------------------------------------------- inside

    def _told(self, venue: Venue, error: PmiError) -> dict[str, Any]:
        """An error as the journal keeps it, without secrets."""
        said = self._conceal(venue.name, error.message)
        return {"error": type(error).__name__, "message": said, "rule": error.code}

    def _check_words(self, draft: Draft, venue: Venue) -> None:
        """Keep secrets out of the journal, also when an author repeats one."""
        said = " ".join([getattr(draft, "intent", ""), *(one.intent for one in orders_of(draft))])
        if said.strip() and self._conceal(venue.name, said) != said:
            raise InvalidOrder("the intent repeats a piece of a secret", hint="leave it out")
