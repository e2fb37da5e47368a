"""Arguments above the environment above the file above defaults, each value with its origin."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from pmi_core.settings import OriginKind, load_config, read_settings

FILE = """
[venues.coin]
environment = "live"
api_secret = "from-the-file"
retries = 5
"""


def test_without_anything_defaults_stand(read):
    settings = read()
    assert settings.environment == "demo"
    assert {str(origin) for origin in settings.origins.values()} == {"default"}


def test_the_stronger_place_wins(read, tmp_path):
    settings = read(FILE, {"PMI_COIN_RETRIES": "7", "PMI_COIN_API_SECRET": "from-variable"}, retries=9)
    assert settings.retries == 9
    assert settings.api_secret.get_secret_value() == "from-variable"
    assert settings.environment == "live"
    assert {
        name: str(settings.origins[name]) for name in ("retries", "api_secret", "environment", "speed")
    } == {
        "retries": "argument",
        "api_secret": "environment variable PMI_COIN_API_SECRET",
        "environment": f"{tmp_path / 'pmi.toml'}, line 3 [venues.coin]",
        "speed": "default",
    }


def test_the_report_hides_secrets(read):
    shown = {one.name: one for one in read(FILE).report()}
    assert shown["api_secret"].value == "set"
    assert shown["private_key_path"].value == "not set"
    assert shown["environment"].value == "live"
    assert shown["api_secret"].origin.kind is OriginKind.FILE
    assert "from-the-file" not in str(shown)


def test_nothing_shows_a_secret(read, load):
    settings = read(FILE)
    config = load(FILE, {"PMI_COIN_API_SECRET": "from-variable"})
    for shown in (repr(settings), str(settings), repr(config), settings.model_dump_json()):
        assert "from-" not in shown


def test_settings_made_by_hand_know_their_origins(coin):
    settings = coin.settings(retries=4)
    assert settings.origins["retries"].kind is OriginKind.ARGUMENT
    assert settings.origins["speed"].kind is OriginKind.DEFAULT


def test_settings_are_frozen(read):
    with pytest.raises(ValueError, match="frozen"):
        read().retries = 1


@pytest.mark.parametrize("nothing", ["", "   ", "${PMI_SECRET}", "${user_config.key}", " ${x} "])
def test_empty_and_unfilled_values_are_not_set(read, nothing):
    text = f'[venues.coin]\nenvironment = "{nothing}"\n'
    settings = read(text, {"PMI_COIN_RETRIES": nothing, "PMI_COIN_API_SECRET": nothing})
    assert settings.retries == 3
    assert settings.environment == "demo"
    assert settings.api_secret is None
    assert {origin.kind for origin in settings.origins.values()} == {OriginKind.DEFAULT}


def test_an_unfilled_variable_leaves_the_file_standing(read):
    assert read(FILE, {"PMI_COIN_RETRIES": "${retries}"}).retries == 5


def test_numbers_are_read_exactly(read):
    text = "[venues.coin]\nstep = 0.1000000000000000055\nfactor = 1.5\n"
    settings = read(text)
    assert settings.step == Decimal("0.1000000000000000055")
    assert settings.factor == 1.5


@pytest.mark.parametrize("text", ["a,b", " a , b ,", '["a", "b"]'])
def test_lists_in_the_environment(read, text):
    assert read(environ={"PMI_COIN_ONLY_TAGS": text}).only_tags == ("a", "b")


def test_tables_in_the_environment_are_json(read):
    settings = read(environ={"PMI_COIN_WEIGHTS": json.dumps({"x": "0.1"})})
    assert settings.weights == {"x": Decimal("0.1")}
    assert read(environ={"PMI_COIN_WEIGHTS": '{"x": 0.10}'}).weights == {"x": Decimal("0.10")}


TWO = """
[venues.coin]
retries = 1

[venues.coin-live]
provider = "coin"
retries = 2
"""


def test_a_second_venue_of_one_provider_has_its_own_section_and_variables(read):
    environ = {"PMI_COIN_SPEED": "slow", "PMI_COIN_LIVE_SPEED": "fast", "PMI_COIN_LIVE_API_KEY_ID": "k"}
    first = read(TWO, environ)
    second = read(TWO, environ, venue="coin-live")
    assert (first.retries, first.speed, first.api_key_id) == (1, "slow", None)
    assert (second.retries, second.speed, second.api_key_id) == (2, "fast", "k")


def test_a_longer_provider_name_keeps_its_variables(read):
    environ = {"PMI_COIN_PERPS_RETRIES": "8", "PMI_COIN_RETRIES": "4"}
    assert read(environ=environ, beside=["coin", "coin-perps"]).retries == 4


def test_the_process_environment_is_read_when_none_is_given(monkeypatch, write, coin):
    monkeypatch.setenv("PMI_CONFIG", str(write("[venues.coin]\nretries = 6\n")))
    monkeypatch.setenv("PMI_COIN_SPEED", "fast")
    settings = read_settings(coin, "coin", load_config())
    assert (settings.retries, settings.speed) == (6, "fast")


def test_only_the_projects_variables_are_kept(load):
    assert load(environ={"PATH": "/bin", "PMI_MODE": "demo"}).environ == {"PMI_MODE": "demo"}
