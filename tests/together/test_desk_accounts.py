"""A yes is for one account."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pmi_core import MarketQuery, Registry
from pmi_core.desk import ApprovalChannel, Desk, OrderDraft, TicketState
from pmi_core.errors import OrderRefused
from pmi_core.testing.clock import ManualClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def load(tmp_path):
    clock = ManualClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC), auto=True)

    def load(account):
        config = tmp_path / "pmi.toml"
        file = tmp_path / f"{account}.sqlite"
        config.write_text(f"[venues.paper]\naccount_file = '{file}'\n", encoding="utf-8")
        return Registry.load(config_path=config, environ={"PMI_HOME": str(tmp_path)}, clock=clock)

    return load


async def a_market(registry):
    venue = await registry.venue("paper")
    page = await venue.markets.list_markets(MarketQuery(status="open", limit=200))
    return venue, next(row for row in page.items if row.is_open and row.execution == "clob")


async def test_the_account_of_a_file_has_a_name_that_stays(load):
    names = []
    for account in ("one", "one", "two"):
        async with load(account) as registry:
            names.append((await registry.venue("paper")).info.account)
    assert names[0] == names[1] != names[2]
    assert all(names)


async def test_a_yes_for_one_account_is_none_for_another(load):
    async with load("one") as registry, Desk(registry) as desk:
        venue, market = await a_market(registry)
        size = max(Decimal(1), market.min_size or Decimal(1))
        price = market.price_grid.snap(Decimal("0.02"), towards="ceiling")
        preview = await desk.preview(
            OrderDraft(market_ref=market.ref, outcome="yes", action="buy", size=size, price=price)
        )
        assert preview.account == venue.info.account
        await desk.approve(preview.code, ApprovalChannel.PAGE, "me")
    async with load("two") as registry, Desk(registry) as desk:
        with pytest.raises(OrderRefused, match="not the account"):
            await desk.deliver(preview.code, timeout=5)
        assert await desk.state(preview.code) is TicketState.VOID
