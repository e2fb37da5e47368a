"""What the plugin declares."""

from __future__ import annotations

from importlib.metadata import entry_points

from pmi_core.capabilities import Capability
from pmi_provider_kalshi.plugin import pmi_provider
from pmi_provider_kalshi.settings import KalshiSettings


def test_it_is_found_by_its_entry_point():
    (found,) = entry_points(group="pmi.providers", name="kalshi")
    assert found.load().pmi_provider() == pmi_provider()


def test_it_reads_public_data_and_nothing_else():
    provider = pmi_provider()
    assert (provider.name, provider.settings) == ("kalshi", KalshiSettings)
    assert provider.capabilities == {
        Capability.STATUS,
        Capability.MARKETS,
        Capability.EVENTS,
        Capability.BOOKS,
        Capability.TRADES,
        Capability.CANDLES,
        Capability.MILESTONES,
    }
    assert provider.keyed == frozenset()
    assert provider.gaps == {}
