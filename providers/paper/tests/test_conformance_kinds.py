"""The paper exchange keeps the contract as each of the other kinds of venue that it can be."""

from __future__ import annotations

import pytest

from pmi_core.testing.conformance.account import AccountRules
from pmi_core.testing.conformance.amend import AmendRules, QueueRules
from pmi_core.testing.conformance.batch import BatchRules
from pmi_core.testing.conformance.groups import GroupRules
from pmi_core.testing.conformance.orders import OrderRules
from pmi_core.testing.conformance.refusals import RefusalRules
from pmi_core.testing.conformance.stream import StreamRules
from pmi_core.testing.conformance.stream_delivery import StreamDeliveryRules
from pmi_core.testing.conformance.taking import TakingRules
from pmi_provider_paper.plugin import PROVIDER


class Trading(
    OrderRules,
    TakingRules,
    RefusalRules,
    AmendRules,
    QueueRules,
    BatchRules,
    GroupRules,
    AccountRules,
    StreamRules,
):
    """What depends on how orders are known, decided and filled."""

    @pytest.fixture
    def provider(self):
        return PROVIDER


class TestWithoutClientIds(Trading):
    @pytest.fixture
    def open_settings(self):
        return {"client_ids": False}


class TestDecidingLater(Trading):
    @pytest.fixture
    def open_settings(self):
        return {"acceptance": "asynchronous"}


class TestSettlingFillsLater(Trading):
    @pytest.fixture
    def open_settings(self):
        return {"fills": "delayed"}


class TestAllOfIt(Trading):
    @pytest.fixture
    def open_settings(self):
        return {"client_ids": False, "acceptance": "asynchronous", "fills": "delayed"}


class TestNeverResting(StreamRules, StreamDeliveryRules):
    """Updates come as fast as the test's clock can be moved."""

    @pytest.fixture
    def provider(self, monkeypatch):
        monkeypatch.setattr("pmi_provider_paper.stream._AT_LEAST", 0, raising=False)
        return PROVIDER
