"""Practice questions about the weather."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from pmi_provider_paper.catalogue.plans import Cadence, Feature, Grid, Measure, SeriesPlan, Single, Tariff

__all__ = ["WEATHER"]


def _city(code: str, name: str, base: int, season: int, close_hour: int) -> SeriesPlan:
    return SeriesPlan(
        code=code,
        title=f"High temperature in {name}",
        category="Weather",
        tags=("Temperature", name),
        cadence=Cadence.DAILY,
        life_days=2,
        question=Measure(
            base=Decimal(base),
            sigma=Decimal("2.6"),
            step=Decimal(2),
            count=6,
            places="1",
            bands=True,
            swing=Decimal(5),
            season=Decimal(season),
            written="{}°F",
        ),
        event_title=f"High temperature in {name} on {{when}}",
        market_title=f"Will the high in {name} on {{when}} be {{answer}}?",
        rules=f"Resolves by the highest temperature of {{when}} at the simulated station of {name}, in whole "
        "degrees Fahrenheit.",
        source=f"Paper Exchange weather station, {name}",
        close_hour=close_hour,
        activity=90,
        surge_hours=8,
        settle_hours=4,
        features=frozenset({Feature.COMBOS}),
    )


WEATHER: Final = (
    _city("TNY", "New York", 63, 23, 22),
    _city("TCHI", "Chicago", 59, 26, 23),
    _city("TMIA", "Miami", 84, 8, 22),
    _city("TDEN", "Denver", 65, 23, 23),
    SeriesPlan(
        code="RAIN",
        title="Rain in London",
        category="Weather",
        tags=("Rain", "London"),
        cadence=Cadence.DAILY,
        life_days=3,
        question=Single(chance=44),
        event_title="Rain in London on {when}",
        market_title="Will it rain in London on {when}?",
        rules="Resolves to yes if the simulated station in London measures 0.2 mm or more on {when}.",
        source="Paper Exchange weather station, London",
        close_hour=21,
        tariff=Tariff.FREE,
        activity=40,
        features=frozenset({Feature.COMBOS}),
    ),
    SeriesPlan(
        code="SNOW",
        title="Snow in Boston",
        category="Weather",
        tags=("Snow", "Boston"),
        cadence=Cadence.MONTHLY,
        life_days=32,
        question=Measure(
            base=Decimal(8),
            sigma=Decimal(4),
            step=Decimal(2),
            count=5,
            places="0.1",
            code_scale=Decimal(1),
            written="{} inches",
        ),
        event_title="Snow in Boston until the end of {when}",
        market_title="Will snow in Boston in {when} come to {answer}?",
        rules="Resolves by the snow measured at the simulated station of Boston in {when}.",
        source="Paper Exchange weather station, Boston",
        close_day=28,
        close_hour=23,
        activity=25,
    ),
    SeriesPlan(
        code="STORM",
        title="Named storms of a season",
        category="Weather",
        tags=("Storms",),
        cadence=Cadence.YEARLY,
        life_days=364,
        question=Measure(
            base=Decimal(16),
            sigma=Decimal(4),
            step=Decimal(3),
            count=6,
            places="1",
            bands=True,
            written="{}",
        ),
        event_title="Named Atlantic storms in {when}",
        market_title="Will the number of named Atlantic storms in {when} be {answer}?",
        rules="Resolves by the number of storms that the simulated hurricane desk names before trading ends.",
        source="Paper Exchange hurricane desk",
        close_month=12,
        close_day=1,
        grid=Grid.TAPERED,
        activity=20,
    ),
)
