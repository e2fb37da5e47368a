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

from pmi_core.testing.conformance.account import AccountRules
from pmi_core.testing.conformance.amend import AmendRules, QueueRules
from pmi_core.testing.conformance.batch import BatchRules
from pmi_core.testing.conformance.books import BookRules
from pmi_core.testing.conformance.candles import CandleRules
from pmi_core.testing.conformance.declaration import DeclarationRules
from pmi_core.testing.conformance.events import EventRules
from pmi_core.testing.conformance.failures import FailureRules
from pmi_core.testing.conformance.groups import GroupRules
from pmi_core.testing.conformance.listing import ListingRules
from pmi_core.testing.conformance.lost_writes import LostWriteRules
from pmi_core.testing.conformance.markets import MarketRules
from pmi_core.testing.conformance.orders import OrderRules
from pmi_core.testing.conformance.pricing import PricingRules
from pmi_core.testing.conformance.quotes import ComboRules, QuoteRules
from pmi_core.testing.conformance.refusals import RefusalRules
from pmi_core.testing.conformance.search import SearchRules
from pmi_core.testing.conformance.shape import ShapeRules
from pmi_core.testing.conformance.stage import Contract, rule_name
from pmi_core.testing.conformance.status import StatusRules
from pmi_core.testing.conformance.stream import StreamRules
from pmi_core.testing.conformance.stream_cuts import StreamCutRules
from pmi_core.testing.conformance.stream_delivery import StreamDeliveryRules
from pmi_core.testing.conformance.stream_ends import StreamEndRules
from pmi_core.testing.conformance.taking import TakingRules
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
    AccountRules,
    OrderRules,
    TakingRules,
    RefusalRules,
    AmendRules,
    QueueRules,
    BatchRules,
    GroupRules,
    QuoteRules,
    ComboRules,
    StreamRules,
    StreamDeliveryRules,
    StreamEndRules,
    StreamCutRules,
    FailureRules,
    LostWriteRules,
):
    """Every rule; subclass it in a provider's tests and override fixtures of :class:`Contract`."""


def rules() -> dict[str, str]:
    """Every rule by its stable name, with its sentence."""
    return {
        rule_name(name): inspect.getdoc(item) or ""
        for name, item in inspect.getmembers(ProviderContract, inspect.isfunction)
        if name.startswith("test_")
    }
