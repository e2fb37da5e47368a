"""What ``pmi doctor`` finds, and what its exit status says of it."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from pmi_core import Unreachable
from pmi_core.settings import ProviderSettings
from pmi_mcp.terminal.exits import Exit


def test_doctor_is_well_only_without_broken_plugins(pmi, world):
    assert pmi("doctor", worlds=[world]).status == Exit.OK
    told = pmi("doctor", "--json", worlds=[world], broken=["wreck"])
    assert told.status == Exit.NO
    assert [plugin["name"] for plugin in told.document["broken"]] == ["wreck"]
    assert told.document["ok"] is False


def test_doctor_warns_of_an_unreachable_venue_that_nobody_set_up(pmi, world):
    from pmi_mcp_doubles import World

    away = World(venue="beta")
    away.failure = Unreachable("no answer came")
    told = pmi("doctor", worlds=[world, away])
    assert told.status == Exit.OK
    assert "! beta cannot be reached: no answer came" in told.err
    assert "all is well" not in told.out
    assert "beta" in told.out.splitlines()[-1]
    document = pmi("doctor", "--json", worlds=[world, away]).document
    assert document["ok"] is True
    assert {row["venue"]: (row["state"], row["chosen"]) for row in document["venues"]} == {
        "alpha": ("ready", False),
        "beta": ("unreachable", False),
    }


@pytest.mark.parametrize(
    "told_of",
    [{"toml": "[venues.alpha]\n[venues.beta]\n"}, {"environ": {"PMI_BETA_API_KEY": "k"}}],
    ids=["in the file", "in the environment"],
)
def test_doctor_is_not_well_where_a_venue_that_was_set_up_is_unreachable(pmi, world, monkeypatch, told_of):
    import pmi_mcp_doubles

    class Keyed(ProviderSettings):
        api_key: SecretStr | None = None

    make = pmi_mcp_doubles.provider
    monkeypatch.setattr(pmi_mcp_doubles, "provider", lambda one: make(one, settings=Keyed))
    away = pmi_mcp_doubles.World(venue="beta")
    away.failure = Unreachable("no answer came")
    told = pmi("doctor", worlds=[world, away], **told_of)
    assert told.status == Exit.UNREACHABLE
    assert "! beta cannot be reached: no answer came" in told.err
    assert "attention" in told.out.splitlines()[-1]


def test_doctor_is_not_well_where_no_venue_at_all_can_be_reached(pmi, world):
    world.failure = Unreachable("no answer came")
    told = pmi("doctor", worlds=[world])
    assert told.status == Exit.UNREACHABLE
    assert "! alpha cannot be reached: no answer came" in told.err


def test_doctor_offline_opens_nothing(pmi, world):
    told = pmi("doctor", "--offline", "--json", worlds=[world])
    assert told.document["venues"] == []
    assert world.calls == []


def test_doctor_says_where_every_value_comes_from(pmi, world):
    told = pmi("doctor", "--json", worlds=[world], toml='mode = "read-only"\n[venues.alpha]\n')
    rows = {row["setting"]: row for row in told.document["settings"]}
    assert rows["mode"]["value"] == "read-only"
    assert "pmi.toml" in rows["mode"]["origin"]
    assert rows["policy.max_order"] == {
        "setting": "policy.max_order",
        "value": "not set",
        "origin": "default",
    }


def test_doctor_tells_a_whole_sentence_however_long(pmi, world):
    path = "/" + "a-long-folder/" * 30 + "key.pem"
    world.failure = Unreachable(f"the key in {path} is open to others", hint=f"run: chmod 600 {path}")
    told = pmi("doctor", worlds=[world])
    assert f"run: chmod 600 {path}" in told.out
