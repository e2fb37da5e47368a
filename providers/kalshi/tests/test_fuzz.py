"""Whatever the venue answers: the right values, or an error of the tree that names the field."""

from __future__ import annotations

import copy
import json
import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmi_core.errors import PmiError, UnexpectedAnswer
from pmi_core.identifiers import MarketRef
from pmi_core.models import Action, OrderRequest, OutcomeSide
from pmi_core.testing.clock import START
from pmi_core.transport.codec import decode
from pmi_provider_kalshi.errors import error_of, read_error
from pmi_provider_kalshi.fees import FeeTerms
from pmi_provider_kalshi.native import (
    block_trades,
    calendar,
    cash,
    incentives,
    live_data,
    shards,
    subaccounts,
)
from pmi_provider_kalshi.placing import created
from pmi_provider_kalshi.translate import account, books, events, milestones, negotiation, orders, trades
from pmi_provider_kalshi.translate.markets import market
from pmi_provider_kalshi.wire import account as wire_account
from pmi_provider_kalshi.wire import book as wire_book
from pmi_provider_kalshi.wire import event as wire_event
from pmi_provider_kalshi.wire import milestone as wire_milestone
from pmi_provider_kalshi.wire import negotiation as wire_negotiation
from pmi_provider_kalshi.wire import order as wire_order
from pmi_provider_kalshi.wire import series as wire_series
from pmi_provider_kalshi.wire import trade as wire_trade
from pmi_provider_kalshi.wire.market import Market

