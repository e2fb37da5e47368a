"""Whether a venue has a key is known from its settings, whichever way the key is given."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from pmi_core.settings import ProviderSettings, SecretPath


class Keyed(ProviderSettings):
    key: SecretStr | None = None
    key_path: SecretPath | None = None
    retries: int = 3


class Open(ProviderSettings):
    retries: int = 3


class Needed(ProviderSettings):
    key_path: SecretPath


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "key.pem"
    path.touch(mode=0o600)
    return path


def test_a_key_is_a_secret_or_the_file_of_one(file):
    assert not Keyed(retries=5).may_have_key
    assert Keyed(key="long-enough").may_have_key
    assert Keyed(key_path=file).may_have_key
    assert Needed(key_path=file).may_have_key


def test_settings_without_a_place_for_a_key_do_not_tell():
    assert Open().may_have_key
