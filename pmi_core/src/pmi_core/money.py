"""Currencies, and money that travels without a model around it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from pydantic_core import CoreSchema, core_schema

from pmi_core.numbers import WIDE, exact, plain

__all__ = ["Currency", "CurrencyKind", "Money", "currency_of", "register_currency"]


class CurrencyKind(StrEnum):
    """What a currency is worth; caps and totals never mix kinds."""

    FIAT = "fiat"
    STABLE = "stable"
    PLAY = "play"


@dataclass(frozen=True, slots=True)
class Currency:
    """A unit of account."""

    code: str
    kind: CurrencyKind
    places: int
    """Decimal places in which amounts are commonly shown; never used for rounding."""


_KNOWN: Final[dict[str, Currency]] = {
    currency.code: currency
    for currency in (
        Currency("USD", CurrencyKind.FIAT, 2),
        Currency("EUR", CurrencyKind.FIAT, 2),
        Currency("GBP", CurrencyKind.FIAT, 2),
        Currency("USDC", CurrencyKind.STABLE, 6),
        Currency("USDT", CurrencyKind.STABLE, 6),
        Currency("USDH", CurrencyKind.STABLE, 6),
        Currency("PUSD", CurrencyKind.STABLE, 6),
        Currency("MANA", CurrencyKind.PLAY, 2),
        Currency("PTS", CurrencyKind.PLAY, 2),
        Currency("PAPER", CurrencyKind.PLAY, 2),
    )
}


def currency_of(code: str) -> Currency:
    """Look a currency up by its code.

    Raises:
        ValueError: nobody registered the code, so its kind is unknown.
    """
    try:
        return _KNOWN[code]
    except KeyError:
        known = ", ".join(sorted(_KNOWN))
        raise ValueError(f"unknown currency {code!r}; known are {known}") from None


def register_currency(currency: Currency) -> None:
    """Make a venue's currency known; repeating the same registration changes nothing.

    Raises:
        ValueError: the code is known with another kind or number of places.
    """
    if _KNOWN.setdefault(currency.code, currency) != currency:
        raise ValueError(f"currency {currency.code!r} is registered differently already")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency; text form ``12.50 USD``.

    Arithmetic and comparison with another currency raise ValueError instead of mixing.
    """

    amount: Decimal
    currency: str = "USD"

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", exact(self.amount))
        currency_of(self.currency)

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read ``12.50 USD``; a bare number is refused because it hides the currency.

        Raises:
            ValueError: the text is not an amount followed by a known currency.
        """
        amount, _, code = text.strip().partition(" ")
        if not code:
            raise ValueError(f"{text[:40]!r} has no currency; write for example '12.50 USD'")
        return cls(exact(amount), code.strip())

    @property
    def kind(self) -> CurrencyKind:
        """The kind of the currency: fiat, stable or play."""
        return currency_of(self.currency).kind

    def _amount_of(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.amount

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(WIDE.add(self.amount, self._amount_of(other)), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(WIDE.subtract(self.amount, self._amount_of(other)), self.currency)

    def __neg__(self) -> Money:
        return Money(WIDE.minus(self.amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(WIDE.multiply(self.amount, exact(factor)), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._amount_of(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._amount_of(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._amount_of(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._amount_of(other)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        def read(value: object) -> Money:
            if isinstance(value, Money):
                return value
            if isinstance(value, str):
                return cls.parse(value)
            raise ValueError("money is written as text with its currency, such as '12.50 USD'")

        return core_schema.no_info_plain_validator_function(
            read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        return {"type": "string", "examples": ["12.50 USD"]}
