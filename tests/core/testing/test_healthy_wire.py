"""The rules of bad networks on a small provider that speaks over the wire."""

from __future__ import annotations

import pytest
from healthy.wired import RECORDINGS, wired_provider

from pmi_core import Provider
from pmi_core.testing.conformance.failures import FailureRules
from pmi_core.testing.conformance.lost_writes import LostWriteRules
from pmi_core.testing.recordings import Recordings


class TestHealthyWire(FailureRules, LostWriteRules):
    @pytest.fixture
    def provider(self) -> Provider:
        return wired_provider()

    @pytest.fixture
    def recordings(self) -> Recordings:
        return RECORDINGS
