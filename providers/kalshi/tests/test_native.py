"""What only this exchange has: paths, parameters, and typed answers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pmi_core.errors import Duplicate, PermissionDenied, RequestError, SettingsError, UnexpectedAnswer

pytestmark = pytest.mark.anyio
D = Decimal
DAY = datetime(2026, 11, 16, tzinfo=UTC)
TRANSFER = "8c35ecb3-328f-4f52-8c7c-0f4b9862f8d1"


async def test_live_data_of_milestones_and_events(kalshi, exchange):
    told = {"type": "football_game", "milestone_id": "m1", "details": {"home": 7}}
    exchange.answers("/live_data/milestone/m1", {"live_data": told}, include_player_stats="true")
    exchange.answers("/live_data/batch", {"live_datas": [told, {"type": 3}]}, milestone_ids=["m1", "m2"])
    exchange.answers("/live_data/events/E-1", {"live_data": {"type": "crypto", "details": {}}}, range="1h")
    exchange.answers("/live_data/milestone/m1/game_stats", {"pbp": {"periods": [{"events": []}]}})
    live = kalshi.native.live_data
    one = await live.of_milestone("m1", player_stats=True)
    assert (one.type, one.details) == ("football_game", {"home": 7})
    assert await live.of_milestones(["m1", "m2"]) == (one,), "a row that makes no sense costs nobody else"
    assert len(kalshi.faults) == 1
    assert (await live.of_event("E-1", stretch="1h")).type == "crypto"
    assert len((await live.game_stats("m1")).periods) == 1
    with pytest.raises(RequestError, match="1 to 100 milestones"):
        await live.of_milestones([])


async def test_weather_to_the_last_digit(kalshi, exchange):
    point = {"t": 1_794_787_200_000, "v": 71.23, "status": "normal", "contributors": 3}
    index = {"city": "miami", "units": "fahrenheit", "config_version": "v1", "timeseries": [point]}
    query = {"from": "1794787200000", "to": "1794787200000"}
    exchange.answers("/live_data/weather/miami", index, **query)
    record = {
        "config_version": "v1",
        "effective_at_ms": 1,
        "city_reference_c": 0.125,
        "stations": [{"station_id": "K", "weight": 0.5, "offset_c": -0.25}],
    }
    exchange.answers(
        "/live_data/weather/miami/calibrations",
        {"city": "miami", "units": "celsius", "calibrations": [record]},
    )
    found = await kalshi.native.live_data.weather("miami", start=DAY, end=DAY)
    assert found.timeseries[0].v == D("71.23")
    (made,) = (await kalshi.native.live_data.weather_calibrations("miami")).calibrations
    assert (made.city_reference_c, made.stations[0].offset_c) == (D("0.125"), D("-0.25"))
    with pytest.raises(RequestError, match="both start and end"):
        await kalshi.native.live_data.weather("miami", start=DAY)


async def test_targets_incentives_and_filters(kalshi, exchange):
    target = {"id": "t1", "name": "A player", "type": "player", "details": {"team": "x"}}
    exchange.answers("/structured_targets/t1", {"structured_target": target})
    exchange.answers(
        "/structured_targets", {"structured_targets": [target], "cursor": "m"}, ids=["t1", "t2"], page_size=5
    )
    program = {
        "id": "i1",
        "market_id": "m",
        "market_ticker": "A-1",
        "incentive_type": "liquidity",
        "incentive_description": "",
        "start_date": "2026-11-01T00:00:00Z",
        "end_date": "2026-12-01T00:00:00Z",
        "period_reward": 1_250_000,
        "paid_out": False,
        "target_size_fp": "300.00",
        "max_reward_per_account": None,
    }
    exchange.answers(
        "/incentive_programs",
        {"incentive_programs": [program], "next_cursor": ""},
        status="active",
        limit=100,
    )
    exchange.answers("/search/tags_by_categories", {"tags_by_categories": {"Sports": ["NBA"], "New": None}})
    sport = {"scopes": ["game"], "competitions": {"NBA": {"scopes": ["final"]}}}
    exchange.answers(
        "/search/filters_by_sport",
        {"filters_by_sports": {"Basketball": sport}, "sport_ordering": ["Basketball"]},
    )
    native = kalshi.native
    one = await native.targets.get("t1")
    page = await native.targets.list(ids=["t1", "t2"], limit=5)
    assert (page.rows, page.cursor, one.details) == ((one,), "m", {"team": "x"})
    (reward,) = (await native.incentives.list(status="active")).rows
    assert (reward.reward, reward.target_size_fp, reward.most_per_account) == (D("125"), D("300"), None)
    assert await native.filters.tags_by_category() == {"Sports": ("NBA",), "New": ()}
    sports = (await native.filters.by_sport()).filters_by_sports
    assert sports["Basketball"].competitions["NBA"].scopes == ("final",)
    with pytest.raises(RequestError, match="1 to 2000"):
        await native.targets.list(limit=2001)


async def test_hours_and_fee_changes(kalshi, exchange):
    day = [{"open_time": "00:00", "close_time": "24:00"}]
    week = {"start_time": "2026-01-01T00:00:00Z", "end_time": "2027-01-01T00:00:00Z", "monday": day}
    window = {"start_datetime": "2026-11-19T08:00:00Z", "end_datetime": "2026-11-19T10:00:00Z"}
    exchange.answers(
        "/exchange/schedule", {"schedule": {"standard_hours": [week], "maintenance_windows": [window]}}
    )
    change = {
        "id": "f1",
        "series_ticker": "S",
        "fee_type": "margin_market_maker_program_fees",
        "fee_multiplier": 0.5,
        "scheduled_ts": "2026-12-01T00:00:00Z",
    }
    exchange.answers("/series/fee_changes", {"series_fee_change_arr": [change]}, show_historical="true")
    own = {"id": "f2", "event_ticker": "E", "series_ticker": "S", "scheduled_ts": "2026-12-01T00:00:00Z"}
    exchange.answers("/events/fee_changes", {"event_fee_changes": [own], "cursor": ""}, limit=100)
    calendar = kalshi.native.calendar
    found = await calendar.schedule()
    assert found.standard_hours[0].monday[0].close_time == "24:00"
    assert found.maintenance_windows[0].start_datetime == datetime(2026, 11, 19, 8, tzinfo=UTC)
    (series,) = await calendar.series_fee_changes(past=True)
    assert series.fee_multiplier == D("0.5")
    (event,) = (await calendar.event_fee_changes()).rows
    assert (event.fee_type_override, event.fee_multiplier_override) == (None, None)


async def test_cash_and_subaccounts(keyed, exchange):
    row = {
        "id": "d",
        "status": "applied",
        "type": "ach",
        "amount_cents": 2599,
        "fee_cents": 1,
        "created_ts": 60,
    }
    exchange.answers("/portfolio/deposits", {"deposits": [row], "cursor": "x"}, limit=100)
    exchange.answers("/portfolio/withdrawals", {"withdrawals": [], "cursor": ""}, limit=7)
    page = await keyed.native.cash.deposits()
    (paid,) = page.rows
    assert (paid.amount, paid.fee, paid.finalized, page.cursor) == (D("25.99"), D("0.01"), None, "x")
    assert paid.created == datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
    assert (await keyed.native.cash.withdrawals(limit=7)).rows == ()
    held = {"subaccount_number": 2, "exchange_index": 1, "balance": "10.0001", "updated_ts": 60}
    exchange.answers("/portfolio/subaccounts/balances", {"subaccount_balances": [held]})
    (balance,) = await keyed.native.subaccounts.balances()
    assert (balance.balance, balance.exchange_index) == (D("10.0001"), 1)


async def test_money_moves_between_subaccounts_by_an_id_made_before(keyed, exchange):
    path = "/portfolio/subaccounts/transfer"
    exchange.takes("POST", path, {})
    sets = keyed.native.subaccounts
    await sets.transfer(TRANSFER, source=0, destination=3, dollars=D("12.34"))
    assert exchange.bodies() == [
        {"client_transfer_id": TRANSFER, "from_subaccount": 0, "to_subaccount": 3, "amount_cents": 1234}
    ]
    for dollars in (D("0.001"), D(0), D(-1)):
        with pytest.raises(RequestError, match="whole cents"):
            await sets.transfer(TRANSFER, source=0, destination=3, dollars=dollars)
    with pytest.raises(RequestError, match="no UUID"):
        await sets.transfer("again", source=0, destination=3, dollars=D(1))
    assert len(exchange.writes) == 1


async def test_netting_is_read_and_set(keyed, exchange):
    config = {"subaccount_number": 0, "enabled": True, "exchange_index": 0}
    exchange.answers("/portfolio/subaccounts/netting", {"netting_configs": [config]})
    exchange.takes("PUT", "/portfolio/subaccounts/netting", None)
    exchange.takes("POST", "/portfolio/subaccounts", {"subaccount_number": 4}, code=201)
    (found,) = await keyed.native.subaccounts.netting()
    assert found.enabled
    await keyed.native.subaccounts.set_netting(0, enabled=False)
    assert await keyed.native.subaccounts.create() == 4
    assert exchange.bodies() == [{"subaccount_number": 0, "enabled": False}, {}]


async def test_money_moves_between_shards(keyed, exchange):
    exchange.takes("POST", "/portfolio/intra_exchange_instance_transfer", {"transfer_id": "x1"})
    told = {
        "transfer_id": "x1",
        "source": "event_contract",
        "destination": "event_contract",
        "source_exchange_shard": 0,
        "destination_exchange_shard": 2,
        "amount": "1.2345",
        "status": "completed",
        "created_ts": 60,
    }
    exchange.answers("/portfolio/intra_exchange_instance_transfers/x1", {"transfer": told})
    exchange.answers("/portfolio/intra_exchange_instance_transfers", {"transfers": [told]}, limit=100)
    shares = {"allocations": [{"exchange_index": 0, "percent": 100}], "resting_margin_reservation": "sum"}
    exchange.answers("/portfolio/target_balance_allocation", shares)
    shards = keyed.native.shards
    assert await shards.transfer(TRANSFER, source=0, destination=2, dollars=D("1.2345")) == "x1"
    assert exchange.bodies()[0] == {
        "client_transfer_id": TRANSFER,
        "source": "event_contract",
        "destination": "event_contract",
        "amount": 12345,
        "source_exchange_shard": 0,
        "destination_exchange_shard": 2,
    }
    one = await shards.get_transfer("x1")
    assert (one.amount, (await shards.transfers()).rows) == (D("1.2345"), (one,))
    assert (await shards.allocations()).allocations[0].percent == 100
    refusal = {"error": {"code": "duplicate_client_transfer_id", "message": "duplicate"}}
    exchange.takes("POST", "/portfolio/intra_exchange_instance_transfer", refusal, code=409)
    with pytest.raises(Duplicate, match="duplicate"):
        await shards.transfer(TRANSFER, source=0, destination=2, dollars=D(1))
    sent = len(exchange.writes)
    for name, more in ((TRANSFER, {"source_subaccount": 3}), (None, {}), ("id", {})):
        with pytest.raises(RequestError):
            await shards.transfer(name, source=0, destination=2, dollars=D(1), **more)
    assert len(exchange.writes) == sent


async def test_keys_tell_what_they_may(keyed, exchange):
    rows = [
        {"api_key_id": "a-key-id", "name": "mine", "scopes": ["read", "write::trade"], "subaccount": 3},
        {"api_key_id": "b", "name": "", "scopes": ["read", "write"]},
    ]
    exchange.answers("/api_keys", {"api_keys": rows})
    own = await keyed.native.keys.own()
    assert (own.name, own.subaccount) == ("mine", 3)
    scopes = ("read", "read::portfolio_balance", "write::trade", "write::transfer", "write")
    assert [own.may(scope) for scope in scopes] == [True, True, True, False, False]
    assert (await keyed.native.keys.limits()).usage_tier == "basic"


async def test_block_trades_and_forecasts(keyed, exchange):
    row = {
        "id": "b1",
        "proposer_user_id": "u",
        "buyer_user_id": "u",
        "seller_user_id": "",
        "market_ticker": "A-1",
        "price_centi_cents": 4321,
        "centicount": 250,
        "maker_side": "yes",
        "expiration_ts": "2026-11-17T00:00:00Z",
        "status": "open",
        "created_ts": "2026-11-16T00:00:00Z",
        "updated_ts": "2026-11-16T00:00:00Z",
        "buyer_accepted": True,
        "seller_accepted": False,
    }
    exchange.answers("/communications/block-trade-proposals", {"block_trade_proposals": [row]}, limit=100)
    (found,) = (await keyed.native.block_trades.list()).rows
    assert (found.price, found.size) == (D("0.4321"), D("2.5"))
    point = {
        "percentile": 5000,
        "raw_numerical_forecast": 3.125,
        "numerical_forecast": 3.1,
        "formatted_forecast": "3.1%",
    }
    past = {"event_ticker": "E", "end_period_ts": 60, "period_interval": 60, "percentile_points": [point]}
    path = "/series/S/events/E/forecast_percentile_history"
    asked = {
        "percentiles": ["5000"],
        "start_ts": "1794787200",
        "end_ts": "1794787200",
        "period_interval": "60",
    }
    exchange.answers(path, {"forecast_history": [past]}, **asked)
    (one,) = await keyed.native.forecasts.history("S", "E", percentiles=[5000], start=DAY, end=DAY)
    assert one.percentile_points[0].raw_numerical_forecast == D("3.125")
    exchange.answers("/events/E/metadata", {"image_url": "/x.png", "market_details": []})
    assert (await keyed.native.forecasts.metadata("E")).image_url == "/x.png"
    with pytest.raises(RequestError, match="percentiles"):
        await keyed.native.forecasts.history("S", "E", percentiles=[], start=DAY, end=DAY)


async def test_the_account_needs_a_key_and_answers_a_shape(kalshi, keyed, exchange):
    with pytest.raises(SettingsError, match="has no key"):
        await kalshi.native.cash.deposits()
    with pytest.raises(SettingsError, match="has no key"):
        await kalshi.native.shards.transfer(TRANSFER, source=0, destination=1, dollars=D(1))
    exchange.answers("/portfolio/deposits", {"deposits": [{"id": 7}]}, limit=100)
    with pytest.raises(UnexpectedAnswer, match=r"`str`.*deposits\[0\].id|deposits"):
        await keyed.native.cash.deposits()
    exchange.answers("/portfolio/subaccounts/balances", {"code": "forbidden"}, code=403)
    with pytest.raises(PermissionDenied, match="scope 'read'"):
        await keyed.native.subaccounts.balances()
