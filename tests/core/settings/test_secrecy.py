"""Files with secrets in them are closed to others, or refused with the command that closes them."""

from __future__ import annotations

import os
import stat

import pytest

from pmi_core import SettingsError
from pmi_core.settings import SettingsModel, UserPath, private_folder, read_section

pytestmark = pytest.mark.skipif(os.name != "posix", reason="files have no mode bits here")

SECRET = '[venues.coin]\napi_secret = "long-enough"\n'


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_with_a_secret_that_others_can_read_is_refused(read, tmp_path, mode):
    with pytest.raises(SettingsError) as caught:
        read(SECRET, mode=mode)
    assert f"chmod 600 {tmp_path / 'pmi.toml'}" in str(caught.value)
    assert "long-enough" not in str(caught.value)


def test_the_secret_is_refused_also_where_a_variable_overrides_it(read):
    with pytest.raises(SettingsError, match="chmod 600"):
        read(SECRET, {"PMI_COIN_API_SECRET": "another-secret"}, mode=0o644)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_closed_file_is_read(read, mode):
    assert read(SECRET, mode=mode).api_secret.get_secret_value() == "long-enough"


def test_a_file_without_secrets_may_be_open(read):
    text = '[venues.coin]\nretries = 2\napi_secret = "${SECRET}"\n'
    assert read(text, mode=0o644).retries == 2


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "my key.pem"
    path.write_text("key", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_key_file_is_named_by_any_kind_of_path(read, key, monkeypatch):
    assert read(private_key_path=key).private_key_path == key
    monkeypatch.setenv("HOME", str(key.parent))
    assert read(environ={"PMI_COIN_PRIVATE_KEY_PATH": "~/my key.pem"}).private_key_path == key


def test_a_relative_path_in_the_file_starts_at_the_file(read, key, monkeypatch):
    monkeypatch.chdir("/")
    text = '[venues.coin]\nprivate_key_path = "my key.pem"\n'
    assert read(text).private_key_path == key


def test_a_relative_path_elsewhere_starts_here(read, key, monkeypatch):
    monkeypatch.chdir(key.parent)
    read(environ={"PMI_COIN_PRIVATE_KEY_PATH": key.name})
    read(private_key_path=key.name)


def test_a_plain_path_is_understood_alike_and_need_not_be_there(monkeypatch, tmp_path, load):
    class Room(SettingsModel):
        folder: UserPath | None = None

    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert Room(folder="~/a").folder == tmp_path / "me" / "a"
    assert read_section("mcp", Room, load('[mcp]\nfolder = "b"\n')).folder == tmp_path / "b"
    with pytest.raises(ValueError, match="path"):
        Room(folder=3)


def test_an_open_key_file_is_refused(read, key):
    key.chmod(0o644)
    with pytest.raises(SettingsError) as caught:
        read(private_key_path=key)
    assert f"chmod 600 '{key}'" in str(caught.value)
    assert "argument" in str(caught.value)


@pytest.mark.parametrize("name", ["absent.pem", "."])
def test_a_key_file_that_cannot_be_read_is_refused(read, tmp_path, name):
    (tmp_path / "folder").mkdir(mode=0o700)
    with pytest.raises(SettingsError, match="cannot be read"):
        read(private_key_path=tmp_path / "folder" / name)


def test_private_folders_are_closed_with_their_parents(tmp_path):
    old = os.umask(0)
    try:
        made = private_folder(tmp_path / "a" / "b")
    finally:
        os.umask(old)
    for folder in (made, made.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert private_folder(made) == made
