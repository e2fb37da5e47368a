"""A broken plugin is named with its stage and reason, and stops nobody else."""

from __future__ import annotations

import logging

import pytest

from pmi_core.plugins.discovery import Stage

HEAD = """
from pmi_core import Capability, Provider, hookimpl
from pmi_core.settings import ProviderSettings
from pydantic import BaseModel
async def open_it(context): ...
def make(**changes):
    given = dict(name="bad", title="Bad", settings=ProviderSettings, capabilities=frozenset(), open=open_it)
    return Provider(**{**given, **changes})
"""

BROKEN = {
    "raises at import": ("raise RuntimeError('no luck')", Stage.IMPORT, "RuntimeError: no luck"),
    "says nothing": ("raise RuntimeError", Stage.IMPORT, "RuntimeError"),
    "syntax": ("def pmi_provider(:\n", Stage.IMPORT, "line 1"),
    "ends the program": ("raise SystemExit(3)", Stage.IMPORT, "end the program"),
    "dependency": (
        "import no_such_library_at_all",
        Stage.IMPORT,
        "No module named 'no_such_library_at_all'; reinstall",
    ),
    "misspelt hook": (
        "from pmi_core import hookimpl\n@hookimpl\ndef pmi_provder(): ...\n",
        Stage.REGISTER,
        "pmi_provder",
    ),
    "wrong arguments": (
        "from pmi_core import hookimpl\n@hookimpl\ndef pmi_call_finished(recrod): ...\n",
        Stage.REGISTER,
        "recrod",
    ),
    "one right, one misspelt": (
        HEAD
        + "@hookimpl\ndef pmi_provider(): return make()\n@hookimpl\ndef pmi_call_finnished(record): ...\n",
        Stage.REGISTER,
        "pmi_call_finnished",
    ),
    "not marked": ("def pmi_provider(): ...\n", Stage.REGISTER, "@pmi_core.hookimpl"),
    "empty": ("", Stage.REGISTER, "implements no hook"),
    "raises when asked": (
        HEAD + "@hookimpl\ndef pmi_provider(): raise ValueError('not\\n today')\n",
        Stage.DESCRIBE,
        "ValueError: not today",
    ),
    "gives nothing": (HEAD + "@hookimpl\ndef pmi_provider(): return None\n", Stage.DESCRIBE, "not NoneType"),
    "gives text": (HEAD + "@hookimpl\ndef pmi_provider(): return 'bad'\n", Stage.DESCRIBE, "not str"),
    "other name": (
        HEAD + "@hookimpl\ndef pmi_provider(): return make(name='good')\n",
        Stage.DESCRIBE,
        "'good'",
    ),
    "plain settings": (
        HEAD + "@hookimpl\ndef pmi_provider(): return make(settings=BaseModel)\n",
        Stage.DESCRIBE,
        "ProviderSettings",
    ),
    "settings instance": (
        HEAD + "@hookimpl\ndef pmi_provider(): return make(settings=ProviderSettings())\n",
        Stage.DESCRIBE,
        "ProviderSettings",
    ),
    "reserved setting": (
        HEAD
        + "class S(ProviderSettings):\n    provider: str = ''\n"
        + "@hookimpl\ndef pmi_provider(): return make(settings=S)\n",
        Stage.DESCRIBE,
        "cannot be called provider",
    ),
    "unknown capability": (
        HEAD + "@hookimpl\ndef pmi_provider(): return make(capabilities=frozenset({'teleport'}))\n",
        Stage.DESCRIBE,
        "teleport",
    ),
    "keyed beyond capabilities": (
        HEAD + "@hookimpl\ndef pmi_provider(): return make(keyed=frozenset({Capability.ORDERS}))\n",
        Stage.DESCRIBE,
        "orders",
    ),
    "open is no function": (
        HEAD + "@hookimpl\ndef pmi_provider(): return make(open=None)\n",
        Stage.DESCRIBE,
        "async function",
    ),
}


@pytest.mark.parametrize("source, stage, said", BROKEN.values(), ids=list(BROKEN))
def test_it_is_reported_and_stops_nobody(install, load, caplog, source, stage, said):
    install("bad", source, version="0.3")
    install("coin")
    install("also")
    with caplog.at_level(logging.WARNING):
        plugins = load()
    assert sorted(plugins.providers) == ["also", "coin"]
    (broken,) = plugins.broken
    assert (broken.name, broken.distribution, broken.version) == ("bad", "pmi-provider-bad", "0.3")
    assert broken.stage is stage
    assert said in broken.reason
    assert "\n" not in broken.reason
    assert broken.error is not None
    assert caplog.messages == [f"plugin {broken}"]


def test_a_broken_plugin_hears_nothing(install, load):
    source = HEAD + "@hookimpl\ndef pmi_review_order(draft): return 'no'\n@hookimpl\ndef pmi_provder(): ...\n"
    install("bad", source)
    plugins = load()
    assert [one.stage for one in plugins.broken] == [Stage.REGISTER]
    assert plugins.review_order(object()) is None


def test_a_plugin_refused_for_its_arguments_hears_nothing(install, load):
    source = (
        HEAD
        + "@hookimpl\ndef pmi_review_order(draft): return 'no'\n@hookimpl\ndef pmi_call_finished(x): ...\n"
    )
    install("bad", source)
    plugins = load()
    assert [one.stage for one in plugins.broken] == [Stage.REGISTER]
    assert plugins.review_order(object()) is None


def test_an_entry_that_names_nothing(install, load):
    install("bad", target="no_such_module_at_all.plugin")
    assert [one.stage for one in load().broken] == [Stage.IMPORT]


def test_a_name_that_cannot_name_a_venue(install, load):
    source = HEAD + "@hookimpl\ndef pmi_provider(): return make(name='Bad Coin')\n"
    install("Bad Coin", source, distribution="pmi-provider-bad")
    (broken,) = load().broken
    assert broken.stage is Stage.DESCRIBE
    assert "cannot be a venue's name" in broken.reason


def test_an_interrupt_is_not_taken_for_a_broken_plugin(install, load):
    install("bad", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load()
