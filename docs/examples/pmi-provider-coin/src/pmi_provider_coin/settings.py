"""What a user may set; `PMI_COIN_URL` in the environment."""

from __future__ import annotations

from pmi_core.settings import ProviderSettings

__all__ = ["CoinSettings"]


class CoinSettings(ProviderSettings):
    """Settings of the coin venue."""

    url: str = "https://api.coin.example/v1"
    """Where the venue answers."""
