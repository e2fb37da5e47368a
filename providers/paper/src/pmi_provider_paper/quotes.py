"""Requests for quotes, on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pmi_core.errors import NotFound, RequestError
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
)
from pmi_provider_paper import wording
from pmi_provider_paper.house import House
from pmi_provider_paper.negotiations import Negotiations
from pmi_provider_paper.paging import cut_page
from pmi_provider_paper.records import QuoteRecord, RfqRecord

__all__ = ["PaperQuotes"]


class PaperQuotes:
    """Keeps :class:`pmi_core.capabilities.QuoteTrader`."""

    def __init__(self, house: House, negotiations: Negotiations) -> None:
        self._house = house
        self._negotiations = negotiations

    async def create_rfq(self, request: RfqRequest) -> Rfq:
        with self._house.turn("quotes", "create_rfq") as now:
            listing = self._house.listing(request.market_ref)
            record = self._negotiations.ask(
                listing, request.size, request.notional, now, rest=request.rest_remainder
            )
            return wording.rfq(self._house.name, record, mine=True)

    async def list_rfqs(self, query: RfqQuery) -> Page[Rfq]:
        with self._house.turn("quotes", "list_rfqs") as now:
            return cut_page(
                self._rfqs(query, now),
                query.limit,
                query.cursor,
                key=lambda row: row[0].id,
                show=lambda row: wording.rfq(self._house.name, row[0], mine=row[1]),
            )

    def _rfqs(self, query: RfqQuery, now: datetime) -> Iterator[tuple[RfqRecord, bool]]:
        house = self._house
        market = None if query.market_ref is None else house.native(query.market_ref)
        rows = [(row, True) for row in reversed(list(house.memory.rfqs.values()))]
        if query.mine is not True:
            rows += [(row, False) for row in self._negotiations.others(now)]
        for row, mine in rows:
            if (
                (query.mine is None or mine is query.mine)
                and (not query.open_only or row.closed is None)
                and (market is None or row.market == market)
            ):
                yield row, mine

    async def get_rfq(self, rfq: RfqRef | str) -> Rfq:
        with self._house.turn("quotes", "get_rfq") as now:
            record, mine = self._find_rfq(rfq, now)
            return wording.rfq(self._house.name, record, mine=mine)

    def _find_rfq(self, rfq: RfqRef | str, now: datetime) -> tuple[RfqRecord, bool]:
        return self._negotiations.find(self._house.native(RfqRef(rfq)), now)

    async def cancel_rfq(self, rfq: RfqRef | str) -> Rfq:
        with self._house.turn("quotes", "cancel_rfq") as now:
            record, mine = self._find_rfq(rfq, now)
            if not mine:
                raise RequestError(f"{rfq} is another member's request", hint="cancel your own")
            return wording.rfq(self._house.name, self._negotiations.withdraw(record, now), mine=True)

    async def list_quotes(self, query: QuoteListQuery) -> Page[Quote]:
        with self._house.turn("quotes", "list_quotes"):
            return cut_page(
                self._quotes(query),
                query.limit,
                query.cursor,
                key=lambda row: row.id,
                show=lambda row: wording.quote(self._house.name, row),
            )

    def _quotes(self, query: QuoteListQuery) -> Iterator[QuoteRecord]:
        house = self._house
        rfq = None if query.rfq_ref is None else house.native(query.rfq_ref)
        for row in reversed(list(house.memory.quotes.values())):
            if (rfq is None or row.rfq == rfq) and (
                not query.open_only or row.status in (QuoteStatus.OPEN, QuoteStatus.ACCEPTED)
            ):
                yield row

    def _find(self, quote: QuoteRef | str) -> QuoteRecord:
        ref = QuoteRef(quote)
        found = self._house.memory.quotes.get(self._house.native(ref))
        if found is None:
            raise NotFound(f"{ref} names no quote", hint="list quotes for their refs")
        return found

    async def create_quote(self, request: QuoteRequest) -> Quote:
        with self._house.turn("quotes", "create_quote") as now:
            record, mine = self._find_rfq(request.rfq_ref, now)
            if mine:
                raise RequestError(
                    f"{request.rfq_ref} is this account's own request", hint="answer another's"
                )
            quote = self._negotiations.give(record, request.yes_bid, request.no_bid, now)
            return wording.quote(self._house.name, quote)

    async def accept_quote(self, quote: QuoteRef | str, side: OutcomeSide) -> Quote:
        with self._house.turn("quotes", "accept_quote") as now:
            return wording.quote(
                self._house.name, self._negotiations.accept(self._find(quote), OutcomeSide(side), now)
            )

    async def confirm_quote(self, quote: QuoteRef | str) -> Quote:
        with self._house.turn("quotes", "confirm_quote") as now:
            return wording.quote(self._house.name, self._negotiations.confirm(self._find(quote), now))

    async def cancel_quote(self, quote: QuoteRef | str) -> Quote:
        with self._house.turn("quotes", "cancel_quote") as now:
            return wording.quote(self._house.name, self._negotiations.cancel(self._find(quote), now))
