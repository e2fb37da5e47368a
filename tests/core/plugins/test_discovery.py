"""What is installed is listed from metadata; nothing is imported."""

from __future__ import annotations

import sys

import pytest

from pmi_core.plugins.discovery import Stage, installed_plugins


def test_plugins_are_listed_without_being_imported(install, found):
    module = install("coin", "raise RuntimeError('imported')", version="2.1")
    (plugin,) = found()
    assert (plugin.name, plugin.distribution, plugin.version) == ("coin", "pmi-provider-coin", "2.1")
    assert module not in sys.modules


def test_the_list_is_sorted(install):
    install("zebra")
    install("ant")
    names = [plugin.name for plugin in installed_plugins()]
    assert names == sorted(names)
    assert {"ant", "zebra"} <= set(names)


@pytest.mark.parametrize("second", ["1.0", "2.0"])
def test_two_plugins_of_one_name_are_both_broken_and_never_imported(install, load, second):
    modules = [install("coin"), install("coin", distribution="coin-for-pmi", version=second)]
    plugins = load()
    assert plugins.providers == {}
    assert {(one.distribution, one.stage) for one in plugins.broken} == {
        ("pmi-provider-coin", Stage.DUPLICATE),
        ("coin-for-pmi", Stage.DUPLICATE),
    }
    for one in plugins.broken:
        assert "pmi-provider-coin 1.0" in one.reason
        assert f"coin-for-pmi {second}" in one.reason
    assert not set(modules) & set(sys.modules)


def test_a_duplicate_is_resolved_by_leaving_one_distribution_out(install, load):
    install("coin")
    install("coin", distribution="coin-for-pmi")
    plugins = load(disabled={"coin-for-pmi"})
    assert list(plugins.providers) == ["coin"]
    assert plugins.broken == ()
    assert [one.distribution for one in plugins.disabled] == ["coin-for-pmi"]


def test_a_disabled_plugin_is_not_imported(install, load):
    module = install("coin", "raise RuntimeError('imported')")
    plugins = load(disabled={"coin"})
    assert (plugins.providers, plugins.broken) == ({}, ())
    assert module not in sys.modules
