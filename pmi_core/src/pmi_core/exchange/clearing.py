"""Trades booked: positions, cash, fees and contracts on both sides at once."""

from __future__ import annotations

from decimal import Decimal

from pmi_core.exchange.curve import curve_price
from pmi_core.exchange.events import Traded
from pmi_core.exchange.holding import Holding
from pmi_core.exchange.market import Market
from pmi_core.exchange.order import Order
from pmi_core.exchange.sides import BID
from pmi_core.exchange.state import State
from pmi_core.exchange.units import SCALE, from_money, from_units
from pmi_core.models.market import OutcomeSide
from pmi_core.models.order import Action

__all__ = ["Clearing"]


class Clearing:
    """Books trades in the ledger and notes them in the log."""

    def __init__(self, state: State) -> None:
        self._state = state

    def pair(self, taker: Order, maker: Order, size: int, price: int, *, off_book: bool = False) -> None:
        """Two orders meet at a YES price; a negotiated trade costs its maker no fee."""
        market = taker.market
        value = price * size
        taker_cash, taker_open, taker_fee = self._side(taker, size, value, price, maker=False)
        maker_cash, maker_open, maker_fee = self._side(maker, size, value, price, maker=True, free=off_book)
        # what one opens and the other does not close is a new pair, and the other way round
        pairs = taker_open + maker_open - size
        self._state.ledger.clear(market, taker_cash + maker_cash, taker_fee + maker_fee, pairs)
        self._note(
            market,
            taker,
            maker,
            maker.holding,
            size,
            from_units(price),
            value,
            taker_fee,
            maker_fee,
            off_book,
        )

    def house(self, taker: Order, house: Holding, size: int, value: int) -> None:
        """An order meets the curve."""
        market = taker.market
        price = curve_price(value, size)
        own = price if taker.asked.outcome is OutcomeSide.YES else 1 - price
        taker_cash, taker_open, fee = self._side(taker, size, value, 0, maker=False, curve_price=own)
        house_cash, closed, _ = house.change(1 - taker.side, size, value)
        house.purse.cash += house_cash
        self._state.ledger.clear(market, taker_cash + house_cash, fee, taker_open - closed)
        self._note(market, taker, None, house, size, price, value, fee, 0, False)

    def _side(
        self,
        order: Order,
        size: int,
        value: int,
        price: int,
        *,
        maker: bool,
        free: bool = False,
        curve_price: Decimal | None = None,
    ) -> tuple[int, int, int]:
        """Book one side; gives its change of cash, the contracts it opened, and its fee."""
        holding = order.holding
        market = order.market
        cash, closed, profit = holding.change(order.side, size, value)
        charges = market.charges
        fee = 0
        if not free and charges.applies(self._state.now):
            if charges.on_trade:
                charged = closed if charges.on_close else size
                if curve_price is not None:
                    fee = charges.at_curve(curve_price, from_units(charged), cash) if charged else 0
                elif charged:
                    own = price if order.asked.outcome is OutcomeSide.YES else SCALE - price
                    fee = charges.of_trade(own, charged, maker=maker, cash=cash)
                    if market.spec.fee_rebates and charges.alignment:
                        bare = charges.of_trade(own, charged, maker=maker)
                        fee = order.rebated(fee, fee - bare, charges.alignment)
            elif charges.on_close:
                fee = charges.of_profit(profit)
            if fee:
                if curve_price is None:
                    # what the trade itself and the order's reserve can pay, and never more
                    fee = min(fee, cash + (size - closed) // market.lot * order.hold)
                elif closed == size:
                    fee = min(fee, cash)
                holding.fees += fee
                order.fees += fee
        order.filled += size
        own_value = value if order.asked.outcome is OutcomeSide.YES else SCALE * size - value
        order.spent += own_value
        order.updated = self._state.now
        cash -= fee
        holding.purse.cash += cash
        return cash, size - closed, fee

    def _note(
        self,
        market: Market,
        taker: Order,
        maker: Order | None,
        holding: Holding,
        size: int,
        price: Decimal,
        value: int,
        taker_fee: int,
        maker_fee: int,
        off_book: bool,
    ) -> None:
        state = self._state
        log = state.log
        asked = taker.asked
        if maker is None:
            maker_id, outcome = None, OutcomeSide.YES
            action = Action.SELL if taker.side == BID else Action.BUY
        else:
            maker_id, outcome, action = maker.id, maker.asked.outcome, maker.asked.action
        log.emit(
            Traded,
            f"t{state.count('trade')}",
            market.id,
            price,
            from_units(size),
            from_money(value),
            taker.id,
            taker.account,
            asked.outcome,
            asked.action,
            from_money(taker_fee),
            maker_id,
            holding.account,
            outcome,
            action,
            from_money(maker_fee),
            off_book,
        )
        trade = log.last
        assert isinstance(trade, Traded)
        market.trades.append(trade)
        market.volume += size
        market.last = price
        accounts = state.accounts
        accounts[taker.account].fills.append((trade, taker))
        if maker is not None:
            accounts[maker.account].fills.append((trade, maker))
