"""What a small venue in memory has, and one question for every tool."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from pmi_core import (
    Candle,
    Collection,
    CollectionRef,
    Event,
    EventRef,
    Fill,
    GroupRef,
    Market,
    MarketRef,
    Milestone,
    MilestoneRef,
    NotFound,
    Order,
    OrderGroup,
    OrderRef,
    Outcome,
    Page,
    Position,
    QuadraticFee,
    Quote,
    QuoteRef,
    ResolutionSource,
    Rfq,
    RfqRef,
    Series,
    SeriesRef,
    Settlement,
    Trade,
    cent_grid,
)

NOW = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
QUESTIONS = {
    "list_venues": {},
    "search_markets": {"query": "rate", "limit": 2},
    "get_market": {"market": "alpha:RATE-1"},
    "get_events": {},
    "get_event": {"event": "alpha:RATE"},
    "get_series": {},
    "get_orderbook": {"market": "alpha:RATE-1"},
    "get_trades": {"market": "alpha:RATE-1", "limit": 3},
    "get_candlesticks": {"market": "alpha:RATE-1"},
    "get_exchange_status": {},
    "get_milestones": {},
    "get_balance": {},
    "get_positions": {},
    "get_orders": {},
    "get_fills": {},
    "get_multivariate_collections": {},
    "quote_cost": {"market": "alpha:RATE-1", "action": "buy", "size": "100"},
    "get_account": {},
    "get_settlements": {},
    "get_queue_position": {"orders": ["alpha:o0", "alpha:o1"]},
    "get_order_groups": {},
    "get_rfqs": {},
    "get_quotes": {},
}
"""One question for every tool."""


def market(venue="alpha", number=1, **changes):
    values = {
        "ref": MarketRef(f"{venue}:RATE-{number}"),
        "event_ref": EventRef(f"{venue}:RATE"),
        "title": f"Will the rate be above {number} %?",
        "subtitle": f"Above {number} %",
        "rules": f"Resolves YES if the upper bound is above {number} %. " * 15,
        "resolution_sources": (ResolutionSource(name="Central bank", url="https://bank.example/rates"),),
        "outcomes": (
            Outcome(
                label="Yes",
                polarity="yes",
                bid="0.42",
                ask="0.44",
                bid_size="100",
                ask_size="50",
                last="0.43",
            ),
            Outcome(
                label="No", polarity="no", bid="0.56", ask="0.58", bid_size="50", ask_size="100", last="0.57"
            ),
        ),
        "status": "open",
        "trading": "open",
        "close_time": NOW + timedelta(days=30),
        "price_grid": cent_grid(),
        "size_step": "1",
        "fees": QuadraticFee(taker_rate="0.07", step="0.01"),
        "volume": "12345",
        "volume_24h": "678.5",
        "open_interest": "9000",
        "as_of": NOW,
    }
    return Market(**values | changes)


@dataclass
class World:
    """What the venue has; a test changes it before it asks."""

    venue: str = "alpha"
    markets: list = field(default_factory=list)
    trades: list = field(default_factory=list)
    orders: list = field(default_factory=list)
    fills: list = field(default_factory=list)
    positions: list = field(default_factory=list)
    milestones: list = field(default_factory=list)
    candles: list = field(default_factory=list)
    series: list = field(default_factory=list)
    settlements: list = field(default_factory=list)
    groups: list = field(default_factory=list)
    rfqs: list = field(default_factory=list)
    quotes: list = field(default_factory=list)
    collections: list = field(default_factory=list)
    ahead: dict = field(default_factory=dict)
    message: str | None = None
    event_title: str = "Rate decision in February"
    failure: Exception | None = None
    hangs: bool = False
    resolves_slowly: bool = False
    refuses_to_resolve: Exception | None = None
    most_rows: int = 100
    calls: list = field(default_factory=list)

    def __post_init__(self):
        one = MarketRef(f"{self.venue}:RATE-1")
        self.markets = self.markets or [market(self.venue, number) for number in range(1, 13)]
        self.trades = [
            Trade(
                trade_id=f"t{n}",
                market_ref=one,
                price=Decimal("0.40") + Decimal(n) / 100,
                size="5",
                taker_outcome="yes",
                taker_action="buy",
                time=NOW - timedelta(minutes=n),
            )
            for n in range(12)
        ]
        self.candles = [
            Candle(
                start=NOW - timedelta(hours=n),
                end=NOW - timedelta(hours=n - 1),
                open="0.40",
                close="0.41",
                volume="7",
            )
            for n in range(6, 0, -1)
        ]
        self.orders = [
            Order(
                ref=OrderRef(f"{self.venue}:o{n}"),
                client_order_id=f"c{n}",
                market_ref=one,
                outcome="yes",
                action="buy",
                size="10",
                price="0.41",
                time_in_force="gtc",
                status=status,
                filled="0",
                remaining="10" if status == "open" else "0",
                fees="0",
                created_time=NOW - timedelta(minutes=n),
            )
            for n, status in enumerate(["open", "canceled", "open"])
        ]
        self.fills = [
            Fill(
                trade_id="t1",
                order_ref=OrderRef(f"{self.venue}:o9"),
                client_order_id="c9",
                market_ref=one,
                outcome="no",
                action="buy",
                price="0.57",
                size="3",
                fee="0.06",
                liquidity="taker",
                time=NOW,
            )
        ]
        self.positions = [
            Position(
                market_ref=one,
                outcome="no",
                size="3",
                average_price="0.57",
                cost="1.71",
                realized_pnl="0",
                fees="0.06",
                as_of=NOW,
            )
        ]
        self.milestones = [
            Milestone(
                ref=MilestoneRef(f"{self.venue}:m1"),
                title="Meeting",
                start_time=NOW + timedelta(days=20),
                event_refs=(EventRef(f"{self.venue}:RATE"),),
            )
        ]
        self.series = [
            Series(
                ref=SeriesRef(f"{self.venue}:RATES"),
                title="Rate decisions",
                category="Economics",
                tags=("Rates",),
            )
        ]
        self._agree(one)

    def _agree(self, one):
        """What became of markets, and what is negotiated."""
        self.settlements = [
            Settlement(
                market_ref=MarketRef(f"{self.venue}:RATE-0"),
                event_ref=EventRef(f"{self.venue}:RATE"),
                result="no",
                settlement_value="0",
                yes_size="0",
                no_size="3",
                cost="1.71",
                payout="3",
                fees="0.06",
                time=NOW - timedelta(days=1),
            )
        ]
        self.ahead = {self.orders[0].ref: Decimal(250)}
        self.groups = [
            OrderGroup(
                ref=GroupRef(f"{self.venue}:g1"), limit="100", window_seconds=15, orders=(self.orders[0].ref,)
            )
        ]
        self.rfqs = [
            Rfq(
                ref=RfqRef(f"{self.venue}:r{n}"),
                market_ref=one,
                size="500",
                status="open",
                mine=n == 1,
                created_time=NOW - timedelta(minutes=n),
            )
            for n in (1, 2)
        ]
        self.quotes = [
            Quote(
                ref=QuoteRef(f"{self.venue}:q1"),
                rfq_ref=RfqRef(f"{self.venue}:r1"),
                market_ref=one,
                yes_bid="0.41",
                no_bid="0.55",
                size="500",
                status="accepted",
                mine=False,
                accepted_side="no",
                created_time=NOW,
            )
        ]
        self.collections = [
            Collection(
                ref=CollectionRef(f"{self.venue}:c1"),
                title="Rates in two countries",
                description="Any two of them.",
                event_refs=(EventRef(f"{self.venue}:RATE"),),
                min_legs=2,
                max_legs=4,
            )
        ]

    @property
    def event(self):
        return Event(
            ref=EventRef(f"{self.venue}:RATE"),
            series_ref=SeriesRef(f"{self.venue}:RATES"),
            title=self.event_title,
            category="Economics",
            mutually_exclusive=False,
            markets=tuple(self.markets),
            close_time=NOW + timedelta(days=30),
        )

    async def asked(self, what, query=None):
        self.calls.append((what, query))
        if self.hangs:
            await asyncio.sleep(3600)
        if self.failure is not None:
            raise self.failure

    def page(self, rows, query):
        start = int(query.cursor or 0)
        end = start + min(query.limit, self.most_rows)
        return Page(items=tuple(rows[start:end]), cursor=str(end) if end < len(rows) else None)

    def one(self, rows, ref, noun):
        found = next((row for row in rows if row.ref == ref), None)
        if found is None:
            raise NotFound(f"{self.venue} knows no {noun} {ref}", venue=self.venue)
        return found
