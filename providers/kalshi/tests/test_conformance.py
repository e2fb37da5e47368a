"""The contract, on answers written by hand in the venue's documented shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmi_core.testing.conformance import ProviderContract
from pmi_core.testing.conformance.account import AccountRules
from pmi_core.testing.conformance.declaration import DeclarationRules
from pmi_core.testing.conformance.lost_writes import LostWriteRules
from pmi_core.testing.conformance.shape import ShapeRules
from pmi_core.testing.recordings import Recordings
from pmi_provider_kalshi.plugin import pmi_provider


class TestKalshi(ProviderContract):
    """Without a key."""

    @pytest.fixture
    def provider(self):
        return pmi_provider()

    @pytest.fixture
    def recordings(self):
        return Recordings.load(Path(__file__).parent / "recordings")


class TestKalshiWithAKey(DeclarationRules, ShapeRules, AccountRules, LostWriteRules):
    """With one, as far as recorded answers go; what orders do is proved where a venue answers them."""

    @pytest.fixture
    def provider(self):
        return pmi_provider()

    @pytest.fixture
    def recordings(self):
        return Recordings.load(Path(__file__).parent / "recordings")

    @pytest.fixture
    def open_settings(self, recordings, ed25519_pem):
        return {**recordings.settings, "api_key_id": "a-key-id", "private_key": ed25519_pem}
