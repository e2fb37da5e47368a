"""The whole contract on a venue that keeps every promise."""

from __future__ import annotations

from typing import Any

import pytest
from healthy.provider import healthy_provider

from pmi_core import Provider, Venue
from pmi_core.testing.conformance import ProviderContract


class TestHealthyVenue(ProviderContract):
    @pytest.fixture
    def provider(self) -> Provider:
        return healthy_provider()

    @pytest.fixture
    def cut(self, venue: Venue) -> Any:
        return venue.stream.cut
