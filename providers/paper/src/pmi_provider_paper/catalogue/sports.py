"""Practice questions about sports, between teams that do not exist."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from pmi_provider_paper.catalogue.plans import Cadence, Choice, Feature, Grid, Measure, SeriesPlan, Tariff

__all__ = ["SPORTS"]

_GAME: Final = frozenset({Feature.COMBOS, Feature.MILESTONES, Feature.HALF_TIME})
_MATCH: Final = _GAME | {Feature.BREAK}
_TO_THE_END: Final = _GAME | {Feature.OVERTIME}
_LEAGUE: Final = "Paper League office"

_CLUBS: Final = (
    ("ASH", "Ashford Rovers", 16),
    ("BRI", "Bridgewater City", 14),
    ("CAL", "Calder United", 13),
    ("DUN", "Dunmore Athletic", 11),
    ("ELM", "Elmhurst Town", 10),
    ("FAR", "Farleigh Albion", 9),
    ("GRE", "Greyport", 8),
    ("HAR", "Harrow Vale", 7),
    ("IVY", "Ivybridge", 6),
    ("KES", "Keswick Wanderers", 6),
)
_SQUADS: Final = (
    ("COM", "Copper Mountain Comets", 13),
    ("RAV", "Riverside Ravens", 13),
    ("PIL", "Port Royal Pilots", 13),
    ("LYN", "Lakewood Lynx", 13),
    ("STG", "Saltgrass Stags", 12),
    ("TID", "Tidewater Titans", 12),
    ("VIP", "Valley Vipers", 12),
    ("WLV", "Westfield Wolves", 12),
)

SPORTS: Final = (
    SeriesPlan(
        code="FTB",
        title="Football match",
        category="Sports",
        tags=("Football",),
        cadence=Cadence.DAILY,
        life_days=3,
        slots=3,
        question=Choice(options=_CLUBS, draw=2, exhaustive=False, open_set=False),
        event_title="{a} against {b}, {when}",
        market_title="Will {answer} win the match of {a} against {b} on {when}?",
        rules="Resolves to yes for the winner after regular time. Both markets resolve to no after a draw. If the "
        "match is not played within a week, stakes go back.",
        source=_LEAGUE,
        close_hour=21,
        activity=300,
        surge_hours=2,
        void_percent=3,
        features=_MATCH,
    ),
    SeriesPlan(
        code="BKB",
        title="Basketball game",
        category="Sports",
        tags=("Basketball",),
        cadence=Cadence.DAILY,
        life_days=2,
        slots=2,
        question=Choice(options=_SQUADS, draw=2),
        event_title="{a} at {b}, {when}",
        market_title="Will the {answer} win their game on {when}?",
        rules="Resolves to yes for the winner, overtime included.",
        source=_LEAGUE,
        close_hour=23,
        grid=Grid.TAPERED,
        tariff=Tariff.BOTH,
        activity=350,
        surge_hours=3,
        features=_TO_THE_END,
    ),
    SeriesPlan(
        code="PTS",
        title="Points of the evening",
        category="Sports",
        tags=("Basketball", "Totals"),
        cadence=Cadence.DAILY,
        life_days=2,
        question=Measure(
            base=Decimal("440.5"),
            sigma=Decimal(24),
            step=Decimal(10),
            count=5,
            places="1",
            swing=Decimal(10),
            written="{} points",
        ),
        event_title="Points in both basketball games of {when}",
        market_title="Will both basketball games of {when} together bring {answer}?",
        rules="Resolves by the points of all four teams on {when}, overtime included.",
        source=_LEAGUE,
        close_hour=23,
        activity=60,
        surge_hours=3,
        features=frozenset({Feature.COMBOS}),
    ),
    SeriesPlan(
        code="CUP",
        title="Paper League champion",
        category="Sports",
        tags=("Football", "Season"),
        cadence=Cadence.YEARLY,
        life_days=340,
        question=Choice(options=_CLUBS),
        event_title="Champion of the Paper League, {when}",
        market_title="Will {answer} win the Paper League of {when}?",
        rules="Resolves to yes for the team on top of the table after the last day of the season of {when}.",
        source=_LEAGUE,
        close_month=12,
        close_day=20,
        grid=Grid.TAPERED,
        activity=140,
    ),
    SeriesPlan(
        code="TEN",
        title="Tennis tournament",
        category="Sports",
        tags=("Tennis",),
        cadence=Cadence.WEEKLY,
        life_days=9,
        question=Choice(
            options=(
                ("ALM", "Rafael Almeida", 26),
                ("BJO", "Nils Bjornson", 20),
                ("CHE", "Wei Chen", 15),
                ("DUV", "Luc Duval", 11),
                ("EKK", "Mika Ekkonen", 8),
                ("FER", "Marco Ferri", 6),
                ("FLD", "Anyone else", 14),
            )
        ),
        event_title="Harbour Open, final on {when}",
        market_title="Will {answer} win the Harbour Open that ends on {when}?",
        rules="Resolves to yes for the winner of the final. A walkover counts as a win.",
        source="Harbour Open (simulated)",
        close_hour=18,
        activity=90,
        surge_hours=30,
        features=frozenset({Feature.MILESTONES}),
    ),
    SeriesPlan(
        code="RACE",
        title="Motor race",
        category="Sports",
        tags=("Motor racing",),
        cadence=Cadence.WEEKLY,
        life_days=8,
        question=Choice(
            options=(
                ("KAN", "Ines Kandler", 33),
                ("OKO", "David Okoro", 21),
                ("PEL", "Jean Pelletier", 14),
                ("QUI", "Sofia Quiroga", 9),
                ("ROS", "Liam Rossiter", 6),
                ("SVE", "Erik Svensson", 4),
            ),
            exhaustive=False,
            open_set=False,
        ),
        event_title="Grand prix of {when}",
        market_title="Will {answer} win the grand prix of {when}?",
        rules="Resolves to yes for the winner by the provisional classification.",
        source="Race control (simulated)",
        close_hour=15,
        tariff=Tariff.FREE,
        activity=70,
        surge_hours=3,
        features=frozenset({Feature.MILESTONES, Feature.COMBOS}),
    ),
)
