"""Requests for quotes, and combos."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from pmi_core.identifiers import CollectionRef, QuoteRef, RfqRef
from pmi_core.models import (
    Collection,
    CollectionQuery,
    ComboRequest,
    Market,
    OutcomeSide,
    Page,
    Quote,
    QuoteListQuery,
    QuoteRequest,
    Rfq,
    RfqQuery,
    RfqRequest,
)

__all__ = [
    "ComboBuilder",
    "QuoteTrader",
]


@runtime_checkable
class QuoteTrader(Protocol):
    """Requests for quotes, on both sides."""

    async def create_rfq(self, request: RfqRequest) -> Rfq:
        """Ask for quotes."""
        ...

    async def list_rfqs(self, query: RfqQuery) -> Page[Rfq]:
        """List requests that the account may see."""
        ...

    async def get_rfq(self, rfq: RfqRef | str) -> Rfq:
        """Read one request."""
        ...

    async def cancel_rfq(self, rfq: RfqRef | str) -> Rfq:
        """Withdraw an own request; its open quotes are canceled."""
        ...

    async def list_quotes(self, query: QuoteListQuery) -> Page[Quote]:
        """List quotes that the account gave or received."""
        ...

    async def create_quote(self, request: QuoteRequest) -> Quote:
        """Answer a request."""
        ...

    async def accept_quote(self, quote: QuoteRef | str, side: OutcomeSide) -> Quote:
        """Accept as the asker: the maker gets ``side`` at its bid, the asker the other one."""
        ...

    async def confirm_quote(self, quote: QuoteRef | str) -> Quote:
        """Confirm as the maker; the trade happens."""
        ...

    async def cancel_quote(self, quote: QuoteRef | str) -> Quote:
        """Withdraw an own quote."""
        ...


@runtime_checkable
class ComboBuilder(Protocol):
    """Markets made of other markets."""

    async def list_collections(self, query: CollectionQuery) -> Page[Collection]:
        """List collections."""
        ...

    async def get_collection(self, collection: CollectionRef | str) -> Collection:
        """Read one collection."""
        ...

    async def open_combo(self, request: ComboRequest) -> Market:
        """Open the market of a combination, or give the one that exists."""
        ...
