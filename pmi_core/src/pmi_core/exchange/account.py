"""A member of the exchange: money by currency, holdings, orders, used ids."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from pmi_core.exchange.events import PositionSettled, Traded
from pmi_core.exchange.groups import Group
from pmi_core.exchange.holding import Holding
from pmi_core.exchange.order import Order

if TYPE_CHECKING:
    from pmi_core.exchange.market import Market

__all__ = ["HOUSE", "Account", "Purse"]

HOUSE = "house:"
"""Begins the accounts that stand behind curves; nobody else may take such a name."""


class Purse:
    """Money of one currency."""

    __slots__ = ("cash", "reserved")

    def __init__(self) -> None:
        self.cash = 0
        self.reserved = 0


class Account:
    """Everything that belongs to one member."""

    __slots__ = (
        "client_ids",
        "fills",
        "groups",
        "holdings",
        "id",
        "open_rfqs",
        "orders",
        "purses",
        "settlements",
    )

    def __init__(self, id: str, fills: int | None) -> None:  # noqa: A002 - what it is called everywhere
        self.id = id
        self.purses: dict[str, Purse] = {}
        self.holdings: dict[str, Holding] = {}
        """By market."""
        self.orders: dict[str, Order] = {}
        self.client_ids: dict[str, str] = {}
        """Every client order id ever used, and the order it named."""
        self.groups: dict[str, Group] = {}
        self.fills: deque[tuple[Traded, Order]] = deque(maxlen=fills)
        self.settlements: list[PositionSettled] = []
        self.open_rfqs = 0

    def purse(self, currency: str) -> Purse:
        """The purse of a currency, empty at first."""
        purse = self.purses.get(currency)
        if purse is None:
            purse = self.purses[currency] = Purse()
        return purse

    def available(self, currency: str) -> int:
        """Money that is free for new orders."""
        purse = self.purses.get(currency)
        return purse.cash - purse.reserved if purse is not None else 0

    def attach(self, holding: Holding) -> None:
        """Take a new holding into the books, where it is not there yet."""
        market = holding.market
        if market.id not in self.holdings:
            holding.purse = self.purse(market.currency)
            self.holdings[market.id] = holding
            market.holdings[self.id] = holding

    def holding(self, market: Market) -> Holding:
        """What the account holds in a market; a new one is nothing, and not attached yet."""
        return self.holdings.get(market.id) or Holding(self, market)
