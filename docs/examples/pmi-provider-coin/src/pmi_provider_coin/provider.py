"""Opening the venue: one client, one object per capability, one bundle."""

from __future__ import annotations

from pmi_core import MarketRef, OpenContext, RequestError, Venue, VenueInfo, WriteClass
from pmi_provider_coin.books import CoinBooks
from pmi_provider_coin.client import CoinClient
from pmi_provider_coin.markets import CoinMarkets

__all__ = ["open_coin"]

_PAGE = "https://coin.example/flips/"


async def open_coin(context: OpenContext) -> Venue:
    """Open the venue; nothing is asked before the first call."""
    client = CoinClient(context)
    markets = CoinMarkets(client)

    async def resolve(text: str) -> MarketRef | None:
        native = text.removeprefix(f"{context.name}:").removeprefix(_PAGE)
        try:
            return (await markets.get_market(MarketRef.make(context.name, native))).ref
        except RequestError:
            return None

    return Venue(
        info=VenueInfo(
            name=context.name,
            provider="coin",
            title="Coin tosses",
            environment="production",
            write_class=WriteClass.REAL,
            notes=("Nothing can be traded at this venue.",),
        ),
        resolver=resolve,
        closer=client.http.aclose,
        budgets=client.http.budgets,
        markets=markets,
        books=CoinBooks(client),
    )
