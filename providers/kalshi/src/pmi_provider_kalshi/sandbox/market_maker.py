"""The house's own members: one who quotes every market, one who takes now and then."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from pmi_core.errors import RequestError
from pmi_core.exchange import Exchange
from pmi_core.exchange.commands import CancelOrder, Deposit, PlaceOrder
from pmi_core.models import Action, OutcomeSide, TimeInForce, Trading
from pmi_provider_kalshi.sandbox.noise import pick, share
from pmi_provider_kalshi.sandbox.scenario.quoting import Ladder

__all__ = ["ROUND", "MarketMaker"]

ROUND: Final = 5
"""Steps within which every market is quoted once."""
_MAKER: Final = "house.maker"
_TAKER: Final = "house.taker"
_MONEY: Final = Decimal(100_000_000)

Level = tuple[OutcomeSide, Decimal]


class MarketMaker:
    """Keeps a ladder of orders in each market and lets strangers trade with it.

    Args:
        engine: where the orders go.
        seed: of the takers' moods.
        start: the moment of the first deposit.
        patient: whether it only adds to the book, and never takes what others offer in it.
    """

    def __init__(self, engine: Exchange, seed: int, start: datetime, *, patient: bool = False) -> None:
        self._engine = engine
        self._patient = patient
        self._seed = seed
        self._orders: dict[str, dict[Level, str]] = {}
        for account in (_MAKER, _TAKER):
            engine.apply(Deposit(time=start, account=account, amount=_MONEY))

    def quote(self, ticker: str, wanted: Ladder, now: datetime) -> None:
        """Bring the maker's orders of an open market to a ladder."""
        engine = self._engine
        standing = self._orders.setdefault(ticker, {})
        levels = {(OutcomeSide.YES, price): size for price, size in wanted.bids}
        levels |= {(OutcomeSide.NO, 1 - price): size for price, size in wanted.asks}
        for level, order_id in list(standing.items()):
            order = engine.order(order_id)
            if order.is_working and level in levels and 2 * order.remaining >= levels[level]:
                del levels[level]
                continue
            del standing[level]
            if order.is_working:
                engine.apply(CancelOrder(time=now, account=_MAKER, order_id=order_id))
        for (outcome, price), size in levels.items():
            placed = self._place(_MAKER, ticker, outcome, price, size, TimeInForce.GTC, now)
            if placed is not None:
                standing[outcome, price] = placed

    def take(self, ticker: str, step: int, activity: int, now: datetime) -> None:
        """Let a stranger trade a few contracts at the best price, if the mood is right."""
        if share(self._seed, "mood", ticker, step) > activity / 1200:
            return
        market = self._engine.market(ticker)
        rising = share(self._seed, "side", ticker, step) < 0.5
        price = market.ask if rising else market.bid
        if price is None or market.trading is not Trading.OPEN:
            return
        outcome = OutcomeSide.YES if rising else OutcomeSide.NO
        size = Decimal(pick(1, 20, self._seed, "lots", ticker, step))
        self._place(_TAKER, ticker, outcome, price if rising else 1 - price, size, TimeInForce.IOC, now)

    def forget(self, ticker: str) -> None:
        """A market is over."""
        self._orders.pop(ticker, None)

    def _place(
        self,
        account: str,
        ticker: str,
        outcome: OutcomeSide,
        price: Decimal,
        size: Decimal,
        force: TimeInForce,
        now: datetime,
    ) -> str | None:
        engine = self._engine
        command = PlaceOrder(
            time=now,
            account=account,
            market_id=ticker,
            client_order_id=f"{account}.{engine.seq}",
            outcome=outcome,
            action=Action.BUY,
            price=price,
            size=size,
            time_in_force=force,
            post_only=self._patient and force is TimeInForce.GTC,
        )
        try:
            engine.apply(command)
        except RequestError:  # the book moved beneath the maker; the next turn quotes again
            return None
        order = engine.find_by_client_id(account, command.client_order_id)
        return order.id if order is not None else None
