"""What the plugin declares."""

from __future__ import annotations

from importlib.metadata import entry_points

from pmi_core.capabilities import Capability
from pmi_provider_kalshi.plugin import pmi_provider
from pmi_provider_kalshi.settings import KalshiSettings


def test_it_is_found_by_its_entry_point():
    (found,) = entry_points(group="pmi.providers", name="kalshi")
    assert found.load().pmi_provider() == pmi_provider()


PUBLIC = {
    Capability.STATUS,
    Capability.MARKETS,
    Capability.EVENTS,
    Capability.BOOKS,
    Capability.TRADES,
    Capability.CANDLES,
    Capability.MILESTONES,
    Capability.COMBOS,
}
ACCOUNT = {
    Capability.ACCOUNT,
    Capability.ORDERS,
    Capability.AMEND,
    Capability.BATCH,
    Capability.QUEUE,
    Capability.GROUPS,
    Capability.QUOTES,
    Capability.STREAM,
}


def test_public_data_needs_no_key_and_the_account_does():
    provider = pmi_provider()
    assert (provider.name, provider.settings) == ("kalshi", KalshiSettings)
    assert provider.keyed == ACCOUNT
    assert provider.capabilities == PUBLIC | ACCOUNT
    assert provider.gaps == {}


def test_what_is_left_out_is_said_with_its_reason():
    told = pmi_provider().left_out
    assert any("perpetuals" in what for what in told)
    assert any("FCM" in what for what in told)
    assert "safety" in next(why for what, why in told.items() if "API keys" in what)
    assert all(why.strip() for why in told.values())
