"""Which rows the venue has moved to its archive, and where a market is to be found.

Markets that settled before a cutoff of about three months, with their candles, and trades older
than another cutoff are answered under ``/historical`` only (docs.kalshi.com, historical data).
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from pmi_core.clock import Clock
from pmi_core.errors import NotFound, UnexpectedAnswer
from pmi_core.transport.question import Params
from pmi_provider_kalshi.client import Client
from pmi_provider_kalshi.kept import Kept
from pmi_provider_kalshi.limits import MOST_TICKERS
from pmi_provider_kalshi.translate.numbers import moment
from pmi_provider_kalshi.wire.market import Market, MarketsAnswer
from pmi_provider_kalshi.wire.trade import TradesAnswer

__all__ = ["Archive", "Cutoffs"]

_HOUR: Final = 3600.0
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Older than these is archived."""

    settled: datetime
    """By a market's settlement; its candles go with it."""
    traded: datetime
    """By a trade's own time; the account's fills go with it."""
    ordered: datetime
    """By an order's last update; orders that rest are never archived."""
    held: datetime
    """By a position's last update."""


class Archive:
    """Asks the live tier first and the archive where it must."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self.faults = client.faults
        self._kept: Kept[str, Cutoffs] = Kept(clock, seconds=_HOUR, most=1)

    async def cutoffs(self, *, capability: str) -> Cutoffs:
        """Read the cutoffs, at most once an hour."""

        async def fetch() -> Cutoffs:
            told = await self._client.historical_cutoff(capability=capability)
            return Cutoffs(
                settled=moment(told.market_settled_ts) or _BEGINNING,
                traded=moment(told.trades_created_ts) or _BEGINNING,
                ordered=moment(told.orders_updated_ts) or _BEGINNING,
                held=moment(told.market_positions_last_updated_ts) or _BEGINNING,
            )

        return await self._kept.get("cutoffs", fetch)

    async def market(self, ticker: str, *, capability: str) -> Market:
        """Read one market from wherever it is.

        Raises:
            NotFound: neither tier knows it.
        """
        try:
            return (await self._client.market(ticker, capability=capability)).market
        except NotFound:
            pass
        try:
            return (await self._client.archived_market(ticker, capability=capability)).market
        except NotFound as error:
            raise NotFound(
                f"the venue knows no market {ticker!r}", capability=capability, code=error.code
            ) from error

    async def markets(self, tickers: Sequence[str], *, capability: str) -> dict[str, Market]:
        """Read several markets from wherever they are; unknown ones are absent."""
        wanted = list(dict.fromkeys(tickers))
        found: dict[str, Market] = {}
        for at in range(0, len(wanted), MOST_TICKERS):
            chunk = wanted[at : at + MOST_TICKERS]
            live = await self._client.markets(_these(chunk), capability=capability)
            found |= {row.ticker: row for row in live.markets}
            missing = [ticker for ticker in chunk if ticker not in found]
            if missing:
                archived = await self.market_page(_these(missing), capability=capability)
                found |= {row.ticker: row for row in archived.markets}
        return found

    async def market_page(self, filters: Params, *, capability: str) -> MarketsAnswer:
        """List archived markets; none where the archive does not know what they are asked by.

        Raises:
            UnexpectedAnswer: a listing that had begun is not known any more.
        """
        asked = self._client.archived_markets(filters, capability=capability)
        return await _known(asked, filters) or MarketsAnswer(markets=[])

    async def trade_page(self, filters: Params, *, capability: str) -> TradesAnswer:
        """List archived trades; none where the archive does not know their market.

        Raises:
            UnexpectedAnswer: a listing that had begun is not known any more.
        """
        asked = self._client.archived_trades(filters, capability=capability)
        return await _known(asked, filters) or TradesAnswer(trades=[])

    async def require(self, tickers: Sequence[str], *, capability: str) -> None:
        """Check that every market exists.

        Raises:
            NotFound: one does not; the message names it.
        """
        if len(tickers) == 1:
            await self.market(tickers[0], capability=capability)
            return
        found = await self.markets(tickers, capability=capability)
        for ticker in tickers:
            if ticker not in found:
                raise NotFound(f"the venue knows no market {ticker!r}", capability=capability)


async def _known(asked: Awaitable[Answer], filters: Params) -> Answer | None:
    """What the archive answers; None where it does not know what it is asked by."""
    try:
        return await asked
    except NotFound as error:
        if not filters.get("cursor"):
            return None
        raise UnexpectedAnswer(
            "the archive's listing breaks off: its next page is not found",
            hint="begin again without a cursor",
            code=error.code,
        ) from error


def _these(tickers: Sequence[str]) -> dict[str, str | int]:
    return {"tickers": ",".join(tickers), "limit": len(tickers)}
