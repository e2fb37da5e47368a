"""Events that stay open for weeks or years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from pmi_provider_kalshi.sandbox.scenario import series
from pmi_provider_kalshi.sandbox.scenario.plans import ONCE_WON, EventPlan, MarketPlan, Shape, code_of

__all__ = ["standing_events"]

_PEOPLE = (
    ("Avery Lindqvist", 0.9),
    ("Morgan Okafor", 0.6),
    ("Riley Castellanos", -0.4),
    ("Sam Whitfield", -1.6),
)
_SHOWS = (("The Lighthouse Keepers", 0.5), ("Night Ferry", 0.2), ("Small Hours", -0.6))


def standing_events(day: datetime) -> Iterator[EventPlan]:
    """Events around a day that began at ``day``."""
    yield _fed(day, timedelta(days=40))
    yield _fed(day, timedelta(days=85))
    yield _president(day)
    yield _show(day, timedelta(days=-3), timedelta(days=4))
    yield _show(day, timedelta(days=2), timedelta(days=11))
    yield _strike_ban(day)


def _named(ticker: str, kind: str, name: str, weight: float, does: str) -> MarketPlan:
    """The market of one of those of whom one comes first."""
    return MarketPlan(
        ticker=ticker,
        label=name,
        condition=f"{name} {does}",
        weight=weight,
        strike_type="custom",
        custom={kind: name},
    )


def _fed(day: datetime, ahead: timedelta) -> EventPlan:
    close = day + ahead
    code = close.strftime("%y%b").upper()
    return EventPlan(
        ticker=f"KXFED-{code}",
        series=series.FED,
        title=f"Fed funds rate after the {close:%B %Y} meeting?",
        subtitle=f"On {close:%b %Y}",
        shape=Shape.LADDER,
        open_time=day - timedelta(days=20),
        close_time=close,
        markets=tuple(
            MarketPlan(
                ticker=f"KXFED-{code}-T{strike}",
                label=f"Above {strike}%",
                condition=f"the upper bound of the target range is above {strike}% following the meeting",
                strike_type="greater",
                floor=Decimal(strike),
            )
            for strike in ("3.00", "3.25", "3.50", "3.75", "4.00", "4.25")
        ),
        center=3.62,
        spread=0.8,
        activity=40,
    )


def _president(day: datetime) -> EventPlan:
    year = day.year + (4 - day.year % 4) % 4 or 4
    ticker = f"KXPRESPERSON-{year % 100}"
    close = day.replace(year=year, month=11, day=7) if day.year < year else day + timedelta(days=400)
    return EventPlan(
        ticker=ticker,
        series=series.PRESIDENT,
        title=f"Who will win the {year} election?",
        subtitle=f"In {year}",
        shape=Shape.ONE_OF,
        open_time=day - timedelta(days=25),
        close_time=close,
        markets=tuple(
            _named(f"{ticker}-{name.split()[-1][:4].upper()}", "Person", name, weight, "wins the election")
            for name, weight in _PEOPLE
        ),
        activity=60,
        early=ONCE_WON,
    )


def _show(day: datetime, opens: timedelta, closes: timedelta) -> EventPlan:
    close = day + closes
    ticker = f"KXTOPSHOW-{code_of(close)}"
    return EventPlan(
        ticker=ticker,
        series=series.SHOW,
        title="Top show of the week?",
        subtitle=f"Week that ends on {close:%b %d, %Y}",
        shape=Shape.ONE_OF,
        open_time=day + opens,
        close_time=close,
        markets=tuple(
            _named(
                f"{ticker}-{''.join(word[0] for word in name.split())}",
                "Show",
                name,
                weight,
                "is the most watched show of the week",
            )
            for name, weight in _SHOWS
        ),
        activity=6,
    )


def _strike_ban(day: datetime) -> EventPlan:
    """An event whose trading is paused."""
    ticker = f"KXTOPSHOW-{day.year % 100}LATE"
    return EventPlan(
        ticker=ticker,
        series=series.SHOW,
        title="Will the awards be postponed?",
        subtitle=f"In {day.year}",
        shape=Shape.ALONE,
        open_time=day - timedelta(days=10),
        close_time=day + timedelta(days=60),
        markets=(
            MarketPlan(
                ticker=f"{ticker}-Y",
                label="Postponed",
                condition="the awards are postponed",
                weight=-0.8,
            ),
        ),
        paused=True,
    )
