"""Where all money is: with members, behind contracts, with the exchange, or outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from pmi_core.exchange.account import Account
from pmi_core.exchange.holding import Holding
from pmi_core.exchange.market import Market
from pmi_core.exchange.sides import ASK, BID
from pmi_core.exchange.units import SCALE

__all__ = ["Ledger", "LedgerBroken"]


class LedgerBroken(AssertionError):
    """Money or contracts came from nowhere or went nowhere; the engine has a fault.

    Nothing that a caller asks can cause it, so it stands outside the tree of errors.
    """


class Ledger:
    """The exchange's own money by currency, in money units.

    ``outside`` is what members and subsidies brought in, net of what went out.  ``voided`` is what
    void markets left over for the exchange, or cost it when negative: holders get back what they
    paid, which need not be what the contracts were issued for.
    """

    def __init__(self) -> None:
        self.outside: defaultdict[str, int] = defaultdict(int)
        self.fees: defaultdict[str, int] = defaultdict(int)
        self.voided: defaultdict[str, int] = defaultdict(int)

    def clear(self, market: Market, cash: int, fees: int, pairs: int) -> None:
        """Book a trade's other half: fees to the exchange, 1 for each new pair behind the contracts.

        ``cash`` is what both parties' money changed by, fees taken off already.

        Raises:
            LedgerBroken: the two halves differ.
        """
        behind = SCALE * pairs
        if cash + fees + behind:
            raise LedgerBroken(f"a trade in {market.id} leaves {cash + fees + behind} money units over")
        market.clearing += behind
        market.open_interest += pairs
        if fees:
            self.fees[market.currency] += fees

    def audit(
        self,
        accounts: Iterable[Account],
        markets: Iterable[Market],
        holders: Mapping[str, Mapping[str, Holding]],
    ) -> None:
        """Count everything anew; ``holders`` is what is held, by market and by account.

        Raises:
            LedgerBroken: a sum is wrong; the message says which.
        """
        held: defaultdict[str, int] = defaultdict(int)
        for account in accounts:
            self._audit_account(account)
            for currency, purse in account.purses.items():
                held[currency] += purse.cash
        for market in markets:
            self._audit_market(market, holders[market.id].values())
            held[market.currency] += market.clearing
        for currency in {*held, *self.outside, *self.fees, *self.voided}:
            inside = held[currency] + self.fees[currency] + self.voided[currency]
            _same(f"{currency} in the exchange", inside, self.outside[currency])

    def _audit_account(self, account: Account) -> None:
        reserved: defaultdict[str, int] = defaultdict(int)
        for holding in account.holdings.values():
            for side in (BID, ASK):
                queue = holding.queue[side]
                where = f"{account.id} in {holding.market.id}"
                _same(
                    f"contracts of working orders of {where}",
                    holding.open[side],
                    sum(e[2].remaining for e in queue),
                )
                _same(f"order of fills of {where}", [e[:2] for e in queue], sorted(e[:2] for e in queue))
                need = holding.recount(side)
                _same(f"reserve of {where}", holding.need[side], need)
                reserved[holding.market.currency] += need
        for currency, purse in account.purses.items():
            _same(f"{currency} reserved by {account.id}", purse.reserved, reserved[currency])
            if purse.cash < purse.reserved:
                raise LedgerBroken(f"{account.id} owes {purse.reserved - purse.cash} {currency} units")

    def _audit_market(self, market: Market, holdings: Collection[Holding]) -> None:
        sizes = [holding.size for holding in holdings]
        _same(f"YES of {market.id}", sum(size for size in sizes if size > 0), market.open_interest)
        _same(f"NO of {market.id}", -sum(size for size in sizes if size < 0), market.open_interest)
        _same(f"money behind {market.id}", market.clearing, SCALE * market.open_interest)
        for holding in holdings:
            if holding.cost < 0 or (not holding.size and holding.cost):
                raise LedgerBroken(f"{holding.account} holds {holding.size} of {market.id} at {holding.cost}")


def _same(what: str, counted: object, booked: object) -> None:
    if counted != booked:
        raise LedgerBroken(f"{what}: counted {counted}, booked {booked}")
