"""The contract, on answers written by hand in the venue's documented shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmi_core.testing.conformance import ProviderContract
from pmi_core.testing.recordings import Recordings
from pmi_provider_kalshi.plugin import pmi_provider


class TestKalshi(ProviderContract):
    @pytest.fixture
    def provider(self):
        return pmi_provider()

    @pytest.fixture
    def recordings(self):
        return Recordings.load(Path(__file__).parent / "recordings")
