"""Gives the contract, run against the installed package, the recorded answers beside it."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    if config.option.pmi_provider == "coin" and config.option.pmi_recordings is None:
        config.option.pmi_recordings = str(Path(__file__).parent / "recordings")
