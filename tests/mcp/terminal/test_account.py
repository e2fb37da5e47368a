"""What the account has and does, over venues in memory."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pmi_core import BadKey, BusyError, Capability, Unreachable
from pmi_mcp.terminal.exits import Exit

LISTINGS = ("balance", "positions", "orders", "fills")


def rows(told):
    heading, *lines = [line.split("\t") for line in told.out.splitlines()]
    return [dict(zip(heading, line, strict=True)) for line in lines]


@pytest.fixture
def beta():
    from pmi_mcp_doubles import World

    return World(venue="beta")


@pytest.mark.parametrize("command", LISTINGS)
def test_every_venue_with_an_account_is_asked(pmi, world, beta, command):
    found = pmi(command, "--json", worlds=[world, beta]).document
    assert {item["venue"] for item in found["items"]} == {"alpha", "beta"}
    assert found["errors"] == []


@pytest.mark.parametrize("command", LISTINGS)
def test_one_venue_can_be_asked_alone(pmi, world, beta, command):
    found = pmi(command, "--venue", "beta", "--json", worlds=[world, beta]).document
    assert {item["venue"] for item in found["items"]} == {"beta"}
    assert world.calls == []


@pytest.mark.parametrize("command", LISTINGS)
def test_a_venue_that_cannot_be_asked_is_told_beside_the_others(pmi, world, beta, command):
    beta.failure = Unreachable("no answer came")
    told = pmi(command, worlds=[world, beta])
    assert told.status == Exit.OK
    assert rows(told)
    assert "beta could not be asked: no answer came" in told.err
    (error,) = pmi(command, "--json", worlds=[world, beta]).document["errors"]
    assert error["venue"] == "beta"


@pytest.mark.parametrize("command", LISTINGS)
def test_where_nobody_answers_the_worst_reason_is_the_exit_status(pmi, world, beta, command):
    world.failure = BadKey("the key is not known")
    beta.failure = BusyError("too many calls", retry_after=3)
    told = pmi(command, worlds=[world, beta])
    assert told.status == Exit.UNREACHABLE
    assert told.out == ""
    assert "error: too many calls" in told.err
    assert "alpha could not be asked: the key is not known" in told.err


@pytest.mark.parametrize("command", LISTINGS)
def test_having_nothing_is_an_answer(pmi, world, command):
    world.positions, world.orders, world.fills = [], [], []
    told = pmi(command, worlds=[world])
    assert told.status == Exit.OK
    if command != "balance":
        assert rows(told) == []
        assert f"no {command}" in told.err


@pytest.mark.parametrize("command", LISTINGS)
def test_a_venue_without_an_account_is_left_out_and_says_so_when_named(pmi, world, beta, command):
    from pmi_mcp_doubles import CAN, provider

    public = CAN - {Capability.ACCOUNT, Capability.ORDERS}

    def run(*args):
        return pmi(command, *args, worlds=[world, beta])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "pmi_mcp_doubles.provider",
            lambda one: provider(one, can=public) if one is beta else provider(one),
        )
        assert {row.get("venue", "alpha") for row in rows(run())} == {"alpha"}
        assert beta.calls == []
        told = run("--venue", "beta")
        assert told.status == Exit.SETTINGS
        assert "'beta' has no" in told.err


def test_cash_is_a_row_for_each_currency(pmi, world):
    (row,) = rows(pmi("balance", worlds=[world]))
    assert row == {
        "venue": "alpha",
        "currency": "USD",
        "part": "",
        "available": "95.90",
        "reserved": "4.10",
        "total": "100.00",
    }


def test_orders_that_work_are_shown_and_with_all_also_the_others(pmi, world):
    assert [row["status"] for row in rows(pmi("orders", worlds=[world]))] == ["open", "open"]
    assert [row["status"] for row in rows(pmi("orders", "--open", worlds=[world]))] == ["open", "open"]
    shown = rows(pmi("orders", "--all", worlds=[world]))
    assert [row["status"] for row in shown] == ["open", "canceled", "open"]
    assert shown[0]["what"] == "buy yes"
    assert shown[0]["created (UTC)"] == "2026-01-05 15:00:00"


def test_an_order_by_money_and_a_refusal_are_named(pmi, world):
    changes = {
        "size": None,
        "notional": Decimal("7.50"),
        "status": "rejected",
        "reject_reason": "too late",
        "ref": None,
    }
    world.orders = [world.orders[0].model_copy(update=changes)]
    (row,) = rows(pmi("orders", "--all", worlds=[world]))
    assert row["size"] == "7.50 USD"
    assert row["status"] == "rejected: too late"
    assert row["order"] == "alpha, not named yet"


def test_orders_of_several_venues_stand_newest_first(pmi, world, beta):
    shown = rows(pmi("orders", "--all", worlds=[world, beta]))
    times = [row["created (UTC)"] for row in shown]
    assert times == sorted(times, reverse=True)
    assert len(shown) == 6


@pytest.mark.parametrize("written", ["alpha:RATE-1", "alpha:RATE-1#no", "https://alpha.example/RATE-1"])
@pytest.mark.parametrize("command", ["positions", "orders", "fills"])
def test_a_listing_is_narrowed_to_a_market_however_it_is_named(pmi, world, beta, command, written):
    beta.markets = beta.markets[5:]
    assert pmi(command, "--market", written, worlds=[world, beta]).status == Exit.OK
    (query,) = [query for what, query in world.calls if what == f"list_{command}"]
    assert query.market_ref == "alpha:RATE-1"
    assert f"list_{command}" not in [what for what, _ in beta.calls]


def test_positions_are_asked_for_with_the_closed_ones_only_when_wanted(pmi, world):
    pmi("positions", worlds=[world])
    pmi("positions", "--closed", worlds=[world])
    wanted = [query.include_closed for what, query in world.calls if what == "list_positions"]
    assert wanted == [False, True]


def test_a_listing_can_be_walked_to_its_end(pmi, world, beta):
    seen, cursor = [], None
    for _ in range(10):
        more = () if cursor is None else ("--cursor", cursor)
        found = pmi("orders", "--all", "-n", "2", *more, "--json", worlds=[world, beta]).document
        seen += [item["ref"] for item in found["items"]]
        cursor = found["cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(str(order.ref) for order in [*world.orders, *beta.orders])


def test_a_person_is_told_how_to_go_on(pmi, world):
    told = pmi("orders", "--all", "-n", "2", worlds=[world])
    cursor = told.err.rpartition("--cursor ")[2].strip()
    assert len(rows(pmi("orders", "--all", "--cursor", cursor, worlds=[world]))) == 1


def test_events_are_listed_and_read_with_their_markets(pmi, world):
    (row,) = rows(pmi("events", worlds=[world]))
    assert row["ref"] == "alpha:RATE"
    assert row["event"] == world.event_title
    item = pmi("event", "alpha:RATE", "--json", worlds=[world]).document["item"]
    assert [market["ref"] for market in item["markets"]] == [str(market.ref) for market in world.markets]
    told = pmi("event", "alpha:RATE", worlds=[world])
    assert all(str(market.ref) in told.out for market in world.markets)
    assert "at most one is YES\tno" in told.out
    assert pmi("event", "alpha:NONE", worlds=[world]).status == Exit.NO


@pytest.mark.parametrize("command", [*LISTINGS, "events"])
def test_no_reading_command_writes(pmi, world, command):
    pmi(command, worlds=[replace(world)])
    assert pmi(command, worlds=[world]).status == Exit.OK
    reading = {"get_balance", "list_positions", "list_orders", "list_fills", "list_events", "close"}
    assert {what for what, _ in world.calls} <= reading
