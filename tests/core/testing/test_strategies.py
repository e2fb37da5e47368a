from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmi_core.models import OrderBook, OrderRequest, TimeInForce, Trade
from pmi_core.testing import strategies
from pmi_core.testing.conformance.soundness import check_json, check_sound

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(strategies.books())
def test_books_are_in_order_on_their_grid(book: OrderBook) -> None:
    check_json(check_sound(book, OrderBook))
    everything = [level.price for level in (*reversed(book.bids), *book.asks)]
    assert all(low < high for low, high in pairwise(everything))
    assert book.mirror().mirror().bids == book.bids


@quick
@given(st.data())
def test_prices_lie_on_whatever_grid_is_asked_for(data: st.DataObject) -> None:
    grid = data.draw(strategies.grids())
    assert grid.contains(data.draw(strategies.grid_prices(grid)))


@quick
@given(strategies.order_requests())
def test_orders_are_consistent(request: OrderRequest) -> None:
    check_json(check_sound(request, OrderRequest))
    assert (request.expires_at is not None) == (request.time_in_force is TimeInForce.GTD)


@quick
@given(strategies.trades())
def test_trades_are_valid(trade: Trade) -> None:
    check_json(check_sound(trade, Trade))
