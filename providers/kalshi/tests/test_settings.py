"""What can be set, and what is refused with a sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from pmi_core.errors import SettingsError
from pmi_core.provider import OpenContext, WriteClass
from pmi_core.settings import load_config, read_settings
from pmi_core.settings.file import config_path, data_dir
from pmi_provider_kalshi.plugin import pmi_provider
from pmi_provider_kalshi.settings import Environment, KalshiSettings

OWN = "https://own.example/trade-api/v2"


def test_without_settings_the_real_exchange_is_read():
    found = KalshiSettings()
    assert found.environment is Environment.PROD
    assert found.base_url == "https://external-api.kalshi.com/trade-api/v2"
    assert (found.fee_step, found.balance_precision) == (Decimal("0.000001"), Decimal("0.0001"))


def test_the_demo_exchange_has_its_own_address():
    assert KalshiSettings(environment="demo").base_url == "https://external-api.demo.kalshi.co/trade-api/v2"


def test_an_address_of_ones_own():
    assert KalshiSettings(environment="custom", rest_url=OWN).base_url == OWN


def test_empty_is_not_set():
    assert KalshiSettings(environment="", rest_url=" ", timeout="") == KalshiSettings()


@pytest.mark.parametrize(
    "values, said",
    [
        ({"environment": "custom"}, "needs rest_url"),
        ({"environment": "demo", "rest_url": OWN}, 'needs environment = "custom"'),
        ({"environment": "live"}, "prod"),
        ({"timeout": 0}, "greater than 0"),
        ({"fee_step": 0.001}, "not an exact number"),
        ({"balance_precision": "0"}, "greater than 0"),
        ({"api_key": "x"}, "api_key"),
        ({"api_key_id": "x"}, "api_key_id needs private_key or private_key_path"),
        ({"private_key": "x"}, "a private key needs its api_key_id"),
        ({"subaccount": 3}, "subaccount needs a key"),
        ({"api_key_id": "x", "private_key": "y", "subaccount": 64}, "less than or equal to 63"),
        ({"api_key_id": "a b", "private_key": "y"}, "api_key_id"),
        ({"environment": "demo", "ws_url": "wss://own.example/ws"}, 'ws_url needs environment = "custom"'),
        ({"environment": "custom", "rest_url": OWN, "ws_url": "https://own.example"}, "wss://host/path"),
    ],
)
def test_what_makes_no_sense_is_refused(values, said):
    with pytest.raises(ValidationError, match=said):
        KalshiSettings.model_validate(values)


def test_environment_and_file_are_read(tmp_path):
    file = tmp_path / "pmi.toml"
    file.write_text('[venues.kalshi]\nenvironment = "demo"\ntimeout = 7.5\nbalance_precision = "0.01"\n')
    config = load_config(file, {"PMI_KALSHI_TIMEOUT": "9", "PMI_KALSHI_REST_URL": ""})
    found = read_settings(pmi_provider(), "kalshi", config)
    assert isinstance(found, KalshiSettings)
    assert (found.environment, found.timeout, found.balance_precision) == ("demo", 9.0, Decimal("0.01"))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "settings, kind",
    [
        ({"environment": "prod"}, WriteClass.REAL),
        ({"environment": "demo"}, WriteClass.DEMO),
        ({"environment": "custom", "rest_url": OWN}, WriteClass.REAL),
    ],
)
async def test_what_an_order_would_move_is_said(open_venue, settings, kind):
    async with await open_venue(**settings) as venue:
        assert (venue.info.write_class, venue.info.environment) == (kind, settings["environment"])


@pytest.mark.anyio
async def test_other_settings_are_refused():
    with pytest.raises(SettingsError, match="kalshi"):
        await pmi_provider().open(OpenContext(name="kalshi", settings=object()))


ADDRESSES = ["own.example", "ftp://x", "https://", "https://a@x/v2", "https://x/v2?a=1", "https://[x"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_none_is_refused_by_its_name(tmp_path, address):
    file = tmp_path / "pmi.toml"
    file.write_text(f'[venues.kalshi]\nenvironment = "custom"\nrest_url = "{address}"\n')
    with pytest.raises(SettingsError, match=r"rest_url.*https://host/path"):
        read_settings(pmi_provider(), "kalshi", load_config(file, {}))


def test_the_account_has_a_name_that_is_no_secret():
    plain = KalshiSettings(api_key_id="an-id", private_key="text")
    assert (plain.account, plain.has_key) == ("an-id", True)
    assert KalshiSettings(api_key_id="an-id", private_key="text", subaccount=3).account == "an-id/3"
    assert "text" not in repr(plain)
    assert KalshiSettings().account is None


def test_a_key_file_is_closed_to_others(tmp_path):
    path = tmp_path / "key.pem"
    path.write_text("text")
    path.chmod(0o644)
    with pytest.raises(ValidationError, match="chmod 600"):
        KalshiSettings(api_key_id="an-id", private_key_path=path)
    with pytest.raises(ValidationError, match="cannot be read"):
        KalshiSettings(api_key_id="an-id", private_key_path=tmp_path / "absent.pem")
    path.chmod(0o600)
    assert KalshiSettings(api_key_id="an-id", private_key_path=path).private_key_path == path
    with pytest.raises(ValidationError, match="not both"):
        KalshiSettings(api_key_id="an-id", private_key="text", private_key_path=path)


def test_live_updates_have_an_address_in_each_environment():
    assert KalshiSettings().stream_url == "wss://external-api-ws.kalshi.com/trade-api/ws/v2"
    assert (
        KalshiSettings(environment="demo").stream_url
        == "wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2"
    )
    assert KalshiSettings(environment="custom", rest_url=OWN).stream_url is None


def test_no_test_here_reads_what_its_developer_configured(nobodys_settings):
    assert config_path() == nobodys_settings / "pmi.toml"
    assert config_path().read_bytes() == b""
    assert data_dir() == nobodys_settings
