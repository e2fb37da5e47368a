"""Writes that risk no money: making a group, asking for quotes, opening a combination's market."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal

from pmi_core.capabilities import Capability
from pmi_core.desk.journal import EntryKind, Journal
from pmi_core.desk.kill import KillSwitch
from pmi_core.desk.policy import Policy, refused
from pmi_core.models import ComboRequest, Market, OrderGroup, Rfq, RfqRequest
from pmi_core.provider import Venue, require

__all__ = ["Questions"]


class Questions:
    """They need a mode that writes and a kill switch that is off, and no approval."""

    def __init__(
        self,
        open_venue: Callable[[str], Awaitable[Venue]],
        policy: Policy,
        kill: KillSwitch,
        journal: Journal,
    ) -> None:
        self._open = open_venue
        self._policy = policy
        self._kill = kill
        self._journal = journal

    async def create_group(self, venue_name: str, limit: Decimal, by: str = "") -> OrderGroup:
        """Make an order group that stops after ``limit`` contracts."""
        venue = await self._writable(venue_name)
        groups = require(venue.groups, Capability.GROUPS, venue)
        await self._note(venue_name, "create_group", by)
        return await groups.create_group(limit)

    async def create_rfq(self, request: RfqRequest, by: str = "") -> Rfq:
        """Ask other members for quotes; accepting one needs an approval."""
        venue = await self._writable(request.market_ref.venue)
        if refusal := self._policy.allows_market(request.market_ref):
            raise refused(refusal, venue.name)
        quotes = require(venue.quotes, Capability.QUOTES, venue)
        await self._note(request.market_ref, "create_rfq", by)
        return await quotes.create_rfq(request)

    async def open_combo(self, request: ComboRequest, by: str = "") -> Market:
        """Open the market of a combination, or give the one that exists."""
        venue = await self._writable(request.collection_ref.venue)
        combos = require(venue.combos, Capability.COMBOS, venue)
        await self._note(request.collection_ref, "open_combo", by)
        return await combos.open_combo(request)

    async def _writable(self, venue_name: str) -> Venue:
        venue = await self._open(venue_name)
        if refusal := self._policy.allows_writing(venue.info):
            raise refused(refusal, venue.name)
        self._kill.check()
        return venue

    async def _note(self, subject: str, what: str, by: str) -> None:
        body = {"subject": subject, "what": what, "by": by}
        await self._journal.note(EntryKind.REQUEST, subject[:80], body)
