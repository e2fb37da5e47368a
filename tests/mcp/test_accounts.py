"""The account over several venues: what is added up, what is not, what fails alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pmi_mcp_doubles import CAN, Account, provider
from pmi_mcp_world import NOW, World

from pmi_core import Balance, Capability, OrderRef, PermissionDenied

pytestmark = pytest.mark.anyio


def cash(currency, total):
    return Balance(currency=currency, total=total, available=total, reserved="0", as_of=NOW)


async def test_what_is_alike_is_added_up(serve, connect, world):
    async with connect(serve(world, World("beta"))) as client:
        told = await client.ask("get_account")
    assert [row["venue"] for row in told["cash"]] == ["alpha", "beta"]
    (total,) = told["totals"]
    assert total == {
        "currency": "USD",
        "kind": "fiat",
        "orders_move": "simulated",
        "venues": ["alpha", "beta"],
        "cash": "200.00",
        "available": "191.80",
        "reserved": "8.20",
        "exposure": "3.42",
    }
    assert [row["market"] for row in told["positions"]] == ["alpha:RATE-1", "beta:RATE-1"]
    assert [row["exposure"] for row in told["positions"]] == ["1.71", "1.71"]
    assert len(told["orders"]) == 4


async def test_kinds_of_money_are_never_mixed(serve, connect, world, monkeypatch):
    async def balances(self):
        return tuple(cash(code, "10") for code in ("USD", "USDC", "MANA", "USD", "CLAMS\x1b[2J"))

    monkeypatch.setattr(Account, "get_balance", balances)
    async with connect(serve(world)) as client:
        told = await client.ask("get_account")
    assert [(row["currency"], row.get("kind"), row["cash"]) for row in told["totals"]] == [
        ("USD", "fiat", "20"),
        ("USDC", "stable", "10"),
        ("MANA", "play", "10"),
        ("CLAMS", None, "10"),
    ]


async def test_only_working_orders_are_there_newest_first(serve, connect, world):
    one = world.orders[0]
    world.orders = [one.model_copy(update={"ref": OrderRef(f"alpha:o{n}")}) for n in range(30)]
    async with connect(serve(world)) as client:
        told = await client.ask("get_account", venue="alpha")
    assert len(told["orders"]) == 20
    assert told["incomplete"] == ["only the newest 20 orders are shown; get_orders shows all"]


async def test_positions_come_from_every_page_and_the_dearest_first(serve, connect, world):
    world.most_rows = 2
    world.positions = [world.positions[0].model_copy(update={"cost": Decimal(n)}) for n in range(12)]
    async with connect(serve(world)) as client:
        told = await client.ask("get_account")
    assert len(told["positions"]) == 10
    assert told["positions"][0]["exposure"] == "9"
    assert told["incomplete"] == ["alpha has more positions than were read"]


async def test_a_mark_gives_a_value_and_what_is_closed_is_left_out(serve, connect, world):
    held = world.positions[0]
    world.positions = [
        held.model_copy(update={"mark": held.average_price}),
        held.model_copy(update={"size": 0}),
    ]
    async with connect(serve(world)) as client:
        (row,) = (await client.ask("get_account"))["positions"]
    assert row["value"] == "1.71"


async def test_a_venue_that_fails_stops_no_other(serve, connect, world):
    beta = World("beta", failure=PermissionDenied("the key has no such right"))
    async with connect(serve(world, beta)) as client:
        told = await client.ask("get_account")
        assert [row["venue"] for row in told["cash"]] == ["alpha"]
        assert [(row["venue"], row["error"]) for row in told["errors"]] == [("beta", "PermissionDenied")]
        assert (await client.fail("get_account", venue="beta"))["error"] == "PermissionDenied"


async def test_an_account_without_orders_is_an_account(serve, connect, registry_of, world):
    server = serve(registry=registry_of(provider(world, can=CAN - {Capability.ORDERS})))
    async with connect(server) as client:
        told = await client.ask("get_account")
    assert told["orders"] == []
    assert "errors" not in told


async def test_places_in_queues_of_several_venues(serve, connect, world):
    beta = World("beta", failure=PermissionDenied("no"))
    async with connect(serve(world, beta)) as client:
        told = await client.ask("get_queue_position", orders=["alpha:o1", "alpha:o0", "beta:o0", "alpha:o1"])
        assert told["orders"] == [
            {"order": "alpha:o1", "resting": False},
            {"order": "alpha:o0", "resting": True, "contracts_ahead": "250"},
        ]
        assert [row["venue"] for row in told["errors"]] == ["beta"]
        assert (await client.fail("get_queue_position", orders=["beta:o0"]))["error"] == "PermissionDenied"


async def test_groups_of_all_venues_or_one(serve, connect, world):
    beta = World("beta")
    async with connect(serve(world, beta)) as client:
        assert [row["ref"] for row in (await client.ask("get_order_groups"))["groups"]] == [
            "alpha:g1",
            "beta:g1",
        ]
        (one,) = (await client.ask("get_order_groups", group="beta:g1"))["groups"]
        assert (one["triggered"], one["orders"]) == (False, ["beta:o0"])
        beta.failure = PermissionDenied("no")
        told = await client.ask("get_order_groups")
        assert ([row["ref"] for row in told["groups"]], told["errors"][0]["venue"]) == (["alpha:g1"], "beta")


async def test_filters_of_what_is_negotiated_reach_the_venue(serve, connect, world):
    async with connect(serve(world)) as client:
        assert [row["ref"] for row in (await client.ask("get_rfqs", mine=False))["rfqs"]] == ["alpha:r2"]
        await client.ask("get_rfqs", market="alpha:RATE-1", open_only=False)
        rfqs = world.calls[-1][1]
        (one,) = (await client.ask("get_rfqs", rfq="alpha:r1"))["rfqs"]
        assert (one["mine"], one["rest_remainder"]) == (True, False)
        await client.ask("get_quotes", rfq="alpha:r1", open_only=True)
        quotes = world.calls[-1][1]
        await client.ask("get_multivariate_collections", event="alpha:RATE", open_only=False)
        collections = world.calls[-1][1]
        (whole,) = (await client.ask("get_multivariate_collections", collection="alpha:c1"))["collections"]
        await client.ask("get_settlements", market="alpha:RATE-1", start="7d")
        settlements = world.calls[-1][1]
    assert (rfqs.market_ref, rfqs.mine, rfqs.open_only) == ("alpha:RATE-1", None, False)
    assert (quotes.rfq_ref, quotes.open_only) == ("alpha:r1", True)
    assert (collections.event_ref, collections.open_only) == ("alpha:RATE", False)
    assert whole["description"] == "Any two of them."
    assert (settlements.market_ref, settlements.start.day) == ("alpha:RATE-1", 29)


async def test_listings_go_on_over_venues(serve, connect, world):
    async with connect(serve(world, World("beta"))) as client:
        for tool, rows in (
            ("get_rfqs", "rfqs"),
            ("get_settlements", "settlements"),
            ("get_quotes", "quotes"),
        ):
            first = await client.ask(tool, limit=1)
            second = await client.ask(tool, limit=1, cursor=first["cursor"])
            assert first[rows] != second[rows], tool
