"""Every finished call is told to whoever listens."""

from __future__ import annotations

import pytest

from pmi_core import OpenContext
from pmi_core.errors import NotFound
from pmi_core.testing.clock import ManualClock
from pmi_provider_paper import PaperSettings
from pmi_provider_paper.plugin import PROVIDER

pytestmark = pytest.mark.anyio


async def test_calls_are_told_with_their_end():
    heard = []
    context = OpenContext(name="paper", settings=PaperSettings(), clock=ManualClock(), on_call=heard.append)
    async with await PROVIDER.open(context) as venue:
        assert heard == []
        await venue.account.get_balance()
        with pytest.raises(NotFound) as refusal:
            await venue.books.get_book("paper:NONE-1")
    assert [(one.capability, one.method, one.error) for one in heard] == [
        ("account", "get_balance", None),
        ("books", "get_book", "NotFound"),
    ]
    assert (refusal.value.venue, refusal.value.capability) == ("paper", "books")
