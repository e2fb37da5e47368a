"""Requests for quotes: what other members ask, and how they answer and decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from pmi_core.errors import InvalidOrder, MarketNotOpen, NotFound, OffGrid, RequestError
from pmi_core.models import (
    Action,
    Execution,
    OrderStatus,
    OutcomeSide,
    QuoteStatus,
    RfqStatus,
    SelfTradePolicy,
    TimeInForce,
)
from pmi_core.numbers import ONE, ZERO, Rounding, counted, plain, round_to
from pmi_provider_paper.catalogue import Listing
from pmi_provider_paper.floor import MEMBERS, USER
from pmi_provider_paper.house import House
from pmi_provider_paper.records import OrderRecord, QuoteRecord, RfqRecord
from pmi_provider_paper.simulation.ladder import grid_table
from pmi_provider_paper.simulation.noise import key_of, share, word

__all__ = ["Negotiations"]

_SLOT: Final = timedelta(minutes=10)
_STANDS: Final = timedelta(minutes=20)
"""How long a member's request, or quote, stands."""
_MEMBERS: Final = 2
"""Members who answer a request of the account."""
_LAST_LOOK: Final = timedelta(seconds=1)
_THINKS: Final = timedelta(seconds=3)
_CONFIRMS: Final = timedelta(seconds=30)
_OPEN: Final = (QuoteStatus.OPEN, QuoteStatus.ACCEPTED)
_START: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Negotiations:
    """Handles requests and quotes inside a turn of the house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._key = key_of("rfq", house.settings.seed)
        house.deciders["quote"] = self._decide

    # --------------------------------------------------------------------- requests of members

    def others(self, now: datetime) -> Iterator[RfqRecord]:
        """Requests of members that stand now, newest first."""
        last = (now - _START) // _SLOT
        for slot in range(last, last - _STANDS // _SLOT - 1, -1):
            made = self._others_of(slot)
            if made is not None and made.created <= now < made.created + _STANDS:
                yield made

    def _others_of(self, slot: int) -> RfqRecord | None:
        """The request that a member makes in a slot of ten minutes."""
        house = self._house
        created = _START + slot * _SLOT + _SLOT * share(self._key, slot, 1)
        open_now = [
            listing
            for event in house.scenario.listed(created)
            if event.series.execution is Execution.CLOB
            and event.is_open(created)
            and created + _STANDS < event.next_closing(created)
            for listing in house.scenario.markets(event)
        ]
        if not open_now or not house.settings.live:
            return None
        listing = open_now[word(self._key, slot, 2) % len(open_now)]
        step = listing.series.size_step
        contracts = Decimal(50 + word(self._key, slot, 3) % 450)
        closed = None
        for quote in house.memory.quotes.values():
            if quote.rfq == f"m{slot:x}" and quote.status is QuoteStatus.EXECUTED:
                closed = quote.updated
        return RfqRecord(
            id=f"m{slot:x}",
            market=listing.code,
            size=round_to(contracts, step, Rounding.DOWN),
            notional=None,
            rest_remainder=False,
            status=RfqStatus.OPEN if closed is None else RfqStatus.CLOSED,
            created=created,
            closed=closed,
        )

    def find(self, name: str, now: datetime) -> tuple[RfqRecord, bool]:
        """A request by its id, and whether it is the account's own.

        Raises:
            NotFound: there is none.
        """
        own = self._house.memory.rfqs.get(name)
        if own is not None:
            return own, True
        if name.startswith("m"):
            try:
                found = self._others_of(int(name[1:], 16))
            except (ValueError, OverflowError):
                found = None
            if found is not None and found.created <= now:
                if found.closed is None and now >= found.created + _STANDS:
                    found.closed = found.created + _STANDS
                return found, False
        raise NotFound(f"there is no request for quotes {name[:40]!r}", hint="list requests for their refs")

    # ---------------------------------------------------------------- requests of the account

    def ask(
        self, listing: Listing, size: Decimal | None, notional: Decimal | None, now: datetime, *, rest: bool
    ) -> RfqRecord:
        """Ask the members, who answer at once.

        Raises:
            RequestError: the market takes no requests, or not of that size.
        """
        house = self._house
        if listing.series.execution is Execution.AMM:
            raise InvalidOrder(
                f"{listing.code} is priced by a market maker's curve, where nobody gives quotes",
                hint="ask for its price instead",
            )
        if not house.crowd.trades_at(listing, now):
            raise MarketNotOpen(f"{listing.code} takes no requests for quotes now")
        if size is not None and round_to(size, listing.series.size_step, Rounding.DOWN) != size:
            raise InvalidOrder(
                f"{counted(size, 'contract')} cannot be traded in {listing.code}",
                hint=f"give a multiple of {plain(listing.series.size_step)}",
            )
        record = RfqRecord(
            id=house.memory.number("r"),
            market=listing.code,
            size=size,
            notional=notional,
            rest_remainder=rest,
            status=RfqStatus.OPEN,
            created=now,
        )
        house.memory.put_rfq(record)
        for member in range(_MEMBERS):
            self._answer(record, listing, member, now)
        return record

    def _answer(self, rfq: RfqRecord, listing: Listing, member: int, now: datetime) -> None:
        house = self._house
        crowd = house.crowd
        step = crowd.step_of(now)
        chance = crowd.chance(listing, step)
        margin = crowd.spread(listing, step) * (0.7 + share(key_of(rfq.id, self._key), member))
        table = grid_table(listing.series.grid)
        low, high = table.at_most(chance - margin), table.at_least(chance + margin)
        yes_bid = table.prices[low] if low >= 0 else None
        no_bid = ONE - table.prices[high] if high < len(table.prices) else None
        if yes_bid is None and no_bid is None:
            return
        size = rfq.size
        if size is None:
            assert rfq.notional is not None
            price = ONE - no_bid if no_bid is not None else ONE
            size = round_to(rfq.notional / price, listing.series.size_step, Rounding.DOWN)
        if size <= 0:
            return
        house.memory.put_quote(
            QuoteRecord(
                id=house.memory.number("q"),
                rfq=rfq.id,
                market=rfq.market,
                yes_bid=yes_bid,
                no_bid=no_bid,
                size=size,
                status=QuoteStatus.OPEN,
                mine=False,
                created=now,
                updated=now,
                due=now + _STANDS,
            )
        )

    def withdraw(self, rfq: RfqRecord, now: datetime) -> RfqRecord:
        """Close an own request and its quotes; a closed one stays as it is."""
        if rfq.closed is None:
            rfq.closed = now
            rfq.status = RfqStatus.CLOSED
            self._house.memory.put_rfq(rfq)
            for quote in list(self._house.memory.quotes.values()):
                if quote.rfq == rfq.id and quote.status in _OPEN:
                    self._move(quote, QuoteStatus.CANCELED, now)
        return rfq

    def _move(
        self, quote: QuoteRecord, status: QuoteStatus, now: datetime, due: datetime | None = None
    ) -> None:
        quote.status = status
        quote.updated = now
        quote.due = due
        self._house.memory.put_quote(quote)

    def accept(self, quote: QuoteRecord, side: OutcomeSide, now: datetime) -> QuoteRecord:
        """Accept a received quote; the member has a last look.

        Raises:
            RequestError: it cannot be accepted.
        """
        if quote.mine:
            raise RequestError(f"quote {quote.id} is this account's own", hint="only the asker accepts")
        if quote.status is not QuoteStatus.OPEN:
            raise RequestError(f"quote {quote.id} is {quote.status.value}", hint="accept an open quote")
        bid = quote.yes_bid if side is OutcomeSide.YES else quote.no_bid
        if bid is None:
            raise InvalidOrder(f"quote {quote.id} bids nothing for {side.value}", hint="take the other side")
        quote.accepted_side = side
        self._move(quote, QuoteStatus.ACCEPTED, now, now + _LAST_LOOK)
        return quote

    # ------------------------------------------------------------------- quotes of the account

    def give(
        self, rfq: RfqRecord, yes_bid: Decimal | None, no_bid: Decimal | None, now: datetime
    ) -> QuoteRecord:
        """Answer a member's request; an earlier open answer to it is withdrawn.

        Raises:
            RequestError: the request is closed, or a bid is not on the grid.
        """
        house = self._house
        if rfq.closed is not None:
            raise RequestError(f"request {rfq.id} is closed", hint="answer an open one")
        listing = house.lookup(rfq.market)
        if listing is None:
            raise NotFound(f"the market {rfq.market} is not known any more")
        grid = grid_table(listing.series.grid).model
        for bid, price in ((yes_bid, yes_bid), (no_bid, None if no_bid is None else ONE - no_bid)):
            if bid is not None and price is not None and not grid.contains(price):
                raise OffGrid(f"{plain(bid)} is not a tradable price of {rfq.market}")
        for earlier in list(house.memory.quotes.values()):
            if earlier.rfq == rfq.id and earlier.mine and earlier.status in _OPEN:
                self._move(earlier, QuoteStatus.CANCELED, now)
        assert rfq.size is not None
        quote = QuoteRecord(
            id=house.memory.number("q"),
            rfq=rfq.id,
            market=rfq.market,
            yes_bid=yes_bid,
            no_bid=no_bid,
            size=rfq.size,
            status=QuoteStatus.OPEN,
            mine=True,
            created=now,
            updated=now,
            due=now + _THINKS,
        )
        house.memory.put_quote(quote)
        return quote

    def confirm(self, quote: QuoteRecord, now: datetime) -> QuoteRecord:
        """Confirm an own quote that was accepted; the trade happens.

        Raises:
            RequestError: it was not accepted, or the account cannot pay.
        """
        if not quote.mine:
            raise RequestError(f"quote {quote.id} is another member's", hint="only its maker confirms")
        if quote.status is not QuoteStatus.ACCEPTED:
            raise RequestError(f"quote {quote.id} is {quote.status.value}", hint="confirm an accepted quote")
        self._execute(quote, now)
        return quote

    def cancel(self, quote: QuoteRecord, now: datetime) -> QuoteRecord:
        """Withdraw an own quote; one that is over stays as it is.

        Raises:
            RequestError: it is another member's.
        """
        if not quote.mine:
            raise RequestError(f"quote {quote.id} is another member's", hint="cancel the request instead")
        if quote.status in _OPEN:
            self._move(quote, QuoteStatus.CANCELED, now)
        return quote

    # ----------------------------------------------------------------------- members' decisions

    def _decide(self, name: str, when: datetime) -> None:
        quote = self._house.memory.quotes[name]
        if quote.mine and quote.status is QuoteStatus.OPEN:
            self._consider(quote, when)
        elif not quote.mine and quote.status is QuoteStatus.ACCEPTED:
            try:
                self._execute(quote, when)
            except RequestError:
                self._move(quote, QuoteStatus.CANCELED, when)
        else:
            self._move(quote, QuoteStatus.CANCELED, when)

    def _consider(self, quote: QuoteRecord, when: datetime) -> None:
        """A member looks at the account's quote: it takes a fair one, and lets others stand."""
        house = self._house
        rfq, _ = self.find(quote.rfq, when)
        ends = rfq.created + _STANDS
        listing = house.lookup(quote.market)
        if rfq.closed is not None or listing is None or when >= ends:
            self._move(quote, QuoteStatus.CANCELED, when)
            return
        step = house.crowd.step_of(when)
        chance = house.crowd.chance(listing, step)
        margin = house.crowd.spread(listing, step) + 0.01
        wants_yes = share(key_of(rfq.id, self._key), 9) < 0.5
        bid = quote.no_bid if wants_yes else quote.yes_bid
        fair = 1.0 - chance if wants_yes else chance
        if bid is not None and float(bid) >= fair - margin:
            quote.accepted_side = OutcomeSide.NO if wants_yes else OutcomeSide.YES
            self._move(quote, QuoteStatus.ACCEPTED, when, min(when + _CONFIRMS, ends))
        else:
            quote.due = ends
            house.memory.put_quote(quote)

    def _execute(self, quote: QuoteRecord, when: datetime) -> None:
        house = self._house
        listing = house.lookup(quote.market)
        side = quote.accepted_side
        if listing is None or side is None or not house.crowd.trades_at(listing, when):
            raise MarketNotOpen(f"{quote.market} does not trade now")
        bid = quote.yes_bid if side is OutcomeSide.YES else quote.no_bid
        assert bid is not None
        outcome, price = (side, bid) if quote.mine else (side.opposite, ONE - bid)
        now = max(when, house.floor.now)
        order = OrderRecord(
            id=house.memory.number("o"),
            market=quote.market,
            event=listing.event.code,
            client_id=None,
            outcome=outcome,
            action=Action.BUY,
            size=quote.size,
            notional=None,
            price=price,
            time_in_force=TimeInForce.FOK,
            expires_at=None,
            post_only=False,
            reduce_only=False,
            self_trade=SelfTradePolicy.CANCEL_TAKER,
            group=None,
            status=OrderStatus.CREATED,
            filled=ZERO,
            remaining=quote.size,
            filled_notional=ZERO,
            fees=ZERO,
            created=when,
            updated=when,
            off_book=True,
        )
        house.memory.orders[order.id] = order
        house.books.note_deal(order)
        try:
            events = house.floor.deal(
                now,
                listing,
                maker=USER if quote.mine else MEMBERS,
                asker=MEMBERS if quote.mine else USER,
                side=side,
                bid=bid,
                size=quote.size,
            )
            house.books.absorb(events, when=when)
        except RequestError:
            del house.memory.orders[order.id]
            raise
        finally:
            house.books.note_deal(None)
        quote.order = order.id
        self._move(quote, QuoteStatus.EXECUTED, when)
        rfq = house.memory.rfqs.get(quote.rfq)
        if rfq is not None:
            self.withdraw(rfq, when)
