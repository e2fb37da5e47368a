"""Markets as the exchange writes them (OpenAPI 3.34.0, Market)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from pmi_core.exchange.views import MarketView
from pmi_core.models import MarketStatus, OutcomeSide, Trading
from pmi_provider_kalshi.sandbox.floor import Floor
from pmi_provider_kalshi.sandbox.grids import bands
from pmi_provider_kalshi.sandbox.scenario import series
from pmi_provider_kalshi.sandbox.scenario.calendar import COMBO_COLLECTION
from pmi_provider_kalshi.sandbox.scenario.history import Print
from pmi_provider_kalshi.sandbox.scenario.plans import EventPlan, MarketPlan, SeriesPlan
from pmi_provider_kalshi.sandbox.writing import count, dollars, stamp

__all__ = ["all_prints", "market_row", "open_interest", "status_of", "volume"]

_ONE: Final = Decimal(1)
_ZERO: Final = Decimal(0)
_DAY: Final = timedelta(days=1)
_STATUS: Final = {
    MarketStatus.UNOPENED: "initialized",
    MarketStatus.OPEN: "active",
    MarketStatus.CLOSED: "closed",
    MarketStatus.DETERMINED: "determined",
    MarketStatus.SETTLED: "finalized",
    MarketStatus.VOIDED: "finalized",
}


def status_of(view: MarketView | None) -> str:
    """The exchange's word for where a market is; one that the engine never had is over."""
    if view is None:
        return "finalized"
    if view.status is MarketStatus.OPEN and view.trading is Trading.PAUSED:
        return "inactive"
    return _STATUS[view.status]


def all_prints(floor: Floor, ticker: str) -> list[Print]:
    """Every public trade of a market, oldest first."""
    found = list(floor.history.prints(ticker))
    if floor.view(ticker) is not None:
        found += [
            Print(
                trade.trade_id,
                ticker,
                trade.price,
                trade.size,
                trade.taker_outcome is OutcomeSide.YES,
                trade.time,
                trade.off_book,
            )
            for trade in reversed(floor.engine.trades(ticker))
        ]
    return found


def volume(floor: Floor, ticker: str) -> Decimal:
    """Contracts traded over a market's life."""
    view = floor.view(ticker)
    earlier = sum((one.size for one in floor.history.prints(ticker)), _ZERO)
    return earlier + (view.volume if view is not None else _ZERO)


def open_interest(floor: Floor, ticker: str) -> Decimal:
    """Contracts outstanding."""
    view = floor.view(ticker)
    earlier = sum((one.size for one in floor.history.prints(ticker)), _ZERO)
    return earlier * 6 // 10 + (view.open_interest if view is not None else _ZERO)


def market_row(floor: Floor, ticker: str, now: datetime) -> dict[str, Any]:
    """One market with its best prices; keys that begin with an underscore are never sent."""
    known = floor.calendar.markets.get(ticker)
    view = floor.view(ticker)
    row = _trading(floor, ticker, view, now)
    if known is not None:
        event, market = known
        row |= _described(event, market) | _dates(event, view)
        plan = event.series
        row |= _result(floor, event, market, view)
    else:
        assert view is not None
        plan = series.COMBO
        row |= _combined(floor, view)
        row |= _value(view.value if view.result is not None else None, view.settled_time)
    row |= _terms(plan, ticker)
    return row


def _terms(plan: SeriesPlan, ticker: str) -> dict[str, Any]:
    return {
        "ticker": ticker,
        "market_type": "binary",
        "settlement_timer_seconds": int(plan.timer.total_seconds()),
        "notional_value_dollars": dollars(_ONE),
        "settlement_bounds_type": "default",
        "price_level_structure": plan.structure,
        "price_ranges": bands(plan.structure),
        "can_close_early": True,
        "exchange_index": plan.shard,
        "rules_secondary": "This market exists in a sandbox; nothing real depends on it.",
    }


