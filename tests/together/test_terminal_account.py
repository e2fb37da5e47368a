"""An order that a program placed, seen from the terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pmi_core.blocking import open_venue
from pmi_core.models import MarketQuery, OrderRequest

PMI = str(Path(sys.executable).with_name("pmi"))


@pytest.fixture(scope="module")
def placed(tmp_path_factory):
    """The home of an account with an order that was filled and one that rests, and both orders."""
    home = tmp_path_factory.mktemp("home")
    config = home / "pmi.toml"
    config.write_text("[venues.paper]\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PMI_HOME", str(home))
        patch.setenv("PMI_CONFIG", str(config))
        with open_venue("paper") as venue:
            filled, market = _bought(venue)
            rests = venue.orders.place_order(_order(market, "0.01", "gtc"))
        yield filled, rests


def _bought(venue):
    for market in venue.markets.list_markets(MarketQuery(status="open", limit=100)).items:
        is_lasting = market.close_time is None or market.close_time > market.as_of + timedelta(hours=3)
        ask = market.yes.ask
        if (
            market.execution != "clob"
            or not market.is_open  # trading pauses now and then
            or not is_lasting
            or ask is None
            or not Decimal("0.1") < ask < Decimal("0.9")
        ):
            continue
        # Prices move while the program runs, so the limit is far above what was read.
        order = venue.orders.place_order(_order(market, "0.99", "ioc"))
        assert order.filled, "there was somebody to buy from"
        return order, market
    raise AssertionError("nobody sells anything")


def _order(market, price, time_in_force):
    return OrderRequest(
        market_ref=market.ref,
        outcome="yes",
        action="buy",
        size=max(Decimal(1), market.min_size or Decimal(1)),
        price=price,
        time_in_force=time_in_force,
        client_order_id=f"terminal-{time_in_force}",
    )


def run(*args):
    return subprocess.run([PMI, *args], capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def pmi(placed):
    """Run a command that must go well, where the account is."""

    def told(*args):
        done = run(*args)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return told


def items(printed):
    return json.loads(printed)["items"]


def test_the_orders_are_listed(pmi, placed):
    filled, rests = placed
    (working,) = items(pmi("orders", "--json"))
    assert working["ref"] == rests.ref
    assert working["client_order_id"] == "terminal-gtc"
    both = {row["ref"]: row for row in items(pmi("orders", "--all", "--json"))}
    assert both.keys() == {filled.ref, rests.ref}
    assert Decimal(both[filled.ref]["filled"]) == filled.filled
    assert rests.ref in pmi("orders", "--market", rests.market_ref)


def test_the_fills_and_the_position_are_those_of_the_filled_order(pmi, placed):
    filled, _ = placed
    fills = items(pmi("fills", "--venue", "paper", "--json"))
    assert {fill["order_ref"] for fill in fills} == {filled.ref}
    assert sum(Decimal(fill["size"]) for fill in fills) == filled.filled
    (position,) = items(pmi("positions", "--json"))
    assert position["market_ref"] == filled.market_ref
    assert Decimal(position["size"]) == filled.filled


def test_the_cash_that_is_left_adds_up(pmi, placed):
    filled, rests = placed
    (cash,) = items(pmi("balance", "--json"))
    available, reserved, total = (Decimal(cash[name]) for name in ("available", "reserved", "total"))
    assert available + reserved == total
    assert reserved >= rests.price * rests.size
    assert total == 10_000 - filled.filled * filled.average_price - filled.fees


def test_a_quote_of_the_venue_adds_up(placed):
    filled, _ = placed
    told = run("quote", filled.market_ref, "--size", "1", "--json")
    quote = json.loads(told.stdout)["item"]
    assert told.returncode == (0 if Decimal(quote["size"]) else 1), "1 when there is nothing to be had"
    assert Decimal(quote["total"]) == Decimal(quote["cost"]) + Decimal(quote["fees"])
    assert quote["complete"] == (Decimal(quote["size"]) == 1)


def test_an_event_is_listed_and_read(pmi):
    (event,) = items(pmi("events", "-n", "1", "--json"))
    read = json.loads(pmi("event", event["ref"], "--json"))["item"]
    assert read["title"] == event["title"]
    assert read["markets"]
