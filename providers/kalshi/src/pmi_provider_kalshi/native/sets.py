"""Everything that only this exchange has, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.native.block_trades import BlockTradeSet
from pmi_provider_kalshi.native.calendar import CalendarSet
from pmi_provider_kalshi.native.candles import CandleSet
from pmi_provider_kalshi.native.cash import CashSet
from pmi_provider_kalshi.native.filters import FilterSet
from pmi_provider_kalshi.native.forecasts import ForecastSet
from pmi_provider_kalshi.native.incentives import IncentiveSet
from pmi_provider_kalshi.native.keys import KeySet
from pmi_provider_kalshi.native.live_data import LiveDataSet
from pmi_provider_kalshi.native.milestones import MilestoneSet
from pmi_provider_kalshi.native.shards import ShardSet
from pmi_provider_kalshi.native.subaccounts import SubaccountSet
from pmi_provider_kalshi.native.targets import TargetSet

__all__ = ["Native"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Native:
    """One set of methods for each thing; those of the account need a key and say so without one."""

    live_data: LiveDataSet
    candles: CandleSet
    milestones: MilestoneSet
    targets: TargetSet
    incentives: IncentiveSet
    filters: FilterSet
    calendar: CalendarSet
    forecasts: ForecastSet
    block_trades: BlockTradeSet
    subaccounts: SubaccountSet
    shards: ShardSet
    cash: CashSet
    keys: KeySet

    @classmethod
    def over(cls, caller: Caller, key_id: str | None) -> Self:
        """Every set over one way to the venue."""
        return cls(
            live_data=LiveDataSet(caller),
            candles=CandleSet(caller),
            milestones=MilestoneSet(caller),
            targets=TargetSet(caller),
            incentives=IncentiveSet(caller),
            filters=FilterSet(caller),
            calendar=CalendarSet(caller),
            forecasts=ForecastSet(caller),
            block_trades=BlockTradeSet(caller),
            subaccounts=SubaccountSet(caller),
            shards=ShardSet(caller),
            cash=CashSet(caller),
            keys=KeySet(caller, key_id),
        )
