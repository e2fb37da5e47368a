"""What the plugin brings: one provider, described without opening anything."""

from __future__ import annotations

from typing import Any

from pmi_core import Capability, OpenContext, Provider, Venue, WriteClass, hookimpl
from pmi_provider_paper.settings import PaperSettings

__all__ = ["PROVIDER", "pmi_provider"]


async def _open(context: OpenContext) -> Venue:
    from pmi_provider_paper.provider import open_paper

    return await open_paper(context)


async def _reset(context: OpenContext) -> str:
    from pmi_provider_paper.resetting import reset_venue

    return await reset_venue(context)


def _write_class(settings: Any) -> WriteClass:
    del settings
    return WriteClass.SIMULATED


PROVIDER = Provider(
    name="paper",
    title="Paper exchange",
    settings=PaperSettings,
    capabilities=frozenset(Capability),
    open=_open,
    write_class=_write_class,
    reset=_reset,
)


@hookimpl
def pmi_provider() -> Provider:
    """Describe the paper exchange."""
    return PROVIDER
