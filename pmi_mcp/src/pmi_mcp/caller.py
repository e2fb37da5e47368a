"""Who calls a tool that writes: the venues, the desk, and the way from a draft to an answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from pmi_core.errors import OrderRefused, PmiError
from pmi_core.settings import ApprovalChannel
from pmi_mcp.addressing import venue_of
from pmi_mcp.consent import Reply
from pmi_mcp.outputs import Answer
from pmi_mcp.views.question import question
from pmi_mcp.views.sent import refused_view, sending_view, sent_view
from pmi_mcp.views.waiting import waiting_view

if TYPE_CHECKING:
    from mcp_types import InputRequiredResult

    from pmi_core.desk import Desk, Draft, Preview, Sent
    from pmi_core.identifiers import Ref
    from pmi_mcp.consent import Conversation, Earlier
    from pmi_mcp.trading import Trading
    from pmi_mcp.venues import Venues

__all__ = ["PATIENCE", "Caller"]

PATIENCE = 25.0
"""Seconds that a call waits for what becomes of an order; many clients give up after a minute."""


class Caller:
    """What a tool that writes is given as its first argument, made anew for each call.

    Attributes:
        venues: to find markets and read.
        trading: which venues may be written to, the page, the tokens.
        conversation: the client's side of this call.
        by: who calls, for the journal.
    """

    def __init__(self, venues: Venues, trading: Trading, conversation: Conversation) -> None:
        self.venues = venues
        self.trading = trading
        self.conversation = conversation
        self.by = conversation.caller

    async def desk(self) -> Desk:
        """The desk; everything that writes goes through it."""
        return await self.trading.desk()

    def check_venue(self, ref: Ref | str, venue: str | None = None) -> str:
        """The venue of a ref, if this server was started with it.

        Raises:
            RequestError: it was not, or the ref belongs to another venue than the one asked for.
        """
        return venue_of(self.venues, ref, venue)

    async def submit(self, draft: Draft) -> Answer | InputRequiredResult:
        """Take a draft through preview, approval and sending, as far as this call can take it.

        The answer says what became of it; or that it waits for a person, with the code to ask again; or
        it is a question to the person, after which the client makes the same call again.

        Raises:
            PmiError: it cannot be, or a rule says no.
        """
        from pmi_core.desk.draft import venue_of as venue_of_draft

        desk = await self.desk()
        if (earlier := self.conversation.earlier()) is not None:
            return await self._answered(desk, draft, earlier)
        name = self.check_venue(venue_of_draft(draft))
        preview = await self.venues.wait(name, desk.preview(draft))
        return await self._ask(desk, preview)

    async def outcome(self, code: str, token: str | None = None) -> Answer:
        """Wait for what becomes of a draft that was previewed; a token approves it first.

        Raises:
            PmiError: there is no such draft, it was refused, it is void, or the token is not its own.
        """
        from pmi_core.desk.approval import TicketState

        desk = await self.desk()
        preview = await desk.shown(code)
        self.check_venue(preview.venue)
        if token is not None:
            return await self._redeem(desk, preview, token)
        if await desk.state(code) is TicketState.APPROVED:
            found = await desk.deliver(code, timeout=PATIENCE)
        else:
            found = await desk.outcome(code, timeout=PATIENCE)
        if found is not None:
            return Answer(facts=sent_view(found, preview))
        if await desk.state(code) is TicketState.WAITING:
            return Answer(facts=waiting_view(preview))
        return Answer(facts=sending_view(preview))

    # ---------------------------------------------------------------------------------- inside

    async def _ask(self, desk: Desk, preview: Preview) -> Answer | InputRequiredResult:
        """Ask for a yes by the first way that is open here."""
        from pmi_mcp.approvals.subject import read_subject

        about = await read_subject(self.venues.registry, preview)
        channels = preview.approve_with
        if ApprovalChannel.ELICITATION in channels and self.conversation.can_ask:
            left = (preview.expires_at - self.venues.clock.now()).total_seconds()
            reply = await self.conversation.ask(question(preview, about), preview, left)
            if not isinstance(reply, Reply):
                return reply
            return await self._decided(desk, preview, reply)
        if ApprovalChannel.TOKEN in channels:
            token = self.trading.seal.token(preview)
            return Answer(facts=waiting_view(preview, token, about=about))
        if not channels & _ELSEWHERE:
            await self._turn_down(desk, preview, "nobody can be asked here")
            raise OrderRefused(
                "nobody can be asked: this client shows no questions, and nothing else may approve here",
                hint="a person changes approve_with under [policy], or uses a client that shows questions",
                venue=preview.venue,
                code="channel",
            )
        shown = bool(channels & _BROWSER) and await self.trading.present(preview.code)
        return Answer(facts=waiting_view(preview, shown=shown, about=about))

    async def _answered(self, desk: Desk, draft: Draft, earlier: Earlier) -> Answer | InputRequiredResult:
        """Go on after a question; the desk knows what it was about, the client is not believed."""
        from pmi_core.desk.approval import TicketState

        preview = await desk.shown(earlier.code)
        if preview.digest != earlier.digest or preview.draft != draft:
            raise OrderRefused(
                "that answer belongs to another order",
                hint="call again without it, so that the person is asked about this one",
                code="answer",
            )
        self.check_venue(preview.venue)
        if earlier.reply is Reply.MISSING and await desk.state(preview.code) is TicketState.WAITING:
            return await self._ask(desk, preview)
        return await self._decided(desk, preview, earlier.reply)

    async def _decided(self, desk: Desk, preview: Preview, reply: Reply) -> Answer:
        if reply is Reply.YES:
            return await self._approve(desk, preview, ApprovalChannel.ELICITATION)
        said = "declined" if reply is Reply.NO else "the question was closed without an answer"
        if await self._turn_down(desk, preview, said):
            return Answer(facts=refused_view(preview, said))
        return await self.outcome(preview.code)

    async def _turn_down(self, desk: Desk, preview: Preview, said: str) -> bool:
        """Refuse a draft; False if it was decided before."""
        try:
            await desk.refuse(preview.code, ApprovalChannel.ELICITATION, self.by, said)
        except OrderRefused:
            return False
        return True

    async def _redeem(self, desk: Desk, preview: Preview, token: str) -> Answer:
        if not self.trading.seal.matches(preview, token):
            raise OrderRefused(
                "that token does not belong to that code",
                hint="give the token of the same answer, or none, and let a person approve",
                venue=preview.venue,
                code="token",
            )
        return await self._approve(desk, preview, ApprovalChannel.TOKEN)

    async def _approve(self, desk: Desk, preview: Preview, channel: ApprovalChannel) -> Answer:
        """Approve and send; what was approved before is told of, never sent again."""
        from pmi_core.desk.approval import TicketState

        try:
            await desk.approve(preview.code, channel, self.by)
        except OrderRefused:
            if await desk.state(preview.code) not in (TicketState.APPROVED, TicketState.USED):
                raise
        return await self._send(desk, preview)

    async def _send(self, desk: Desk, preview: Preview) -> Answer:
        sending: asyncio.Task[Sent] = asyncio.ensure_future(desk.send(preview.code))
        sending.add_done_callback(_look_at)
        done, _ = await asyncio.wait({sending}, timeout=PATIENCE)
        if not done:
            return Answer(facts=sending_view(preview))
        try:
            return Answer(facts=sent_view(sending.result(), preview))
        except PmiError as error:
            with suppress(PmiError):
                await self._advise(desk, preview, error)
            raise

    async def _advise(self, desk: Desk, preview: Preview, error: PmiError) -> None:
        """Say with an error whether the approval is still good."""
        from pmi_core.desk.approval import TicketState

        if await desk.state(preview.code) is TicketState.APPROVED:
            error.hint = f"nothing was sent and the approval is still good: confirm_order {preview.code}"


_BROWSER = frozenset({ApprovalChannel.PAGE, ApprovalChannel.PASSKEY})
_ELSEWHERE = _BROWSER | {ApprovalChannel.TERMINAL}


def _look_at(task: asyncio.Task[Sent]) -> None:
    """Take note of an error that nobody waited for any more; the journal has it."""
    if not task.cancelled():
        task.exception()
