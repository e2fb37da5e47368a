"""Who may say yes: the operator's words decide, for each kind of venue."""

from __future__ import annotations

import pytest
from desk_double import Double

from pmi_core import WriteClass
from pmi_core.desk import ApprovalChannel
from pmi_core.errors import OrderRefused, SettingsError

pytestmark = pytest.mark.anyio

PERSON = frozenset(ApprovalChannel) - {ApprovalChannel.TOKEN}


async def channels_of(desk, draft):
    return (await desk.preview(draft)).approve_with


async def test_the_token_is_closed_unless_a_ceiling_opens_it(open_desk, venue, draft):
    config = f"[policy.approve_with]\npaper = {[one.value for one in ApprovalChannel]}\n"
    async with open_desk(venue, config=config) as desk:
        preview = await desk.preview(draft(size="1", price="0.01"))
        assert preview.approve_with == PERSON
        with pytest.raises(OrderRefused, match="not approved by token"):
            await desk.approve(preview.code, ApprovalChannel.TOKEN, "model")


async def test_the_token_is_for_what_loses_less_than_the_ceiling(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        loss = (await desk.preview(draft())).max_loss
    for ceiling, opens in ((loss, False), (loss + 1, True)):
        async with open_desk(venue, config=f'[policy]\ntoken_ceiling = "{ceiling}"\n') as desk:
            preview = await desk.preview(draft())
            assert (ApprovalChannel.TOKEN in preview.approve_with) is opens
            if opens:
                await desk.approve(preview.code, ApprovalChannel.TOKEN, "model")
                assert (await desk.send(preview.code)).settled
            else:
                with pytest.raises(OrderRefused, match="not approved by token"):
                    await desk.approve(preview.code, ApprovalChannel.TOKEN, "model")


async def test_a_batch_is_held_to_the_ceiling_as_a_whole(open_desk, venue, draft):
    from pmi_core.desk import BatchDraft

    async with open_desk(venue, config='[policy]\ntoken_ceiling = "8"\n') as desk:
        assert ApprovalChannel.TOKEN in await channels_of(desk, draft())
        assert ApprovalChannel.TOKEN not in await channels_of(desk, BatchDraft(orders=(draft(), draft())))


async def test_a_ceiling_that_came_down_voids_a_yes(open_desk, venue, draft, approved):
    async with open_desk(venue, config='[policy]\ntoken_ceiling = "8"\n') as desk:
        code = await approved(desk, draft(), "token")
    async with open_desk(venue) as desk:
        with pytest.raises(OrderRefused, match="not enough any more"):
            await desk.send(code)
    assert venue.sendings == []


@pytest.mark.parametrize("write_class, word", [("simulated", "paper"), ("demo", "demo"), ("real", "live")])
@pytest.mark.parametrize("written", ['"passkey"', '["passkey"]'])
async def test_where_a_passkey_is_required_nothing_else_approves(
    open_desk, clock, draft, write_class, word, written
):
    venue = Double(clock, write_class=WriteClass(write_class))
    config = (
        'mode = "live"\n[policy]\nmax_order = "50"\nmax_day = "50"\ntoken_ceiling = "50"\n'
        f"[policy.approve_with]\n{word} = {written}\n"
    )
    async with open_desk(venue, config=config) as desk:
        preview = await desk.preview(draft())
        assert preview.approve_with == {ApprovalChannel.PASSKEY}
        for channel in frozenset(ApprovalChannel) - {ApprovalChannel.PASSKEY}:
            with pytest.raises(OrderRefused, match=f"not approved by {channel.value}"):
                await desk.approve(preview.code, channel, "somebody")
            with pytest.raises(OrderRefused, match="waiting"):
                await desk.send(preview.code)
        await desk.approve(preview.code, ApprovalChannel.PASSKEY, "me")
        assert (await desk.send(preview.code)).settled


async def test_one_word_means_that_channel_alone(open_desk, venue, draft):
    async with open_desk(venue, config='[policy.approve_with]\npaper = "page"\n') as desk:
        assert await channels_of(desk, draft()) == {ApprovalChannel.PAGE}


async def test_another_word_is_no_channel(open_desk, venue):
    with pytest.raises(SettingsError, match=r"approve_with\.paper"):
        open_desk(venue, config='[policy.approve_with]\npaper = "anybody"\n')


async def test_a_yes_of_a_channel_that_was_closed_since_is_not_enough(open_desk, venue, draft, approved):
    async with open_desk(venue) as desk:
        code = await approved(desk, draft())
    async with open_desk(venue, config='[policy.approve_with]\npaper = "passkey"\n') as desk:
        with pytest.raises(OrderRefused, match="not enough any more"):
            await desk.send(code)
    assert venue.sendings == []
