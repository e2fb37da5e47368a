"""Rules of the capability ``candles``."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.models import Candle, CandleInterval, CandleQuery
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.samples import Subjects, a_market, hourly
from pmi_core.testing.conformance.soundness import check_json, check_sound, check_times
from pmi_core.testing.conformance.stage import Contract

__all__ = ["CandleRules"]


async def window(venue: Venue, subjects: Subjects, clock: Clock) -> tuple[CandleQuery, tuple[Candle, ...]]:
    """Hourly candles of the sample market over the two days before this hour."""
    reader = needs(venue.candles, Capability.CANDLES, venue)
    query = hourly((await a_market(venue, subjects)).ref, clock.now())
    found = await reader.list_candles(query)
    if not found:
        skip(f"{venue.info.provider} has no candles of {query.market_ref} in the last two days")
    return query, found


class CandleRules(Contract):
    """Price history."""

    async def test_candles_answers(self, venue: Venue, subjects: Subjects, clock: Clock) -> None:
        """Hourly candles can be read and are whole."""
        for candle in (await window(venue, subjects, clock))[1]:
            check_sound(candle, Candle)
            check_times(candle)
            check_json(candle)

    async def test_candles_are_oldest_first(self, venue: Venue, subjects: Subjects, clock: Clock) -> None:
        """Candles come oldest first and never overlap."""
        found = (await window(venue, subjects, clock))[1]
        assert all(older.end <= newer.start for older, newer in pairwise(found))

    async def test_candles_have_the_interval(self, venue: Venue, subjects: Subjects, clock: Clock) -> None:
        """Every candle is as long as its interval."""
        query, found = await window(venue, subjects, clock)
        assert {candle.end - candle.start for candle in found} == {timedelta(seconds=query.interval.seconds)}

    async def test_candles_keep_to_the_window(self, venue: Venue, subjects: Subjects, clock: Clock) -> None:
        """Candles lie inside the window that was asked for."""
        query, found = await window(venue, subjects, clock)
        assert query.start <= found[0].start
        assert found[-1].end <= query.end

    async def test_candles_range_holds_its_ends(self, venue: Venue, subjects: Subjects, clock: Clock) -> None:
        """Low <= open, close <= high; the four stand together or not at all."""
        for candle in (await window(venue, subjects, clock))[1]:
            four = (candle.open, candle.high, candle.low, candle.close)
            if any(price is None for price in four):
                assert all(price is None for price in four), f"{candle.start}: {four}"
                continue
            known = [price for price in four if price is not None]
            assert max(known) == candle.high, f"{candle.start}: {four}"
            assert min(known) == candle.low, f"{candle.start}: {four}"

    async def test_candles_prices_are_exact(self, venue: Venue, subjects: Subjects, clock: Clock) -> None:
        """Prices are Decimal in (0, 1) or None where nothing traded; never 0 for nothing."""
        for candle in (await window(venue, subjects, clock))[1]:
            for price in (candle.open, candle.high, candle.low, candle.close):
                if price is not None:
                    assert type(price) is Decimal
                    assert 0 < price < 1, f"{candle.start}: {price}"
            for price in (candle.bid_close, candle.ask_close):
                assert price is None or 0 < price < 1, f"{candle.start}: a missing quote is None, not {price}"
            if candle.volume == 0:
                assert candle.open is None, f"{candle.start}: nothing traded, yet there is a price"

    async def test_candles_intervals_agree(self, venue: Venue, subjects: Subjects, clock: Clock) -> None:
        """A day's candle spans what its hours span."""
        reader = needs(venue.candles, Capability.CANDLES, venue)
        end = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        ref = (await a_market(venue, subjects)).ref
        days, hours = [
            await reader.list_candles(
                CandleQuery(market_ref=ref, start=end - timedelta(days=1), end=end, interval=interval)
            )
            for interval in (CandleInterval.DAY, CandleInterval.HOUR)
        ]
        highs = [candle.high for candle in hours if candle.high is not None]
        if len(days) != 1 or not highs:
            skip(f"{venue.info.provider} has no trades of {ref} on the day before")
        assert days[0].high == max(highs)
        assert days[0].low == min(candle.low for candle in hours if candle.low is not None)
