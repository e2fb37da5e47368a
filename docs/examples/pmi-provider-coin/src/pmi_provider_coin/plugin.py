"""What the plugin brings: one provider, described without opening anything."""

from __future__ import annotations

from pmi_core import Capability, OpenContext, Provider, Venue, hookimpl
from pmi_provider_coin.settings import CoinSettings

__all__ = ["PROVIDER", "pmi_provider"]


async def _open(context: OpenContext) -> Venue:
    from pmi_provider_coin.provider import open_coin  # network libraries load when they are needed

    return await open_coin(context)


PROVIDER = Provider(
    name="coin",
    title="Coin tosses",
    settings=CoinSettings,
    capabilities=frozenset({Capability.MARKETS, Capability.BOOKS}),
    open=_open,
    homepage="https://coin.example",
)


@hookimpl
def pmi_provider() -> Provider:
    """Describe the coin venue."""
    return PROVIDER
