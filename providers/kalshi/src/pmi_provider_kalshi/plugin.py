"""What the plugin declares; nothing heavy is imported before a venue is opened."""

from __future__ import annotations

from pmi_core.capabilities import Capability
from pmi_core.plugins.hookspecs import hookimpl
from pmi_core.provider import OpenContext, Provider, Venue, WriteClass
from pmi_provider_kalshi.settings import KalshiSettings

__all__ = ["pmi_provider"]


async def _open(context: OpenContext) -> Venue:
    from pmi_provider_kalshi.provider import open_kalshi

    return await open_kalshi(context)


def _write_class(settings: KalshiSettings) -> WriteClass:
    return settings.write_class


@hookimpl
def pmi_provider() -> Provider:
    """Describe the exchange Kalshi."""
    return Provider(
        name="kalshi",
        title="Kalshi",
        settings=KalshiSettings,
        capabilities=frozenset(
            {
                Capability.STATUS,
                Capability.MARKETS,
                Capability.EVENTS,
                Capability.BOOKS,
                Capability.TRADES,
                Capability.CANDLES,
                Capability.MILESTONES,
            }
        ),
        open=_open,
        write_class=_write_class,
        homepage="https://kalshi.com",
    )
