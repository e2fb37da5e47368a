"""The package is honest about what it has."""

from __future__ import annotations

from importlib.metadata import entry_points, version
from importlib.resources import files

import pmi_provider_polymarket


def test_carries_the_version_that_is_installed():
    assert pmi_provider_polymarket.__version__ == version("pmi-provider-polymarket")


def test_is_typed():
    assert files(pmi_provider_polymarket).joinpath("py.typed").is_file()


def test_declares_no_provider():
    declared = entry_points(group="pmi.providers")
    assert [entry for entry in declared if entry.value.startswith("pmi_provider_polymarket")] == []
