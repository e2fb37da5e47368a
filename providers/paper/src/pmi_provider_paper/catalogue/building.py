"""From a series and a period to an event with its markets; the same ones every time."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from math import cos, inf, pi
from statistics import NormalDist
from typing import Final

from pmi_core.models import Strike, StrikeKind
from pmi_core.numbers import Rounding, plain, round_to
from pmi_provider_paper.catalogue.calendar import close_of, label_of, spoken
from pmi_provider_paper.catalogue.plans import (
    Choice,
    EventPlan,
    Feature,
    MarketPlan,
    Measure,
    SeriesPlan,
    Single,
)
from pmi_provider_paper.simulation.noise import key_of, share, word

__all__ = ["build_event"]

_NORMAL: Final = NormalDist()
_SIMULATED: Final = (
    " This is a practice market: the figure is drawn by the paper exchange itself and says nothing "
    "about the real world."
)
_SLOTS: Final = "ABCDEFGHIJ"
_RARE_PERCENT: Final = 5
"""How many events in a hundred are broken off, or go on longer."""
_OVERTIME: Final = timedelta(minutes=15)
_TOLD_BEFORE: Final = timedelta(minutes=5)
"""How long before the announced close it is moved."""


def build_event(series: SeriesPlan, period: int, slot: int, seed: int) -> EventPlan:
    """Make the event of one period, and of one slot where a period has several.

    The seed decides only what cannot be foreseen: whether it goes on longer or is broken off.
    """
    code = f"{series.code}-{label_of(series.cadence, period)}"
    if series.slots > 1:
        code += _SLOTS[slot]
    close = close_of(series, period)
    when = spoken(series.cadence, period)
    question = series.question
    names: dict[str, str] = {"when": when}
    exclusive: bool | None
    exhaustive: bool | None
    open_set: bool | None = False
    if isinstance(question, Choice):
        options = _options(series, question, period, slot)
        names |= {"a": options[0][1], "b": options[-1][1]}
        markets = _choices(series, question, code, names, options)
        exclusive, exhaustive, open_set = True, question.exhaustive, question.open_set
    elif isinstance(question, Measure):
        expected = _expected(series, question, period, slot, close)
        markets = _measures(series, question, code, names, expected)
        exclusive, exhaustive = question.bands, question.bands
    else:
        markets = (_only(series, code, names),)
        exclusive, exhaustive = None, None
    pause = None
    if Feature.HALF_TIME in series.features:
        pause = (close - timedelta(minutes=70), close - timedelta(minutes=60))
    opens = close - timedelta(days=series.life_days)
    moved: tuple[tuple[datetime, datetime], ...] = ()
    if Feature.OVERTIME in series.features and _is_rare("overtime", code, seed):
        moved = ((close - _TOLD_BEFORE, close),)
        close += _OVERTIME
    broken_off = None
    if Feature.BREAK in series.features and _is_rare("break", code, seed):
        broken_off = (close - timedelta(minutes=40), close - timedelta(minutes=30))
    settled = close + timedelta(hours=series.settle_hours)
    return EventPlan(
        code=code,
        series=series,
        period=period,
        slot=slot,
        title=series.event_title.format(**names),
        rules=series.rules.format(**names) + _SIMULATED,
        open_time=opens,
        close_time=close,
        determined_time=close + (settled - close) / 4,
        settled_time=settled,
        pause=pause,
        broken_off=broken_off,
        moved_closes=moved,
        mutually_exclusive=exclusive,
        exhaustive=exhaustive,
        open_set=open_set,
        markets=markets,
    )


def _is_rare(what: str, code: str, seed: int) -> bool:
    return share(key_of(what, seed, code), 0) * 100 < _RARE_PERCENT


def _options(
    series: SeriesPlan, question: Choice, period: int, slot: int
) -> tuple[tuple[str, str, int], ...]:
    """The options of one event: all of them, or as many as are drawn with fresh weights."""
    if question.draw is None:
        return question.options
    key = key_of("draw", series.code)
    # Slots of one period take turns in one shuffled list, so that nobody plays twice at a time.
    order = sorted(range(len(question.options)), key=lambda place: word(key, period, place))
    chosen = order[slot * question.draw : (slot + 1) * question.draw]
    raw = [0.6 + share(key, period * 64 + slot, place + 100) for place in chosen]
    # Where nobody may win, such as in a drawn match, a quarter of the chances stays with nobody.
    whole = 100 if question.exhaustive else 75
    weights = [round(whole * part / sum(raw)) for part in raw]
    weights[-1] = whole - sum(weights[:-1])
    return tuple(
        (question.options[place][0], question.options[place][1], weight)
        for place, weight in zip(chosen, weights, strict=True)
    )


def _choices(
    series: SeriesPlan,
    question: Choice,
    code: str,
    names: dict[str, str],
    options: tuple[tuple[str, str, int], ...],
) -> tuple[MarketPlan, ...]:
    """One market for each answer: neighbouring slices of the hidden figure."""
    whole = 100 if question.exhaustive is not True else sum(weight for *_, weight in options)
    made, reached = [], 0
    for place, (option, name, weight) in enumerate(options):
        low = -inf if reached == 0 else _NORMAL.inv_cdf(reached / whole)
        reached += weight
        high = inf if reached >= whole else _NORMAL.inv_cdf(reached / whole)
        made.append(
            MarketPlan(
                code=f"{code}-{option}",
                title=series.market_title.format(**names, answer=name),
                subtitle=name,
                label=name,
                strike=Strike(kind=StrikeKind.OTHER, text=name),
                low=low,
                high=high,
                place=place,
            )
        )
    return tuple(made)


def _only(series: SeriesPlan, code: str, names: dict[str, str]) -> MarketPlan:
    question = series.question
    chance = question.chance / 100 if isinstance(question, Single) else 0.5
    return MarketPlan(
        code=f"{code}-Y",
        title=series.market_title.format(**names, answer=""),
        subtitle="",
        label="Yes",
        strike=None,
        low=_NORMAL.inv_cdf(1 - chance),
        high=inf,
        place=0,
    )


def _expected(series: SeriesPlan, question: Measure, period: int, slot: int, close: datetime) -> Decimal:
    """Where the figure is expected when the event opens; the middle of the strikes."""
    luck = share(key_of("base", series.code), period * 16 + slot) * 2 - 1
    turn = -cos(2 * pi * (close.timetuple().tm_yday - 20) / 365)
    moved = question.base + question.swing * _decimal(luck) + question.season * _decimal(turn)
    return round_to(moved, question.step, Rounding.HALF_EVEN)


def _decimal(number: float) -> Decimal:
    return Decimal(round(number * 1000)) / 1000


def _measures(
    series: SeriesPlan, question: Measure, code: str, names: dict[str, str], expected: Decimal
) -> tuple[MarketPlan, ...]:
    """One market for each threshold or band around the expected figure."""
    unit = Decimal(question.places)
    half = unit / 2
    edges = question.count - 1 if question.bands else question.count
    first = expected - question.step * (edges // 2)
    strikes = [first + question.step * place for place in range(edges)]

    def score(value: Decimal) -> float:
        return float((value - expected) / question.sigma)

    def show(value: Decimal) -> str:
        return question.written.format(plain(value.quantize(unit)))

    def short(value: Decimal) -> str:
        return plain((value * question.code_scale).to_integral_value()).replace("-", "M")

    rows: list[tuple[str, str, Strike, float, float]] = []
    if not question.bands:
        for strike in strikes:
            kind = Strike(kind=StrikeKind.GREATER, floor=strike.quantize(unit))
            rows.append((short(strike), f"above {show(strike)}", kind, score(strike + half), inf))
    else:
        low = strikes[0]
        kind = Strike(kind=StrikeKind.LESS, cap=low.quantize(unit))
        rows.append((f"U{short(low)}", f"below {show(low)}", kind, -inf, score(low - half)))
        for low in strikes[:-1]:
            high = low + question.step - unit
            kind = Strike(kind=StrikeKind.BETWEEN, floor=low.quantize(unit), cap=high.quantize(unit))
            text = show(low) if low == high else f"from {show(low)} to {show(high)}"
            rows.append((f"B{short(low)}", text, kind, score(low - half), score(high + half)))
        low = strikes[-1]
        kind = Strike(kind=StrikeKind.GREATER_OR_EQUAL, floor=low.quantize(unit))
        rows.append((f"A{short(low)}", f"{show(low)} or more", kind, score(low - half), inf))
    return tuple(
        MarketPlan(
            code=f"{code}-{short_code}",
            title=series.market_title.format(**names, answer=text),
            subtitle=text[0].upper() + text[1:],
            label=text[0].upper() + text[1:],
            strike=kind,
            low=low_score,
            high=high_score,
            place=place,
        )
        for place, (short_code, text, kind, low_score, high_score) in enumerate(rows)
    )
