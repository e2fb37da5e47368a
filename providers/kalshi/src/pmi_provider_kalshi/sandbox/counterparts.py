"""The house at the negotiating table: it answers requests for quotes and makes some of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from pmi_core.errors import RequestError
from pmi_core.exchange import Exchange
from pmi_core.exchange.commands import (
    AcceptQuote,
    AnyCommand,
    CancelRfq,
    ConfirmQuote,
    CreateQuote,
    CreateRfq,
    Deposit,
)
from pmi_core.exchange.views import QuoteView, RfqView
from pmi_core.models import OutcomeSide, QuoteStatus, RfqStatus, Trading
from pmi_core.numbers import Rounding
from pmi_provider_kalshi.sandbox.noise import pick

__all__ = ["Counterparts"]

_QUOTER: Final = "house.quoter"
_ASKER: Final = "house.asker"
_MONEY: Final = Decimal(10_000_000)
_OPEN: Final = 3
_LIFE: Final = timedelta(minutes=10)
_MARGIN: Final = Decimal("0.03")
_GREED: Final = Decimal("0.10")
_THOUGHT: Final = timedelta(seconds=1)
_PATIENCE: Final = timedelta(seconds=5)
"""How long a member's quote may stand before the house accepts it, so that it can be withdrawn."""


class Counterparts:
    """One who quotes and one who asks.

    Args:
        engine: where requests and quotes go.
        seed: of what is asked for.
        fair: the fair price of a market by ticker.
        tickers: markets that the house asks about.
        start: the moment of the first deposit.
    """

    def __init__(
        self,
        engine: Exchange,
        seed: int,
        fair: Callable[[str, datetime], float],
        tickers: tuple[str, ...],
        start: datetime,
    ) -> None:
        self._engine = engine
        self._seed = seed
        self._fair = fair
        self._tickers = tickers
        self._asked = 0
        for account in (_QUOTER, _ASKER):
            engine.apply(Deposit(time=start, account=account, amount=_MONEY))

    def act(self, now: datetime) -> None:
        """Ask, quote, accept and confirm what is due."""
        own = 0
        for rfq in self._engine.rfqs():
            if rfq.status is not RfqStatus.OPEN:
                continue
            if rfq.account == _ASKER:
                own += 1
                self._attend(rfq, now)
            elif now - rfq.created_time >= _THOUGHT:
                self._answer(rfq, now)
        for _ in range(_OPEN - own):
            self._ask(now)

    def _try(self, command: AnyCommand) -> bool:
        try:
            self._engine.apply(command)
        except RequestError:  # the other side was quicker, or the market is not open
            return False
        return True

    def _ask(self, now: datetime) -> None:
        ticker = self._tickers[pick(0, len(self._tickers) - 1, self._seed, "asked", self._asked)]
        size = Decimal(pick(5, 60, self._seed, "wanted", self._asked))
        self._asked += 1
        self._try(CreateRfq(time=now, account=_ASKER, market_id=ticker, size=size))

    def _attend(self, rfq: RfqView, now: datetime) -> None:
        """Look after an own request: take a good quote, or give up after a while."""
        quotes = self._engine.quotes(rfq.id)
        if any(quote.status in (QuoteStatus.ACCEPTED, QuoteStatus.CONFIRMED) for quote in quotes):
            return
        for quote in quotes:
            side = self._good(quote, now)
            if side is not None and now - quote.created_time >= _PATIENCE:
                self._try(AcceptQuote(time=now, account=_ASKER, quote_id=quote.id, side=side))
                return
        if now - rfq.created_time >= _LIFE:
            self._try(CancelRfq(time=now, account=_ASKER, rfq_id=rfq.id))

    def _good(self, quote: QuoteView, now: datetime) -> OutcomeSide | None:
        """The side on which a member's quote is close enough to the fair price."""
        if quote.status is not QuoteStatus.OPEN:
            return None
        fair = Decimal(round(self._fair(quote.market_id, now) * 100)) / 100
        if quote.yes_bid is not None and quote.yes_bid >= fair - _GREED:
            return OutcomeSide.YES
        if quote.no_bid is not None and quote.no_bid >= 1 - fair - _GREED:
            return OutcomeSide.NO
        return None

    def _answer(self, rfq: RfqView, now: datetime) -> None:
        """Quote once on a member's request, and confirm what was accepted."""
        own = [quote for quote in self._engine.quotes(rfq.id) if quote.account == _QUOTER]
        for quote in own:
            if quote.status is QuoteStatus.ACCEPTED:
                self._try(ConfirmQuote(time=now, account=_QUOTER, quote_id=quote.id))
        market = self._engine.market(rfq.market_id)
        if own or market.trading is not Trading.OPEN:
            return
        fair = Decimal(round(self._fair(rfq.market_id, now) * 10_000)) / 10_000
        grid = market.spec.price_grid
        yes, no = (
            grid.snap(chance - _MARGIN, towards=Rounding.FLOOR) if chance > _MARGIN else None
            for chance in (fair, 1 - fair)
        )
        self._try(CreateQuote(time=now, account=_QUOTER, rfq_id=rfq.id, yes_bid=yes, no_bid=no))
