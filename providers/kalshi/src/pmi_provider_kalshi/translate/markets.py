"""Markets: the venue's row into the neutral one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from pmi_core.errors import MalformedRef, UnexpectedAnswer
from pmi_core.identifiers import EventRef, MarketRef
from pmi_core.models import (
    Execution,
    FeeSchedule,
    Market,
    MarketResult,
    MarketStatus,
    NoFee,
    Outcome,
    OutcomeSide,
    ResolutionSource,
    Resolver,
    Trading,
)
from pmi_core.numbers import ONE
from pmi_provider_kalshi.translate.grids import grid
from pmi_provider_kalshi.translate.numbers import count, number, price, quote, size, time
from pmi_provider_kalshi.translate.strikes import strike
from pmi_provider_kalshi.wire import market as wire

__all__ = ["SIZE_STEP", "STATUSES", "market"]

SIZE_STEP: Final = Decimal("0.01")
"""The smallest number of contracts, and the step (docs.kalshi.com, fixed-point contracts, 2026-06)."""

STATUSES: Final = {
    "initialized": (MarketStatus.UNOPENED, Trading.NONE),
    "active": (MarketStatus.OPEN, Trading.OPEN),
    "inactive": (MarketStatus.OPEN, Trading.PAUSED),
    "closed": (MarketStatus.CLOSED, Trading.NONE),
    "determined": (MarketStatus.DETERMINED, Trading.NONE),
    "disputed": (MarketStatus.DETERMINED, Trading.NONE),
    "amended": (MarketStatus.DETERMINED, Trading.NONE),
    "finalized": (MarketStatus.SETTLED, Trading.NONE),
}
_RESULTS: Final = {
    "": None,
    "yes": MarketResult.YES,
    "no": MarketResult.NO,
    "scalar": MarketResult.FRACTION,
}


def _pays_one(text: str) -> None:
    if number(text) != ONE:
        raise ValueError(f"a contract pays {text} dollars; only contracts that pay 1 are understood")


_READERS: Final[dict[str, Callable[[Any], object]]] = {
    "status": STATUSES.__getitem__,
    "result": _RESULTS.__getitem__,
    "yes_bid_dollars": quote,
    "yes_ask_dollars": quote,
    "last_price_dollars": quote,
    "yes_bid_size_fp": size,
    "yes_ask_size_fp": size,
    "volume_fp": count,
    "volume_24h_fp": count,
    "open_interest_fp": count,
    "notional_value_dollars": _pays_one,
    "open_time": time,
    "close_time": time,
    "expected_expiration_time": lambda text: text is None or time(text),
    "settlement_ts": lambda text: text is None or time(text),
    "settlement_value_dollars": lambda text: text is None or price(text),
    "fee_waiver_expiration_time": lambda text: text is None or time(text),
    "price_ranges": grid,
}

_event_ref = lru_cache(maxsize=4096)(EventRef.make)


def market(
    row: wire.Market,
    venue: str,
    as_of: datetime,
    *,
    fees: FeeSchedule | None = None,
    sources: tuple[ResolutionSource, ...] = (),
) -> Market:
    """Translate one row.

    Args:
        row: the venue's market.
        venue: the configured venue's name.
        as_of: when the row was received.
        fees: what the event or series says of fees; the row itself says only until when they are waived.
        sources: what the event says of sources.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names it.
    """
    try:
        return _market(row, venue, as_of, fees, sources)
    except (ValueError, KeyError, MalformedRef) as error:
        raise UnexpectedAnswer(_blame(row, error), venue=venue) from error


def _market(
    row: wire.Market,
    venue: str,
    as_of: datetime,
    fees: FeeSchedule | None,
    sources: tuple[ResolutionSource, ...],
) -> Market:
    status, trading = STATUSES[row.status]
    result = _RESULTS[row.result]
    if row.notional_value_dollars != "1.0000":
        _pays_one(row.notional_value_dollars)
    paid = row.settlement_value_dollars
    # The deprecated title is the only full question on the row; the label stands in for it.
    title = row.title or row.yes_sub_title or row.ticker
    return Market.trusted(
        {
            "ref": MarketRef.make(venue, row.ticker),
            "event_ref": _event_ref(venue, row.event_ticker) if row.event_ticker else None,
            "title": title,
            "subtitle": row.subtitle or row.yes_sub_title or None,
            "rules": _rules(row),
            "resolution_sources": sources,
            "outcomes": _outcomes(row),
            "status": status,
            "trading": trading,
            "execution": Execution.CLOB,
            "strike": strike(row),
            "open_time": time(row.open_time),
            "close_time": time(row.close_time),
            "expected_expiration_time": time(row.expected_expiration_time)
            if row.expected_expiration_time
            else None,
            "settled_time": time(row.settlement_ts) if row.settlement_ts else None,
            "price_grid": grid(row.price_ranges),
            "size_step": SIZE_STEP,
            "min_size": SIZE_STEP,
            "fees": fees if row.fee_waiver_expiration_time is None else _waived(row, as_of) or fees,
            "currency": "USD",
            "volume": count(row.volume_fp),
            "volume_24h": count(row.volume_24h_fp),
            "open_interest": count(row.open_interest_fp),
            "liquidity": None,
            "result": result,
            "settlement_value": price(paid) if paid is not None and result is not None else None,
            "resolution_final": status is MarketStatus.SETTLED,
            "resolver": Resolver.EXCHANGE,
            "taker_delay": None,
            "pool_ref": None,
            "as_of": as_of,
        }
    )


def _waived(row: wire.Market, as_of: datetime) -> NoFee | None:
    """No fees while the market's waiver lasts; None once it is over."""
    ends = time(row.fee_waiver_expiration_time or "")
    return NoFee(valid_until=ends) if ends is not None and as_of < ends else None


