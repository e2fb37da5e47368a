"""The contract on recorded answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from pmi_provider_coin.plugin import pmi_provider

from pmi_core import Provider
from pmi_core.testing.conformance import ProviderContract
from pmi_core.testing.recordings import Recordings


class TestCoin(ProviderContract):
    @pytest.fixture
    def provider(self) -> Provider:
        return pmi_provider()

    @pytest.fixture
    def recordings(self) -> Recordings:
        return Recordings.load(Path(__file__).parent / "recordings")
