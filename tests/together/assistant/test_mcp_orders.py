"""Orders through a real client of each era: asked about, approved, sent, told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.desk import ApprovalChannel

pytestmark = pytest.mark.anyio


async def test_an_order_that_a_person_approves_is_placed_once(house, era, person, take, market):
    asked = person()
    async with house.client(era, asked) as assistant:
        told = await assistant.ask("create_order", **take, intent="take two, cheaply")
        again = await assistant.ask("confirm_order", code=told["code"])
    (order,) = await house.orders()
    assert (order.market_ref, order.outcome, order.action) == (market.ref, "yes", "buy")
    assert (order.size, order.status, order.filled) == (2, "filled", 2)
    (row,) = told["orders"]
    assert (told["status"], row["ref"], row["filled"]) == ("filled", order.ref, "2")
    assert Decimal(row["average_price"]) <= market.yes.ask
    assert Decimal(row["fees"]) == order.fees
    assert (again["repeated"], again["orders"][0]["ref"]) == (True, order.ref)
    (question,) = asked.questions
    lines = question.splitlines()
    assert lines[0].startswith("Approve? BUY 2 YES, at most")
    assert any(market.title in line for line in lines if line.startswith("Market title: "))
    assert "simulated, no money moves" in question
    assert "Mode: paper" in question
    assert any(line.startswith("Worst case: ") for line in lines)
    assert 'The assistant says (not checked): "take two, cheaply"' in lines
    assert told["code"] in lines[-1]


NO_YES = [
    "decline",
    "cancel",
    {"approve": False},
    {},
    {"approve": "true"},
    {"approve": 1},
    {"approve": None},
    {"approve": True, "size": "1000"},
    {"confirm": True},
]


async def test_anything_but_a_clear_yes_is_a_no(house, era, person, bid):
    asked = person(*NO_YES, "decline")
    async with house.client(era, asked) as assistant:
        for answer in NO_YES:
            told = await assistant.ask("create_order", **bid)
            assert told["status"] == "refused", answer
            refused = await assistant.fail("confirm_order", code=told["code"])
            assert refused["error"] == "OrderRefused", answer
    assert len(asked.questions) == len(NO_YES)
    assert await house.orders() == ()


async def test_a_client_that_fails_to_ask_is_no_yes(house, person, bid):
    async with house.client("handshake", person(RuntimeError("no window"))) as assistant:
        assert (await assistant.ask("create_order", **bid))["status"] == "refused"
    assert await house.orders() == ()


async def test_without_questions_a_person_approves_elsewhere(house, era, bid, passing):
    async with house.client(era) as assistant:
        waiting = await assistant.ask("create_order", **bid)
        assert waiting["status"] == "waiting"
        assert f"pmi approve {waiting['code']}" in waiting["next"]
        assert "token" not in waiting
        assert await house.orders() == ()
        async with house.desk() as terminal:
            await terminal.approve(waiting["code"], ApprovalChannel.TERMINAL, "a person")
        async with passing():
            told = await assistant.ask("confirm_order", code=waiting["code"])
    (order,) = await house.orders()
    assert (told["status"], told["orders"][0]["ref"]) == ("open", order.ref)


async def test_a_refusal_elsewhere_is_told(house, era, bid):
    async with house.client(era) as assistant:
        waiting = await assistant.ask("create_order", **bid)
        async with house.desk() as terminal:
            await terminal.refuse(waiting["code"], ApprovalChannel.TERMINAL, "a person", "too dear")
        told = await assistant.fail("confirm_order", code=waiting["code"])
    assert "too dear" in told["message"]
    assert await house.orders() == ()


async def test_the_page_is_opened_and_its_address_told_to_nobody(house, bid, monkeypatch):
    house.write(page="open_browser = true")
    opened = []

    async def browser(url):
        opened.append(url)
        return True

    monkeypatch.setattr("pmi_mcp.approvals.browser.open_browser", browser)
    async with house.client("modern") as assistant:
        waiting = await assistant.ask("create_order", **bid)
    (url,) = opened
    assert url.startswith("http://localhost:")
    assert url.rpartition("/")[2] not in str(waiting)
    assert "on the page that was opened" in waiting["next"]


@pytest.mark.parametrize(
    "channels, asked, next_", [('["passkey"]', 0, "approval page"), ('["terminal"]', 0, "pmi approve")]
)
async def test_a_way_that_the_operator_closed_is_not_taken(house, era, person, bid, channels, asked, next_):
    house.write(f"approve_with = {{paper = {channels}}}")
    somebody = person()
    async with house.client(era, somebody) as assistant:
        waiting = await assistant.ask("create_order", **bid)
    assert (waiting["status"], len(somebody.questions)) == ("waiting", asked)
    assert next_ in waiting["next"]
    assert await house.orders() == ()


async def test_where_only_questions_approve_a_client_without_them_orders_nothing(house, era, bid):
    house.write('approve_with = {paper = ["elicitation"]}')
    async with house.client(era) as assistant:
        told = await assistant.fail("create_order", **bid)
    assert "nobody can be asked" in told["message"]
    async with house.desk() as desk:
        assert await desk.waiting() == ()


async def test_a_token_is_redeemed_below_the_ceiling_and_only_there(house, era, bid):
    house.write('token_ceiling = "1"')
    async with house.client(era) as assistant:
        large = await assistant.ask("create_order", **bid | {"size": "50"})
        assert "token" not in large
        small = await assistant.ask("create_order", **bid)
        assert "not a person's approval" in small["next"]
        told = await assistant.ask("confirm_order", code=small["code"], token=small["token"])
        assert told["status"] == "open"
        again = await assistant.ask("confirm_order", code=small["code"], token=small["token"])
        assert again["repeated"] is True
    assert len(await house.orders()) == 1


async def test_an_order_is_amended_with_a_yes(house, era, person, bid, market):
    asked = person()
    async with house.client(era, asked) as assistant:
        placed = (await assistant.ask("create_order", **bid))["orders"][0]
        price = str(market.price_grid.snap(Decimal("0.06"), towards="floor"))
        told = await assistant.ask("amend_order", order=placed["ref"], price=price, size="5")
    assert asked.questions[1].startswith(f"Approve? Change order {placed['ref']} to 5 contracts")
    (order,) = [one for one in await house.orders() if not one.is_terminal]
    assert (order.size, str(order.price)) == (5, price)
    assert told["status"] == "open"


async def test_several_orders_are_one_question_that_lists_each(house, era, person, bid):
    asked = person()
    legs = [bid, bid | {"outcome": "no", "size": "4"}]
    async with house.client(era, asked) as assistant:
        told = await assistant.ask("batch_create_orders", orders=legs, intent="both sides")
    (question,) = asked.questions
    assert question.startswith("Approve? Place 2 orders")
    assert "1. BUY 3 YES" in question
    assert "2. BUY 4 NO" in question
    assert sorted(order.outcome for order in await house.orders()) == ["no", "yes"]
    assert [row["status"] for row in told["orders"]] == ["open", "open"]


async def test_caps_count_the_sum_of_a_batch(house, era, person, bid):
    house.write('max_order = "0.25"')
    async with house.client(era, person()) as assistant:
        told = await assistant.fail("batch_create_orders", orders=[bid, bid])
    assert told["venue_code"] == "max_order"
    assert await house.orders() == ()


async def test_cancelling_says_what_became_of_each(house, era, person, bid, take):
    async with house.client(era, person()) as assistant:
        resting = [(await assistant.ask("create_order", **bid))["orders"][0]["ref"] for _ in range(3)]
        taken = (await assistant.ask("create_order", **take))["orders"][0]["ref"]
        told = await assistant.ask("cancel_orders", orders=[resting[0], taken, "paper:o999", "elsewhere:o1"])
        assert (told["canceled"], told["not_canceled"]) == (1, 3)
        assert told["orders"][0] == {
            "ref": resting[0],
            "market": bid["market"],
            "order": "buy yes",
            "status": "canceled",
        }
        assert "error" in told["orders"][2]
        assert "error" in told["orders"][3]
        many = await assistant.ask("batch_cancel_orders", orders=[resting[1]])
        assert many["canceled"] == 1
        assert (await assistant.ask("cancel_orders", market=bid["market"]))["canceled"] == 1
        assert (await assistant.ask("cancel_orders", venue="paper"))["orders"] == []
        wrong = await assistant.fail("cancel_orders", orders=resting, venue="paper")
        assert "only in one way" in wrong["message"]
    assert all(order.is_terminal for order in await house.orders())


async def test_the_switch_stops_orders_and_no_cancelling(house, era, person, bid):
    async with house.client(era, person()) as assistant:
        placed = (await assistant.ask("create_order", **bid))["orders"][0]
        told = await assistant.ask("engage_kill_switch", reason="something runs wild")
        assert told["status"] == "engaged"
        assert "pmi kill off" in told["next"]
        refused = await assistant.fail("create_order", **bid)
        assert refused["venue_code"] == "kill_switch"
        assert (await assistant.ask("cancel_orders", orders=[placed["ref"]]))["canceled"] == 1
        assert not [tool for tool in await assistant.client.list_tools() if "release" in tool.name]


WRONG = [
    ({"outcome": None}, "no outcome was named"),
    ({"outcome": "Nobody's label"}, "has no outcome"),
    ({"market": "paper:NOTHING"}, "NOTHING"),
    ({"market": "elsewhere:X"}, "elsewhere"),
    ({"price": "1.5"}, "price"),
    ({"price": "0.05001"}, "between two ticks"),
    ({"size": None}, "exactly one of size and notional"),
    ({"notional": "5"}, "exactly one of size and notional"),
    ({"time_in_force": "gtd"}, "expires_at goes with"),
    ({"expires": "7d", "time_in_force": "gtd"}, "is not a time"),
    ({"expires": "2020-01-01", "time_in_force": "gtd"}, "expire before"),
    ({"post_only": True, "time_in_force": "ioc"}, "post-only"),
    ({"group": "no ref"}, "no ref"),
    ({"size": "1000000"}, "free"),
]


async def test_what_cannot_be_is_said_before_anybody_is_asked(house, person, bid):
    asked = person()
    async with house.client("modern", asked) as assistant:
        for change, said in WRONG:
            told = await assistant.fail("create_order", **bid | change)
            assert said in told["message"], change
            assert told["hint"], change
    assert asked.questions == []
    assert await house.orders() == ()


async def test_an_outcome_may_be_named_by_the_ref_or_its_label(house, person, bid, market):
    async with house.client("modern", person()) as assistant:
        await assistant.ask("create_order", **bid | {"market": f"{market.ref}#no", "outcome": None})
        await assistant.ask("create_order", **bid | {"outcome": market.no.label})
        told = await assistant.fail("create_order", **bid | {"market": f"{market.ref}#no"})
    assert "names another outcome" in told["message"]
    assert [order.outcome for order in await house.orders()] == ["no", "no"]
