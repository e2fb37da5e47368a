"""Throw-away distributions: a module and its metadata in a folder that is put on the path."""

from __future__ import annotations

import importlib
import sys
from itertools import count

import pytest

from pmi_core import Registry
from pmi_core.plugins.discovery import installed_plugins
from pmi_core.plugins.loading import load_plugins
from pmi_core.settings import load_config

PLUGIN = """
from pmi_core import Capability, Provider, Venue, VenueInfo, WriteClass, hookimpl
from pmi_core.settings import ProviderSettings

class Settings(ProviderSettings):
    {fields}

events = []

async def open_it(context):
    events.append(("open", context.name, context.settings, context.data_dir))
    async def resolve(text):
        return None
    async def close():
        events.append(("close", context.name))
    return Venue(
        info=VenueInfo(name=context.name, provider="{name}", title="{name}", environment="test",
                       write_class=WriteClass.SIMULATED),
        resolver=resolve,
        closer=close,
    )

@hookimpl
def pmi_provider():
    return Provider(name="{name}", title="{name}", settings=Settings, capabilities=frozenset(), open=open_it)
"""

_numbers = count()


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a plugin for the length of a test; gives the name of its module."""

    def install(
        name, source=None, *, fields="retries: int = 3", distribution=None, version="1.0", target=None
    ):
        number = next(_numbers)
        module = f"pmi_thrown_away_{number}"
        folder = tmp_path / f"site-{number}"
        distribution = distribution or f"pmi-provider-{name}"
        metadata = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        metadata.mkdir(parents=True)
        text = PLUGIN.format(name=name, fields=fields) if source is None else source
        (folder / f"{module}.py").write_text(text, encoding="utf-8")
        (metadata / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", encoding="utf-8"
        )
        (metadata / "entry_points.txt").write_text(
            f"[pmi.providers]\n{name} = {target or module}\n", encoding="utf-8"
        )
        monkeypatch.syspath_prepend(folder)
        importlib.invalidate_caches()
        installed.append(distribution)
        return module

    installed: list[str] = []
    install.distributions = installed
    yield install
    for module in [name for name in sys.modules if name.startswith("pmi_thrown_away_")]:
        del sys.modules[module]


@pytest.fixture
def found(install):
    """The installed plugins that this test installed."""
    return lambda: [one for one in installed_plugins() if one.distribution in install.distributions]


@pytest.fixture
def load(found):
    """Load what this test installed."""
    return lambda disabled=(): load_plugins(found(), disabled)


@pytest.fixture
def registry(load, tmp_path):
    """A registry of what this test installed, with a configuration file of this text."""

    def registry(text="", environ=None):
        path = tmp_path / "pmi.toml"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        config = load_config(path, {"PMI_HOME": str(tmp_path / "home"), **(environ or {})})
        return Registry(config, load(config.plugins.disabled))

    return registry
