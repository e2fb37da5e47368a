"""Following the practice exchange: what a client is told agrees with what it reads when it asks."""

from __future__ import annotations

import asyncio
import json

import pytest

pytestmark = pytest.mark.anyio


async def follow(assistant, subscription, cursor=None):
    """Everything that is new, over as many answers as that takes."""
    markets, events = {}, []
    while True:
        told = await assistant.ask("read_updates", subscription=subscription, cursor=cursor, wait=0)
        assert "lost_events" not in told
        markets |= {row["market"]: row for row in told.get("markets", ())}
        events += told["events"]
        cursor = told["cursor"]
        if "more" not in told:
            return markets, events, cursor


async def test_an_own_order_is_seen_where_it_rests(house, era, person, bid, market):
    async with house.client(era, person()) as assistant:
        book = (await assistant.ask("subscribe", markets=[market.ref], updates=["book", "ticker"]))[
            "subscription"
        ]
        account = (await assistant.ask("subscribe", venue="paper"))["subscription"]
        before, _, cursor = await follow(assistant, book)
        shown = before[market.ref]["book"]
        asked = await assistant.ask("get_orderbook", market=market.ref, depth=5)
        for side in ("bids", "asks"):
            assert [shown[side][one] for one in ("price", "size")] == [
                asked[side][one] for one in ("price", "size")
            ]
        placed = (await assistant.ask("create_order", **bid))["orders"][0]
        after, events, cursor = await follow(assistant, book, cursor)
        assert events == []
        read = await assistant.ask("get_orderbook", market=market.ref, depth=5)
        assert after[market.ref]["book"]["bids"]["price"] == read["bids"]["price"]
        _, told, place = await follow(assistant, account)
        assert [(row["event"], row.get("ref"), row.get("status")) for row in told if row["event"] == "order"][
            -1
        ] == ("order", placed["ref"], "open")
        await assistant.ask("cancel_orders", orders=[placed["ref"]])
        _, told, _ = await follow(assistant, account, place)
        assert [row["status"] for row in told if row["event"] == "order"] == ["canceled"]


async def test_own_fills_and_positions_agree_with_what_is_read(house, era, person, take, market):
    async with house.client(era, person()) as assistant:
        account = (await assistant.ask("subscribe", venue="paper"))["subscription"]
        await assistant.ask("create_order", **take)
        _, told, _ = await follow(assistant, account)
        fills = (await assistant.ask("get_fills"))["fills"]
        positions = (await assistant.ask("get_positions"))["positions"]

    def heard(kind, rows, *names):
        mine = [row for row in told if row["event"] == kind]
        return [[row.get(name) for name in names] for row in mine], [
            [row.get(name) for name in names] for row in rows
        ]

    of_fills, read = heard("fill", fills, "order_ref", "fill", "size", "price", "fee")
    assert sorted(of_fills) == sorted(read)
    of_positions, read = heard("position", positions, "market", "outcome", "size", "average_price")
    assert of_positions[-1:] == read


async def test_time_that_passes_moves_what_is_followed(house, market, clock):
    house.config.write_text("[venues.paper]\nseed = 7\n", encoding="utf-8")
    async with house.client("modern") as assistant, asyncio.timeout(60):
        taken = (await assistant.ask("subscribe", markets=[market.ref], updates=["book", "ticker"]))[
            "subscription"
        ]
        first, _, cursor = await follow(assistant, taken)
        news = {}
        while not news:
            await clock.advance(120)
            await asyncio.sleep(0.1)  # the exchange looks at most a few times in a second of the machine
            news, _, cursor = await follow(assistant, taken, cursor)
    (before,), (after,) = first.values(), news.values()
    assert after["state"] == "live"
    assert after.get("book", after["ticker"]) != before.get("book" if "book" in after else "ticker")


async def test_resources_show_book_and_account(house, era, person, bid, market):
    async with house.client(era, person()) as assistant:
        templates = {str(one.uri_template) for one in await assistant.client.list_resource_templates()}
        assert templates == {"pmi://book/{ref}", "pmi://account/{venue}"}
        placed = (await assistant.ask("create_order", **bid))["orders"][0]
        book = json.loads((await assistant.client.read_resource(f"pmi://book/{market.ref}"))[0].text)
        account = json.loads((await assistant.client.read_resource("pmi://account/paper"))[0].text)
    assert book["market"] == market.ref
    assert book["bids"]["price"]
    assert [row["ref"] for row in account["orders"]] == [placed["ref"]]
    assert account["balances"][0]["venue"] == "paper"
