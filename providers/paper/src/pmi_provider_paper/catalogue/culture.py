"""Practice questions about culture; most are priced by a market maker's formula."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from pmi_core.models import Execution
from pmi_provider_paper.catalogue.plans import Cadence, Choice, Feature, Measure, SeriesPlan, Single, Tariff

__all__ = ["CULTURE"]

_HUNDREDTH: Final = Decimal("0.01")

CULTURE: Final = (
    SeriesPlan(
        code="BOX",
        title="Opening weekend",
        category="Culture",
        tags=("Film",),
        cadence=Cadence.WEEKLY,
        life_days=10,
        question=Measure(
            base=Decimal(60),
            sigma=Decimal(12),
            step=Decimal(8),
            count=6,
            places="0.1",
            bands=True,
            swing=Decimal(20),
            written="${} million",
        ),
        event_title="Best opening weekend up to {when}",
        market_title="Will the best opening up to {when} take {answer}?",
        rules="Resolves by the takings that the simulated box office reports for the weekend before {when}.",
        source="Paper Exchange box office",
        activity=50,
        features=frozenset({Feature.MILESTONES}),
    ),
    SeriesPlan(
        code="SONG",
        title="Song of the week",
        category="Culture",
        tags=("Music", "Charts"),
        cadence=Cadence.WEEKLY,
        life_days=8,
        question=Choice(
            options=(
                ("PAP", "Paper Lanterns", 30),
                ("GLA", "Glass Harbour", 22),
                ("NIN", "Nine Winters", 15),
                ("SLO", "Slow Machine", 10),
                ("VEL", "Velvet Static", 7),
            ),
            exhaustive=False,
            open_set=True,
        ),
        event_title="Number one of the week of {when}",
        market_title="Will {answer} be number one in the week of {when}?",
        rules="Resolves to yes for the song on top of the simulated chart of {when}. Songs may be added.",
        source="Paper Exchange chart",
        execution=Execution.AMM,
        tariff=Tariff.FREE,
        size_step=_HUNDREDTH,
        activity=30,
    ),
    SeriesPlan(
        code="FILM",
        title="Film of the year",
        category="Culture",
        tags=("Film", "Awards"),
        cadence=Cadence.YEARLY,
        life_days=360,
        question=Choice(
            options=(
                ("ORC", "The Orchard Below", 29),
                ("MER", "Meridian", 22),
                ("SAL", "Salt and Cedar", 16),
                ("LON", "The Long Interval", 12),
                ("TWE", "Twelve Rooms", 9),
                ("KIT", "Kitefall", 7),
                ("HOU", "House of Small Hours", 5),
            )
        ),
        event_title="Film of the year {when}",
        market_title="Will {answer} be film of the year {when}?",
        rules="Resolves to yes for the film that the simulated academy names at its ceremony of {when}.",
        source="Paper Exchange academy",
        close_month=12,
        close_day=12,
        execution=Execution.AMM,
        tariff=Tariff.FREE,
        size_step=_HUNDREDTH,
        activity=60,
        features=frozenset({Feature.MILESTONES}),
    ),
    SeriesPlan(
        code="SHOW",
        title="Most watched show",
        category="Culture",
        tags=("Television",),
        cadence=Cadence.WEEKLY,
        life_days=9,
        question=Choice(
            options=(
                ("HAR", "Harbourmaster", 27),
                ("COL", "Cold Ledger", 21),
                ("BRA", "The Brass Garden", 16),
                ("UND", "Undertow", 11),
                ("ACR", "Acre by Acre", 8),
            ),
            exhaustive=None,
            open_set=None,
        ),
        event_title="Most watched show up to {when}",
        market_title="Will {answer} be the most watched show up to {when}?",
        rules="Resolves to yes for the first place of the simulated viewing figures of {when}.",
        source="Paper Exchange viewing panel",
        tariff=Tariff.BOTH,
        activity=45,
    ),
    SeriesPlan(
        code="ALBM",
        title="Surprise album",
        category="Culture",
        tags=("Music",),
        cadence=Cadence.MONTHLY,
        life_days=40,
        question=Single(chance=35),
        event_title="Surprise album of Mara Quill in {when}",
        market_title="Will Mara Quill release an album in {when}?",
        rules="Resolves to yes if an album of at least seven tracks is out before trading ends in {when}.",
        source="Paper Exchange chart",
        close_day=26,
        execution=Execution.AMM,
        tariff=Tariff.FREE,
        size_step=_HUNDREDTH,
        activity=20,
    ),
)
