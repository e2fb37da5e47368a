"""Documented limits of the venue, each with the page it stands on."""

from __future__ import annotations

from typing import Final

from pmi_core.transport.limits import Limit

__all__ = [
    "BALANCE",
    "BALANCES",
    "BALANCES_ABOVE_ADVANCED",
    "CALL_COST",
    "JITTER",
    "MOST_ACCOUNT_ROWS",
    "MOST_BOOKS",
    "MOST_CANDLES",
    "MOST_COLLECTIONS",
    "MOST_EVENTS",
    "MOST_LEVELS",
    "MOST_MARKETS",
    "MOST_MILESTONES",
    "MOST_QUOTES",
    "MOST_RFQS",
    "MOST_TICKERS",
    "MOST_TRADES",
    "READ",
    "READS",
    "WRITE",
    "WRITES",
]

READ: Final = "read"
"""The bucket of every call that is named nowhere else."""

WRITE: Final = "write"
"""The bucket of orders, order groups and the negotiation of quotes."""

BALANCE: Final = "balance"
"""The bucket of GET /portfolio/balance, counted in calls."""

READS: Final = Limit(READ, burst=200.0, rate=200.0)
"""Tokens, of the Basic tier (docs.kalshi.com, rate limits, June 2026; GET /account/limits recorded
on 2026-06-11).  What a caller without a key may spend is not published; Basic is assumed."""

WRITES: Final = Limit(WRITE, burst=100.0, rate=100.0)
"""Tokens, of the Basic tier (the same sources)."""

BALANCES: Final = Limit(BALANCE, burst=1.0, rate=1.0)
"""Calls, of the tiers Basic and Advanced, without burst (OpenAPI 3.34.0, GET /portfolio/balance)."""

BALANCES_ABOVE_ADVANCED: Final = Limit(BALANCE, burst=1.0, rate=5.0)
"""Calls, of every higher tier (the same page)."""

JITTER: Final = 0.15
"""Seconds by which two calls may come closer together on the way: as much refill is never spent at once."""

CALL_COST: Final = 10.0
"""Tokens a call (GET /account/endpoint_costs, ``default_cost``, recorded on 2026-07-06)."""

MOST_MARKETS: Final = 1000
"""Rows a page of GET /markets and GET /historical/markets (OpenAPI 3.34.0); one more is a 400."""

MOST_EVENTS: Final = 200
"""Rows a page of GET /events and GET /events/multivariate (OpenAPI 3.34.0)."""

MOST_TRADES: Final = 1000
"""Rows a page of GET /markets/trades and GET /historical/trades (OpenAPI 3.34.0)."""

MOST_MILESTONES: Final = 500
"""Rows a page of GET /milestones, where the number must be given (OpenAPI 3.34.0)."""

MOST_BOOKS: Final = 100
"""Tickers a call of GET /markets/orderbooks (OpenAPI 3.34.0)."""

MOST_LEVELS: Final = 100
"""``depth`` of GET /markets/{ticker}/orderbook; more are had only by asking for all (OpenAPI 3.34.0)."""

MOST_CANDLES: Final = 10_000
"""Candles a call of GET /markets/candlesticks (OpenAPI 3.34.0)."""

MOST_TICKERS: Final = 100
"""Tickers in one ``tickers`` filter; not documented for markets, so the number of the other lists."""

MOST_ACCOUNT_ROWS: Final = 1000
"""Rows a page of orders, fills, positions and settlements (OpenAPI 3.34.0)."""

MOST_RFQS: Final = 100
"""Rows a page of GET /communications/rfqs (OpenAPI 3.34.0)."""

MOST_QUOTES: Final = 500
"""Rows a page of GET /communications/quotes (OpenAPI 3.34.0)."""

MOST_COLLECTIONS: Final = 200
"""Rows a page of GET /multivariate_event_collections (OpenAPI 3.34.0)."""
