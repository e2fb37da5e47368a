"""One order, found wherever it is: in memory, among the live ones, in the archive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from pmi_core.clock import Clock
from pmi_core.errors import NotFound, PmiError, RequestError, VenueError
from pmi_core.identifiers import OrderRef
from pmi_core.models import Order
from pmi_provider_kalshi.limits import MOST_ACCOUNT_ROWS
from pmi_provider_kalshi.memory import Known, OrderMemory
from pmi_provider_kalshi.portfolio import Portfolio
from pmi_provider_kalshi.translate.numbers import moment
from pmi_provider_kalshi.translate.orders import order_of
from pmi_provider_kalshi.wire import order as wire

__all__ = ["Finder"]

_PAUSES: Final = (0.3, 0.6, 1.2, 2.4, 4.8)
"""Seconds between looks at what readings still show otherwise; 0.4 s of lag were recorded."""
_AT_ONCE: Final = 8


class Finder:
    """Looks orders up, and waits where readings lag behind what was acknowledged."""

    def __init__(self, portfolio: Portfolio, memory: OrderMemory, clock: Clock, venue: str) -> None:
        self._portfolio = portfolio
        self._memory = memory
        self._clock = clock
        self._venue = venue

    async def wait(self, seconds: float) -> None:
        """Let readings catch up."""
        await self._clock.sleep(seconds)

    def taken_in(self, row: wire.Order) -> Order:
        """Translate a row and remember it; gives the newest that is known of the order."""
        return self._memory.read(order_of(row, self._venue), row.subaccount_number)

    async def known(self, ref: OrderRef, *, capability: str) -> Known:
        """Where an order lives and what is known of it, asking the venue only if it was never met.

        Raises:
            NotFound: the venue knows no such order.
        """
        ref.at(self._venue)
        found = self._memory.get(ref)
        if found is None:
            order = await self.look(ref, capability=capability)
            found = self._memory.get(ref) or Known(order)
        return found

    async def look(self, ref: OrderRef, *, capability: str) -> Order:
        """Read an order from the live tier, else from the archive.

        Raises:
            NotFound: the venue knows no such order.
        """
        order_id = ref.at(self._venue)
        try:
            return self.taken_in(await self._portfolio.order(order_id, capability=capability))
        except NotFound as error:
            missing = NotFound(
                f"the venue knows no order {order_id!r}", capability=capability, code=error.code
            )
        except RequestError as error:
            if error.code not in {"bad_request", "400", "invalid_parameters"}:
                raise
            # An id that is none is refused before it is looked for.
            missing = NotFound(
                f"the venue knows no order {order_id!r}", capability=capability, code=error.code
            )
        known = self._memory.get(ref)
        if known is not None:  # acknowledged a moment ago, and not to be read yet
            return known.order
        archived = await self._among(lambda row: row.order_id == order_id, capability, archived=True)
        if archived is None:
            raise missing
        return archived

    async def by_client_id(self, client_order_id: str, *, capability: str) -> Order | None:
        """Find an order by the id that was made before sending; None only if certainly there is none.

        Raises:
            VenueError: readings lag so far behind that nobody can tell.
        """
        known = self._memory.named(client_order_id)
        if known is not None and known.order.ref is not None:
            return await self.look(known.order.ref, capability=capability)

        def has_it(row: wire.Order) -> bool:
            return row.client_order_id == client_order_id

        asked_at = self._portfolio.venue_time(self._clock.now())
        for pause in (*_PAUSES, None):
            # How far readings have come is asked first: what was there at that moment is then seen.
            told = await self._portfolio.user_data_timestamp(capability=capability)
            found = await self._among(has_it, capability, archived=False)
            if found is not None:
                return found
            as_of = moment(told.as_of_time)
            if as_of is not None and as_of >= asked_at:
                return await self._among(has_it, capability, archived=True)
            if pause is not None:
                await self._clock.sleep(pause)
        raise VenueError(
            f"readings of the account lag behind, so nobody can tell whether order {client_order_id!r} exists",
            hint="ask again in a while; check this machine's clock if it goes on",
            capability=capability,
        )

    async def _among(
        self, wanted: Callable[[wire.Order], bool], capability: str, *, archived: bool
    ) -> Order | None:
        cursor: str | None = None
        seen: set[str] = set()
        while True:
            filters = {"limit": MOST_ACCOUNT_ROWS, "cursor": cursor}
            answer = await self._portfolio.orders(filters, capability=capability, archived=archived)
            for row in answer.orders:
                if wanted(row):
                    return self.taken_in(row)
            cursor = answer.cursor or None
            if cursor is None or cursor in seen:
                return None
            seen.add(cursor)

    async def ended(self, ref: OrderRef, *, capability: str) -> Order:
        """The final state of an order that the venue does not find among those that work.

        Raises:
            NotFound: the venue knows no such order.
            VenueError: readings still show it working.
        """
        for pause in (*_PAUSES, None):
            order = await self.look(ref, capability=capability)
            if order.is_terminal:
                return order
            if pause is not None:
                await self._clock.sleep(pause)
        raise VenueError(
            f"the venue finds no order {ref} that works, and readings still show it working",
            hint="read the order again in a while; it may be of a subaccount that the key does not reach",
            capability=capability,
        )

    async def all_ended(self, refs: Iterable[OrderRef], *, capability: str) -> tuple[Order, ...]:
        """The final states of several orders, in their order."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(ref: OrderRef) -> Order:
            async with gate:
                return await self.ended(ref, capability=capability)

        return tuple(await asyncio.gather(*(one(ref) for ref in refs)))

    async def with_fills(self, order: Order, *, capability: str) -> Order:
        """The order with exact fees and averages, where a reading shows the same fills already.

        What is acknowledged tells averages to four decimals; a reading tells the sums. The order
        stands either way, so a reading that fails changes nothing.
        """
        if order.ref is None or not order.filled:
            return order
        try:
            seen = await self.look(order.ref, capability=capability)
        except PmiError:
            return order
        return seen if seen.filled == order.filled else order

    async def final(self, guess: Order, subaccount: int | None, *, capability: str) -> Order:
        """An order that has ended, where what is remembered leaves open how much of it filled.

        Others may have changed it meanwhile, so nothing guessed is remembered before readings were
        waited for; only where they do not show the end in time does the guess stand.
        """
        assert guess.ref is not None
        try:
            for pause in (*_PAUSES[:3], None):
                seen = await self.look(guess.ref, capability=capability)
                if seen.is_terminal:
                    return seen
                if pause is not None:
                    await self._clock.sleep(pause)
        except PmiError:
            pass
        return self._memory.told(guess, subaccount)
