"""The file itself: where it is, what it may say, and how a broken one is reported."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from pmi_core import SettingsError
from pmi_core.settings import (
    Mode,
    SettingsModel,
    config_path,
    data_dir,
    load_config,
    read_section,
)


def refusal(function, *args):
    with pytest.raises(SettingsError) as caught:
        function(*args)
    return str(caught.value)


def test_without_anything_the_mode_is_paper(load):
    config = load()
    assert config.mode is Mode.PAPER
    assert config.venues == {}
    assert config.policy.max_order is None
    assert config.plugins.disabled == frozenset()
    assert not config.plugins.strict


def test_a_whole_file(load, tmp_path):
    text = """
mode = "demo"

[venues.paper]
[venues.coin-live]
provider = "coin"

[policy]
max_order = "50.10"
max_day = 200.5

[plugins]
disabled = ["other"]
strict = true
"""
    config = load(text)
    assert config.mode is Mode.DEMO
    assert {name: venue.provider for name, venue in config.venues.items()} == {
        "paper": "paper",
        "coin-live": "coin",
    }
    assert str(config.policy.max_order) == "50.10"
    assert config.policy.max_day == Decimal("200.5")
    assert config.plugins.disabled == {"other"}
    assert config.plugins.strict
    assert str(config.origins["mode"]) == f"{tmp_path / 'pmi.toml'}, line 2"
    assert str(config.origins["policy.max_day"]) == f"{tmp_path / 'pmi.toml'}, line 10 [policy]"


def test_variables_stand_above_the_file(load):
    environ = {"PMI_MODE": "read-only", "PMI_POLICY_MAX_ORDER": "7", "PMI_PLUGINS_DISABLED": "a,b"}
    config = load('mode = "live"\n[policy]\nmax_order = 50\n', environ)
    assert config.mode is Mode.READ_ONLY
    assert config.policy.max_order == 7
    assert config.plugins.disabled == {"a", "b"}
    assert str(config.origins["mode"]) == "environment variable PMI_MODE"


@pytest.mark.parametrize(
    "text, said",
    [
        ('mode = "real"', "'read-only', 'paper', 'demo' or 'live'"),
        ('moed = "live"', "did you mean mode?"),
        ("[polcy]\nmax_order = 1", "did you mean policy?"),
        ("[policy]\nmax_ordr = 1", "did you mean max_order?"),
        ("[policy]\nmax_order = 0", "greater than 0"),
        ("[policy]\nmax_order = -1", "greater than 0"),
        ("[policy]\nmax_order = inf", "finite"),
        ("[policy]\nmax_order = nan", "finite"),
        ("[policy]\nmax_order = true", "exact number"),
        ('[policy]\nmax_order = "lots"', "not a decimal number"),
        ("[plugins]\nstrict = 7", "boolean"),
        ("[plugins]\ndisabled = 7", "disabled"),
        ("policy = 3", "write a heading [policy]"),
        ("venues = 3", "write a heading [venues]"),
        ("[venues]\ncoin = 3", "write a heading [venues.coin]"),
        ("[venues.Coin]", "cannot be a venue's name"),
        ('[venues."a b"]', "cannot be a venue's name"),
        ("[venues.policy]", "another meaning"),
        ("[venues.coin]\nprovider = 3", "provider is the name of a plugin"),
        ('[venues.coin]\nprovider = ""', "provider is the name of a plugin"),
        ("[venues.a-b]\n[venues.a_b]", "share the environment variables PMI_A_B_"),
    ],
)
def test_what_the_file_may_not_say(load, tmp_path, text, said):
    message = refusal(load, text)
    assert said in message
    assert str(tmp_path / "pmi.toml") in message


def test_an_unknown_variable_of_a_section_is_an_error(load):
    assert "did you mean PMI_POLICY_MAX_ORDER?" in refusal(load, "", {"PMI_POLICY_MAX_ODER": "5"})


def test_a_venue_may_be_called_like_a_longer_section(load):
    load("[venues.policy-two]\n", {"PMI_POLICY_TWO_RETRIES": "5"})


def test_variables_of_other_programs_are_left_alone(load):
    load(environ={"PMI_SAMPLES": "/somewhere"})


@pytest.mark.parametrize(
    "text, line",
    [('mode = "demo\n', 1), ("\n[venues.coin]\nretries 4\n", 3), ("[a]\n[a]\n", 2), ("a = 1\na = 2\n", 2)],
)
def test_malformed_toml_names_file_and_line(load, tmp_path, text, line):
    message = refusal(load, text)
    assert message.startswith(f"{tmp_path / 'pmi.toml'}, line {line}, column ")
    assert "not valid TOML" in message


def test_a_file_that_ends_in_the_middle(load):
    assert "not valid TOML" in refusal(load, '[venues.coin]\ntags = ["a",')


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "pmi.toml"
    path.write_bytes(b'mode = "demo"\nname = "\xff"\n')
    assert f"{path}, line 2: the file is not UTF-8" in refusal(load_config, path, {})


def test_a_named_file_must_exist(tmp_path):
    absent = tmp_path / "absent.toml"
    assert "as an argument, does not exist" in refusal(load_config, absent, {})
    assert "by PMI_CONFIG, does not exist" in refusal(load_config, None, {"PMI_CONFIG": str(absent)})


def test_a_folder_is_no_file(tmp_path):
    assert "cannot be read" in refusal(load_config, tmp_path, {})


def test_an_unreadable_file(write, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    path = write("")
    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    message = refusal(load_config, path, {})
    assert "Permission denied" in message
    assert "make it readable" in message


def test_the_usual_file_may_be_absent(tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_config_path", lambda *names, **options: tmp_path / "pmi")
    config = load_config(environ={})
    assert not config.file.exists
    assert config.file.path == tmp_path / "pmi" / "pmi.toml"


def test_where_things_are(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config_path({"PMI_CONFIG": "~/mine.toml"}) == tmp_path / "mine.toml"
    assert data_dir({"PMI_HOME": "~/data"}) == tmp_path / "data"
    assert data_dir({"PMI_HOME": "data"}) == Path.cwd() / "data"
    assert config_path({}).name == "pmi.toml"
    assert data_dir({}).name == "pmi"
    assert data_dir({"PMI_HOME": "${home}"}) == data_dir({})


def test_a_null_file_is_no_configuration():
    config = load_config(environ={"PMI_CONFIG": os.devnull, "PMI_MODE": "demo"})
    assert config.mode is Mode.DEMO


class Front(SettingsModel):
    port: int = 8000
    host: str = "localhost"


def test_a_room_reads_its_own_section(load):
    front = read_section("mcp", Front, load("[mcp]\nport = 1\n", {"PMI_MCP_HOST": "there"}), {"port": 3})
    assert (front.port, front.host) == (3, "there")
    with pytest.raises(SettingsError, match="did you mean port"):
        read_section("mcp", Front, load("[mcp]\nprot = 1\n"))
    with pytest.raises(SettingsError, match="write a heading"):
        read_section("mcp", Front, load("mcp = 1\n"))
