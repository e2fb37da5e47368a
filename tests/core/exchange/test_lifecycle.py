"""Markets from listing to settlement, and what time does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from pmi_core.errors import Duplicate, MarketNotOpen, NotFound, RequestError
from pmi_core.exchange import EventSpec, MarketSpec, commands
from pmi_core.exchange.events import CancelReason, MarketChanged
from pmi_core.models import Execution, LifecycleKind, MarketResult, MarketStatus, OrderStatus, Trading


def kinds(happened):
    return [event.kind for event in happened if isinstance(event, MarketChanged)]


def hold(desk):
    """ann holds 10 YES bought at 0.40 from bob."""
    desk.place("bob", "sell yes", "0.40", 10)
    desk.place("ann", "buy yes", "0.40", 10)


def test_market_opens_and_closes_by_time(new_desk):
    desk = new_desk(market=False)
    happened = desk.list_market("M", open_time=desk.at(10), close_time=desk.at(20))
    assert kinds(happened) == [LifecycleKind.CREATED]
    assert desk.reject(MarketNotOpen, "ann", "buy yes", "0.5", 1).code == "unopened"
    assert kinds(desk.wait(10)) == [LifecycleKind.OPENED]
    order = desk.place("ann", "buy yes", "0.5", 1)
    assert kinds(desk.wait(10)) == [LifecycleKind.CLOSED]
    closed = desk.look(order)
    assert (closed.status, closed.cancel_reason) == (OrderStatus.CANCELED, CancelReason.CLOSE)
    assert desk.available("ann") == 1000
    assert desk.reject(MarketNotOpen, "ann", "buy yes", "0.5", 1).code == "closed"


def test_one_long_wait_does_everything_in_order(new_desk):
    desk = new_desk(market=False)
    desk.list_market("M", open_time=desk.at(10), close_time=desk.at(20))
    assert kinds(desk.wait(100)) == [LifecycleKind.OPENED, LifecycleKind.CLOSED]


def test_nothing_due_is_nothing_said(desk):
    before = desk.exchange.snapshot()
    assert desk.wait(1000) == ()
    assert desk.exchange.snapshot() == before


def test_pause_takes_cancels_only(desk):
    order = desk.place("ann", "buy yes", "0.5", 1)
    fragile = desk.place("ann", "buy yes", "0.4", 1, cancel_on_pause=True)
    desk.do(commands.PauseMarket, market_id="M")
    assert desk.look(fragile).cancel_reason is CancelReason.PAUSE
    assert desk.exchange.market("M").trading is Trading.PAUSED
    assert desk.reject(MarketNotOpen, "ann", "buy yes", "0.5", 1).code == "paused"
    facts = {"account": "ann", "order_id": order.id, "price": Decimal("0.5"), "size": Decimal(2)}
    desk.refused(MarketNotOpen, commands.AmendOrder, **facts)
    assert desk.do(commands.PauseMarket, market_id="M") == ()
    desk.do(commands.ResumeMarket, market_id="M")
    assert desk.look(order).status is OrderStatus.OPEN
    desk.do(commands.PauseMarket, market_id="M")
    desk.do(commands.CancelOrder, account="ann", order_id=order.id)
    assert desk.look(order).status is OrderStatus.CANCELED


def test_resume_may_empty_the_book(desk):
    desk.place("ann", "buy yes", "0.5", 1)
    desk.do(commands.PauseMarket, market_id="M")
    desk.do(commands.ResumeMarket, market_id="M", cancel_resting=True)
    assert desk.book() == [[], []]


def test_close_time_moves(new_desk):
    desk = new_desk(market=False)
    desk.list_market("M", close_time=desk.at(20))
    desk.do(commands.SetCloseTime, market_id="M", close_time=desk.at(30))
    assert desk.wait(20) == ()
    assert kinds(desk.wait(10)) == [LifecycleKind.CLOSED]
    desk.do(commands.ReopenMarket, market_id="M")
    happened = desk.do(commands.SetCloseTime, market_id="M", close_time=desk.at(29))
    assert kinds(happened) == [LifecycleKind.CLOSE_TIME_CHANGED, LifecycleKind.CLOSED]


@pytest.mark.parametrize(
    "value, result, ann, bob",
    [
        ("1", MarketResult.YES, 1006, 994),
        ("0", MarketResult.NO, 996, 1004),
        ("0.25", MarketResult.FRACTION, Decimal("998.5"), Decimal("1001.5")),
    ],
)
def test_settlement_pays_the_value(desk, value, result, ann, bob):
    hold(desk)
    desk.do(commands.DetermineMarket, market_id="M", value=Decimal(value))
    market = desk.exchange.market("M")
    assert (market.status, market.result, market.value) == (MarketStatus.DETERMINED, result, Decimal(value))
    assert desk.cash("ann") == 996
    desk.do(commands.SettleMarket, market_id="M")
    assert (desk.cash("ann"), desk.cash("bob")) == (ann, bob)
    (settled,) = desk.exchange.settlements("ann")
    assert (settled.size, settled.cost, settled.value) == (10, 4, Decimal(value))
    assert desk.exchange.position("ann", "M").realized_pnl == ann - 1000
    assert desk.exchange.positions("ann") == ()
    desk.refused(MarketNotOpen, commands.SettleMarket, market_id="M")


def test_settlement_may_follow_by_itself(new_desk):
    desk = new_desk(settlement_delay=timedelta(minutes=5))
    hold(desk)
    desk.do(commands.DetermineMarket, market_id="M", value=Decimal(1))
    desk.wait(200)
    desk.do(commands.DetermineMarket, market_id="M", value=Decimal(0))  # a correction starts anew
    desk.wait(200)
    assert desk.exchange.market("M").status is MarketStatus.DETERMINED
    desk.wait(100)
    assert desk.exchange.market("M").status is MarketStatus.SETTLED
    assert desk.cash("bob") == 1004


def test_void_gives_back_what_was_paid_for_what_is_held(desk):
    hold(desk)
    desk.place("cat", "buy yes", "0.70", 4)
    desk.place("ann", "sell yes", "0.70", 4)
    desk.do(commands.VoidMarket, market_id="M")
    assert [desk.cash(name) for name in ("ann", "bob", "cat")] == [Decimal("1001.2"), 1000, 1000]
    assert desk.exchange.totals()["voided"] == Decimal("-1.2")
    assert desk.exchange.market("M").status is MarketStatus.VOIDED
    assert desk.exchange.settlements("cat")[0].value is None
    desk.refused(MarketNotOpen, commands.VoidMarket, market_id="M")


def test_market_reopens_and_forgets_its_result(desk):
    hold(desk)
    desk.do(commands.DetermineMarket, market_id="M", value=Decimal(1))
    happened = desk.do(commands.ReopenMarket, market_id="M", close_time=desk.at(60))
    assert kinds(happened) == [LifecycleKind.REOPENED]
    market = desk.exchange.market("M")
    assert (market.status, market.value, market.result) == (MarketStatus.OPEN, None, None)
    assert desk.place("ann", "buy yes", "0.5", 1).status is OrderStatus.OPEN
    desk.wait(60)
    desk.refused(RequestError, commands.ReopenMarket, market_id="M", close_time=desk.at(1))


def test_exclusive_markets_pay_one_together(desk):
    desk.do(commands.AddEvent, spec=EventSpec(id="E", mutually_exclusive=True))
    for name in ("A", "B"):
        desk.list_market(name, event_id="E")
    assert desk.exchange.event_markets("E") == ("A", "B")
    desk.do(commands.DetermineMarket, market_id="A", value=Decimal("0.6"))
    facts = {"market_id": "B", "value": Decimal("0.5")}
    assert desk.refused(RequestError, commands.DetermineMarket, **facts).code == "exclusive"
    desk.do(commands.DetermineMarket, market_id="B", value=Decimal("0.4"))


@pytest.mark.parametrize(
    "value", [Decimal("-0.1"), Decimal("1.1"), Decimal("0.1234567"), Decimal("NaN"), Decimal("sNaN"), 0.5, 1]
)
def test_settlement_value_is_a_share(desk, value):
    desk.refused(RequestError, commands.DetermineMarket, market_id="M", value=value)


def test_listing_twice_or_nowhere_is_refused(desk):
    desk.refused(Duplicate, commands.AddMarket, spec=MarketSpec(id="M"))
    desk.refused(NotFound, commands.AddMarket, spec=MarketSpec(id="N", event_id="none"))
    desk.do(commands.AddEvent, spec=EventSpec(id="E"))
    desk.refused(Duplicate, commands.AddEvent, spec=EventSpec(id="E"))


@pytest.mark.parametrize(
    "spec",
    [
        {"execution": Execution.AMM},
        {"execution": Execution.POOL},
        {"size_step": Decimal("1e-7")},
        {"currency": "GOLD"},
        {"id": "with space"},
    ],
)
def test_specs_that_cannot_be_run_are_refused(spec):
    with pytest.raises(ValidationError):
        MarketSpec(**{"id": "M", **spec})
