"""What changes about a market, worked out for a moment."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from pmi_core.models import MarketResult, MarketStatus, Trading
from pmi_core.numbers import ONE, ZERO
from pmi_provider_paper.catalogue import EventPlan

__all__ = ["Best", "MarketFacts", "result_of", "status_of", "trading_of"]


class Best(NamedTuple):
    """Best prices of YES with the sizes that stand there."""

    bid: Decimal | None
    bid_size: Decimal | None
    ask: Decimal | None
    ask_size: Decimal | None


class MarketFacts(NamedTuple):
    """A market as it stands at ``now``; prices in YES terms."""

    now: datetime
    status: MarketStatus
    trading: Trading
    best: Best
    last: Decimal | None
    volume: Decimal
    volume_24h: Decimal
    open_interest: Decimal
    result: MarketResult | None
    value: Decimal | None
    settled_time: datetime | None
    final: bool


def status_of(event: EventPlan, now: datetime, *, void: bool) -> MarketStatus:
    """Where the markets of an event are in their life."""
    if now < event.open_time:
        return MarketStatus.UNOPENED
    if event.is_open(now):
        return MarketStatus.OPEN
    if now < event.determined_time:
        return MarketStatus.CLOSED
    if void:
        return MarketStatus.VOIDED
    return MarketStatus.DETERMINED if now < event.settled_time else MarketStatus.SETTLED


def trading_of(event: EventPlan, now: datetime) -> Trading:
    """What the markets of an event take right now."""
    if not event.is_open(now):
        return Trading.NONE
    pause = event.pause
    return Trading.PAUSED if pause is not None and pause[0] <= now < pause[1] else Trading.OPEN


def result_of(value: Decimal | None) -> MarketResult:
    """How a market ended that pays ``value`` for YES; None means void."""
    if value is None:
        return MarketResult.VOID
    if value == ONE:
        return MarketResult.YES
    return MarketResult.NO if value == ZERO else MarketResult.FRACTION