D = Decimal
MONEY = "0.400000"
DAY = "2026-11-16T14:00:00Z"
REQUEST = OrderRequest(
    market_ref="kalshi:A-1",
    outcome=OutcomeSide.YES,
    action=Action.BUY,
    size=D(10),
    price=D("0.4"),
    client_order_id="c1",
)
ORDER = {
    "order_id": "o1",
    "client_order_id": "c1",
    "ticker": "A-1",
    "outcome_side": "yes",
    "status": "resting",
    "yes_price_dollars": "0.4000",
    "no_price_dollars": "0.6000",
    "fill_count_fp": "1.00",
    "remaining_count_fp": "9.00",
    "initial_count_fp": "10.00",
    "taker_fill_cost_dollars": MONEY,
    "maker_fill_cost_dollars": "0.000000",
    "taker_fees_dollars": "0.016800",
    "maker_fees_dollars": "0.000000",
    "created_time": DAY,
    "last_update_time": DAY,
    "expiration_time": None,
    "self_trade_prevention_type": "maker",
    "subaccount_number": 0,
}
FILL = {
    "trade_id": "t1",
    "order_id": "o1",
    "ticker": "A-1",
    "outcome_side": "no",
    "count_fp": "1.00",
    "yes_price_dollars": "0.4000",
    "no_price_dollars": "0.6000",
    "is_taker": True,
    "fee_cost": "0.016800",
    "created_time": DAY,
    "ts": 1_794_837_600,
}
POSITION = {
    "ticker": "A-1",
    "position_fp": "-3.00",
    "market_exposure_dollars": "1.560000",
    "realized_pnl_dollars": "-0.010000",
    "fees_paid_dollars": "0.052500",
    "total_traded_dollars": "1.980000",
    "last_updated_ts": DAY,
}
SETTLEMENT = {
    "ticker": "A-1",
    "event_ticker": "A",
    "market_result": "scalar",
    "yes_count_fp": "15.00",
    "yes_total_cost_dollars": "9.300000",
    "no_count_fp": "0.00",
    "no_total_cost_dollars": "0.000000",
    "revenue": 555,
    "settled_time": DAY,
    "fee_cost": "0.000000",
    "value": 37,
}
BALANCE = {
    "balance_dollars": "98.0186",
    "updated_ts": 1,
    "balance_breakdown": [{"exchange_index": 0, "balance": "98.0186"}],
}
CREATED = {
    "order_id": "o1",
    "fill_count": "1.00",
    "remaining_count": "9.00",
    "ts_ms": 1_794_837_600_000,
    "average_fill_price": "0.3900",
    "average_fee_paid": "0.0168",
}
RFQ = {
    "id": "r1",
    "creator_id": "me",
    "market_ticker": "A-1",
    "contracts_fp": "2.00",
    "target_cost_dollars": "0.0000",
    "status": "closed",
    "created_ts": DAY,
    "updated_ts": DAY,
}
QUOTE = {
    "id": "q1",
    "rfq_id": "r1",
    "creator_id": "me",
    "rfq_creator_id": "they",
    "market_ticker": "A-1",
    "contracts_fp": "2.00",
    "yes_bid_dollars": "0.4800",
    "no_bid_dollars": "0.0000",
    "status": "accepted",
    "accepted_side": "yes",
    "created_ts": DAY,
    "updated_ts": DAY,
}
COLLECTION = {
    "collection_ticker": "C-R",
    "series_ticker": "C",
    "title": "Any",
    "size_min": 2,
    "size_max": 5,
    "associated_events": [{"ticker": "A", "is_yes_only": False, "size_max": 1}],
    "open_date": DAY,
    "close_date": DAY,
}
TRADE = {
    "trade_id": "t1",
    "ticker": "A-1",
    "count_fp": "2.50",
    "yes_price_dollars": "0.4300",
    "taker_outcome_side": "yes",
    "created_time": DAY,
    "is_block_trade": False,
}
MILESTONE = {
    "id": "m1",
    "category": "Sports",
    "type": "game",
    "start_date": DAY,
    "end_date": None,
    "related_event_tickers": ["A"],
    "primary_event_tickers": [],
    "title": "A game",
    "last_updated_ts": DAY,
}
EVENT = {
    "event_ticker": "A",
    "series_ticker": "S",
    "title": "Any",
    "sub_title": "",
    "mutually_exclusive": True,
    "settlement_sources": [{"name": "n", "url": "u"}],
}
SERIES = {
    "ticker": "S",
    "title": "Any",
    "frequency": "daily",
    "category": "x",
    "fee_type": "quadratic",
    "fee_multiplier": 0.5,
    "tags": ["t"],
}
BOOK = {"yes_dollars": [["0.4200", "13.00"]], "no_dollars": [["0.5700", "2.00"]]}
PARSERS = {
    "order": (ORDER, wire_order.Order, lambda row: orders.order_of(row, "kalshi")),
    "fill": (FILL, wire_account.Fill, lambda row: orders.fill_of(row, "kalshi")),
    "position": (POSITION, wire_account.MarketPosition, lambda row: account.position(row, START, "kalshi")),
    "settlement": (SETTLEMENT, wire_account.Settlement, lambda row: account.settlement(row, "kalshi")),
    "balance": (BALANCE, wire_account.BalanceAnswer, lambda row: account.balances(row, {}, START, "kalshi")),
    "placed": (CREATED, wire_order.Created, lambda row: created(REQUEST, row, "kalshi")),
    "rfq": (RFQ, wire_negotiation.Rfq, lambda row: negotiation.rfq(row, "kalshi", "me")),
    "quote": (QUOTE, wire_negotiation.Quote, lambda row: negotiation.quote(row, "kalshi", "me")),
    "collection": (
        COLLECTION,
        wire_negotiation.Collection,
        lambda row: negotiation.collection(row, "kalshi"),
    ),
    "trade": (TRADE, wire_trade.Trade, lambda row: trades.trade(row, "kalshi")),
    "milestone": (MILESTONE, wire_milestone.Milestone, lambda row: milestones.milestone(row, "kalshi")),
    "event": (EVENT, wire_event.Event, lambda row: events.event(row, "kalshi", ())),
    "series": (SERIES, wire_series.Series, lambda row: events.series(row, "kalshi", FeeTerms())),
    "book": (BOOK, wire_book.Orderbook, lambda row: books.book(row, MarketRef("kalshi:A-1"), START)),
}
odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(
        ["", "NaN", "Infinity", "-0.01", "1e9", "0.12345678901", "9" * 40, "0001-01-01T00:00:00Z"]
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def read(name, data):
    _, shape, translate = PARSERS[name]
    return translate(decode(shape, json.dumps(data).encode(), venue="kalshi"))


def failure(read_it, *arguments):
    """The error that reading ends with; None where it goes well."""
    try:
        read_it(*arguments)
    except UnexpectedAnswer as error:
        return error
    return None


@pytest.mark.parametrize("name", PARSERS)
def test_the_plain_row_is_read_and_growth_changes_nothing(name):
    plain = PARSERS[name][0]
    grown = {"pmi_new": {"deep": [1, None]}, **plain, "pmi_other": None}
    assert read(name, grown) == read(name, plain)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("name", PARSERS)
@given(data=st.data())
def test_an_odd_value_is_read_or_named(name, data):
    plain = copy.deepcopy(PARSERS[name][0])
    field = data.draw(st.sampled_from(sorted(plain)))
    plain[field] = data.draw(odd)
    error = failure(read, name, plain)
    assert error is None or (error.message.strip() and error.venue == "kalshi")


@pytest.mark.parametrize("name", PARSERS)
def test_a_missing_field_is_named_or_not_needed(name):
    plain = PARSERS[name][0]
    for field in plain:
        rest = {key: value for key, value in plain.items() if key != field}
        error = failure(read, name, rest)
        assert error is None or field in error.message, (name, field)


NUMBERS = re.compile(r"_dollars|_fp$|_cost|count$|average|^price|^balance_dollars")


@pytest.mark.parametrize("name", ["order", "fill", "position", "settlement", "placed", "quote"])
@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e3", " 1.00", "0x10", "٣", "", "1,000.00", "9" * 40])
def test_no_number_is_guessed(name, value):
    plain = PARSERS[name][0]
    for field in filter(NUMBERS.search, plain):
        if value == "" and field in {"contracts_fp", "target_cost_dollars"}:
            continue  # nothing is written as an empty text there
        if field == "total_traded_dollars" or (name, field) == ("order", "no_price_dollars"):
            continue  # not read
        with pytest.raises(UnexpectedAnswer, match=field):
            read(name, {**plain, field: value})


@given(row=st.dictionaries(st.sampled_from(sorted(ORDER)), odd, max_size=20))
def test_any_object_is_read_or_refused(row):
    for name in PARSERS:
        error = failure(read, name, row)
        assert error is None or error.message.strip()


@given(data=st.data())
def test_markets_are_read_or_named(data):
    plain = json.loads(_market_text())
    for field in data.draw(st.lists(st.sampled_from(sorted(plain)), max_size=3)):
        plain[field] = data.draw(odd)

    def read_market():
        market(decode(Market, json.dumps(plain).encode(), venue="kalshi"), "kalshi", START)

    error = failure(read_market)
    assert error is None or error.message.strip()


def _market_text():
    zero = dict.fromkeys(
        ("yes_bid_size_fp", "yes_ask_size_fp", "volume_fp", "volume_24h_fp", "open_interest_fp"), "1.00"
    )
    return json.dumps(
        {
            "ticker": "A-1",
            "event_ticker": "A",
            "status": "active",
            "result": "",
            "yes_sub_title": "",
            "no_sub_title": "",
            "open_time": DAY,
            "close_time": DAY,
            "rules_primary": "",
            "rules_secondary": "",
            "yes_bid_dollars": "0.4000",
            "yes_ask_dollars": "0.4200",
            "last_price_dollars": "0.4100",
            "notional_value_dollars": "1.0000",
            "price_ranges": [{"start": "0.0000", "end": "1.0000", "step": "0.0100"}],
            "floor_strike": 4.5,
            "fee_waiver_expiration_time": None,
            **zero,
        }
    )


NATIVE = [
    block_trades.BlockTrade,
    calendar.Schedule,
    calendar.SeriesFeeChange,
    cash.CashMovement,
    incentives.IncentiveProgram,
    live_data.LiveData,
    live_data.WeatherIndex,
    shards.ShardTransfer,
    subaccounts.SubaccountBalance,
]


@pytest.mark.parametrize("shape", NATIVE)
@given(
    row=st.dictionaries(st.sampled_from(["id", "type", "amount", "details", "balance", "created_ts"]), odd)
)
def test_the_venues_own_words_are_read_or_refused(shape, row):
    error = failure(lambda: decode(shape, json.dumps(row).encode(), venue="kalshi"))
    assert error is None or error.message.strip()


@given(
    status=st.sampled_from([200, 400, 401, 403, 404, 409, 410, 429, 500, 503]),
    body=st.one_of(
        st.binary(max_size=40),
        st.dictionaries(
            st.sampled_from(["error", "code", "message", "msg", "details", "service", "exchange_active"]),
            st.one_of(odd, st.dictionaries(st.sampled_from(["code", "message", "details"]), odd)),
        ).map(lambda found: json.dumps(found).encode()),
    ),
)
def test_a_refusal_is_understood_or_left_to_the_status(status, body):
    found = read_error(status, {}, body)
    assert found is None or (isinstance(found, PmiError) and found.message.strip())


@given(code=st.one_of(st.none(), st.text(max_size=20)), message=st.one_of(st.none(), st.text(max_size=20)))
def test_the_error_of_an_item_is_always_an_error(code, message):
    found = error_of(code, message, None)
    assert isinstance(found, PmiError)
    assert found.message.strip()
