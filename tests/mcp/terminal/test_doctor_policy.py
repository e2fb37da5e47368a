"""What ``pmi doctor`` says of the rules for orders."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from pmi_mcp.terminal.app import app

WAITS = "no order with real money passes: write"


@pytest.fixture
def doctor(tmp_path, monkeypatch):
    def run(text):
        config = tmp_path / "pmi.toml"
        config.write_text(text, encoding="utf-8")
        config.chmod(0o600)
        monkeypatch.setenv("PMI_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("PMI_CONFIG", str(config))
        return CliRunner().invoke(app, ["doctor", "--offline"])

    return run


@pytest.mark.parametrize(
    "text, missing",
    [
        ('mode = "live"\n', "max_order and max_day under [policy]"),
        ('mode = "live"\n[policy]\nmax_order = "5"\n', "write max_day under [policy]"),
        ('mode = "live"\n[policy]\nmax_order = "5"\nmax_day = "9"\n', ""),
        ('mode = "demo"\n', ""),
    ],
)
def test_what_real_money_waits_for_is_named(doctor, text, missing):
    told = doctor(text).stderr
    assert (WAITS in told) is bool(missing)
    assert missing in told


def test_who_may_approve_is_told_in_words(doctor):
    told = doctor('[policy.approve_with]\nlive = "passkey"\n').stdout
    (row,) = [line for line in told.splitlines() if line.startswith("policy.approve_with")]
    assert "live: passkey" in row
    assert "paper: elicitation, page, passkey, terminal, token" in row
