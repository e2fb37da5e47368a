"""The state of the exchange, told with good and with failing statuses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pmi_core.errors import BusyError, UnexpectedAnswer, VenueError

pytestmark = pytest.mark.anyio
SHARD = {"exchange_index": 1, "description": "Demo shard", "exchange_active": True, "trading_active": False}


async def test_a_working_exchange(kalshi, exchange, now):
    body = {
        "exchange_active": True,
        "trading_active": True,
        "exchange_index_statuses": [SHARD, {**SHARD, "exchange_index": 3, "description": ""}],
    }
    exchange.answers("/exchange/status", body)
    found = await kalshi.status.get_status()
    assert (found.exchange_active, found.trading_active, found.resume_time, found.as_of) == (
        True,
        True,
        None,
        now,
    )
    assert [(part.name, part.exchange_active, part.trading_active) for part in found.parts] == [
        ("1 Demo shard", True, False),
        ("3", True, False),
    ]


@pytest.mark.parametrize("code", [200, 500, 503, 504])
async def test_a_paused_exchange_says_so_with_any_status(kalshi, exchange, code):
    body = {
        "exchange_active": False,
        "trading_active": False,
        "exchange_estimated_resume_time": "2026-11-19T10:00:00Z",
    }
    exchange.answers("/exchange/status", body, code=code)
    found = await kalshi.status.get_status()
    assert (found.exchange_active, found.trading_active, found.parts) == (False, False, ())
    assert found.resume_time == datetime(2026, 11, 19, 10, tzinfo=UTC)
    assert len(exchange.requests) == 1


async def test_a_failing_status_without_a_state_is_an_error(kalshi, exchange):
    exchange.answers("/exchange/status", {"error": {"code": "internal", "message": "oops"}}, code=500)
    with pytest.raises(VenueError, match="oops") as failure:
        await kalshi.status.get_status()
    assert failure.value.capability == "status"


async def test_a_failing_gateway_with_a_hint_is_busy(kalshi, exchange):
    exchange.answers("/exchange/status", b"<html>", code=503, headers={"retry-after": "60"})
    with pytest.raises(BusyError) as failure:
        await kalshi.status.get_status()
    assert failure.value.retry_after == 60


async def test_half_a_state_is_an_error(kalshi, exchange):
    exchange.answers("/exchange/status", {"exchange_active": True})
    with pytest.raises(UnexpectedAnswer, match="trading_active"):
        await kalshi.status.get_status()


async def test_a_pause_of_the_exchange_explains_other_failures(kalshi, exchange):
    body = {"exchange_active": True, "trading_active": False}
    exchange.answers("/markets/A-1", body, code=503)
    with pytest.raises(VenueError, match="trading is paused"):
        await kalshi.markets.get_market("kalshi:A-1")