def _trading(floor: Floor, ticker: str, view: MarketView | None, now: datetime) -> dict[str, Any]:
    bid = view.bid if view is not None else None
    ask = view.ask if view is not None else None
    prints = all_prints(floor, ticker)
    before = [one for one in prints if one.time <= now - _DAY]
    lately = sum((one.size for one in prints[len(before) :]), _ZERO)
    last = prints[-1].price if prints else None
    earlier = before[-1].price if before else None
    return {
        "status": status_of(view),
        "yes_bid_dollars": dollars(bid),
        "yes_bid_size_fp": count(view.bid_size if view is not None else None),
        "yes_ask_dollars": dollars(_ONE if ask is None else ask),
        "yes_ask_size_fp": count(view.ask_size if view is not None else None),
        "no_bid_dollars": dollars(_ZERO if ask is None else 1 - ask),
        "no_ask_dollars": dollars(_ONE if bid is None else 1 - bid),
        "last_price_dollars": dollars(last),
        "volume_fp": count(volume(floor, ticker)),
        "volume_24h_fp": count(lately),
        "open_interest_fp": count(open_interest(floor, ticker)),
        "previous_yes_bid_dollars": dollars(
            _ZERO if earlier is None else max(earlier - Decimal("0.01"), _ZERO)
        ),
        "previous_yes_ask_dollars": dollars(
            _ZERO if earlier is None else min(earlier + Decimal("0.01"), _ONE)
        ),
        "previous_price_dollars": dollars(earlier),
    }


def _described(event: EventPlan, market: MarketPlan) -> dict[str, Any]:
    row: dict[str, Any] = {
        "event_ticker": event.ticker,
        "title": event.title,
        "subtitle": market.label,
        "yes_sub_title": market.label,
        "no_sub_title": market.label,
        "rules_primary": market.rules,
        "expiration_value": "",
    }
    if market.strike_type is not None:
        row["strike_type"] = market.strike_type
    optional = {
        "floor_strike": market.floor,
        "cap_strike": market.cap,
        "custom_strike": market.custom,
        "early_close_condition": event.early,
    }
    return row | {name: value for name, value in optional.items() if value is not None}


def _dates(event: EventPlan, view: MarketView | None) -> dict[str, Any]:
    close = view.close_time if view is not None and view.close_time is not None else event.close_time
    listed = event.open_time - timedelta(minutes=10)
    return {
        "created_time": stamp(listed),
        "updated_time": stamp(listed),
        "open_time": stamp(event.open_time),
        "close_time": stamp(close),
        "expected_expiration_time": stamp(event.decided_time),
        "expiration_time": stamp(event.decided_time + timedelta(days=7)),
        "latest_expiration_time": stamp(event.decided_time + timedelta(days=7)),
        "occurrence_datetime": stamp(event.close_time),
        "_close": close,
        "_created": listed,
        "_settled": event.settled_time if view is None else view.settled_time,
    }


def _result(floor: Floor, event: EventPlan, market: MarketPlan, view: MarketView | None) -> dict[str, Any]:
    if view is None:
        return _value(floor.beliefs.results(event)[market.ticker], event.settled_time)
    return _value(view.value if view.result is not None else None, view.settled_time)


def _value(value: Decimal | None, settled: datetime | None) -> dict[str, Any]:
    if value is None:
        return {"result": ""}
    result = "yes" if value == 1 else "no" if value == 0 else "scalar"
    row: dict[str, Any] = {"result": result, "settlement_value_dollars": dollars(value)}
    if settled is not None:
        row["settlement_ts"] = stamp(settled)
    return row


def _combined(floor: Floor, view: MarketView) -> dict[str, Any]:
    """What a combo says of itself; its event bears its own name."""
    legs = [(leg, *floor.calendar.markets[leg.market_id]) for leg in view.legs]
    label = ", ".join(
        f"{'yes' if leg.outcome is OutcomeSide.YES else 'no'} {market.label}" for leg, _, market in legs
    )
    close = view.close_time or floor.start + timedelta(days=30)
    return {
        "event_ticker": view.id,
        "title": label,
        "subtitle": label,
        "yes_sub_title": label,
        "no_sub_title": label,
        "rules_primary": "If every leg comes true, then the market resolves to Yes.",
        "expiration_value": "",
        "strike_type": "custom",
        "custom_strike": {
            "Associated Events": ",".join(event.ticker for _, event, _ in legs),
            "Associated Markets": ",".join(market.ticker for _, _, market in legs),
            "Associated Market Sides": ",".join(leg.outcome.value for leg, _, _ in legs),
        },
        "mve_collection_ticker": COMBO_COLLECTION,
        "mve_selected_legs": [
            {"event_ticker": event.ticker, "market_ticker": market.ticker, "side": leg.outcome.value}
            for leg, event, market in legs
        ],
        "is_provisional": view.volume == 0,
        "created_time": stamp(floor.start),
        "updated_time": stamp(floor.start),
        "open_time": stamp(floor.start),
        "close_time": stamp(close),
        "expected_expiration_time": stamp(close),
        "expiration_time": stamp(close + timedelta(days=7)),
        "latest_expiration_time": stamp(close + timedelta(days=7)),
        "_close": close,
        "_created": floor.start,
        "_settled": view.settled_time,
    }
