"""What can be set: which exchange is asked, with which key, how long an answer may take, how fees are rounded."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from pmi_core.numbers import exact
from pmi_core.provider import WriteClass
from pmi_core.settings import ProviderSettings, SecretPath

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

_STREAM: Final = {
    Environment.PROD: "wss://external-api-ws.kalshi.com/trade-api/ws/v2",
    Environment.DEMO: "wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2",
}
"""The same page; AsyncAPI of 2026-10-26, servers."""

Step = Annotated[Decimal, BeforeValidator(exact), Field(gt=0, le=1)]


def _is_address(value: str, schemes: frozenset[str]) -> bool:
    try:
        parts = urlsplit(value)
        return bool(parts.scheme in schemes and parts.hostname and not (parts.query or parts.username))
    except ValueError:  # brackets that hold no address
        return False


def _for_requests(value: str) -> str:
    if not _is_address(value, frozenset({"http", "https"})):
        raise ValueError("an address is like https://host/path, without a user's name and without a query")
    return value


def _for_updates(value: str) -> str:
    if not _is_address(value, frozenset({"ws", "wss"})):
        raise ValueError("an address is like wss://host/path, without a user's name and without a query")
    return value


Address = Annotated[str, AfterValidator(_for_requests)]
StreamAddress = Annotated[str, AfterValidator(_for_updates)]


class KalshiSettings(ProviderSettings):
    """Settings of a Kalshi venue; an empty text counts as not set."""

    environment: Environment = Environment.PROD
    """Which exchange is asked: the real one, its test twin with play money, or another address."""
    rest_url: Address | None = Field(default=None, examples=["https://localhost:8080/trade-api/v2"])
    """Where ``/markets`` begins; given with ``environment = "custom"`` and only then."""
    ws_url: StreamAddress | None = Field(default=None, examples=["wss://localhost:8080/trade-api/ws/v2"])
    """Where live updates come from; with ``environment = "custom"`` and only then. Not needed to read or trade."""
    api_key_id: str | None = Field(default=None, pattern=r"^[!-~]{1,128}$", examples=["a-key-id"])
    """The id of the API key, as the venue shows it; together with ``private_key`` or ``private_key_path``."""
    private_key: SecretStr | None = None
    """The key itself, a PEM text; a line break may also be written as backslash and n."""
    private_key_path: SecretPath | None = None
    """The file that holds the key, a PEM text; nobody but its owner may read it."""
    subaccount: int | None = Field(default=None, ge=0, le=63, examples=[0])
    """The subaccount that is read and traded, 0 for the primary one; not set for what the key stands for."""
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
        if self.environment is not Environment.CUSTOM:
            for name in ("rest_url", "ws_url"):
                if getattr(self, name) is not None:
                    raise ValueError(f'{name} needs environment = "custom"')
        return self

    @model_validator(mode="after")
    def _key_is_whole(self) -> KalshiSettings:
        if self.private_key is not None and self.private_key_path is not None:
            raise ValueError("give private_key or private_key_path, not both")
        has_key = self.private_key is not None or self.private_key_path is not None
        if has_key and self.api_key_id is None:
            raise ValueError("a private key needs its api_key_id")
        if self.api_key_id is not None and not has_key:
            raise ValueError("api_key_id needs private_key or private_key_path")
        if self.subaccount is not None and not has_key:
            raise ValueError("subaccount needs a key: set api_key_id and private_key_path")
        return self

    @property
    def write_class(self) -> WriteClass:
        """What an order moves; nobody knows what stands behind an address of one's own, so it counts as real."""
        return WriteClass.DEMO if self.environment is Environment.DEMO else WriteClass.REAL

    @property
    def base_url(self) -> str:
        """The address under which the venue's paths begin."""
        return self.rest_url or _REST[self.environment]

    @property
    def stream_url(self) -> str | None:
        """Where live updates come from; None at an address of one's own that names none."""
        return self.ws_url or _STREAM.get(self.environment)

    @property
    def has_key(self) -> bool:
        """Whether the account can be reached."""
        return self.api_key_id is not None

    @property
    def account(self) -> str | None:
        """Which account this is, without anything secret: the key's id, and the subaccount if one is set."""
        if self.api_key_id is None:
            return None
        return self.api_key_id if self.subaccount is None else f"{self.api_key_id}/{self.subaccount}"
