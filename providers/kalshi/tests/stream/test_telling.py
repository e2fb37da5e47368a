"""What the stream tells is told as readings tell it, in the words in which it was given."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.models import (
    Channel,
    FillUpdate,
    LifecycleKind,
    LifecycleUpdate,
    OrderRequest,
    OrderStatus,
    OrderUpdate,
    PositionUpdate,
    TickerUpdate,
    TradeUpdate,
)
from pmi_core.transport.socket import Topic
from pmi_provider_kalshi.native.notices import EventFees, GroupChanged, QuoteExecuted
from pmi_provider_kalshi.streaming.channels import Notice, notice_topic

pytestmark = pytest.mark.anyio

ORDER = {
    "order_id": "o1",
    "user_id": "u1",
    "ticker": "A-1",
    "exchange_index": 0,
    "status": "resting",
    "outcome_side": "no",
    "book_side": "ask",
    "yes_price_dollars": "0.6500",
    "fill_count_fp": "0.00",
    "remaining_count_fp": "10.00",
    "initial_count_fp": "10.00",
    "taker_fill_cost_dollars": "0.000000",
    "maker_fill_cost_dollars": "0.000000",
    "taker_fees_dollars": "0.000000",
    "maker_fees_dollars": "0.000000",
    "client_order_id": "mine-1",
    "self_trade_prevention_type": "taker_at_cross",
    "created_ts_ms": 1_790_000_000_000,
    "last_updated_ts_ms": 1_790_000_000_000,
    "subaccount_number": 0,
}
FILL = {
    "trade_id": "t1",
    "order_id": "o1",
    "client_order_id": "mine-1",
    "market_ticker": "A-1",
    "exchange_index": 0,
    "is_taker": True,
    "yes_price_dollars": "0.6500",
    "count_fp": "4.00",
    "fee_cost": "0.063700",
    "ts_ms": 1_790_000_000_500,
    "post_position_fp": "-4.00",
    "outcome_side": "no",
    "book_side": "ask",
    "subaccount": 0,
}
TICKER = {
    "market_id": "m",
    "market_ticker": "A-1",
    "price_dollars": "0.0000",
    "yes_bid_dollars": "0.4000",
    "yes_ask_dollars": "1.0000",
    "volume_fp": "12.50",
    "open_interest_fp": "3.00",
    "dollar_volume": 5,
    "dollar_open_interest": 1,
    "yes_bid_size_fp": "7.00",
    "yes_ask_size_fp": "0.00",
    "last_trade_size_fp": "0.00",
    "ts_ms": 1_790_000_000_000,
}
SALE = OrderRequest(
    market_ref="kalshi:A-1",
    outcome="yes",
    action="sell",
    size=10,
    price="0.65",
    post_only=True,
    client_order_id="mine-1",
)


def said(here, channel, kind, msg, **envelope):
    here.say({"type": kind, "sid": here.sids[channel], "msg": msg} | envelope)


async def test_an_order_of_another_program_is_a_purchase_of_its_outcome(connect):
    here = await connect()
    said(here, "user_orders", "user_order", ORDER)
    (update,) = [one for one in await here.heard() if isinstance(one, OrderUpdate)]
    order = update.order
    assert (order.ref, order.action, order.outcome, order.price) == (
        "kalshi:o1",
        "buy",
        "no",
        Decimal("0.35"),
    )
    assert (order.status, order.remaining, order.time_in_force) == (OrderStatus.OPEN, 10, "gtc")


async def test_an_own_order_keeps_its_words_even_before_its_answer_came(connect):
    here = await connect()
    here.memory.asked(SALE)
    said(here, "fill", "fill", FILL)
    said(here, "user_orders", "user_order", ORDER)
    heard = await here.heard()
    (fill,) = [one.fill for one in heard if isinstance(one, FillUpdate)]
    (order,) = [one.order for one in heard if isinstance(one, OrderUpdate)]
    assert (order.action, order.outcome, order.price) == ("sell", "yes", Decimal("0.65"))
    assert order.post_only is True
    assert (fill.action, fill.outcome, fill.price) == ("sell", "yes", Decimal("0.65"))
    assert (fill.size, fill.fee, fill.client_order_id) == (4, Decimal("0.0637"), "mine-1")


async def test_a_state_that_comes_late_is_told_and_not_believed(connect):
    here = await connect()
    gone = ORDER | {
        "status": "canceled",
        "remaining_count_fp": "0.00",
        "last_updated_ts_ms": 1_790_000_001_000,
    }
    said(here, "user_orders", "user_order", gone)
    said(here, "user_orders", "user_order", ORDER)
    states = [one.order.status for one in await here.heard() if isinstance(one, OrderUpdate)]
    assert states == [OrderStatus.CANCELED, OrderStatus.OPEN]
    (known,) = [here.memory.named("mine-1")]
    assert known.order.status is OrderStatus.CANCELED


async def test_a_status_that_the_venue_does_not_know_is_unknown(connect):
    here = await connect()
    said(here, "user_orders", "user_order", ORDER | {"status": "unknown"})
    (order,) = [one.order for one in await here.heard() if isinstance(one, OrderUpdate)]
    assert order.status is OrderStatus.UNKNOWN


async def test_other_subaccounts_are_not_told_where_one_is_set(connect):
    here = await connect(subaccount=3)
    said(here, "user_orders", "user_order", ORDER)
    said(here, "fill", "fill", FILL)
    said(here, "fill", "fill", FILL | {"subaccount": 3, "trade_id": "t3"})
    assert [one.fill.trade_id for one in await here.heard() if isinstance(one, FillUpdate)] == ["t3"]


async def test_a_ticker_has_no_prices_where_the_venue_writes_zeros(connect):
    here = await connect()
    said(here, "ticker", "ticker", TICKER)
    (update,) = [one for one in await here.heard() if isinstance(one, TickerUpdate)]
    assert (update.yes.bid, update.yes.bid_size, update.no.ask) == (Decimal("0.4"), 7, Decimal("0.6"))
    assert (update.yes.ask, update.yes.ask_size, update.no.bid, update.yes.last) == (None, None, None, None)
    assert (update.volume, update.open_interest) == (Decimal("12.5"), 3)


async def test_a_position_below_zero_is_one_of_no(connect):
    here = await connect()
    row = {
        "user_id": "u1",
        "market_ticker": "A-1",
        "position_fp": "-4.00",
        "position_cost_dollars": "1.4000",
        "realized_pnl_dollars": "-0.2500",
        "fees_paid_dollars": "0.0637",
        "position_fee_cost_dollars": "0.0637",
        "volume_fp": "4.00",
    }
    said(here, "market_positions", "market_position", row)
    (one,) = [update.position for update in await here.heard() if isinstance(update, PositionUpdate)]
    assert (one.outcome, one.size, one.average_price) == ("no", 4, Decimal("0.35"))
    assert (one.realized_pnl, one.fees) == (Decimal("-0.25"), Decimal("0.0637"))


@pytest.mark.parametrize(
    "word, kind",
    [
        ("created", LifecycleKind.CREATED),
        ("deactivated", LifecycleKind.PAUSED),
        ("activated", LifecycleKind.RESUMED),
        ("close_date_updated", LifecycleKind.CLOSE_TIME_CHANGED),
        ("determined", LifecycleKind.DETERMINED),
        ("settled", LifecycleKind.SETTLED),
        ("price_level_structure_updated", LifecycleKind.GRID_CHANGED),
        ("metadata_updated", None),
        ("something_new", None),
    ],
)
async def test_what_happens_to_markets_in_neutral_words(connect, word, kind):
    here = await connect()
    for channel in ("market_lifecycle_v2", "multivariate_market_lifecycle"):
        said(here, channel, channel, {"market_ticker": "B-9", "event_type": word}, seq=1)
    found = [one for one in await here.heard() if isinstance(one, LifecycleUpdate)]
    assert [(one.kind, one.market_ref) for one in found] == ([(kind, "kalshi:B-9")] * 2 if kind else [])


async def test_a_gap_in_trades_is_told_and_the_rest_goes_on(connect):
    here = await connect()
    row = {
        "market_ticker": "A-1",
        "yes_price_dollars": "0.3600",
        "no_price_dollars": "0.6400",
        "count_fp": "1.00",
        "taker_outcome_side": "no",
        "ts_ms": 1_790_000_000_000,
    }
    for number in (1, 2, 5):
        said(here, "trade", "trade", row | {"trade_id": f"t{number}"}, seq=number)
    trades = [one.trade.trade_id for one in await here.heard() if isinstance(one, TradeUpdate)]
    assert trades == ["t1", "t2", "t5"]
    assert {topic for topic, _ in here.ears.gaps} == {
        Topic(Channel.TRADE, "A-1"),
        Topic(Channel.TRADE, "A-2"),
    }
    assert Topic(Channel.TRADE, "A-1") in here.ears.live


@pytest.mark.parametrize(
    "channel, kind, msg, topic",
    [
        ("user_orders", "user_order", ORDER | {"fill_count_fp": "-1"}, Topic(Channel.ORDER)),
        ("user_orders", "user_order", ORDER | {"outcome_side": None}, Topic(Channel.ORDER)),
        ("fill", "fill", FILL | {"yes_price_dollars": "1.5"}, Topic(Channel.FILL)),
        ("fill", "fill", FILL | {"count_fp": 4}, Topic(Channel.FILL)),
        ("ticker", "ticker", TICKER | {"yes_bid_dollars": "x"}, Topic(Channel.TICKER, "A-1")),
    ],
)
async def test_an_account_message_that_makes_no_sense_is_a_gap_that_is_told(
    connect, channel, kind, msg, topic
):
    here = await connect()
    said(here, channel, kind, msg)
    assert [about for about, _ in here.ears.gaps] == [topic]
    assert topic in here.ears.live, "what comes next is heard"
    assert here.faults.count == 1


async def test_groups_negotiations_and_events_are_notices(connect):
    here = await connect()
    group = {"event_type": "triggered", "order_group_id": "g1", "ts_ms": 1}
    said(here, "order_group_updates", "order_group_updates", group, seq=1)
    executed = dict.fromkeys(("quote_id", "rfq_id", "quote_creator_id", "rfq_creator_id", "order_id"), "x")
    executed |= {"client_order_id": "c", "market_ticker": "A-1", "executed_ts": "2026-11-16T15:00:00Z"}
    said(here, "communications", "quote_executed", executed, seq=1)
    fees = {"event_ticker": "E", "fee_type_override": "quadratic", "fee_multiplier_override": 0.5}
    said(here, "market_lifecycle_v2", "event_fee_update", fees, seq=1)
    told = [type(one) for one in await here.heard()]
    assert told == [GroupChanged, QuoteExecuted, EventFees]
    said(here, "order_group_updates", "order_group_updates", group | {"event_type": "melted"}, seq=2)
    assert [topic for topic, _ in here.ears.gaps] == [notice_topic(Notice.GROUPS)]
