"""What only this exchange has, without ``await``: the same objects by the core's own road."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal

import pytest

from pmi_core.blocking import BlockingVenue
from pmi_core.models import MarketQuery, MilestoneQuery
from pmi_core.plugins.registry import open_venue
from pmi_provider_kalshi.sandbox import Sandbox
from pmi_provider_kalshi.streaming.channels import Notice


@pytest.fixture
def venue():
    @asynccontextmanager
    async def opening():
        async with Sandbox(moving=False) as sandbox:
            settings = {
                "environment": "custom",
                "rest_url": sandbox.rest_url,
                "ws_url": sandbox.ws_url,
                "api_key_id": sandbox.api_key_id,
                "private_key": sandbox.private_key,
            }
            async with open_venue("kalshi", **settings) as venue:
                yield venue

    with BlockingVenue(opening()) as venue:
        yield venue


def test_every_set_waits_for_its_outcome(venue):
    assert venue.native.subaccounts.create() == 1
    assert {one.subaccount_number for one in venue.native.subaccounts.balances()} == {0, 1}
    assert venue.native.targets.list(limit=1).rows
    assert venue.native.keys.volume_progress()[0].goals
    milestone = venue.milestones.list_milestones(MilestoneQuery(limit=1)).items[0].ref.native
    details = venue.native.milestones.get(milestone)
    assert venue.native.live_data.of_type(details.type, milestone).type == details.type
    assert venue.transfers.list_places()[0].cash == Decimal(10_000)
    with venue.notices.listen(Notice.GROUPS) as told:
        assert next(told).type == "connection"


def test_candlesticks_of_a_market_and_of_its_event(venue):
    series = "KXFED"
    market = venue.markets.list_markets(MarketQuery(series_ref=f"kalshi:{series}", limit=1)).items[0]
    ticker, event = market.ref.native, market.event_ref.native
    now = venue.status.get_status().as_of
    span = {"start": now - timedelta(days=1), "end": now}
    alone = venue.native.candles.of_market(series, ticker, **span)
    together = venue.native.candles.of_event(series, event, **span)
    assert alone
    assert together.markets[ticker] == alone
