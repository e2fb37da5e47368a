"""A provider with settings of every kind, and a configuration file to read."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Literal

import pytest
from pydantic import Field, SecretStr, field_validator, model_validator

from pmi_core import Capability, Provider
from pmi_core.settings import ProviderSettings, SecretPath, load_config, read_settings


class Speed(StrEnum):
    SLOW = "slow"
    FAST = "fast"


class CoinSettings(ProviderSettings):
    environment: Literal["demo", "live"] = "demo"
    api_key_id: str | None = None
    api_secret: SecretStr | None = None
    private_key_path: SecretPath | None = None
    speed: Speed = Speed.SLOW
    retries: int = 3
    factor: float = 1.0
    step: Decimal = Decimal("0.01")
    only_tags: tuple[str, ...] = ()
    weights: dict[str, Decimal] = Field(default_factory=dict)

    @field_validator("api_secret")
    @classmethod
    def _is_long(cls, secret):
        if secret is not None and len(secret.get_secret_value()) < 8:
            raise ValueError(f"the secret {secret.get_secret_value()!r} is too short")
        return secret

    @model_validator(mode="after")
    def _goes_together(self):
        if self.environment == "live" and self.api_secret is None:
            raise ValueError("environment live needs api_secret")
        if self.retries == 13 and self.api_secret is not None:
            raise ValueError(f"unlucky with {self.api_secret.get_secret_value()}")
        return self


class NeedySettings(ProviderSettings):
    endpoint: str
    account: str = Field(examples=["A-17"])


async def never(context):
    raise AssertionError("settings are read without opening anything")


def describe(name, settings):
    return Provider(
        name=name,
        title=name.title(),
        settings=settings,
        capabilities=frozenset({Capability.MARKETS}),
        open=never,
    )


@pytest.fixture
def coin():
    return describe("coin", CoinSettings)


@pytest.fixture
def needy():
    return describe("needy", NeedySettings)


@pytest.fixture
def write(tmp_path):
    """Write the configuration file, closed to others; gives its path."""

    def write(text, mode=0o600):
        path = tmp_path / "pmi.toml"
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    return write


@pytest.fixture
def load(write):
    """Load a configuration from the text of a file and an environment."""

    def load(text="", environ=None, mode=0o600):
        return load_config(write(text, mode), environ or {})

    return load


@pytest.fixture
def read(load, coin):
    """Read the settings of the venue ``coin``."""

    def read(text="", environ=None, venue="coin", mode=0o600, provider=None, beside=(), **overrides):
        config = load(text, environ, mode)
        return read_settings(provider or coin, venue, config, overrides, beside=beside)

    return read
