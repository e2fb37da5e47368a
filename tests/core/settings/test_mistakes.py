"""What is wrong is said with its place, the way to set it, and never a secret's value."""

from __future__ import annotations

import traceback

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from pmi_core import SettingsError
from pmi_core.settings import read_settings


def refusal(read, *args, **kwargs):
    with pytest.raises(SettingsError) as caught:
        read(*args, **kwargs)
    return caught.value


def test_an_unknown_key_names_the_nearest_and_its_line(read, tmp_path):
    error = refusal(read, '# mine\n[venues.coin]\nretries = 1\nenviroment = "demo"\n')
    assert f"{tmp_path / 'pmi.toml'}, line 4 [venues.coin]" in str(error)
    assert "'enviroment'" in error.message
    assert error.hint == "did you mean environment?"


def test_dashes_are_recognised(read):
    assert refusal(read, '[venues.coin]\napi-key-id = "a"\n').hint == "did you mean api_key_id?"


def test_a_key_like_nothing_lists_what_is_known(read):
    error = refusal(read, "[venues.coin]\nzzzzzz = 1\n")
    assert "api_key_id" in error.hint
    assert "retries" in error.hint


def test_an_unknown_variable_names_the_nearest(read):
    error = refusal(read, environ={"PMI_COIN_API_KEYID": "secret-value"})
    assert "PMI_COIN_API_KEYID" in error.message
    assert error.hint == "did you mean PMI_COIN_API_KEY_ID?"
    assert "secret-value" not in str(error)


def test_an_unknown_argument_names_the_nearest(read):
    error = refusal(read, enviroment="demo")
    assert str(error) == "venue 'coin' has no setting 'enviroment'; did you mean environment?"


def test_a_wrong_value_says_where_it_stands_and_where_it_may_be_set(read, tmp_path):
    error = refusal(read, '[venues.coin]\nenvironment = "prod"\n')
    path = tmp_path / "pmi.toml"
    assert error.message.startswith("venue 'coin': environment (from ")
    assert f"{path}, line 2 [venues.coin]" in error.message
    assert "'demo' or 'live'" in error.message
    assert error.hint == (
        f"set environment in [venues.coin] of {path} or PMI_COIN_ENVIRONMENT or the argument environment=, "
        'for example environment = "demo"'
    )


def test_a_wrong_value_in_the_environment_names_the_variable(read):
    error = refusal(read, environ={"PMI_COIN_RETRIES": "many"})
    assert "retries (from environment variable PMI_COIN_RETRIES)" in error.message
    assert "for example retries = 10" in error.hint


def test_missing_values_are_named_together(read, needy):
    error = refusal(read, venue="needy", provider=needy)
    assert error.message == "venue 'needy': endpoint is missing; account is missing"
    assert "PMI_NEEDY_ENDPOINT" in error.hint
    assert 'for example account = "A-17"' in error.hint


def test_an_empty_value_of_a_needed_setting_is_missing(read, needy):
    environ = {"PMI_NEEDY_ENDPOINT": "${endpoint}", "PMI_NEEDY_ACCOUNT": "a"}
    assert refusal(read, venue="needy", provider=needy, environ=environ).message == (
        "venue 'needy': endpoint is missing"
    )


def test_rules_across_settings_are_said(read):
    assert refusal(read, environment="live").message == "venue 'coin': environment live needs api_secret"


@pytest.mark.parametrize("environ", [{"PMI_COIN_WEIGHTS": "{oops"}, {"PMI_COIN_ONLY_TAGS": "[oops"}])
def test_bad_json_in_a_variable(read, environ):
    error = refusal(read, environ=environ)
    assert "is not JSON" in error.message
    assert next(iter(environ)) in error.message


def everything_said(error):
    return "".join(traceback.format_exception(error)) + repr(error.details()) + repr(error.__context__)


@pytest.mark.parametrize(
    "environ",
    [
        {"PMI_COIN_API_SECRET": "Xq7"},
        {"PMI_COIN_API_SECRET": "Xq7Xq7Xq7Xq7", "PMI_COIN_RETRIES": "13"},
        {"PMI_COIN_API_SECRET": "Xq7Xq7Xq7Xq7", "PMI_COIN_RETRIES": "many"},
        {"PMI_COIN_API_SECRET": "Xq7Xq7Xq7Xq7", "PMI_COIN_ENVIRONMENT": "prod"},
    ],
    ids=["validator echoes it", "model validator echoes it", "another is wrong", "a choice is wrong"],
)
def test_no_error_shows_a_secret(read, environ):
    error = refusal(read, environ=environ)
    assert "Xq7" not in everything_said(error)
    assert error.__context__ is None


def test_an_argument_that_is_no_text_is_not_shown_either(read):
    error = refusal(read, api_secret=["Xq7Xq7"])
    assert "Xq7" not in everything_said(error)


def test_pydantic_itself_hides_inputs(coin):
    with pytest.raises(ValidationError) as caught:
        coin.settings(api_secret=SecretStr("long enough"), retries="Xq7")
    assert "Xq7" not in str(caught.value)


def test_a_message_that_repeats_a_secret_is_withheld(read):
    settings = read(api_secret="Xq7-Zw2-Kp9")
    assert settings.conceal("bad signature") == "bad signature"
    assert "Zw2" not in settings.conceal("cannot use key Xq7-Zw2...")


def test_the_model_must_be_a_settings_model(load, coin):
    class Plain(BaseModel):
        retries: int = 3

    import dataclasses

    other = dataclasses.replace(coin, settings=Plain)
    with pytest.raises(SettingsError, match="ProviderSettings"):
        read_settings(other, "coin", load())
