"""Turning what people paste into a market's ref.

Understood are refs of this venue, tickers of markets, of events and of series, and addresses of
the venue's web site of the forms ``/markets/SERIES``, ``/markets/SERIES/words/EVENT`` and
``/events/EVENT``, in any letter case.  The site's addresses are not documented by the venue; these
are the forms that are in use.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from pmi_core.capabilities import Capability
from pmi_core.errors import MalformedRef, NotFound, RequestError
from pmi_core.identifiers import MarketRef
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.client import Client
from pmi_provider_kalshi.errors import placed

__all__ = ["Resolver"]

_CAPABILITY: Final = Capability.MARKETS
_TICKER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,199}")
_SITES: Final = ("kalshi.com", "kalshi.co")
_ROOMS: Final = ("markets", "events", "event", "market")
_SHOWN: Final = 5


class Resolver:
    """Finds markets by any native id or address."""

    def __init__(self, client: Client, archive: Archive, venue: str) -> None:
        self._client = client
        self._archive = archive
        self._venue = venue

    @placed(_CAPABILITY)
    async def __call__(self, text: str) -> MarketRef | None:
        """Give the ref of the one market that the text names, or None.

        Raises:
            RequestError: the text names an event or series with several markets; the message
                lists some.
        """
        if text.startswith(f"{self._venue}:"):
            return await self._by_ref(text)
        ticker = _from_address(text) if "/" in text else text
        if ticker is None or not _TICKER.fullmatch(ticker):
            return None
        for spelling in dict.fromkeys((ticker, ticker.upper())):
            if found := await self._market(spelling):
                return found
        return await self._only_one(ticker.upper())

    async def _by_ref(self, text: str) -> MarketRef | None:
        try:
            ref = MarketRef(text)
        except MalformedRef:
            return None
        return ref if await self._market(ref.native) else None

    async def _market(self, ticker: str) -> MarketRef | None:
        try:
            row = await self._archive.market(ticker, capability=_CAPABILITY)
        except NotFound:
            return None
        return MarketRef.make(self._venue, row.ticker)

    async def _only_one(self, ticker: str) -> MarketRef | None:
        """The one market of an event, else the one open market of a series."""
        for name, filters in (
            ("event", {"event_ticker": ticker}),
            ("series", {"series_ticker": ticker, "status": "open"}),
        ):
            answer = await self._client.markets({**filters, "limit": _SHOWN + 1}, capability=_CAPABILITY)
            refs = [MarketRef.make(self._venue, row.ticker) for row in answer.markets]
            if len(refs) == 1:
                return refs[0]
            if refs:
                more = " and more" if len(refs) > _SHOWN else ""
                raise RequestError(
                    f"{ticker} is {'an' if name == 'event' else 'a'} {name} with several markets",
                    hint=f"name one of them: {', '.join(refs[:_SHOWN])}{more}",
                )
        return None


def _from_address(text: str) -> str | None:
    """The most exact ticker in an address of the venue's site, or None."""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:  # brackets that hold no address
        return None
    host = parts.hostname or ""
    if not any(host == site or host.endswith(f".{site}") for site in _SITES):
        return None
    room, *names = [part for part in parts.path.split("/") if part] or [""]
    if room not in _ROOMS or not names:
        return None
    # Between the series and the event stand words for readers; only the event repeats the series.
    inner = [name for name in names[1:] if name.lower().startswith(f"{names[0].lower()}-")]
    return inner[-1] if inner else names[0]
