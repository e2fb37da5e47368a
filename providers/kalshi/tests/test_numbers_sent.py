"""Any number into any write: an error of the tree and nothing sent, or a request as the venue takes it."""

from __future__ import annotations

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_core.errors import PmiError, RequestError
from pmi_core.models import Action, OrderRequest, OutcomeSide, QuoteRequest, RfqRequest
from pmi_core.transfers import TransferRequest
from pmi_provider_kalshi.groups import group_limit
from pmi_provider_kalshi.placing import count_text, price_text, written
from pmi_provider_kalshi.quotes import bid_text, money_text
from pmi_provider_kalshi.translate.numbers import units

pytestmark = pytest.mark.anyio
D = Decimal
ORDERS = "/portfolio/events/orders"
TS = 1_794_841_200_123
ODD = [
    "NaN",
    "sNaN",
    "Infinity",
    "-Infinity",
    "1e30",
    "1e999",
    "1e-999",
    "-1",
    "0",
    "1e15",
    "9" * 60,
    "0.001",
]
COUNT = re.compile(r"[0-9]{1,15}\.[0-9]{2}")
PRICE = re.compile(r"0\.[0-9]{4}")

decimals = st.one_of(
    st.decimals(),
    st.sampled_from(ODD).map(D),
    st.builds(
        lambda sign, digits, exponent: D((sign, digits, exponent)),
        st.integers(0, 1),
        st.lists(st.integers(0, 9), min_size=1, max_size=60).map(tuple),
        st.integers(-999, 999),
    ),
)


def wanted(number=1, **changes):
    plain = {
        "market_ref": "kalshi:A-1",
        "outcome": OutcomeSide.NO,
        "action": Action.BUY,
        "size": D(10),
        "price": D("0.4"),
        "client_order_id": f"c{number}",
    }
    return OrderRequest(**{**plain, **changes})


@given(value=decimals)
def test_every_number_is_written_exactly_or_refused(value):
    for write, shape, places in ((count_text, COUNT, 2), (group_limit, COUNT, 2)):
        try:
            text = write(value)
        except RequestError:
            continue
        assert shape.fullmatch(text)
        assert D(text) == value > 0, places
    for write in (bid_text, money_text):
        try:
            text = write(value)
        except RequestError:
            continue
        assert D(text) == value
    for outcome in OutcomeSide:
        try:
            text = price_text(value, outcome)
        except RequestError:
            continue
        assert PRICE.fullmatch(text)
        assert D(text) == (value if outcome is OutcomeSide.YES else 1 - value)
    try:
        cents = units(value, 2)
    except ValueError:
        return
    assert cents == value * 100


@given(value=decimals, limit=st.one_of(decimals, st.sampled_from([D("0.4"), D("1e-30"), D(0)])))
@pytest.mark.parametrize("field", ["size", "notional"])
def test_every_order_is_written_exactly_or_refused(field, value, limit):
    try:
        body = written(wanted(**{"size": None, field: value, "price": limit}), "kalshi", None)
    except RequestError:
        return
    assert COUNT.fullmatch(body.count)
    assert D(body.price) == 1 - limit
    if field == "size":
        assert D(body.count) == value


def test_a_price_that_only_rounding_would_mend_is_refused():
    with pytest.raises(RequestError, match="hundredth of a cent"):
        price_text(D("0.4000000000000000000000000000000001"), OutcomeSide.NO)


def test_what_is_no_decimal_is_refused_by_its_kind():
    for value in (0.5, "5", 5, None):
        with pytest.raises(RequestError, match=type(value).__name__):
            count_text(value)


@pytest.mark.parametrize("odd", ODD)
async def test_nothing_is_sent_for_a_number_that_cannot_be(keyed, exchange, order_row, odd):
    exchange.answers("/portfolio/orders/o1", {"order": order_row("o1")})
    value, market = D(odd), "kalshi:A-1"
    shards = {"source": "0/0", "destination": "0/1"}
    within = {"source": "0/0", "destination": "1/0"}

    async def transfer(places):
        name = str(uuid4())
        return await keyed.transfers.transfer(
            TransferRequest.model_construct(client_transfer_id=name, amount=value, **places)
        )

    async def place(**changes):
        return await keyed.orders.place_order(wanted(**changes))

    async def ask(**changes):
        return await keyed.quotes.create_rfq(RfqRequest(market_ref=market, **changes))

    async def quote():
        return await keyed.quotes.create_quote(QuoteRequest(rfq_ref="kalshi:r1", yes_bid=value))

    money = keyed.native.subaccounts, keyed.native.shards
    writes = {
        "size": lambda: place(size=value),
        "price": lambda: place(price=value),
        "amended size": lambda: keyed.amend.amend_order("kalshi:o1", price=D("0.4"), size=value),
        "amended price": lambda: keyed.amend.amend_order("kalshi:o1", price=value, size=D(5)),
        "decrease": lambda: keyed.amend.decrease_order("kalshi:o1", by=value),
        "group": lambda: keyed.groups.create_group(value),
        "rfq": lambda: ask(size=value),
        "bare cents": lambda: money[0].transfer(str(uuid4()), source=0, destination=1, dollars=value),
        "bare units": lambda: money[1].transfer(str(uuid4()), source=0, destination=1, dollars=value),
        "transfer": lambda: transfer(within),
    }
    if odd != "1e15" and odd != "0.001":
        writes["quote"] = quote
    if odd != "0.001":
        writes |= {
            "notional": lambda: place(size=None, notional=value),
            "rfq money": lambda: ask(notional=value),
            "transfer between shards": lambda: transfer(shards),
        }
    else:
        writes.pop("price"), writes.pop("amended price"), writes.pop("bare units")
    if odd == "0":
        writes.pop("quote")
    for name, write in writes.items():
        with pytest.raises(PmiError) as refusal:
            await write()
        assert isinstance(refusal.value, RequestError), name
        assert str(refusal.value), name
    assert not exchange.bodies(), "nothing was sent"


async def test_a_size_that_cannot_be_stops_no_other_order_of_a_batch(keyed, exchange):
    row = {
        "order_id": "o1",
        "client_order_id": "c1",
        "fill_count": "0.00",
        "remaining_count": "10.00",
        "ts_ms": TS,
    }
    exchange.takes("POST", f"{ORDERS}/batched", {"orders": [row]}, code=201)
    good, fine = await keyed.batch.place_orders([wanted(1), wanted(2, size=D("10.001"))])
    assert good.order_ref == "kalshi:o1"
    assert (fine.error, fine.order) == ("BelowMinimum", None)
    assert [one["client_order_id"] for one in exchange.bodies()[0]["orders"]] == ["c1"]
