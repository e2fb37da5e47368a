"""Markets as plain data."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pmi_core.models import MarketStatus, Trading
from pmi_mcp.views.fees import fee_view
from pmi_mcp.views.values import Detail, currency, label, moment, name_of, number, present, words

if TYPE_CHECKING:
    from pmi_core.models import Market, Outcome, PriceGrid, ResolutionSource, Strike

__all__ = ["market_row", "market_view", "source_view"]

_RULES_IN_BRIEF = 600
_RULES_IN_FULL = 6_000


def market_row(market: Market) -> dict[str, Any]:
    """What a list shows of a market: name, state, YES prices, size of business, end."""
    settled = market.status is not MarketStatus.OPEN
    return present(
        {
            "ref": name_of(market.ref),
            "title": label(market.title),
            "subtitle": label(market.subtitle) if market.subtitle != market.title else None,
            "status": market.status.value,
            "trading": _unusual_trading(market),
            "yes_bid": number(market.yes.bid),
            "yes_ask": number(market.yes.ask),
            "last": number(market.yes.last),
            "volume_24h": number(market.volume_24h),
            "volume": number(market.volume) if market.volume_24h is None else None,
            "closes": moment(market.close_time),
            "result": market.result.value if market.result else None,
            "settlement_value": number(market.settlement_value) if settled else None,
        }
    )


def market_view(market: Market, detail: Detail) -> dict[str, Any]:
    """One market: in brief the row, both outcomes and the start of the rules; in full all of it."""
    row = market_row(market)
    for name in ("yes_bid", "yes_ask", "last"):
        row.pop(name, None)
    brief = {
        "event": name_of(market.event_ref),
        "outcomes": {outcome.polarity.value: _outcome(outcome) for outcome in market.outcomes},
        "currency": currency(market.currency) if market.currency != "USD" else None,
        "rules": words(market.rules, _RULES_IN_BRIEF if detail == "brief" else _RULES_IN_FULL),
        "as_of": moment(market.as_of),
    }
    return row | present(brief | (_rest(market) if detail == "full" else {}))


def _unusual_trading(market: Market) -> str | None:
    usual = Trading.OPEN if market.status is MarketStatus.OPEN else Trading.NONE
    return market.trading.value if market.trading is not usual else None


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return present(
        {
            "label": label(outcome.label, 80) if outcome.label.lower() != outcome.polarity.value else None,
            "bid": number(outcome.bid),
            "bid_size": number(outcome.bid_size),
            "ask": number(outcome.ask),
            "ask_size": number(outcome.ask_size),
            "last": number(outcome.last),
        }
    )


def _rest(market: Market) -> dict[str, Any]:
    return {
        "execution": market.execution.value,
        "strike": _strike(market.strike),
        "opens": moment(market.open_time),
        "expected_expiration": moment(market.expected_expiration_time),
        "settled": moment(market.settled_time),
        "resolution_sources": [source_view(source) for source in market.resolution_sources],
        "resolver": market.resolver.value if market.resolver else None,
        "resolution_final": market.resolution_final or None,
        "price_grid": _grid(market.price_grid),
        "size_step": number(market.size_step),
        "min_size": number(market.min_size),
        "fees": fee_view(market.fees),
        "volume": number(market.volume),
        "open_interest": number(market.open_interest),
        "liquidity": number(market.liquidity),
        "taker_delay_seconds": number(market.taker_delay),
        "pool": label(market.pool_ref, 200),
    }


def source_view(source: ResolutionSource) -> dict[str, Any]:
    """Where a result is read."""
    return present({"name": label(source.name), "url": label(source.url, 400)})


def _strike(strike: Strike | None) -> dict[str, Any] | None:
    if strike is None:
        return None
    return present(
        {
            "kind": strike.kind.value,
            "floor": number(strike.floor),
            "cap": number(strike.cap),
            "text": label(strike.text, 200),
        }
    )


def _grid(grid: PriceGrid | None) -> dict[str, Any] | None:
    """The tradable prices, in the grid's own terms with every number as text."""
    if grid is None:
        return None
    return {name: _as_text(value) for name, value in grid.model_dump(mode="python").items()}


def _as_text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, dict):
        return {name: _as_text(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_as_text(inner) for inner in value]
    return value
