"""What the outcomes of markets are called: the stream's prices do not say, and it is silent on unknown markets."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from pmi_core.clock import Clock
from pmi_core.errors import NotFound, UnexpectedAnswer
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.translate.frames import Labels
from pmi_provider_kalshi.translate.markets import market

__all__ = ["LabelBook"]

_MOST: Final = 50_000
_PLAIN: Final = ("Yes", "No")


class LabelBook:
    """The labels of markets that were subscribed to, read once each."""

    def __init__(self, archive: Archive, clock: Clock, venue: str) -> None:
        self._archive = archive
        self._clock = clock
        self._venue = venue
        self._known: OrderedDict[str, Labels] = OrderedDict()

    def of(self, ticker: str) -> Labels:
        """What YES and NO are called; plain words where the market was never read."""
        return self._known.get(ticker, _PLAIN)

    def rename(self, ticker: str, label: str) -> None:
        """YES is called otherwise from now on."""
        known = self._known.get(ticker)
        if known is not None:
            self._known[ticker] = (label, known[1] if known[1] != label else f"Not: {label}")

    async def learn(self, tickers: Sequence[str], *, capability: str) -> None:
        """Read the markets that are not known yet.

        Raises:
            NotFound: the venue knows no such market; the message names it.
        """
        wanted = [ticker for ticker in dict.fromkeys(tickers) if ticker not in self._known]
        if len(wanted) == 1:
            rows = {wanted[0]: await self._archive.market(wanted[0], capability=capability)}
        else:
            rows = await self._archive.markets(wanted, capability=capability) if wanted else {}
        for ticker in wanted:
            row = rows.get(ticker)
            if row is None:
                raise NotFound(f"the venue knows no market {ticker!r}", capability=capability)
            try:
                read = market(row, self._venue, self._clock.now())
            except UnexpectedAnswer as error:
                # Its book and trades are understood all the same.
                self._archive.faults.report(capability, error.message)
                self._known[ticker] = _PLAIN
            else:
                self._known[ticker] = (read.yes.label, read.no.label)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
