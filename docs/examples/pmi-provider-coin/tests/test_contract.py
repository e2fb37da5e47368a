"""The contract on recorded answers."""

from __future__ import annotations

import pytest
from pmi_provider_coin.plugin import pmi_provider

from pmi_core import Provider
from pmi_core.testing.conformance import ProviderContract


class TestCoin(ProviderContract):
    @pytest.fixture
    def provider(self) -> Provider:
        return pmi_provider()
