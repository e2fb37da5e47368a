"""Accounts, and money that comes from outside or goes there."""

from __future__ import annotations

import re
from decimal import Decimal

from pmi_core.errors import Duplicate, InsufficientFunds, RequestError
from pmi_core.exchange.account import HOUSE, Account
from pmi_core.exchange.commands import Deposit, OpenAccount, Withdraw
from pmi_core.exchange.events import AccountOpened, CashMoved
from pmi_core.exchange.state import State
from pmi_core.exchange.units import from_money, to_money
from pmi_core.money import currency_of

__all__ = ["Treasury"]

_NAME = re.compile(r"[!-~]{1,120}")


class Treasury:
    """Commands on accounts and their money."""

    def __init__(self, state: State) -> None:
        self._state = state

    def open_account(self, command: OpenAccount) -> None:
        """Make an account."""
        if command.account in self._state.accounts:
            raise Duplicate(f"account {command.account!r} exists", code="account")
        self._open(_name(command.account))

    def open_house(self, market_id: str, currency: str, subsidy: int) -> Account:
        """Make the account that stands behind a curve, with the most the curve can lose."""
        account = self._open(f"{HOUSE}{market_id}")
        self.move(account, currency, subsidy)
        return account

    def _open(self, name: str) -> Account:
        state = self._state
        account = state.accounts[name] = Account(name, state.settings.retention.fills)
        state.log.emit(AccountOpened, name)
        return account

    def move(self, account: Account, currency: str, amount: int) -> None:
        """Bring money in from outside, or out when negative."""
        purse = account.purse(currency)
        purse.cash += amount
        self._state.ledger.outside[currency] += amount
        self.note(account, currency, amount)

    def note(self, account: Account, currency: str, amount: int) -> None:
        """Tell that an account's money changed other than by trading."""
        cash = account.purse(currency).cash
        self._state.log.emit(CashMoved, account.id, currency, from_money(amount), from_money(cash))

    def deposit(self, command: Deposit) -> None:
        """Put money in."""
        amount = _amount(command.amount)
        _currency(command.currency)
        account = self._state.accounts.get(command.account) or self._open(_name(command.account))
        self.move(account, command.currency, amount)

    def withdraw(self, command: Withdraw) -> None:
        """Take money out."""
        amount = _amount(command.amount)
        _currency(command.currency)
        account = self._state.account(command.account)
        purse = account.purse(command.currency)
        if purse.available() < amount:
            raise InsufficientFunds(
                f"{account.id} has {from_money(purse.available())} {command.currency} available, not {command.amount}",
                hint="cancel orders that hold money, or take out less",
                code="funds",
            )
        self.move(account, command.currency, -amount)


def _name(name: str) -> str:
    if not _NAME.fullmatch(name) or name.startswith(HOUSE):
        raise RequestError(
            f"{name[:60]!r} cannot name an account",
            hint=f"use up to 120 printable characters without spaces, not beginning with {HOUSE!r}",
            code="account",
        )
    return name


def _currency(code: str) -> None:
    try:
        currency_of(code)
    except ValueError as error:
        raise RequestError(str(error), code="currency") from None


def _amount(amount: Decimal) -> int:
    units = to_money(amount)
    if units is None or units <= 0:
        raise RequestError(
            f"{amount!r} is not an amount of money", hint="give a positive Decimal", code="amount"
        )
    return units
