"""What a model or a client that follows no rule can do to the one road: nothing that is not approved."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import ElicitResult

from pmi_core.desk import ApprovalChannel
from pmi_core.desk.kill import KillSwitch

pytestmark = pytest.mark.anyio

YES = {"approval": ElicitResult(action="accept", content={"approve": True})}
NO = {"approval": ElicitResult(action="decline")}


async def question(assistant, arguments, tool="create_order"):
    """The first leg: the sealed question."""
    asked = await assistant.raw(tool, arguments)
    assert asked.result_type == "input_required", asked
    return asked.request_state


async def test_nothing_is_confirmed_that_was_not_previewed(house, era, person, bid):
    async with house.client(era, person()) as assistant:
        for code in ("ABCD-1234", "", "' OR 1=1 --", "\x1b[2J" * 5):
            told = await assistant.fail("confirm_order", code=code)
            assert told["error"] == "NotFound"
            assert "\x1b" not in json.dumps(told)
            token = await assistant.fail("confirm_order", code=code, token="0" * 32)
            assert token["error"] == "NotFound"
    assert await house.orders() == ()


async def test_a_code_alone_approves_nothing(house, era, bid, passing):
    async with house.client(era) as assistant:
        waiting = await assistant.ask("create_order", **bid)
        async with passing():
            for _ in range(2):
                again = await assistant.ask("confirm_order", code=waiting["code"])
                assert again["status"] == "waiting"
    assert await house.orders() == ()


async def test_answers_that_nobody_asked_for_are_not_heard(house, person, bid):
    async with house.client("modern", person()) as assistant:
        for state in (None, ""):
            asked = await assistant.raw("create_order", bid, input_responses=YES, request_state=state or None)
            assert asked.result_type == "input_required", "the person is asked, whatever was brought along"
    assert await house.orders() == ()


async def test_a_yes_is_for_the_arguments_that_were_asked_about(house, person, bid):
    async with house.client("modern", person()) as assistant:
        state = await question(assistant, bid)
        for change in ({"size": "300"}, {"price": "0.9"}, {"outcome": "no"}, {"intent": "other"}):
            with pytest.raises(MCPError, match="requestState"):
                await assistant.raw("create_order", bid | change, input_responses=YES, request_state=state)
        with pytest.raises(MCPError, match="requestState"):
            legs = {"orders": [bid]}
            await assistant.raw("batch_create_orders", legs, input_responses=YES, request_state=state)
    assert await house.orders() == ()


async def test_a_question_cannot_be_forged(house, person, bid):
    async with house.client("modern", person()) as assistant:
        state = await question(assistant, bid)
        waiting = json.dumps({"code": "AAAA-AAAA", "digest": "0" * 64})
        for forged in (waiting, state[:-4] + "AAAA", state[:20], "v1.", "v1." + "A" * 200):
            with pytest.raises(MCPError, match="requestState"):
                await assistant.raw("create_order", bid, input_responses=YES, request_state=forged)
    assert await house.orders() == ()


async def test_a_replayed_yes_orders_nothing_more(house, person, bid):
    async with house.client("modern", person()) as assistant:
        state = await question(assistant, bid)
        told = []
        for _ in range(4):
            answer = await assistant.raw("create_order", bid, input_responses=YES, request_state=state)
            told.append(answer.structured_content)
    (order,) = await house.orders()
    assert {one["orders"][0]["ref"] for one in told} == {order.ref}
    assert [one.get("repeated", False) for one in told] == [False, True, True, True]


async def test_a_no_cannot_be_turned_into_a_yes(house, person, bid):
    async with house.client("modern", person()) as assistant:
        state = await question(assistant, bid)
        refused = await assistant.raw("create_order", bid, input_responses=NO, request_state=state)
        assert refused.structured_content["status"] == "refused"
        after = await assistant.raw("create_order", bid, input_responses=YES, request_state=state)
        assert after.is_error
        assert "refused" in after.structured_content["message"]
    assert await house.orders() == ()


async def test_a_call_without_its_answer_is_asked_again_about_the_same(house, person, bid):
    async with house.client("modern", person()) as assistant:
        state = await question(assistant, bid)
        again = await assistant.raw("create_order", bid, request_state=state)
        assert again.result_type == "input_required"
        for one in (again.request_state, state):
            await assistant.raw("create_order", bid, input_responses=YES, request_state=one)
    assert len(await house.orders()) == 1


async def test_a_yes_outlives_a_restart_and_is_used_once(house, person, bid):
    async with house.client("modern", person()) as assistant:
        state = await question(assistant, bid)
    for turn in range(3):
        async with house.client("modern", person()) as assistant:
            answer = await assistant.raw("create_order", bid, input_responses=YES, request_state=state)
        assert answer.structured_content.get("repeated", False) is (turn > 0)
    assert len(await house.orders()) == 1


async def test_servers_that_redeem_one_yes_at_once_send_one_order(house, person, bid):
    async with (
        house.client("modern", person()) as one,
        house.client("modern", person()) as two,
        house.client("modern", person()) as three,
    ):
        state = await question(one, bid)
        answers = await asyncio.gather(
            *[
                assistant.raw("create_order", bid, input_responses=YES, request_state=state)
                for assistant in (one, two, three) * 3
            ]
        )
    (order,) = await house.orders()
    firsts = [one for one in answers if not one.is_error and "repeated" not in one.structured_content]
    assert len(firsts) == 1
    assert firsts[0].structured_content["orders"][0]["ref"] == order.ref


async def test_a_yes_ends_with_its_time(house, person, bid, clock):
    async with house.client("modern", person()) as assistant:
        state = await question(assistant, bid)
        await clock.advance(301)
        late = await assistant.raw("create_order", bid, input_responses=YES, request_state=state)
        assert "expired" in late.structured_content["message"]
    assert await house.orders() == ()


async def test_a_yes_of_another_data_folder_is_none_here(house, person, bid, tmp_path, clock):
    (tmp_path / "other").mkdir()
    other = type(house)(tmp_path / "other", clock)
    async with other.client("modern", person()) as assistant:
        state = await question(assistant, bid)
    async with house.client("modern", person()) as assistant:
        with pytest.raises(MCPError, match="requestState"):
            await assistant.raw("create_order", bid, input_responses=YES, request_state=state)
    assert await house.orders() == ()


async def test_even_with_the_same_key_another_journal_knows_no_such_yes(house, person, bid, tmp_path, clock):
    (tmp_path / "other").mkdir()
    other = type(house)(tmp_path / "other", clock)
    async with other.client("modern", person()) as assistant:
        state = await question(assistant, bid)
    (house.folder / "desk").mkdir(exist_ok=True)
    key = Path("desk", "server.key")
    (house.folder / key).write_bytes((other.folder / key).read_bytes())
    async with house.client("modern", person()) as assistant:
        answer = await assistant.raw("create_order", bid, input_responses=YES, request_state=state)
        assert answer.structured_content["error"] == "NotFound"
    assert await house.orders() == ()


async def test_a_token_is_for_its_own_code_server_and_time(house, era, bid, tmp_path, clock):
    house.write('token_ceiling = "1"')
    (tmp_path / "other").mkdir()
    other = type(house)(tmp_path / "other", clock)
    other.write('token_ceiling = "1"')
    async with house.client(era) as assistant, other.client(era) as stranger:
        mine, second = [await assistant.ask("create_order", **bid) for _ in range(2)]
        foreign = await stranger.ask("create_order", **bid)
        for token in (second["token"], foreign["token"], "", "0" * 32, mine["token"][:-1], mine["code"], "é"):
            told = await assistant.fail("confirm_order", code=mine["code"], token=token)
            assert told["venue_code"] == "token"
        assert await house.orders() == ()
        await assistant.ask("confirm_order", code=mine["code"], token=mine["token"])
        await clock.advance(301)
        late = await assistant.fail("confirm_order", code=second["code"], token=second["token"])
        assert "expired" in late["message"]
    assert len(await house.orders()) == 1


async def test_a_token_that_is_redeemed_many_times_at_once_is_one_order(house, era, bid):
    house.write('token_ceiling = "1"')
    async with house.client(era) as one, house.client(era) as two:
        waiting = await one.ask("create_order", **bid)
        told = await asyncio.gather(
            *[
                assistant.client.call_tool(
                    "confirm_order",
                    {"code": waiting["code"], "token": waiting["token"]},
                    raise_on_error=False,
                )
                for assistant in (one, two) * 4
            ]
        )
    assert len(await house.orders()) == 1
    assert sum("repeated" not in answer.structured_content for answer in told if not answer.is_error) == 1


async def test_a_lowered_ceiling_counts_for_tokens_that_are_out(house, era, bid):
    house.write('token_ceiling = "1"')
    async with house.client(era) as assistant:
        waiting = await assistant.ask("create_order", **bid)
    house.write('token_ceiling = "0.01"')
    async with house.client(era) as assistant:
        told = await assistant.fail("confirm_order", code=waiting["code"], token=waiting["token"])
    assert told["venue_code"] == "channel"
    assert await house.orders() == ()


async def test_the_switch_between_approval_and_sending_stops_the_order(house, era, person, bid, clock):
    async def engage():
        KillSwitch(house.folder, clock).engage("stop", "a person")

    async with house.client(era, person(before=engage)) as assistant:
        told = await assistant.fail("create_order", **bid)
    assert told["venue_code"] == "kill_switch"
    assert await house.orders() == ()


async def test_a_closed_mode_between_approval_and_sending_stops_the_order(house, person, bid):
    async with house.client("modern", person()) as assistant:
        state = await question(assistant, bid)
        await assistant.raw("create_order", bid, request_state=state)
    house.write('deny = ["paper:*"]')
    async with house.client("modern", person()) as assistant:
        told = await assistant.raw("create_order", bid, input_responses=YES, request_state=state)
    assert told.structured_content["venue_code"] == "deny"
    assert await house.orders() == ()


async def test_fifty_orders_at_once_pass_no_cap(house, era, person, bid):
    # Each bid risks 0.15 and no fee that counts for more than a hundredth.
    house.write('max_day = "1.60"')
    async with house.client(era, person()) as one, house.client(era, person()) as two:
        answers = await asyncio.gather(
            *[
                assistant.client.call_tool("create_order", bid, raise_on_error=False)
                for assistant in (one, two) * 25
            ]
        )
    orders = await house.orders()
    placed = [one for one in answers if not one.is_error and one.structured_content["status"] == "open"]
    refused = [one for one in answers if one.is_error]
    assert len(placed) == len(orders)
    assert 5 <= len(orders) <= 10
    assert len(placed) + len(refused) == 50
    assert {one.structured_content["venue_code"] for one in refused} == {"max_day"}


async def test_what_was_approved_elsewhere_is_sent_by_one_of_two_servers(house, era, bid, passing):
    async with house.client(era) as one, house.client(era) as two:
        waiting = await one.ask("create_order", **bid)
        await two.ask("cancel_orders", venue="paper")  # its desk is open and tended as well
        async with house.desk() as terminal:
            await terminal.approve(waiting["code"], ApprovalChannel.TERMINAL, "a person")
        async with passing():
            told = await asyncio.gather(
                *[assistant.ask("confirm_order", code=waiting["code"]) for assistant in (one, two) * 2]
            )
    (order,) = await house.orders()
    assert {one["orders"][0]["ref"] for one in told} == {order.ref}
