"""The paper exchange keeps the whole contract, live."""

from __future__ import annotations

import pytest

from pmi_core.testing.conformance import ProviderContract
from pmi_provider_paper.plugin import PROVIDER


class TestPaper(ProviderContract):
    @pytest.fixture
    def provider(self):
        return PROVIDER
