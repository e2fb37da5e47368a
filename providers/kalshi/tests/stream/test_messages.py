"""Documented and recorded messages, and messages that nobody should ever send."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmi_core.errors import PmiError
from pmi_core.models import (
    BookUpdate,
    FillUpdate,
    LifecycleUpdate,
    OrderUpdate,
    PositionUpdate,
    TickerUpdate,
    TradeUpdate,
)
from pmi_provider_kalshi.native import notices

pytestmark = pytest.mark.anyio

CHANNELS = {
    "orderbookSnapshot": "orderbook_delta",
    "orderbookDelta": "orderbook_delta",
    "ticker": "ticker",
    "trade": "trade",
    "fill": "fill",
    "userOrder": "user_orders",
    "marketPosition": "market_positions",
    "marketLifecycleV2": "market_lifecycle_v2",
    "marketMetadataUpdated": "market_lifecycle_v2",
    "eventLifecycle": "market_lifecycle_v2",
    "eventFeeUpdate": "market_lifecycle_v2",
    "multivariateMarketLifecycle": "multivariate_market_lifecycle",
    "orderGroupUpdates": "order_group_updates",
}
NEGOTIATED = ("rfqCreated", "rfqDeleted", "quoteCreated", "quoteAccepted", "quoteExecuted")
LEFT_ALONE = (
    *(f"rfqBatch{word}" for word in ("Created", "Deleted", "BestQuotes", "Executed")),
    *(f"batchQuote{word}" for word in ("Created", "Accepted", "Executed")),
    *("cfbenchmarksValue", "cfbenchmarksValue5Hz", "pythValue", "pythUnderlyingList"),
    *("cfbenchmarksIndexList", "cfbenchmarks5HzIndexList"),
)
"""Batches of requests for quotes and prices of other places, which are not subscribed to."""


async def all_heard(here, examples, name, sid):
    """Let the venue say every example of a kind, numbered as they come."""
    for number, example in enumerate(examples[name], 1):
        here.say(example | {"sid": sid} | ({"seq": number} if "seq" in example else {}))
    return await here.heard()


async def one_heard(connect, examples, name, *tickers):
    here = await connect(*tickers)
    channel = CHANNELS.get(name, "communications")
    found = await all_heard(here, examples, name, here.sids[channel])
    assert here.faults.count == 0, list(here.faults)
    assert here.ears.gaps == []
    return found


@pytest.fixture
def examples(sample):
    return sample("ws_docs_examples_asyncapi_2026-10.json")


async def test_documented_books(connect, examples):
    here = await connect("FED-23DEC-T3.00")
    sid = here.sids["orderbook_delta"]
    here.say(examples["orderbookSnapshot"][0] | {"sid": sid, "seq": 1})
    (update,) = [one for one in await here.heard() if isinstance(one, BookUpdate)]
    assert [(str(level.price), level.size) for level in update.book.bids] == [
        ("0.2200", 333),
        ("0.0800", 300),
    ]
    assert [(str(level.price), level.size) for level in update.book.asks] == [("0.4400", 146), ("0.4600", 20)]
    # The example of a change takes from a level that the example of a book does not have.
    here.say(examples["orderbookDelta"][0] | {"sid": sid, "seq": 2})
    assert not here.feed.books["FED-23DEC-T3.00"].is_live


async def test_documented_ticker(connect, examples):
    (update,) = await one_heard(connect, examples, "ticker", "FED-23DEC-T3.00")
    assert isinstance(update, TickerUpdate)
    assert (update.yes.bid, update.yes.ask, update.yes.last) == (
        Decimal("0.45"),
        Decimal("0.53"),
        Decimal("0.48"),
    )
    assert (update.yes.bid_size, update.yes.ask_size, update.volume) == (300, 150, 33896)


async def test_documented_trade(connect, examples):
    (update,) = await one_heard(connect, examples, "trade", "HIGHNY-22DEC23-B53.5")
    assert isinstance(update, TradeUpdate)
    trade = update.trade
    assert (trade.price, trade.size, trade.taker_outcome, trade.off_book) == (
        Decimal("0.36"),
        136,
        "no",
        False,
    )


async def test_documented_account(connect, examples):
    (update,) = await one_heard(connect, examples, "fill")
    assert isinstance(update, FillUpdate)
    fill = update.fill
    assert (fill.price, fill.size, fill.fee, fill.liquidity) == (
        Decimal("0.75"),
        278,
        Decimal("0.01"),
        "taker",
    )
    assert (fill.order_ref, fill.client_order_id) == (
        "kalshi:ee587a1c-8b87-4dcf-b721-9f6f790619fa",
        "my-order-1",
    )
    (update,) = await one_heard(connect, examples, "userOrder")
    assert isinstance(update, OrderUpdate)
    order = update.order
    assert (order.price, order.size, order.status, order.group_ref) == (
        Decimal("0.35"),
        10,
        "open",
        "kalshi:og_123",
    )
    assert (order.time_in_force, order.expires_at.isoformat()) == ("gtd", "2024-12-01T11:00:00+00:00")
    (update,) = await one_heard(connect, examples, "marketPosition")
    assert isinstance(update, PositionUpdate)
    held = update.position
    assert (held.size, held.cost, held.average_price, held.realized_pnl) == (100, 50, Decimal("0.5"), 10)


async def test_documented_lifecycles(connect, examples):
    kinds = [one.kind for one in await one_heard(connect, examples, "marketLifecycleV2")]
    assert kinds == ["created", "grid_changed"]
    assert await one_heard(connect, examples, "marketMetadataUpdated") == []
    (combo,) = await one_heard(connect, examples, "multivariateMarketLifecycle")
    assert isinstance(combo, LifecycleUpdate)
    assert combo.market_ref == "kalshi:KXMVE-TEST-EVENT-M1"
    (event,) = await one_heard(connect, examples, "eventLifecycle")
    assert event.event_ticker == "KXQUICKSETTLE-26JAN25H2150"
    fees = await one_heard(connect, examples, "eventFeeUpdate")
    assert [(one.fee_type_override, one.fee_multiplier_override) for one in fees] == [
        ("quadratic", 1),
        (None, None),
    ]


async def test_documented_negotiations(connect, examples):
    (group,) = await one_heard(connect, examples, "orderGroupUpdates")
    assert (group.event_type, group.contracts_limit_fp) == ("limit_updated", 150)
    heard = {name: await one_heard(connect, examples, name) for name in NEGOTIATED}
    plain, combo = heard["rfqCreated"]
    assert (plain.contracts_fp, combo.target_cost_dollars, len(combo.mve_selected_legs)) == (100, 100, 2)
    assert isinstance(heard["rfqDeleted"][0], notices.RfqDeleted)
    (quote,) = heard["quoteCreated"]
    assert (quote.yes_bid_dollars, quote.no_contracts_offered_fp) == (Decimal("0.35"), 200)
    assert heard["quoteAccepted"][0].contracts_accepted_fp == 50
    assert heard["quoteExecuted"][0].order_id == "order_789"


async def test_documented_messages_that_are_left_alone(connect, examples):
    for name in LEFT_ALONE:
        assert await one_heard(connect, examples, name) == []


async def test_documented_answers(connect, examples):
    here = await connect()
    names = (
        "subscribedResponse",
        "unsubscribedResponse",
        "okResponse",
        "listSubscriptionsResponse",
        "errorResponse",
    )
    for name in names:
        for example in examples[name]:
            more = {"id": 1000} | ({"sid": 900} if "sid" in example else {})
            here.say(example | more)
    assert here.ears.refusals == {}


async def test_no_documented_message_is_forgotten(examples):
    commands = {name for name in examples if "Command" in name}
    control = {"incomingPing", "incomingPong", "outgoingPing", "outgoingPong"}
    answers = {name for name in examples if name.endswith("Response")}
    assert set(examples) == {*CHANNELS, *NEGOTIATED, *LEFT_ALONE, *commands, *control, *answers}


async def test_recorded_frames_of_a_book(connect, sample):
    frames = sample("ws_orderbook_trade_noleg_frames.json")
    ticker = frames[2]["msg"]["market_ticker"]
    here = await connect(ticker)
    sid = here.sids["orderbook_delta"]
    seen = []
    for frame in frames[2:]:
        here.say(frame | {"sid": sid})
        seen += [(one.bid, one.ask) for one in await here.heard()]
    low, high = Decimal("0.47"), Decimal("0.52")
    assert seen == [(low, high), (None, high), (None, None), (low, None), (low, high)]
    assert here.feed.books[ticker].asks == {5200: 100}
    assert here.ears.gaps == []


# ------------------------------------------------------------------------------------ nonsense

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["0.4000", "-1.00", "1e9", "NaN", "yes", "no", "A-1", "", "9" * 60]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
EXAMPLES = Path(__file__).with_name("frames.json")


@st.composite
def spoiled(draw):
    """A good message with something in it that is wrong, missing or new."""
    good = json.loads(json.dumps(draw(st.sampled_from(json.loads(EXAMPLES.read_text("utf-8"))))))
    place = good["msg"] if isinstance(good.get("msg"), dict) and draw(st.booleans()) else good
    name = draw(st.sampled_from(sorted(place)) | st.text(max_size=6))
    if draw(st.booleans()):
        place.pop(name, None)
    else:
        place[name] = draw(VALUES)
    return good


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.lists(spoiled(), min_size=1, max_size=4))
async def test_no_message_breaks_anything_but_itself(connect, frames):
    here = await connect()
    here.book("A-1", 1)
    before = dict(here.feed.books["A-1"].bids)
    try:
        for frame in frames:
            here.say(frame)
    except PmiError:
        return  # the connection is opened anew, and every book with it
    book = here.feed.books["A-1"]
    if book.is_live and not any(about.market == "A-1" for about, _ in here.ears.gaps):
        for frame in frames:
            if frame.get("type") in ("orderbook_snapshot", "orderbook_delta"):
                return  # it was a good one after all
        assert book.bids == before


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=st.binary(max_size=60) | VALUES.map(msgspec.json.encode))
async def test_bytes_that_are_no_message_open_the_connection_anew_or_do_nothing(connect, frame):
    here = await connect()
    here.book("A-1", 1)
    try:
        here.say(frame)
    except PmiError:
        assert here.faults.count == 1
    assert here.feed.books["A-1"].bids == {4000: 1000}
