"""A member of the exchange: money by currency, holdings, orders, used ids."""

from __future__ import annotations

from collections import deque

from pmi_core.exchange.events import PositionSettled, Traded
from pmi_core.exchange.group import Group
from pmi_core.exchange.holding import Holding
from pmi_core.exchange.market import Market
from pmi_core.exchange.order import Order
from pmi_core.exchange.purse import Purse

__all__ = ["HOUSE", "Account"]

HOUSE = "house:"
"""Begins the accounts that stand behind curves; nobody else may take such a name."""


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

    def holding(self, market: Market) -> Holding:
        """What the account holds in a market; a new one is nothing, and not among its holdings yet."""
        held = self.holdings.get(market.id)
        return held or Holding(self.id, market, self.purses.get(market.currency) or Purse())
