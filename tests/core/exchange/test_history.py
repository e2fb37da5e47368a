"""Events: numbered, heard, written, replayed, bounded."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.errors import Duplicate, RequestError
from pmi_core.exchange import (
    Exchange,
    ExchangeSettings,
    Retention,
    commands,
    events,
    from_json,
    from_json_lines,
    to_json,
    to_json_lines,
)
from pmi_core.models import Action, OutcomeSide


def trade(desk, times=1):
    for _ in range(times):
        desk.place("ann", "sell yes", "0.40", 2)
        desk.place("bob", "buy yes", "0.40", 2)


def test_event_numbers_have_no_gaps(desk):
    trade(desk, 3)
    every = desk.exchange.since(0)
    assert [event.seq for event in every] == list(range(1, desk.exchange.seq + 1))
    assert desk.exchange.since(desk.exchange.seq - 2) == every[-2:]
    assert desk.exchange.since(desk.exchange.seq) == ()


def test_one_command_tells_its_whole_story(desk):
    desk.place("ann", "sell yes", "0.40", 2)
    happened = desk.do(commands.PlaceOrder, **desk.order("bob", "buy yes", "0.40", 5))
    assert [type(event).__name__ for event in happened] == [
        "Commanded",
        "OrderAccepted",
        "Traded",
        "LevelChanged",
        "LevelChanged",
    ]
    traded = happened[2]
    assert (traded.price, traded.size, traded.cost) == (Decimal("0.4"), 2, Decimal("0.8"))
    assert (traded.taker_account, traded.maker_account) == ("bob", "ann")


def test_listeners_hear_accepted_commands_until_they_leave(desk):
    heard = []
    leave = desk.exchange.subscribe(heard.extend)
    trade(desk)
    desk.reject(Duplicate, "ann", "sell yes", "0.40", 2, client_order_id="c1")
    assert tuple(heard) == desk.exchange.since(heard[0].seq - 1)
    leave()
    trade(desk)
    assert heard[-1].seq < desk.exchange.seq


def test_history_survives_json(desk):
    trade(desk, 2)
    desk.wait(5)
    lines = to_json_lines(desk.exchange.since(0))
    assert tuple(from_json_lines(lines)) == desk.exchange.since(0)
    again = Exchange.replay(from_json_lines(lines))
    assert again.snapshot() == desk.exchange.snapshot()


def test_commands_survive_json(desk):
    command = commands.PlaceOrder(time=desk.now, **desk.order("ann", "sell yes", "0.40", 2))
    assert from_json(to_json(command)) == command


@pytest.mark.parametrize("line", [b"", b"{}", b'{"type":"Nothing"}', b'{"type":"Advance"}', b"[1]"])
def test_other_text_is_no_history(line):
    with pytest.raises(RequestError):
        from_json(line)


@pytest.mark.parametrize("drop", [0, 3, -1])
def test_replay_needs_the_whole_history(desk, drop):
    trade(desk)
    every = list(desk.exchange.since(0))
    del every[drop]
    with pytest.raises(RequestError) as caught:
        Exchange.replay(every)
    assert caught.value.code == "history"


def test_replay_notices_a_forged_event(desk):
    trade(desk)
    every = [
        events.Commanded(
            event.seq, event.time, commands.Deposit(time=event.time, account="ann", amount=Decimal(9))
        )
        if event.seq == 1
        else event
        for event in desk.exchange.since(0)
    ]
    with pytest.raises(RequestError):
        Exchange.replay(every)


def test_drain_hands_out_what_is_over(desk):
    trade(desk, 2)
    working = desk.place("ann", "sell yes", "0.60", 2)
    every = desk.exchange.since(0)
    drained = desk.exchange.drain()
    assert drained.events == every
    assert len(drained.orders) == 4
    assert [len(drained.fills), len(drained.trades)] == [4, 2]
    assert [order.id for order in desk.exchange.orders("ann")] == [working.id]
    assert desk.exchange.fills("ann") == desk.exchange.trades("M") == ()
    assert desk.held("bob") == 4
    assert desk.exchange.find_by_client_id("ann", "c1") is None
    desk.reject(Duplicate, "ann", "sell yes", "0.40", 2, client_order_id="c1")
    with pytest.raises(RequestError, match="dropped"):
        desk.exchange.since(0)
    after = desk.place("bob", "buy yes", "0.60", 2)
    assert desk.exchange.since(every[-1].seq)[0].command.client_order_id == after.client_order_id
    again = Exchange.replay([*drained.events, *desk.exchange.since(every[-1].seq)])
    assert again.balance("ann") == desk.exchange.balance("ann")


def test_retention_bounds_what_is_kept(new_desk):
    kept = Retention(events=50, orders=5, fills=3, trades=2, client_ids=4)
    desk = new_desk(settings=ExchangeSettings(retention=kept))
    trade(desk, 20)
    exchange = desk.exchange
    assert len(exchange.since(exchange.seq - 50)) == 50
    with pytest.raises(RequestError, match="dropped"):
        exchange.since(exchange.seq - 51)
    assert len(exchange.orders("ann")) + len(exchange.orders("bob")) == 5
    assert len(exchange.fills("ann")) == 3
    assert len(exchange.trades("M")) == 2
    assert desk.held("bob") == 40
    desk.place("ann", "sell yes", "0.40", 2, client_order_id="c1")  # forgotten, as the bound says


def test_the_cost_of_taking_is_exact(desk):
    desk.place("ann", "sell yes", "0.40", 5)
    desk.place("ann", "sell yes", "0.45", 5)
    cost = desk.exchange.cost("M", OutcomeSide.YES, Action.BUY, size=Decimal(7))
    assert (cost.cost, cost.worst_price, cost.price_after) == (
        Decimal("2.9"),
        Decimal("0.45"),
        Decimal("0.45"),
    )
    assert cost.complete
    cost = desk.exchange.cost("M", OutcomeSide.YES, Action.BUY, size=Decimal(5))
    assert (cost.average_price, cost.price_after) == (Decimal("0.4"), Decimal("0.45"))
    cost = desk.exchange.cost("M", OutcomeSide.NO, Action.SELL, size=Decimal(99))
    assert (cost.size, cost.cost, cost.price_after, cost.complete) == (10, Decimal("5.75"), None, False)
    cost = desk.exchange.cost("M", OutcomeSide.YES, Action.BUY, notional=Decimal("2.5"))
    assert (cost.size, cost.cost, cost.complete) == (6, Decimal("2.45"), True)
    assert desk.exchange.cost("M", OutcomeSide.YES, Action.SELL, size=Decimal(1)).average_price is None


def test_what_is_no_command_is_refused(desk):
    with pytest.raises(RequestError, match="not a command"):
        desk.exchange.apply(commands.Command(time=desk.now))
