"""Core's sockets, books and delivery keep the contract over a real socket, when it is cut as well."""

from __future__ import annotations

from typing import Any

import pytest
from healthy.provider import healthy_provider
from healthy.socketed import over_a_socket

from pmi_core import Provider, Venue
from pmi_core.testing.conformance.stream import StreamRules
from pmi_core.testing.conformance.stream_cuts import StreamCutRules
from pmi_core.testing.conformance.stream_delivery import StreamDeliveryRules
from pmi_core.testing.conformance.stream_ends import StreamEndRules


class TestOverASocket(StreamRules, StreamDeliveryRules, StreamEndRules, StreamCutRules):
    @pytest.fixture
    def provider(self) -> Provider:
        return healthy_provider(over_a_socket)

    @pytest.fixture
    def cut(self, venue: Venue) -> Any:
        return venue.stream.cut
