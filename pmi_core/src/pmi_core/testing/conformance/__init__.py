"""The contract: what every provider keeps, one class of rules per capability.

In a provider's tests::

    class TestCoin(ProviderContract):
        @pytest.fixture
        def provider(self):
            return coin_provider()

Against anything installed: ``pytest --pyargs pmi_core.testing.conformance --pmi-provider coin``.
"""

from __future__ import annotations

import inspect

from pmi_core.testing.conformance.books import BookRules
from pmi_core.testing.conformance.candles import CandleRules
from pmi_core.testing.conformance.declaration import DeclarationRules
from pmi_core.testing.conformance.events import EventRules
from pmi_core.testing.conformance.listing import ListingRules
from pmi_core.testing.conformance.markets import MarketRules
from pmi_core.testing.conformance.pricing import PricingRules
from pmi_core.testing.conformance.search import SearchRules
from pmi_core.testing.conformance.shape import ShapeRules
from pmi_core.testing.conformance.stage import Contract, rule_name
from pmi_core.testing.conformance.status import StatusRules
from pmi_core.testing.conformance.trades import MilestoneRules, TradeRules

__all__ = ["Contract", "ProviderContract", "rules"]


class ProviderContract(
    DeclarationRules,
    ShapeRules,
    StatusRules,
    MarketRules,
    ListingRules,
    EventRules,
    SearchRules,
    BookRules,
    PricingRules,
    TradeRules,
    CandleRules,
    MilestoneRules,
):
    """Every rule; subclass it in a provider's tests and override fixtures of :class:`Contract`."""


def rules() -> dict[str, str]:
    """Every rule by its stable name, with its sentence."""
    return {
        rule_name(name): inspect.getdoc(item) or ""
        for name, item in inspect.getmembers(ProviderContract, inspect.isfunction)
        if name.startswith("test_")
    }
