"""Practice questions about crypto assets; their prices are the simulation's own."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from pmi_provider_paper.catalogue.plans import Cadence, Feature, Grid, Measure, SeriesPlan, Single, Tariff

__all__ = ["CRYPTO"]

_SOURCE: Final = "Paper Exchange reference price"
_RULES: Final = "Resolves by the simulated reference price at the close of trading on {when}."
_TENTH: Final = Decimal("0.1")
_HUNDREDTH: Final = Decimal("0.01")

CRYPTO: Final = (
    SeriesPlan(
        code="BTC",
        title="Bitcoin at the end of a day",
        category="Crypto",
        tags=("Bitcoin",),
        cadence=Cadence.DAILY,
        life_days=2,
        question=Measure(
            base=Decimal(92000),
            sigma=Decimal(2200),
            step=Decimal(1000),
            count=8,
            places="0.01",
            swing=Decimal(6000),
            code_scale=Decimal("0.001"),
            written="${}",
        ),
        event_title="Price of bitcoin on {when}",
        market_title="Will bitcoin be {answer} on {when}?",
        rules=_RULES,
        source=_SOURCE,
        close_hour=21,
        grid=Grid.DECI_CENT,
        tariff=Tariff.BOTH,
        size_step=_HUNDREDTH,
        activity=900,
        features=frozenset({Feature.COMBOS}),
    ),
    SeriesPlan(
        code="ETH",
        title="Ether at the end of a day",
        category="Crypto",
        tags=("Ether",),
        cadence=Cadence.DAILY,
        life_days=2,
        question=Measure(
            base=Decimal(3200),
            sigma=Decimal(110),
            step=Decimal(50),
            count=6,
            places="0.01",
            swing=Decimal(250),
            written="${}",
        ),
        event_title="Price of ether on {when}",
        market_title="Will ether be {answer} on {when}?",
        rules=_RULES,
        source=_SOURCE,
        close_hour=21,
        grid=Grid.TAPERED,
        size_step=_TENTH,
        activity=400,
        features=frozenset({Feature.COMBOS}),
    ),
    SeriesPlan(
        code="SOL",
        title="Solana at the end of a week",
        category="Crypto",
        tags=("Solana",),
        cadence=Cadence.WEEKLY,
        life_days=10,
        question=Measure(
            base=Decimal(150),
            sigma=Decimal(12),
            step=Decimal(10),
            count=5,
            places="0.01",
            bands=True,
            swing=Decimal(15),
            written="${}",
        ),
        event_title="Price of solana on {when}",
        market_title="Will solana be {answer} on {when}?",
        rules=_RULES,
        source=_SOURCE,
        tariff=Tariff.FREE,
        size_step=_HUNDREDTH,
        activity=80,
    ),
    SeriesPlan(
        code="BTCY",
        title="Bitcoin at the end of a year",
        category="Crypto",
        tags=("Bitcoin",),
        cadence=Cadence.YEARLY,
        life_days=364,
        question=Measure(
            base=Decimal(100000),
            sigma=Decimal(28000),
            step=Decimal(20000),
            count=6,
            places="0.01",
            code_scale=Decimal("0.001"),
            written="${}",
        ),
        event_title="Price of bitcoin at the end of {when}",
        market_title="Will bitcoin be {answer} at the end of {when}?",
        rules="Resolves by the simulated reference price when trading ends in {when}.",
        source=_SOURCE,
        close_month=12,
        close_day=31,
        size_step=_TENTH,
        activity=120,
    ),
    SeriesPlan(
        code="PEG",
        title="Stablecoin keeps its peg",
        category="Crypto",
        tags=("Stablecoins",),
        cadence=Cadence.MONTHLY,
        life_days=40,
        question=Single(chance=96),
        event_title="Harbor dollar keeps its peg in {when}",
        market_title="Will the Harbor dollar stay between $0.99 and $1.01 throughout {when}?",
        rules="Resolves to yes if no simulated hourly price of {when} lies outside the band.",
        source=_SOURCE,
        close_day=27,
        grid=Grid.DECI_CENT,
        tariff=Tariff.FREE,
        activity=40,
    ),
)
