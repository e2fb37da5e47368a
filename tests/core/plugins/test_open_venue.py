"""One venue for a program, awaited or not."""

from __future__ import annotations

import sys

import pytest

import pmi_core as pmi
from pmi_core import blocking

pytestmark = pytest.mark.anyio


@pytest.fixture
def home(tmp_path, monkeypatch):
    path = tmp_path / "pmi.toml"
    path.write_text('[venues.mine]\nprovider = "coin"\nretries = 6\n', encoding="utf-8")
    monkeypatch.setenv("PMI_CONFIG", str(path))
    monkeypatch.setenv("PMI_HOME", str(tmp_path / "home"))
    return path


async def test_by_configured_name_or_by_provider(install, home):
    module = install("coin")
    async with pmi.open_venue("mine") as venue:
        assert venue.name == "mine"
    async with pmi.open_venue("coin", retries=9) as venue:
        assert venue.name == "coin"
    events = sys.modules[module].events
    assert [event[:2] for event in events] == [
        ("open", "mine"),
        ("close", "mine"),
        ("open", "coin"),
        ("close", "coin"),
    ]
    assert [event[2].retries for event in events if event[0] == "open"] == [6, 9]


async def test_the_venue_is_closed_after_an_error(install, home):
    module = install("coin")
    with pytest.raises(KeyError):
        async with pmi.open_venue("coin"):
            raise KeyError
    assert sys.modules[module].events[-1] == ("close", "coin")


@pytest.mark.parametrize(
    "name, settings, error, said",
    [
        ("coin", {"retris": 1}, pmi.SettingsError, "did you mean retries?"),
        ("coin", {"retries": "many"}, pmi.SettingsError, "the argument retries="),
        ("cion", {}, pmi.ProviderMissing, "installed are .*did you mean 'coin'"),
        ("mien", {}, pmi.ProviderMissing, "did you mean 'mine'"),
    ],
)
async def test_mistakes_are_explained(install, home, name, settings, error, said):
    install("coin")
    with pytest.raises(error, match=said):
        async with pmi.open_venue(name, **settings):
            raise AssertionError("opened")
    with pytest.raises(error, match=said):
        blocking.open_venue(name, **settings)


def test_without_await(install, home):
    module = install("coin")
    with blocking.open_venue("mine", retries=2) as venue:
        assert venue.name == "mine"
    assert [event[0] for event in sys.modules[module].events] == ["open", "close"]
