from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pmi_core.models import Candle
from pmi_mcp.terminal.chart import draw_chart

START = datetime(2026, 11, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)

prices = st.none() | st.integers(0, 1000).map(lambda mills: Decimal(mills) / 1000)


def hourly(closes: list[Decimal | None], volume: int | None = None) -> list[Candle]:
    return [
        Candle(start=START + HOUR * place, end=START + HOUR * (place + 1), close=close, volume=volume)
        for place, close in enumerate(closes)
    ]


@given(
    closes=st.lists(prices, min_size=1, max_size=200),
    volume=st.none() | st.integers(0, 10**6),
    width=st.integers(1, 140),
    height=st.integers(1, 30),
    ascii_only=st.booleans(),
)
def test_any_history_draws_within_its_frame(
    closes: list[Decimal | None], volume: int | None, width: int, height: int, ascii_only: bool
) -> None:
    chart = draw_chart(hourly(closes, volume), width=width, height=height, ascii_only=ascii_only)
    drawn = [line for line in chart.lines if "┤" in line or "|" in line]
    assert all(len(line) <= max(width, 20) for line in drawn)
    assert all(ord(letter) >= 32 for line in chart.lines for letter in line)
    if ascii_only:
        assert str(chart).isascii()
    known = [close for close in closes if close is not None]
    assert chart.last == (known[-1] if known else None)


def test_no_line_is_drawn_through_a_gap() -> None:
    half = [Decimal("0.4")] * 20
    chart = draw_chart(hourly([*half, *[None] * 20, *half]), width=68, ascii_only=True)
    (line,) = [line for line in chart.lines if "*" in line]
    stars = line.partition("|")[2]
    assert stars.startswith("*" * 20)
    assert stars[20:40] == " " * 20
    assert stars[40:60] == "*" * 20


def test_a_candle_without_trades_shows_the_middle_of_its_quotes() -> None:
    quoted = Candle(start=START, end=START + HOUR, bid_close=Decimal("0.40"), ask_close=Decimal("0.44"))
    assert draw_chart([quoted]).last == Decimal("0.42")


def test_a_rise_goes_up_and_the_axis_names_per_cent() -> None:
    chart = draw_chart(hourly([Decimal("0.2"), Decimal("0.8")]), width=30, height=5, ascii_only=True)
    rows = [line.partition("|")[2] for line in chart.lines if "|" in line]
    first, last = rows[0].rstrip(), rows[4].rstrip()
    assert len(first) > len(last), "the high price comes later, so it reaches further right"
    assert chart.lines[0].lstrip().startswith("86.0%")
    assert "20 Nov 00:00" in chart.lines[-1]
    assert chart.lines[-1].endswith("UTC")


def test_even_volume_gives_even_bars_however_many_candles_there_are() -> None:
    for count in (10, 60, 64, 72, 200):
        chart = draw_chart(hourly([Decimal("0.5")] * count, 7), width=72)
        (bars,) = [line[8:] for line in chart.lines if line.startswith("volume")]
        assert set(bars) == {"█"}


def test_without_any_price_it_says_so() -> None:
    assert draw_chart(hourly([None, None])).lines == ("no prices in this time",)
    assert draw_chart([]).lines == ("no prices in this time",)
