"""The plugins that are really installed, beside one that is broken."""

from __future__ import annotations

import importlib

import pytest

from pmi_core import MarketQuery, Registry, SettingsError, blocking, open_venue
from pmi_core.plugins.discovery import Stage

pytestmark = pytest.mark.anyio


@pytest.fixture
def environ(tmp_path):
    config = tmp_path / "pmi.toml"
    config.touch(mode=0o600)
    return {"PMI_CONFIG": str(config), "PMI_HOME": str(tmp_path / "home")}


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """A distribution whose plugin does not import."""
    metadata = tmp_path / "site" / "pmi_provider_broken-0.1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: pmi-provider-broken\nVersion: 0.1\n", "utf-8"
    )
    (metadata / "entry_points.txt").write_text("[pmi.providers]\nbroken = pmi_broken_plugin\n", "utf-8")
    (metadata.parent / "pmi_broken_plugin.py").write_text("import no_such_library_at_all\n", "utf-8")
    monkeypatch.syspath_prepend(metadata.parent)
    importlib.invalidate_caches()


def test_a_broken_plugin_changes_nothing_for_the_others(request, environ):
    before = Registry.load(environ=environ)
    request.getfixturevalue("broken")
    after = Registry.load(environ=environ)
    assert before.providers
    assert after.providers.keys() == before.providers.keys()
    assert after.venue_names == before.venue_names
    (named,) = [one for one in after.broken if one not in before.broken and one.name == "broken"]
    assert (named.distribution, named.stage) == ("pmi-provider-broken", Stage.IMPORT)
    assert "no_such_library_at_all" in named.reason


def test_what_is_installed_works(environ):
    registry = Registry.load(environ=environ)
    assert registry.broken == ()
    assert {plugin.name for plugin in registry.plugins} == set(registry.providers)


def test_settings_of_what_is_installed_are_complete_or_say_what_is_missing(environ):
    registry = Registry.load(environ=environ)
    for name in registry.venue_names:
        settings = registry.settings_of(name)
        assert {setting.origin.kind.value for setting in settings.report()} <= {"default"}
        with pytest.raises(SettingsError, match=f"venue '{name}' has no setting 'surprise'"):
            registry.settings_of(name, {"surprise": 1})


async def test_awaited_or_not_a_venue_says_the_same(environ, monkeypatch):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    query = MarketQuery(limit=5)
    async with open_venue("paper", live=False) as venue:
        awaited = await venue.markets.list_markets(query)
    with blocking.open_venue("paper", live=False) as venue:
        waited = venue.markets.list_markets(query)
    assert [market.ref for market in waited.items] == [market.ref for market in awaited.items]
    assert len(awaited.items) == 5
