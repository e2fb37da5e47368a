"""From the scenario, the engine and the records to neutral models; nothing here looks or decides."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from pmi_core.exchange.views import BookView
from pmi_core.identifiers import EventRef, MarketRef, MilestoneRef, SeriesRef
from pmi_core.models import (
    BookState,
    Candle,
    Event,
    Execution,
    FeeSchedule,
    Level,
    Market,
    Milestone,
    NoFee,
    OrderBook,
    Outcome,
    OutcomeSide,
    QuadraticFee,
    ResolutionSource,
    Resolver,
    Series,
    Trade,
)
from pmi_core.models.order import Action
from pmi_core.numbers import ONE, Rounding
from pmi_provider_paper.catalogue import EventPlan, Listing, SeriesPlan
from pmi_provider_paper.catalogue.plans import Tariff
from pmi_provider_paper.facts import Best, MarketFacts
from pmi_provider_paper.simulation.history import CandleShape, Print
from pmi_provider_paper.simulation.ladder import grid_table

__all__ = [
    "book",
    "candle",
    "event",
    "fees_of",
    "market",
    "milestone",
    "other",
    "outcomes",
    "series",
    "trade",
]

_CENT: Final = Decimal("0.01")
_FEES: Final[dict[Tariff, FeeSchedule]] = {
    Tariff.FREE: NoFee(),
    Tariff.TAKER: QuadraticFee(taker_rate=Decimal("0.07"), step=_CENT, rounding=Rounding.UP),
    Tariff.BOTH: QuadraticFee(
        taker_rate=Decimal("0.07"), maker_rate=Decimal("0.0175"), step=_CENT, rounding=Rounding.UP
    ),
}


def fees_of(plan: SeriesPlan) -> FeeSchedule:
    """What the markets of a series charge."""
    return _FEES[plan.tariff]


def other(price: Decimal | None) -> Decimal | None:
    """The same price in terms of the other outcome."""
    return None if price is None else ONE - price


def outcomes(label: str, best: Best, last: Decimal | None) -> tuple[Outcome, Outcome]:
    """YES and NO with their best prices; NO is the exact mirror."""
    yes = Outcome.trusted(
        {
            "label": label,
            "polarity": OutcomeSide.YES,
            "bid": best.bid,
            "ask": best.ask,
            "bid_size": best.bid_size,
            "ask_size": best.ask_size,
            "last": last,
        }
    )
    no = Outcome.trusted(
        {
            "label": "No" if label == "Yes" else f"Not {label[0].lower()}{label[1:]}",
            "polarity": OutcomeSide.NO,
            "bid": other(best.ask),
            "ask": other(best.bid),
            "bid_size": best.ask_size,
            "ask_size": best.bid_size,
            "last": other(last),
        }
    )
    return yes, no


@lru_cache(maxsize=8192)
def _fixed(venue: str, listing: Listing) -> dict[str, Any]:
    """The fields of a market that never change."""
    plan, one = listing.event, listing.market
    return {
        "ref": MarketRef.make(venue, one.code),
        "event_ref": EventRef.make(venue, plan.code),
        "title": one.title,
        "subtitle": one.subtitle or None,
        "rules": plan.rules,
        "resolution_sources": (ResolutionSource(name=plan.series.source),),
        "execution": plan.series.execution,
        "strike": one.strike,
        "open_time": plan.open_time,
        "price_grid": grid_table(plan.series.grid).model,
        "size_step": plan.series.size_step,
        "min_size": plan.series.size_step,
        "fees": fees_of(plan.series),
        "currency": "USD",
        "liquidity": None,
        "resolver": Resolver.EXCHANGE,
        "taker_delay": None,
        "pool_ref": None,
    }


def market(venue: str, listing: Listing, facts: MarketFacts) -> Market:
    """A market as it stands."""
    return Market.trusted(
        {
            **_fixed(venue, listing),
            "close_time": listing.event.announced_close(facts.now),
            "expected_expiration_time": listing.event.announced_settlement(facts.now),
            "outcomes": outcomes(listing.market.label, facts.best, facts.last),
            "status": facts.status,
            "trading": facts.trading,
            "settled_time": facts.settled_time,
            "volume": facts.volume,
            "volume_24h": facts.volume_24h,
            "open_interest": facts.open_interest,
            "result": facts.result,
            "settlement_value": facts.value,
            "resolution_final": facts.final,
            "as_of": facts.now,
        }
    )


def event(venue: str, plan: EventPlan, markets: tuple[Market, ...], now: datetime) -> Event:
    """An event as it stands, with its markets where they were asked for."""
    combo = any(one.legs for one in plan.markets)
    return Event(
        ref=EventRef.make(venue, plan.code),
        series_ref=SeriesRef.make(venue, plan.series.code),
        title=plan.title,
        subtitle="Combination" if combo else None,
        category=plan.series.category,
        mutually_exclusive=plan.mutually_exclusive,
        exhaustive=plan.exhaustive,
        open_set=plan.open_set,
        markets=markets,
        resolution_sources=(ResolutionSource(name=plan.series.source),),
        close_time=plan.announced_close(now),
    )


@lru_cache(maxsize=256)
def series(venue: str, plan: SeriesPlan) -> Series:
    """A series."""
    return Series(
        ref=SeriesRef.make(venue, plan.code),
        title=plan.title,
        category=plan.category,
        tags=plan.tags,
        frequency=plan.cadence.value,
        resolution_sources=(ResolutionSource(name=plan.source),),
        fees=fees_of(plan),
    )


def milestone(venue: str, plan: EventPlan, start: datetime, end: datetime) -> Milestone:
    """The happening that an event waits for."""
    ref = EventRef.make(venue, plan.code)
    kinds = {"Sports": "game", "Economics": "release", "Politics": "vote"}
    return Milestone(
        ref=MilestoneRef.make(venue, f"M-{plan.code}"),
        title=plan.title,
        category=plan.series.category,
        kind=kinds.get(plan.series.category, "happening"),
        start_time=start,
        end_time=end,
        event_refs=(ref,),
        primary_event_refs=(ref,),
        source=plan.series.source,
    )


def _levels(rows: tuple[tuple[Decimal, Decimal], ...], depth: int | None) -> tuple[Level, ...]:
    return tuple(Level.trusted({"price": price, "size": size}) for price, size in rows[:depth])


def book(
    ref: MarketRef,
    view: BookView,
    now: datetime,
    *,
    depth: int | None,
    sequence: int | None,
    state: BookState,
) -> OrderBook:
    """A YES book, or its mirror where the ref names the NO outcome."""
    made = OrderBook.trusted(
        {
            "market_ref": ref.market,
            "outcome": OutcomeSide.YES,
            "bids": _levels(view.bids, depth),
            "asks": _levels(view.asks, depth),
            "sequence": sequence,
            "venue_time": now,
            "received_time": now,
            "state": state,
            "source": view.source,
            "firm": view.firm,
        }
    )
    return made.mirror() if ref.outcome == "no" else made


def trade(venue: str, code: str, row: Print) -> Trade:
    """A public trade; the taker is said to have bought."""
    return Trade.trusted(
        {
            "trade_id": row.id,
            "market_ref": MarketRef.make(venue, code),
            "price": row.price,
            "size": row.size,
            "taker_outcome": OutcomeSide.YES if row.taker_yes else OutcomeSide.NO,
            "taker_action": Action.BUY,
            "off_book": row.off_book,
            "time": row.time,
        }
    )


def candle(listing: Listing, row: CandleShape, end: datetime) -> Candle:
    """One step of price history."""
    firm = listing.series.execution is not Execution.AMM
    return Candle(
        start=row.start,
        end=end,
        open=row.open,
        high=row.high,
        low=row.low,
        close=row.close,
        bid_close=row.bid if firm else None,
        ask_close=row.ask if firm else None,
        volume=row.volume,
    )
