"""The road of an order when nothing goes wrong, and when it may not pass."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.anyio


async def test_an_approved_order_is_sent_once_and_told_again(open_desk, venue, draft, approved):
    async with open_desk(venue) as desk:
        code = await approved(desk, draft())
        first = await desk.send(code)
        again = await desk.send(code)
        assert [one.order.status for one in first.orders] == ["open"]
        assert not first.repeated
        assert again.repeated
        assert again.orders == first.orders
        assert len(venue.orders) == len(venue.sendings) == 1
        assert first.orders[0].client_order_id == venue.orders[0].client_order_id
        assert (await desk.verify()).whole
        kinds = [entry.kind.value async for entry in desk.entries()]
        assert kinds == ["draft", "preview", "approval", "intent", "answer"]
