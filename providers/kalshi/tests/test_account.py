"""Money by shard, positions, settlements."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pmi_core.errors import UnexpectedAnswer
from pmi_core.models import MarketResult, OutcomeSide, PositionQuery, SettlementQuery

pytestmark = pytest.mark.anyio
D = Decimal
BALANCE = {
    "balance": 9801,
    "balance_dollars": "98.0186",
    "portfolio_value": 198,
    "updated_ts": 1,
    "balance_breakdown": [
        {"exchange_index": 0, "balance": "90.0086"},
        {"exchange_index": 2, "balance": "8.0100"},
    ],
}
RESTING = "/portfolio/summary/total_resting_order_value"
FORBIDDEN = {"error": {"code": "forbidden", "message": "forbidden"}}


def position(ticker="A-1", **changes):
    plain = {
        "ticker": ticker,
        "exchange_index": 0,
        "total_traded_dollars": "1.980000",
        "position_fp": "-3.00",
        "market_exposure_dollars": "1.560000",
        "realized_pnl_dollars": "-0.010000",
        "fees_paid_dollars": "0.052500",
        "last_updated_ts": "2026-11-15T10:00:00Z",
    }
    return {**plain, **changes}


async def test_money_is_told_by_shard(keyed, exchange, now):
    exchange.answers("/portfolio/balance", BALANCE)
    told = [{"exchange_index": 0, "balance": "1.5000"}, {"exchange_index": 3, "balance": "0.2500"}]
    exchange.answers(RESTING, {"total_resting_order_value": 175, "resting_order_value_breakdown": told})
    rows = await keyed.account.get_balance()
    assert [(row.compartment, row.available, row.reserved, row.total) for row in rows] == [
        ("0", D("90.0086"), D("1.5"), D("91.5086")),
        ("2", D("8.01"), D(0), D("8.01")),
        ("3", D(0), D("0.25"), D("0.25")),
    ]
    assert {(row.currency, row.as_of) for row in rows} == {("USD", now)}


async def test_a_locked_key_sees_one_row_and_the_open_orders_are_added_up(keyed, exchange, order_row):
    exchange.answers("/portfolio/balance", {**BALANCE, "balance_breakdown": None})
    exchange.answers(RESTING, FORBIDDEN, code=403)
    orders = [
        order_row("o1", remaining_count_fp="10.00"),
        order_row("o2", outcome_side="no", remaining_count_fp="2.00", exchange_index=2),
    ]
    exchange.answers("/portfolio/orders", {"orders": orders}, status="resting", limit=1000)
    (row,) = await keyed.account.get_balance()
    assert (row.compartment, row.available, row.reserved) == (None, D("98.0186"), D("5.2"))


async def test_a_subaccount_is_named_in_every_question(open_venue, exchange, key):
    exchange.tells_limits()
    exchange.answers("/portfolio/balance", BALANCE, subaccount=3)
    exchange.answers("/portfolio/orders", {"orders": []}, status="resting", limit=1000, subaccount=3)
    async with await open_venue(**key, subaccount=3) as venue:
        assert venue.info.account == "a-key-id/3"
        assert len(await venue.account.get_balance()) == 2


async def test_positions_are_signed_at_the_venue_and_sided_here(keyed, exchange):
    rows = [position(), position("B-1", position_fp="2.50", market_exposure_dollars="1.000000")]
    filters = {"count_filter": "position", "limit": 100}
    exchange.answers("/portfolio/positions", {"market_positions": rows, "cursor": ""}, **filters)
    no, yes = (await keyed.account.list_positions(PositionQuery())).items
    assert (no.outcome, no.size, no.average_price, no.cost) == (OutcomeSide.NO, 3, D("0.52"), D("1.56"))
    assert (no.realized_pnl, no.fees) == (D("-0.01"), D("0.0525"))
    assert (yes.outcome, yes.size, yes.average_price) == (OutcomeSide.YES, D("2.5"), D("0.4"))


async def test_closed_positions_come_from_both_tiers(keyed, exchange):
    closed = position(position_fp="0.00", market_exposure_dollars="0.000000")
    filters = {"ticker": "A-1", "settlement_status": "all"}
    exchange.answers("/portfolio/positions", {"market_positions": [closed]}, **filters, limit=100)
    exchange.answers("/historical/positions", {"market_positions": [closed]}, ticker="A-1", limit=99)
    query = PositionQuery(market_ref="kalshi:A-1", include_closed=True)
    rows = (await keyed.account.list_positions(query)).items
    assert [(row.size, row.average_price) for row in rows] == [(0, None), (0, None)]


async def test_settlements_in_dollars(keyed, exchange):
    plain = {
        "ticker": "A-1",
        "event_ticker": "A",
        "exchange_index": 0,
        "market_result": "yes",
        "yes_count_fp": "15.00",
        "yes_total_cost_dollars": "9.300000",
        "no_count_fp": "1.00",
        "no_total_cost_dollars": "0.300000",
        "revenue": 1500,
        "settled_time": "2026-11-11T03:00:00Z",
        "fee_cost": "0.020000",
        "value": 100,
    }
    scalar = {**plain, "market_result": "scalar", "value": 37, "settled_time": "2026-11-12T03:00:00Z"}
    exchange.answers("/portfolio/settlements", {"settlements": [plain, scalar], "cursor": ""}, limit=100)
    part, whole = (await keyed.account.list_settlements(SettlementQuery())).items
    assert (whole.result, whole.settlement_value, whole.payout) == (MarketResult.YES, 1, D(15))
    assert (whole.cost, whole.fees, whole.yes_size, whole.no_size) == (D("9.6"), D("0.02"), 15, 1)
    assert (part.result, part.settlement_value) == (MarketResult.FRACTION, D("0.37"))
    assert part.time == datetime(2026, 11, 12, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"position_fp": "many"}, "position in A-1: position_fp: 'many'"),
        ({"position_fp": 3}, r"Expected `str`.*position_fp"),
        ({"fees_paid_dollars": "1e9"}, "fees_paid_dollars"),
        ({"ticker": None}, "ticker"),
    ],
)
async def test_a_position_that_makes_no_sense_is_named(keyed, exchange, changes, said):
    rows = {"market_positions": [position(**changes)]}
    exchange.answers("/portfolio/positions", rows, count_filter="position", limit=100)
    with pytest.raises(UnexpectedAnswer, match=said):
        await keyed.account.list_positions(PositionQuery())
