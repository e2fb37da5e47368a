"""Markets made of other markets."""

from __future__ import annotations

from typing import Final

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import NotFound, PermissionDenied, RequestError
from pmi_core.identifiers import CollectionRef
from pmi_core.models import Collection, CollectionQuery, ComboLeg, ComboRequest, Market, Page
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.communications import Communications
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.limits import MOST_COLLECTIONS
from pmi_provider_kalshi.listing import Part, Rows, page_of
from pmi_provider_kalshi.translate.markets import market as translate_market
from pmi_provider_kalshi.translate.negotiation import collection as translate
from pmi_provider_kalshi.wire.negotiation import ComboAnswer
from pmi_provider_kalshi.wire.sent import Leg, OpenCombo

__all__ = ["Combos"]

_CAPABILITY: Final = Capability.COMBOS
_PAUSES: Final = (0.3, 0.6, 1.2, 2.4)
"""Seconds between looks at a market that was made a moment ago and may not be found yet."""


class Combos:
    """The slot ``combos``: collections are public, opening a combination needs a key."""

    def __init__(self, api: Communications, archive: Archive, clock: Clock, venue: str) -> None:
        self._api = api
        self._archive = archive
        self._clock = clock
        self._venue = venue

    @placed(_CAPABILITY)
    async def list_collections(self, query: CollectionQuery) -> Page[Collection]:
        """List collections."""
        fixed = {
            "associated_event_ticker": query.event_ref.at(self._venue)
            if query.event_ref is not None
            else None,
            "status": "open" if query.open_only else None,
        }

        async def fetch(limit: int, cursor: str | None) -> Rows[Collection]:
            filters = {**fixed, "limit": limit, "cursor": cursor}
            answer = await self._api.collections(filters, capability=_CAPABILITY)
            rows = self._archive.faults.translated(
                answer.multivariate_contracts, lambda row: translate(row, self._venue), _CAPABILITY
            )
            return rows, answer.cursor

        limit = min(query.limit, MOST_COLLECTIONS)
        rows, cursor = await page_of(query, limit, query.cursor, [Part("all", fetch)], self._venue)
        return Page[Collection].trusted({"items": tuple(rows), "cursor": cursor})

    @placed(_CAPABILITY)
    async def get_collection(self, collection: CollectionRef | str) -> Collection:
        """Read one collection.

        Raises:
            NotFound: the venue knows no such collection.
        """
        ticker = CollectionRef(collection).at(self._venue)
        return translate(await self._api.collection(ticker, capability=_CAPABILITY), self._venue)

    @placed(_CAPABILITY)
    async def open_combo(self, request: ComboRequest) -> Market:
        """Open the market of a combination, or give the one that exists; 5000 a week may be new.

        Raises:
            PermissionDenied: there is no key.
            RequestError: the collection does not take these legs.
        """
        ticker = request.collection_ref.at(self._venue)
        if not self._api.keyed:
            raise PermissionDenied(
                "opening a combination needs a key",
                hint="set api_key_id and private_key_path in its settings",
            )
        legs = [await self._leg(leg) for leg in request.legs]
        sent = await self._api.open_combo(ticker, OpenCombo(legs), capability=_CAPABILITY)
        answer = sent.decode(ComboAnswer)
        row = answer.market
        for pause in _PAUSES:
            if row is not None:
                break
            try:
                row = await self._archive.market(answer.market_ticker, capability=_CAPABILITY)
            except NotFound:
                await self._clock.sleep(pause)
        if row is None:
            row = await self._archive.market(answer.market_ticker, capability=_CAPABILITY)
        return translate_market(row, self._venue, self._clock.now())

    async def _leg(self, leg: ComboLeg) -> Leg:
        ticker = leg.market_ref.at(self._venue)
        named = leg.market_ref.outcome
        if named is not None and named != leg.outcome.value:
            raise RequestError(
                f"{leg.market_ref} names one outcome and the leg's outcome is {leg.outcome.value}"
            )
        if leg.event_ref is not None:
            event = leg.event_ref.at(self._venue)
        else:
            event = (await self._archive.market(ticker, capability=_CAPABILITY)).event_ticker
        return Leg(market_ticker=ticker, event_ticker=event, side=leg.outcome.value)
