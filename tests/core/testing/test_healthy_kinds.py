"""What depends on how orders are known and decided, on healthy venues of every kind."""

from __future__ import annotations

from typing import Any

import pytest
from healthy.kinds import deciding_later, never_resting, with_computed_refs, without_client_ids
from healthy.provider import healthy_provider

from pmi_core import Provider, Venue
from pmi_core.testing.conformance.account import AccountRules
from pmi_core.testing.conformance.amend import AmendRules, QueueRules
from pmi_core.testing.conformance.batch import BatchRules
from pmi_core.testing.conformance.groups import GroupRules
from pmi_core.testing.conformance.orders import OrderRules
from pmi_core.testing.conformance.refusals import RefusalRules
from pmi_core.testing.conformance.stream import StreamRules
from pmi_core.testing.conformance.stream_cuts import StreamCutRules
from pmi_core.testing.conformance.stream_delivery import StreamDeliveryRules
from pmi_core.testing.conformance.stream_ends import StreamEndRules
from pmi_core.testing.conformance.taking import TakingRules


class Trading(
    OrderRules, TakingRules, RefusalRules, AmendRules, QueueRules, BatchRules, GroupRules, AccountRules
):
    """Every rule that places an order and reads it again."""


class TestWithoutClientIds(Trading, StreamRules):
    @pytest.fixture
    def provider(self) -> Provider:
        return healthy_provider(without_client_ids)


class TestWithComputedRefs(Trading, StreamRules):
    @pytest.fixture
    def provider(self) -> Provider:
        return healthy_provider(with_computed_refs)


class TestDecidingLater(Trading, StreamRules, StreamDeliveryRules):
    @pytest.fixture
    def provider(self) -> Provider:
        return healthy_provider(deciding_later)


class TestNeverResting(StreamRules, StreamDeliveryRules, StreamEndRules, StreamCutRules):
    @pytest.fixture
    def provider(self) -> Provider:
        return healthy_provider(never_resting)

    @pytest.fixture
    def cut(self, venue: Venue) -> Any:
        return venue.stream.cut
