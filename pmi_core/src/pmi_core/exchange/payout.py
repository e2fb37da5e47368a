"""Contracts paid out when a market ends."""

from __future__ import annotations

from pmi_core.exchange.events import PositionSettled
from pmi_core.exchange.holding import Holding
from pmi_core.exchange.market import Market
from pmi_core.exchange.state import State
from pmi_core.exchange.treasury import Treasury
from pmi_core.exchange.units import SCALE, from_money, from_units
from pmi_core.models.market import MarketResult, OutcomeSide

__all__ = ["Payout"]


class Payout:
    """Moves what stands behind a market's contracts to those who hold them."""

    def __init__(self, state: State, treasury: Treasury) -> None:
        self._state = state
        self._treasury = treasury

    def settle(self, market: Market) -> None:
        """Pay each YES contract the market's value and each NO contract the rest of 1."""
        value = market.value
        assert value is not None
        for holding in self._state.holders[market.id].values():
            if holding.size:
                per = value if holding.size > 0 else SCALE - value
                self._pay(holding, per * abs(holding.size))
        assert not market.clearing
        market.open_interest = 0

    def void(self, market: Market) -> None:
        """Pay each holder what the contracts held have cost.

        Costs need not add up to what the contracts were issued for, since they may have changed
        hands at other prices: the exchange keeps or bears the difference.
        """
        for holding in self._state.holders[market.id].values():
            if holding.size:
                self._pay(holding, holding.cost)
        self._state.ledger.voided[market.currency] += market.clearing
        market.clearing = market.open_interest = 0

    def _pay(self, holding: Holding, payout: int) -> None:
        state = self._state
        market = holding.market
        charges = market.charges
        fee = 0
        if market.result is not MarketResult.VOID and charges.at_settlement and charges.applies(state.now):
            fee = charges.of_profit(payout - holding.cost)
        size, cost = holding.size, holding.cost
        market.clearing -= payout
        holding.realized += payout - cost
        holding.fees += fee
        holding.size = holding.cost = 0
        holding.purse.cash += payout - fee
        state.ledger.fees[market.currency] += fee
        assert market.result is not None
        state.log.emit(
            PositionSettled,
            holding.account,
            market.id,
            market.result,
            OutcomeSide.YES if size > 0 else OutcomeSide.NO,
            from_units(abs(size)),
            from_money(cost),
            from_money(payout),
            from_money(fee),
        )
        settled = state.log.last
        assert isinstance(settled, PositionSettled)
        account = state.accounts[holding.account]
        account.settlements.append(settled)
        if payout - fee:
            self._treasury.note(account, market.currency, payout - fee)
