"""Events of a day: weather, games, and the price of a coin."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from pmi_provider_kalshi.sandbox.noise import pick, uuid_of
from pmi_provider_kalshi.sandbox.scenario import series
from pmi_provider_kalshi.sandbox.scenario.plans import ONCE_WON, EventPlan, MarketPlan, Shape, code_of

__all__ = ["QUARTER", "coin_day", "game", "heat", "quarter_hour", "target_of"]

QUARTER = timedelta(minutes=15)
TEAMS = (
    ("BOS", "Boston"),
    ("NYK", "New York"),
    ("LAL", "Los Angeles L"),
    ("DEN", "Denver"),
    ("MIL", "Milwaukee"),
    ("PHX", "Phoenix"),
)


def target_of(code: str) -> str:
    """The id of a team's structured target."""
    return uuid_of("target", code)


def heat(day: datetime, seed: int) -> EventPlan:
    """The highest temperature of a day, in brackets of which one comes true."""
    ticker = f"KXHIGHNY-{code_of(day)}"
    middle = pick(38, 84, seed, "heat", ticker)
    low, high = middle - 3, middle + 3
    markets = [
        _bracket(ticker, day, f"T{low}", f"{low - 1}° or below", -1.4, "less", None, low),
        *(
            _bracket(
                ticker,
                day,
                f"B{start}.5",
                f"{start}° to {start + 1}°",
                0.9 - abs(start + 0.5 - middle) / 3,
                "between",
                start,
                start + 1,
            )
            for start in range(low, high, 2)
        ),
        _bracket(ticker, day, f"T{high - 1}", f"{high}° or above", -1.4, "greater", high - 1, None),
    ]
    return EventPlan(
        ticker=ticker,
        series=series.HEAT,
        title=f"Highest temperature in NYC on {day:%b %d, %Y}?",
        subtitle=f"On {day:%b %d, %Y}",
        shape=Shape.ONE_OF,
        open_time=day - timedelta(hours=33),
        close_time=day + timedelta(hours=29),
        decided_after=timedelta(hours=1),
        markets=tuple(markets),
        activity=30,
    )


def _bracket(
    event: str,
    day: datetime,
    code: str,
    label: str,
    weight: float,
    kind: str,
    floor: int | None,
    cap: int | None,
) -> MarketPlan:
    return MarketPlan(
        ticker=f"{event}-{code}",
        label=label,
        condition=f"the highest temperature recorded on {day:%b %d, %Y} is {label}",
        weight=weight,
        strike_type=kind,
        floor=None if floor is None else Decimal(floor),
        cap=None if cap is None else Decimal(cap),
    )


def game(day: datetime, number: int, seed: int) -> EventPlan:
    """The ``number``-th game of a day, with one market a team."""
    first = pick(0, len(TEAMS) - 1, seed, "away", code_of(day)) + 2 * number
    away, home = TEAMS[first % len(TEAMS)], TEAMS[(first + 1) % len(TEAMS)]
    ticker = f"KXNBAGAME-{code_of(day)}{away[0]}{home[0]}"
    tip = day + timedelta(hours=24, minutes=30 * number)
    return EventPlan(
        ticker=ticker,
        series=series.NBA,
        title=f"{away[1]} at {home[1]}",
        subtitle=f"{away[0]} vs {home[0]} ({day:%b %d})",
        shape=Shape.ONE_OF,
        open_time=day - timedelta(days=6),
        close_time=tip + timedelta(hours=3),
        markets=tuple(
            MarketPlan(
                ticker=f"{ticker}-{code}",
                label=name,
                condition=f"{name} wins the {away[1]} at {home[1]} game of {day:%b %d, %Y}",
                weight=weight,
                strike_type="structured",
                custom={"basketball_team": target_of(code)},
            )
            for (code, name), weight in ((away, -0.15), (home, 0.15))
        ),
        activity=80,
        early=ONCE_WON,
        targets=(target_of(away[0]), target_of(home[0])),
    )


def coin_day(day: datetime) -> EventPlan:
    """The price of a coin at the end of a day, by thresholds."""
    ticker = f"KXBTCD-{code_of(day)}17"
    return EventPlan(
        ticker=ticker,
        series=series.BTC_DAY,
        title=f"Bitcoin price on {day:%b %d, %Y} at 5pm EST?",
        subtitle=f"On {day:%b %d, %Y}",
        shape=Shape.LADDER,
        open_time=day - timedelta(hours=26),
        close_time=day + timedelta(hours=22),
        markets=tuple(
            MarketPlan(
                ticker=f"{ticker}-T{strike - 1}.99",
                label=f"${strike:,} or above",
                condition=f"the price of Bitcoin is above {strike - 1}.99",
                strike_type="greater",
                floor=Decimal(strike) - Decimal("0.01"),
            )
            for strike in range(96_000, 105_000, 2_000)
        ),
        center=100_300.0,
        spread=5_000.0,
        activity=120,
    )


def quarter_hour(start: datetime) -> EventPlan:
    """Whether a coin rises in the quarter of an hour from ``start`` on."""
    end = start + QUARTER
    ticker = f"KXBTC15M-{end.strftime('%y%b%d%H%M').upper()}"
    return EventPlan(
        ticker=ticker,
        series=series.BTC_15M,
        title="Bitcoin up in the next 15 minutes?",
        subtitle=f"Until {end:%H:%M} UTC on {end:%b %d}",
        shape=Shape.ALONE,
        open_time=start,
        close_time=end,
        decided_after=timedelta(seconds=10),
        markets=(
            MarketPlan(
                ticker=f"{ticker}-00",
                label="Price goes up",
                condition="the index is higher at the end of the quarter of an hour than at its start",
                strike_type="greater_or_equal",
                floor=Decimal(100_000 + pick(-900, 900, "coin", ticker)),
            ),
        ),
        activity=240,
    )
