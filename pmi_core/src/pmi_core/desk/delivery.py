"""Waits for what becomes of a draft that was approved, and sends it where nobody else will."""

from __future__ import annotations

import logging

from pmi_core.clock import Clock
from pmi_core.desk.approval import Ticket, Tickets, TicketState
from pmi_core.desk.dispatch import Dispatch
from pmi_core.desk.owner import Owner
from pmi_core.desk.sent import Sent
from pmi_core.errors import OrderRefused, PmiError

__all__ = ["POLL_SECONDS", "Delivery"]

_log = logging.getLogger(__name__)

POLL_SECONDS = 0.2
"""How often the database is asked what other processes did."""
_LEAST_WAIT = 0.001
_LONGEST_WAIT = 5.0


class Delivery:
    """The two ways to wait for a draft's end."""

    def __init__(self, *, tickets: Tickets, dispatch: Dispatch, owner: Owner, clock: Clock) -> None:
        self._tickets = tickets
        self._dispatch = dispatch
        self._owner = owner
        self._clock = clock

    async def outcome(self, code: str, timeout: float) -> Sent | None:  # noqa: ASYNC109 - no error ends it
        """Wait without ever sending."""
        end = self._clock.monotonic() + timeout
        while True:
            ticket = await self._tickets.load(code)
            left = end - self._clock.monotonic()
            sent = await self._ended(ticket)
            if (sent is not None and sent.settled) or left < _LEAST_WAIT:
                return sent
            await self._clock.sleep(min(POLL_SECONDS, left))

    async def deliver(self, code: str, timeout: float) -> Sent | None:  # noqa: ASYNC109 - as above
        """Wait for the desk that previewed it to send, and send where that one is certainly gone."""
        end = self._clock.monotonic() + timeout
        wait, again = POLL_SECONDS, self._clock.monotonic()
        while True:
            ticket = await self._tickets.load(code)
            if ticket.state is TicketState.WAITING and not self._tickets.expired(ticket):
                raise OrderRefused(
                    f"the draft {ticket.code} is not approved",
                    hint="a person approves it first",
                    code="approval",
                )
            sent = await self._ended(ticket)
            if sent is None and self._clock.monotonic() >= again and self._is_left_to_us(ticket):
                try:
                    return await self._dispatch.send(code)
                except PmiError as error:
                    if (await self._tickets.load(code)).state is not TicketState.APPROVED:
                        continue  # it is void, and the journal says why
                    _log.warning("%s cannot be sent yet: %s", ticket.code, error)
                    again = self._clock.monotonic() + wait
                    wait = min(2 * wait, _LONGEST_WAIT)
            left = end - self._clock.monotonic()
            if (sent is not None and sent.settled) or left < _LEAST_WAIT:
                return sent
            await self._clock.sleep(min(POLL_SECONDS, left))

    def _is_left_to_us(self, ticket: Ticket) -> bool:
        return ticket.owner == self._owner.name or self._owner.is_dead(ticket.owner)

    async def _ended(self, ticket: Ticket) -> Sent | None:
        """What was sent, or None while nothing was.

        Raises:
            OrderRefused: nothing will be.
        """
        if ticket.state is TicketState.USED:
            return await self._dispatch.told(ticket)
        if ticket.state in (TicketState.WAITING, TicketState.APPROVED):
            if not self._tickets.expired(ticket):
                return None
            if ticket.state is TicketState.WAITING:
                raise OrderRefused(
                    f"nobody approved the draft {ticket.code} before it expired",
                    hint="preview the order again if it is still wanted",
                    venue=ticket.venue,
                    code="expired",
                )
            await self._tickets.lapse(ticket)
            ticket = await self._tickets.load(ticket.code)
            if ticket.state is TicketState.USED:
                return await self._dispatch.told(ticket)
        raise await self._tickets.why(ticket)
