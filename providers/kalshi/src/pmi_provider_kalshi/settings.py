"""What can be set: which exchange is asked, how long an answer may take, how fees are rounded."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from pmi_core.numbers import exact
from pmi_core.provider import WriteClass
from pmi_core.settings import ProviderSettings

__all__ = ["Environment", "KalshiSettings"]


class Environment(StrEnum):
    """Which exchange is asked."""

    PROD = "prod"
    DEMO = "demo"
    """The venue's test exchange, with play money and its own markets."""
    CUSTOM = "custom"
    """Whatever answers at ``rest_url``."""


_REST: Final = {
    Environment.PROD: "https://external-api.kalshi.com/trade-api/v2",
    Environment.DEMO: "https://external-api.demo.kalshi.co/trade-api/v2",
}
"""docs.kalshi.com, API environments (May 2026); OpenAPI 3.34.0, servers."""

Step = Annotated[Decimal, BeforeValidator(exact), Field(gt=0, le=1)]


def _is_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        known = parts.scheme in {"http", "https"} and parts.hostname and not (parts.query or parts.username)
    except ValueError:  # brackets that hold no address
        known = False
    if not known:
        raise ValueError("an address is like https://host/path, without a user's name and without a query")
    return value


Address = Annotated[str, AfterValidator(_is_address)]


class KalshiSettings(ProviderSettings):
    """Settings of a Kalshi venue; an empty text counts as not set."""

    environment: Environment = Environment.PROD
    """Which exchange is asked: the real one, its test twin with play money, or another address."""
    rest_url: Address | None = Field(default=None, examples=["https://localhost:8080/trade-api/v2"])
    """Where ``/markets`` begins; given with ``environment = "custom"`` and only then."""
    timeout: Annotated[float, Field(gt=0, le=120)] = 15.0
    """Seconds that one answer may take."""
    fee_step: Step = Field(default=Decimal("0.000001"), examples=["0.000001"])
    """Dollars to a multiple of which the fee of one fill is rounded up."""
    balance_precision: Step = Field(default=Decimal("0.0001"), examples=["0.0001"])
    """Dollars to a multiple of which balances are kept: 0.0001 for members of the exchange, 0.01 behind a broker."""

    @model_validator(mode="before")
    @classmethod
    def _empty_is_not_set(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {
            name: value
            for name, value in values.items()
            if not (isinstance(value, str) and not value.strip())
        }

    @model_validator(mode="after")
    def _address_is_known(self) -> KalshiSettings:
        if self.environment is Environment.CUSTOM and self.rest_url is None:
            raise ValueError('environment = "custom" needs rest_url')
        if self.environment is not Environment.CUSTOM and self.rest_url is not None:
            raise ValueError('rest_url needs environment = "custom"')
        return self

    @property
    def write_class(self) -> WriteClass:
        """What an order moves; nobody knows what stands behind an address of one's own, so it counts as real."""
        return WriteClass.DEMO if self.environment is Environment.DEMO else WriteClass.REAL

    @property
    def base_url(self) -> str:
        """The address under which the venue's paths begin."""
        return self.rest_url or _REST[self.environment]
