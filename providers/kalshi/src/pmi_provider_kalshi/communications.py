"""Endpoints of requests for quotes and of combos."""

from __future__ import annotations

from pmi_core.transport.http import Answer
from pmi_core.transport.question import Params
from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.wire import negotiation, sent

__all__ = ["Communications"]

_QUOTE = "/communications/rfqs/{rfq_id}/quotes/{quote_id}"
_COLLECTIONS = "/multivariate_event_collections"


class Communications:
    """Endpoints of negotiation (OpenAPI 3.34.0); ``capability`` names the slot that asks."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @property
    def subaccount(self) -> int | None:
        """The subaccount that calls speak of; None for what the key stands for."""
        return self._caller.subaccount

    @property
    def keyed(self) -> bool:
        """Whether there is a key to write with."""
        return self._caller.keyed

    async def own_id(self, *, capability: str) -> str:
        """GET /communications/id."""
        shape = negotiation.CommunicationsId
        return (
            await self._caller.get(shape, "/communications/id", capability, signed=True)
        ).communications_id

    async def rfqs(self, filters: Params, *, capability: str) -> negotiation.RfqsAnswer:
        """GET /communications/rfqs."""
        return await self._caller.get(
            negotiation.RfqsAnswer,
            "/communications/rfqs",
            capability,
            params=filters,
            signed=True,
            rows="rfqs",
        )

    async def rfq(self, rfq_id: str, *, capability: str) -> negotiation.Rfq:
        """GET /communications/rfqs/{rfq_id}."""
        path = "/communications/rfqs/{rfq_id}"
        return (
            await self._caller.get(negotiation.RfqAnswer, path, capability, signed=True, rfq_id=rfq_id)
        ).rfq

    async def create_rfq(self, body: sent.CreateRfq, *, capability: str) -> str:
        """POST /communications/rfqs."""
        answer = await self._caller.send("POST", "/communications/rfqs", capability, body=body)
        return answer.decode(negotiation.Made).id

    async def delete_rfq(self, rfq_id: str, *, capability: str) -> None:
        """DELETE /communications/rfqs/{rfq_id}; doing it twice does no more."""
        path = "/communications/rfqs/{rfq_id}"
        await self._caller.send("DELETE", path, capability, idempotent=True, rfq_id=rfq_id)

    async def quotes(self, filters: Params, *, capability: str) -> negotiation.QuotesAnswer:
        """GET /communications/quotes."""
        return await self._caller.get(
            negotiation.QuotesAnswer,
            "/communications/quotes",
            capability,
            params=filters,
            signed=True,
            rows="quotes",
        )

    async def quote(self, rfq_id: str, quote_id: str, *, capability: str) -> negotiation.Quote:
        """GET /communications/rfqs/{rfq_id}/quotes/{quote_id}."""
        shape = negotiation.QuoteAnswer
        answer = await self._caller.get(
            shape, _QUOTE, capability, signed=True, rfq_id=rfq_id, quote_id=quote_id
        )
        return answer.quote

    async def create_quote(self, body: sent.CreateQuote, *, capability: str) -> str:
        """POST /communications/quotes."""
        answer = await self._caller.send("POST", "/communications/quotes", capability, body=body)
        return answer.decode(negotiation.Made).id

    async def change_quote(
        self, method: str, act: str, rfq_id: str, quote_id: str, body: object = None, *, capability: str
    ) -> None:
        """PUT .../accept or .../confirm, sent once; DELETE, which twice does no more."""
        await self._caller.send(
            method,
            f"{_QUOTE}{act}",
            capability,
            body=body,
            idempotent=method == "DELETE",
            rfq_id=rfq_id,
            quote_id=quote_id,
        )

    async def collections(self, filters: Params, *, capability: str) -> negotiation.CollectionsAnswer:
        """GET /multivariate_event_collections, which is public."""
        return await self._caller.get(
            negotiation.CollectionsAnswer,
            _COLLECTIONS,
            capability,
            params=filters,
            rows="multivariate_contracts",
        )

    async def collection(self, ticker: str, *, capability: str) -> negotiation.Collection:
        """GET /multivariate_event_collections/{collection_ticker}, which is public."""
        shape = negotiation.CollectionAnswer
        path = f"{_COLLECTIONS}/{{ticker}}"
        return (await self._caller.get(shape, path, capability, ticker=ticker)).multivariate_contract

    async def open_combo(self, ticker: str, body: sent.OpenCombo, *, capability: str) -> Answer:
        """POST /multivariate_event_collections/{collection_ticker}; the same legs give the same market."""
        path = f"{_COLLECTIONS}/{{ticker}}"
        return await self._caller.send("POST", path, capability, body=body, idempotent=True, ticker=ticker)
