"""Hypothesis strategies for neutral values, valid by construction: prices on grids, books in order."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

from hypothesis import strategies as st

from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    Action,
    LadderGrid,
    Level,
    OrderBook,
    OrderRequest,
    OutcomeSide,
    PriceGrid,
    PriceRange,
    RangesGrid,
    SelfTradePolicy,
    SignificantGrid,
    TimeInForce,
    Trade,
    cent_grid,
)
from pmi_core.numbers import Rounding
from pmi_core.testing.clock import START

__all__ = [
    "books",
    "client_order_ids",
    "grid_prices",
    "grids",
    "market_refs",
    "order_requests",
    "prices",
    "sizes",
    "times",
    "trades",
]

_NATIVE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:"
_STEPS = ("0.01", "0.001", "0.005", "0.05", "0.1")


def prices(places: int = 4) -> st.SearchStrategy[Decimal]:
    """Prices inside (0, 1) with at most ``places`` decimals."""
    return st.integers(1, 10**places - 1).map(lambda number: Decimal(number).scaleb(-places))


def sizes(step: Decimal = Decimal(1), most: int = 10_000) -> st.SearchStrategy[Decimal]:
    """Positive multiples of ``step``."""
    return st.integers(1, most).map(lambda number: step * number)


def times() -> st.SearchStrategy[datetime]:
    """Aware moments in UTC, to the microsecond."""
    first, last = datetime(2020, 1, 1), datetime(2040, 1, 1)  # noqa: DTZ001 - hypothesis wants them naive
    return st.datetimes(first, last, timezones=st.just(UTC))


def market_refs(venue: str = "test") -> st.SearchStrategy[MarketRef]:
    """Refs of markets at one venue."""
    return st.text(_NATIVE, min_size=1, max_size=40).map(lambda native: MarketRef.make(venue, native))


def client_order_ids() -> st.SearchStrategy[str]:
    """Ids of printable ASCII without spaces."""
    return st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=64)


@st.composite
def _bands(draw: st.DrawFn) -> RangesGrid:
    edges = sorted(draw(st.sets(st.integers(1, 9), max_size=3)))
    ends = [Decimal(0), *(Decimal(edge) / 10 for edge in edges), Decimal(1)]
    return RangesGrid(
        ranges=tuple(
            PriceRange(start=start, end=end, step=Decimal(draw(st.sampled_from(_STEPS))))
            for start, end in pairwise(ends)
        )
    )


def grids() -> st.SearchStrategy[PriceGrid]:
    """Price grids of every kind."""
    ladders = st.sets(prices(3), min_size=1, max_size=30).map(
        lambda found: LadderGrid(prices=tuple(sorted(found)))
    )
    figures = st.builds(SignificantGrid, figures=st.integers(1, 5), max_decimals=st.integers(1, 6))
    return st.one_of(st.just(cent_grid()), _bands(), ladders, figures)


@st.composite
def grid_prices(draw: st.DrawFn, grid: PriceGrid | None = None) -> Decimal:
    """A price on which a limit order may stand; on a cent grid unless another is given."""
    on = grid or cent_grid()
    snapped = on.snap(draw(prices()), towards=draw(st.sampled_from((Rounding.FLOOR, Rounding.CEILING))))
    if snapped is None:
        snapped = on.snap(Decimal("0.5"), towards=Rounding.HALF_EVEN)
    assert snapped is not None, "a grid without a price"
    return snapped


@st.composite
def books(
    draw: st.DrawFn, ref: MarketRef | None = None, grid: PriceGrid | None = None, depth: int = 8
) -> OrderBook:
    """Books on a grid: best first, never crossed, either side possibly empty."""
    found = sorted(draw(st.sets(grid_prices(grid), max_size=2 * depth)))
    cut = draw(st.integers(max(0, len(found) - depth), min(depth, len(found))))
    rest = [Level(price=price, size=draw(sizes())) for price in found]
    return OrderBook(
        market_ref=ref or draw(market_refs()),
        bids=tuple(rest[:cut][::-1]),
        asks=tuple(rest[cut:]),
        sequence=draw(st.none() | st.integers(0, 10**9)),
        received_time=draw(times()),
    )


@st.composite
def order_requests(
    draw: st.DrawFn, ref: MarketRef | None = None, grid: PriceGrid | None = None, step: Decimal = Decimal(1)
) -> OrderRequest:
    """Consistent orders: a size or an amount, an expiry exactly with gtd, post-only only where it rests."""
    tif = draw(st.sampled_from(TimeInForce))
    by_size = draw(st.booleans())
    rests = tif in (TimeInForce.GTC, TimeInForce.GTD)
    return OrderRequest(
        market_ref=ref or draw(market_refs()),
        outcome=draw(st.sampled_from(OutcomeSide)),
        action=draw(st.sampled_from(Action)),
        size=draw(sizes(step)) if by_size else None,
        notional=None if by_size else draw(sizes(Decimal("0.01"))),
        price=draw(grid_prices(grid)),
        time_in_force=tif,
        expires_at=draw(times().filter(lambda moment: moment > START)) if tif is TimeInForce.GTD else None,
        post_only=rests and draw(st.booleans()),
        reduce_only=draw(st.booleans()),
        self_trade=draw(st.sampled_from(SelfTradePolicy)),
        client_order_id=draw(client_order_ids()),
    )


@st.composite
def trades(draw: st.DrawFn, ref: MarketRef | None = None) -> Trade:
    """Public trades at any price inside (0, 1)."""
    side, action = draw(
        st.none().map(lambda _: (None, None))
        | st.tuples(st.sampled_from(OutcomeSide), st.sampled_from(Action))
    )
    return Trade(
        trade_id=draw(client_order_ids()),
        market_ref=ref or draw(market_refs()),
        price=draw(prices()),
        size=draw(sizes()),
        taker_outcome=side,
        taker_action=action,
        time=draw(times()),
    )
