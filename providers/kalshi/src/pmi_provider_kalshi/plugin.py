"""What the plugin declares; nothing heavy is imported before a venue is opened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from pmi_core.capabilities import Capability
from pmi_core.errors import SettingsError
from pmi_core.plugins.hookspecs import hookimpl
from pmi_core.provider import OpenContext, Provider, SandboxRequest, Venue, WriteClass
from pmi_provider_kalshi.left_out import LEFT_OUT
from pmi_provider_kalshi.settings import KalshiSettings

__all__ = ["pmi_provider"]

_KEYED = frozenset(
    {
        Capability.ACCOUNT,
        Capability.ORDERS,
        Capability.AMEND,
        Capability.BATCH,
        Capability.QUEUE,
        Capability.GROUPS,
        Capability.QUOTES,
        Capability.STREAM,
    }
)
"""Slots that need an API key."""


async def _open(context: OpenContext) -> Venue:
    from pmi_provider_kalshi.provider import open_kalshi

    return await open_kalshi(context)


@asynccontextmanager
async def _sandbox(request: SandboxRequest) -> AsyncIterator[Mapping[str, str]]:
    try:
        from pmi_provider_kalshi.sandbox.serving import serve
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"the sandbox needs {error.name}, which is not installed",
            hint='install "pmi-provider-kalshi[sandbox]"',
        ) from error
    async with serve(request) as announcement:
        yield announcement


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
                Capability.COMBOS,
                *_KEYED,
            }
        ),
        keyed=_KEYED,
        open=_open,
        sandbox=_sandbox,
        write_class=_write_class,
        homepage="https://kalshi.com",
        left_out=LEFT_OUT,
    )
