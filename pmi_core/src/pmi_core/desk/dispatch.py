"""From an approved ticket to what became of it: looked at again, written down, sent once."""

from __future__ import annotations

import asyncio

from pmi_core.clock import Clock
from pmi_core.desk.approval import Ticket, Tickets, TicketState, milliseconds
from pmi_core.desk.caps import Caps
from pmi_core.desk.concealing import Concealer
from pmi_core.desk.draft import draft_of, orders_of
from pmi_core.desk.identity import Identity
from pmi_core.desk.intents import Intents
from pmi_core.desk.kill import KillSwitch
from pmi_core.desk.policy import Policy, refused
from pmi_core.desk.preview import loss_of
from pmi_core.desk.reconcile import Reconciler
from pmi_core.desk.sending import Sender
from pmi_core.desk.sent import Sent, sent_order
from pmi_core.desk.store import Store
from pmi_core.desk.underway import UnderWay
from pmi_core.errors import OrderRefused, RequestError
from pmi_core.identifiers import MarketRef
from pmi_core.models import OrderDraft
from pmi_core.plugins.registry import Registry
from pmi_core.provider import Venue

__all__ = ["Dispatch"]


class Dispatch:
    """Sends what is approved; callers of one process that ask for the same code share one sending."""

    def __init__(
        self,
        *,
        registry: Registry,
        store: Store,
        tickets: Tickets,
        caps: Caps,
        policy: Policy,
        kill: KillSwitch,
        reconciler: Reconciler,
        sender: Sender,
        identity: Identity,
        conceal: Concealer,
        under_way: UnderWay,
        clock: Clock,
    ) -> None:
        self._registry = registry
        self._store = store
        self._tickets = tickets
        self._caps = caps
        self._policy = policy
        self._kill = kill
        self._reconciler = reconciler
        self._sender = sender
        self._identity = identity
        self._conceal = conceal
        self._under_way = under_way
        self._clock = clock
        self._intents = Intents()
        self._sending: dict[str, asyncio.Task[Sent]] = {}
        self._counting = asyncio.Lock()
        self._counted = False

    async def send(self, code: str) -> Sent:
        """Send what was approved under a code, or tell what became of it.

        Raises:
            PmiError: as :meth:`pmi_core.desk.Desk.send` says.
        """
        ticket = await self._tickets.load(code)
        if (running := self._sending.get(ticket.code)) is not None:
            sent = await asyncio.shield(running)
            return sent.model_copy(update={"repeated": True})
        if ticket.state is TicketState.USED:
            return await self.told(ticket)
        task = asyncio.ensure_future(self._send(ticket))
        self._sending[ticket.code] = task
        task.add_done_callback(lambda _: self._sending.pop(ticket.code, None))
        return await self._under_way.shielded(task)

    async def told(self, ticket: Ticket) -> Sent:
        """What became of what was sent under a code."""
        async with self._store.reading() as connection:
            intents = await self._intents.of_code(connection, ticket.code)
        return Sent(code=ticket.code, repeated=True, orders=tuple(sent_order(one) for one in intents))

    async def count(self) -> None:
        """Count the caps anew from what was sent, once a start."""
        async with self._counting:
            if not self._counted:
                async with self._store.writing() as connection:
                    await self._caps.rebuild(connection, milliseconds(self._clock.now()))
                self._counted = True

    def suits(self, ticket: Ticket, venue: Venue) -> bool:
        """Whether this process opens the venue as the ticket has it, and may write to it."""
        return self._is_same(ticket, venue) and self._policy.allows_writing(venue.info) is None

    async def _send(self, ticket: Ticket) -> Sent:
        if ticket.state is not TicketState.APPROVED:
            hint = "a person approves it first" if ticket.state is TicketState.WAITING else "preview it again"
            raise OrderRefused(f"the draft {ticket.code} is {ticket.state.value}", hint=hint, code="approval")
        await self.count()
        venue = await self._registry.venue(ticket.venue)
        try:
            self._check_again(ticket, venue)
            await self._reconciler.before_sending(venue, {step["market"] for step in ticket.payload["steps"]})
            await self._sender.check_market(venue, ticket)
            intents = await self._sender.write_down(venue, ticket)
        except RequestError as error:
            if (await self._tickets.load(ticket.code)).state is TicketState.USED:
                return await self.told(ticket)  # somebody was faster
            await self._tickets.void(ticket, self._conceal(venue.name, error.message), error.code)
            raise
        sent = await self._sender.transmit(venue, intents)
        return Sent(code=ticket.code, repeated=False, orders=tuple(sent_order(one) for one in sent))

    def _check_again(self, ticket: Ticket, venue: Venue) -> None:
        """What may have changed since the preview and needs no venue."""
        self._kill.check()
        if not self._is_same(ticket, venue):
            raise OrderRefused(
                f"{venue.name} is not the account that {ticket.code} was approved for",
                hint="preview the order again",
                venue=venue.name,
                code="account",
            )
        if ticket.channel not in self._policy.channels(venue.info.write_class, loss_of(ticket.payload)):
            raise OrderRefused("that approval is not enough any more", hint="approve it anew", code="channel")
        steps = ticket.payload["steps"]
        alike = [OrderDraft.model_validate(order) for step in steps for order in step["stands_for"]]
        orders = (*orders_of(draft_of(ticket.payload)), *alike)
        markets = [MarketRef(step["market"]) for step in steps if step["kind"] not in ("group", "transfer")]
        refusals = (
            self._policy.allows_writing(venue.info),
            *(self._policy.allows_market(ref) for ref in markets),
            *(self._registry.hooks.review_order(order) for order in orders),
        )
        for refusal in refusals:
            if refusal is not None:
                raise refused(refusal, venue.name)

    def _is_same(self, ticket: Ticket, venue: Venue) -> bool:
        """Whether the venue is the account that the ticket is for."""
        now = self._identity(venue)
        return now == {name: ticket.payload.get(name) for name in now}
