"""The series of the sandbox, one for each kind of price structure, fee and shard."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from pmi_provider_kalshi.sandbox.scenario.plans import SeriesPlan

__all__ = ["ALL", "BTC_15M", "BTC_DAY", "COMBO", "FED", "HEAT", "NBA", "PRESIDENT", "SHARDS", "SHOW"]

SHARDS: Final = ((0, "Default"), (1, "Combos"), (2, "Crypto and Commodities"), (3, "Sports"))
"""Numbers and names of the exchange's parts, each with its own money."""

FED: Final = SeriesPlan(
    ticker="KXFED",
    title="Fed funds rate",
    category="Economics",
    tags=("Fed", "Interest rates"),
    frequency="custom",
    sources=(("Federal Reserve", "https://www.federalreserve.gov"),),
)
PRESIDENT: Final = SeriesPlan(
    ticker="KXPRESPERSON",
    title="Next presidential election winner",
    category="Elections",
    tags=("US Elections",),
    frequency="one_off",
    structure="tapered_deci_cent",
    sources=(("Congress", "https://www.congress.gov"),),
)
HEAT: Final = SeriesPlan(
    ticker="KXHIGHNY",
    title="Highest temperature in NYC",
    category="Climate and Weather",
    tags=("Daily temperature",),
    frequency="daily",
    timer=timedelta(minutes=5),
    sources=(("National Weather Service", "https://www.weather.gov"),),
)
SHOW: Final = SeriesPlan(
    ticker="KXTOPSHOW",
    title="Top streaming show of the week",
    category="Entertainment",
    tags=("Television",),
    frequency="weekly",
    multiplier=Decimal(0),
)
BTC_DAY: Final = SeriesPlan(
    ticker="KXBTCD",
    title="Bitcoin price at the end of the day",
    category="Crypto",
    tags=("BTC",),
    frequency="daily",
    shard=2,
    structure="deci_cent",
    timer=timedelta(minutes=1),
    sources=(("CF Benchmarks", "https://www.cfbenchmarks.com"),),
)
BTC_15M: Final = SeriesPlan(
    ticker="KXBTC15M",
    title="Bitcoin up or down in 15 minutes",
    category="Crypto",
    tags=("BTC", "15 min"),
    frequency="fifteen_min",
    shard=2,
    timer=timedelta(seconds=30),
    sources=(("CF Benchmarks", "https://www.cfbenchmarks.com"),),
)
NBA: Final = SeriesPlan(
    ticker="KXNBAGAME",
    title="Professional basketball game",
    category="Sports",
    tags=("Basketball",),
    frequency="custom",
    shard=3,
    fee_type="quadratic_with_maker_fees",
    multiplier=Decimal("0.5"),
    timer=timedelta(minutes=2),
    competition="Pro Basketball (M)",
    sources=(("The league", "https://www.nba.com"),),
)
COMBO: Final = SeriesPlan(
    ticker="KXMVESANDBOX",
    title="Combos",
    category="Exotics",
    tags=("Combos",),
    frequency="custom",
    shard=1,
    structure="center_deci_edge_centi_cent",
    fee_type="quadratic_with_combo_maker_fees",
    timer=timedelta(minutes=1),
)

ALL: Final = (FED, PRESIDENT, HEAT, SHOW, BTC_DAY, BTC_15M, NBA, COMBO)