def _outcomes(row: wire.Market) -> tuple[Outcome, Outcome]:
    """Both sides; the row's NO prices are complements of its YES prices and are not read."""
    yes_bid, no_ask = quote(row.yes_bid_dollars)
    yes_ask, no_bid = quote(row.yes_ask_dollars)
    yes_last, no_last = quote(row.last_price_dollars)
    bid_size = size(row.yes_bid_size_fp)
    ask_size = size(row.yes_ask_size_fp)
    if yes_bid is None or bid_size is None:
        yes_bid = no_ask = bid_size = None
    if yes_ask is None or ask_size is None:
        yes_ask = no_bid = ask_size = None
    yes_label, no_label = row.yes_sub_title or "Yes", row.no_sub_title
    if not no_label or no_label == yes_label:  # most rows repeat the YES label here
        no_label = "No" if yes_label != "No" else "Not: No"
    yes = Outcome.trusted(
        {
            "label": yes_label,
            "polarity": OutcomeSide.YES,
            "bid": yes_bid,
            "ask": yes_ask,
            "bid_size": bid_size,
            "ask_size": ask_size,
            "last": yes_last,
        }
    )
    no = Outcome.trusted(
        {
            "label": no_label,
            "polarity": OutcomeSide.NO,
            "bid": no_bid,
            "ask": no_ask,
            "bid_size": ask_size,
            "ask_size": bid_size,
            "last": no_last,
        }
    )
    return yes, no


def _rules(row: wire.Market) -> str:
    parts = (row.rules_primary, row.rules_secondary, row.early_close_condition)
    return "\n\n".join([part for part in parts if part])


def _blame(row: wire.Market, error: Exception) -> str:
    for field, read in _READERS.items():
        value = getattr(row, field)
        try:
            read(value)
        except ValueError as reason:
            return f"market {row.ticker}: {field}: {reason}"
        except KeyError:
            return f"market {row.ticker}: {field} is {value!r}, which the venue does not document"
    return f"market {row.ticker}: {error}"
