"""Requests for quotes, on both sides."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any, Final

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import NotFound, PmiError, RequestError, UncertainError
from pmi_core.identifiers import QuoteRef, RfqRef
from pmi_core.models import (
    OutcomeSide,
    Page,
    Quote,
    QuoteListQuery,
    QuoteRequest,
    QuoteStatus,
    Rfq,
    RfqQuery,
    RfqRequest,
    RfqStatus,
)
from pmi_core.numbers import ZERO
from pmi_provider_kalshi.communications import Communications
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.faults import Faults
from pmi_provider_kalshi.limits import MOST_QUOTES, MOST_RFQS
from pmi_provider_kalshi.listing import Part, Rows, page_of
from pmi_provider_kalshi.placing import count_text
from pmi_provider_kalshi.translate import negotiation as translate
from pmi_provider_kalshi.translate.numbers import fixed
from pmi_provider_kalshi.wire.sent import AcceptQuote, CreateQuote, CreateRfq

__all__ = ["Quotes", "bid_text", "money_text"]

_CAPABILITY: Final = Capability.QUOTES
_PAUSES: Final = (0.2, 0.4, 0.8, 1.6)
"""Seconds between looks at what was made a moment ago and cannot be read yet."""
_OPEN: Final = (QuoteStatus.OPEN, QuoteStatus.ACCEPTED)
_MALFORMED: Final = frozenset({"400", "bad_request", "invalid_parameters", "invalid_parameter", "invalid_id"})


class Quotes:
    """The slot ``quotes``."""

    def __init__(self, api: Communications, faults: Faults, clock: Clock, venue: str) -> None:
        self._api = api
        self._faults = faults
        self._clock = clock
        self._venue = venue
        self._id: str | None = None

    @placed(_CAPABILITY)
    async def create_rfq(self, request: RfqRequest) -> Rfq:
        """Ask for quotes; a request for an amount of money has the venue's fees within it."""
        ticker = request.market_ref.at(self._venue)
        body = CreateRfq(
            market_ticker=ticker,
            rest_remainder=request.rest_remainder,
            contracts_fp=count_text(request.size) if request.size is not None else None,
            target_cost_dollars=money_text(request.notional) if request.notional is not None else None,
            subaccount=self._api.subaccount,
        )
        rfq_id = await self._api.create_rfq(body, capability=_CAPABILITY)
        made = await self._seen(partial(self._rfq, rfq_id))
        return made if isinstance(made, Rfq) else self._asked(rfq_id, request)

    def _asked(self, rfq_id: str, request: RfqRequest) -> Rfq:
        """The request as it was sent, while the venue does not show it yet."""
        return Rfq(
            ref=RfqRef.make(self._venue, rfq_id),
            market_ref=request.market_ref.market,
            size=request.size,
            notional=request.notional,
            status=RfqStatus.OPEN,
            mine=True,
            rest_remainder=request.rest_remainder,
            created_time=self._clock.now(),
        )

    @placed(_CAPABILITY)
    async def list_rfqs(self, query: RfqQuery) -> Page[Rfq]:
        """List requests that the account may see; a page may hold fewer rows than asked for."""
        own_id = await self._own_id()
        fixed = {
            "market_ticker": query.market_ref.at(self._venue) if query.market_ref is not None else None,
            "status": "open" if query.open_only else None,
            "user_filter": "self" if query.mine else None,
            "subaccount": self._api.subaccount if query.mine else None,
        }

        async def fetch(limit: int, cursor: str | None) -> Rows[Rfq]:
            filters = {**fixed, "limit": limit, "cursor": cursor}
            answer = await self._api.rfqs(filters, capability=_CAPABILITY)
            rows = self._faults.translated(
                answer.rfqs, lambda row: translate.rfq(row, self._venue, own_id), _CAPABILITY
            )
            kept = [
                row
                for row in rows
                if query.mine in (None, row.mine) and (not query.open_only or row.status is RfqStatus.OPEN)
            ]
            return kept, answer.cursor

        rows, cursor = await page_of(
            query, min(query.limit, MOST_RFQS), query.cursor, [Part("all", fetch)], self._venue
        )
        return Page[Rfq].trusted({"items": tuple(rows), "cursor": cursor})

    @placed(_CAPABILITY)
    async def get_rfq(self, rfq: RfqRef | str) -> Rfq:
        """Read one request.

        Raises:
            NotFound: the venue knows no such request.
        """
        return await self._rfq(RfqRef(rfq).at(self._venue))

    @placed(_CAPABILITY)
    async def cancel_rfq(self, rfq: RfqRef | str) -> Rfq:
        """Withdraw an own request; one that is closed already is given as it is."""
        rfq_id = RfqRef(rfq).at(self._venue)
        before = await self._rfq(rfq_id)
        if before.status is RfqStatus.CLOSED:
            return before
        if not before.mine:
            raise RequestError(f"{rfq} is another member's request", hint="cancel your own")
        with suppress(NotFound):  # it may have closed in the meantime
            await self._api.delete_rfq(rfq_id, capability=_CAPABILITY)
        closed = {"status": RfqStatus.CLOSED, "closed_time": self._clock.now()}
        return before.model_copy(update=closed)

    @placed(_CAPABILITY)
    async def list_quotes(self, query: QuoteListQuery) -> Page[Quote]:
        """List quotes that the account received, then those that it gave."""
        own_id = await self._own_id()
        rfq_id = query.rfq_ref.at(self._venue) if query.rfq_ref is not None else None
        parts = [
            Part(name, partial(self._quotes, query, {"rfq_id": rfq_id, mark: "self"}, own_id))
            for name, mark in (("received", "rfq_user_filter"), ("given", "user_filter"))
        ]
        rows, cursor = await page_of(query, min(query.limit, MOST_QUOTES), query.cursor, parts, self._venue)
        return Page[Quote].trusted({"items": tuple(rows), "cursor": cursor})

    async def _quotes(
        self, query: QuoteListQuery, fixed: dict[str, Any], own_id: str, limit: int, cursor: str | None
    ) -> Rows[Quote]:
        filters = {**fixed, "limit": limit, "cursor": cursor}
        answer = await self._api.quotes(filters, capability=_CAPABILITY)
        rows = self._faults.translated(
            answer.quotes, lambda row: translate.quote(row, self._venue, own_id), _CAPABILITY
        )
        return [row for row in rows if not query.open_only or row.status in _OPEN], answer.cursor

    @placed(_CAPABILITY)
    async def create_quote(self, request: QuoteRequest) -> Quote:
        """Answer a request; the side without a bid is sent as 0.

        Raises:
            NotFound: the venue knows no such request.
        """
        rfq_id = request.rfq_ref.at(self._venue)
        body = CreateQuote(
            rfq_id=rfq_id,
            yes_bid=bid_text(request.yes_bid),
            no_bid=bid_text(request.no_bid),
            rest_remainder=request.rest_remainder,
            subaccount=self._api.subaccount,
        )
        market = (await self._rfq(rfq_id)).market_ref
        quote_id = await self._api.create_quote(body, capability=_CAPABILITY)
        made = await self._seen(partial(self._quote, rfq_id, quote_id))
        if isinstance(made, Quote):
            return made
        return Quote(
            ref=QuoteRef.make(self._venue, f"{rfq_id}/{quote_id}"),
            rfq_ref=request.rfq_ref,
            market_ref=market,
            yes_bid=request.yes_bid,
            no_bid=request.no_bid,
            status=QuoteStatus.OPEN,
            mine=True,
            created_time=self._clock.now(),
        )

    @placed(_CAPABILITY)
    async def accept_quote(self, quote: QuoteRef | str, side: OutcomeSide) -> Quote:
        """Accept as the asker: the maker gets ``side`` at its bid, the asker the other one.

        Raises:
            NotFound: the venue knows no such quote.
            UncertainError: it is not known whether it was accepted; read the quote.
        """
        wanted = AcceptQuote(OutcomeSide(side).value)
        after = await self._act(quote, "PUT", "/accept", wanted)
        changes: dict[str, Any] = {"accepted_side": OutcomeSide(side)}
        if after.status is QuoteStatus.OPEN:
            changes["status"] = QuoteStatus.ACCEPTED
        return after.model_copy(update=changes)

    @placed(_CAPABILITY)
    async def confirm_quote(self, quote: QuoteRef | str) -> Quote:
        """Confirm as the maker; the trade happens a few seconds later.

        Raises:
            NotFound: the venue knows no such quote.
            OrderRefused: the time for it is over.
            UncertainError: it is not known whether it was confirmed; read the quote.
        """
        after = await self._act(quote, "PUT", "/confirm", {})
        if after.status in _OPEN:
            return after.model_copy(update={"status": QuoteStatus.CONFIRMED})
        return after

    @placed(_CAPABILITY)
    async def cancel_quote(self, quote: QuoteRef | str) -> Quote:
        """Withdraw an own quote; one that is withdrawn already is given as it is."""
        before = await self._find(quote)
        if before.status is QuoteStatus.CANCELED:
            return before
        after = await self._act(quote, "DELETE", "", None, known=before)
        return after.model_copy(update={"status": QuoteStatus.CANCELED})

    async def _act(
        self, quote: QuoteRef | str, method: str, act: str, body: object, *, known: Quote | None = None
    ) -> Quote:
        before = known or await self._find(quote)
        ids = translate.ids_of(before.ref, self._venue)
        assert ids is not None  # it was found by them
        await self._api.change_quote(method, act, *ids, body, capability=_CAPABILITY)
        try:
            return await self._quote(*ids)
        except PmiError:
            return before  # the change is acknowledged, whatever a reading says

    async def _find(self, quote: QuoteRef | str) -> Quote:
        ref = QuoteRef(quote)
        ids = translate.ids_of(ref, self._venue)
        if ids is None:
            raise NotFound(f"{ref} names no quote", hint="list quotes for their refs")
        return await self._quote(*ids)

    async def _own_id(self) -> str:
        if self._id is None:
            self._id = await self._api.own_id(capability=_CAPABILITY)
        return self._id

    async def _rfq(self, rfq_id: str) -> Rfq:
        try:
            row = await self._api.rfq(rfq_id, capability=_CAPABILITY)
        except RequestError as error:
            raise _unknown(error, f"the venue knows no request for quotes {rfq_id!r}") from None
        return translate.rfq(row, self._venue, await self._own_id())

    async def _quote(self, rfq_id: str, quote_id: str) -> Quote:
        try:
            row = await self._api.quote(rfq_id, quote_id, capability=_CAPABILITY)
        except RequestError as error:
            raise _unknown(error, f"the venue knows no quote {quote_id!r}") from None
        return translate.quote(row, self._venue, await self._own_id())

    async def _seen(self, look: Any) -> Rfq | Quote | None:
        """What was made a moment ago; None while the venue does not show it."""
        for pause in (*_PAUSES, None):
            try:
                found: Rfq | Quote = await look()
            except UncertainError:
                return None
            except PmiError:
                if pause is None:
                    return None
                await self._clock.sleep(pause)
            else:
                return found
        return None


def _unknown(error: RequestError, said: str) -> RequestError:
    """An id that is none is refused before it is looked for; both mean the same."""
    if isinstance(error, NotFound) or error.code in _MALFORMED:
        return NotFound(said, code=error.code)
    return error


def bid_text(price: Decimal | None) -> str:
    """Write a bid as the venue takes it, 0 for none.

    Raises:
        RequestError: it cannot be written.
    """
    try:
        return fixed(ZERO if price is None else price, 4)
    except ValueError as error:
        raise RequestError(f"a bid is a number of hundredths of a cent: {error}") from None


def money_text(amount: Decimal) -> str:
    """Write an amount of dollars as the venue takes it.

    Raises:
        RequestError: it cannot be written.
    """
    try:
        return fixed(amount, 4)
    except ValueError as error:
        raise RequestError(f"an amount is a number of hundredths of a cent: {error}") from None
