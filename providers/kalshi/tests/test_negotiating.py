"""Order groups, requests for quotes, quotes, combos."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pmi_core.errors import (
    NotFound,
    OrderRefused,
    PermissionDenied,
    RequestError,
    UncertainError,
    UnexpectedAnswer,
)
from pmi_core.models import (
    CollectionQuery,
    ComboLeg,
    ComboRequest,
    OutcomeSide,
    QuoteListQuery,
    QuoteRequest,
    QuoteStatus,
    RfqQuery,
    RfqRequest,
    RfqStatus,
)

pytestmark = pytest.mark.anyio
D = Decimal
GROUPS = "/portfolio/order_groups"
RFQ = "e93bea47-5413-4991-b91a-fa2186ad5a25"
QUOTE = "9cd48618-6610-49ec-98fa-7d1cab4bddf9"
MISSING = {"error": {"code": "not_found", "message": "not found"}}


def group(**changes):
    plain = {
        "is_auto_cancel_enabled": True,
        "contracts_limit_fp": "5.00",
        "orders": ["o1"],
        "exchange_index": 2,
    }
    return {**plain, **changes}


async def test_a_group_is_made_changed_and_deleted_on_its_shard(keyed, exchange):
    made = {"order_group_id": "g1", "subaccount": 0, "exchange_index": 2}
    exchange.takes("POST", f"{GROUPS}/create", made, code=201)
    found = await keyed.groups.create_group(D(5), exchange_index=2)
    assert (found.ref, found.limit, found.window_seconds, found.triggered) == ("kalshi:g1", 5, 15, False)
    exchange.answers(f"{GROUPS}/g1", group(is_auto_cancel_enabled=False, orders=[]))
    exchange.takes("PUT", f"{GROUPS}/g1/trigger", {}, exchange_index=2)
    assert (await keyed.groups.trigger_group("kalshi:g1")).triggered
    exchange.answers(f"{GROUPS}/g1", group(contracts_limit_fp="4.50"))
    exchange.takes("PUT", f"{GROUPS}/g1/reset", {}, exchange_index=2)
    exchange.takes("PUT", f"{GROUPS}/g1/limit", {}, exchange_index=2)
    assert (await keyed.groups.reset_group("kalshi:g1")).orders == ("kalshi:o1",)
    assert (await keyed.groups.set_group_limit("kalshi:g1", D("4.5"))).limit == D("4.5")
    exchange.takes("DELETE", f"{GROUPS}/g1", {}, exchange_index=2)
    await keyed.groups.delete_group("kalshi:g1")
    sent = [(request.method, request.body) for request in exchange.writes]
    assert sent == [
        ("POST", b'{"contracts_limit_fp":"5.00","exchange_index":2}'),
        ("PUT", b"{}"),
        ("PUT", b"{}"),
        ("PUT", b'{"contracts_limit_fp":"4.50"}'),
        ("DELETE", b""),
    ]


async def test_groups_are_listed_with_their_orders(keyed, exchange, order_row):
    rows = [{"id": "g1", **group()}, {"id": "g2", **group(is_auto_cancel_enabled=False)}]
    exchange.answers(GROUPS, {"order_groups": rows})
    orders = {"orders": [order_row("o7", order_group_id="g1"), order_row("o8")]}
    exchange.answers("/portfolio/orders", orders, status="resting", limit=1000)
    one, two = await keyed.groups.list_groups()
    assert (one.orders, one.triggered, two.orders, two.triggered) == (("kalshi:o7",), False, (), True)
    with pytest.raises(RequestError, match="multiple of 0.01"):
        await keyed.groups.create_group(D("0.001"))


async def test_an_account_without_groups_has_none(keyed, exchange, order_row):
    exchange.answers(GROUPS, {})
    filters = {"status": "resting", "limit": 1000}
    exchange.answers("/portfolio/orders", {"orders": [order_row()]}, **filters)
    exchange.answers("/portfolio/orders", {"orders": [order_row(order_group_id="g1")]}, **filters)
    assert await keyed.groups.list_groups() == ()
    with pytest.raises(UnexpectedAnswer, match="open orders belong to some"):
        await keyed.groups.list_groups()


def rfq(**changes):
    plain = {
        "id": RFQ,
        "creator_id": "me",
        "market_ticker": "A-1",
        "contracts_fp": "2.00",
        "target_cost_dollars": "0.0000",
        "status": "open",
        "created_ts": "2026-11-16T14:00:00Z",
        "rest_remainder": False,
    }
    return {**plain, **changes}


def quote(**changes):
    plain = {
        "id": QUOTE,
        "rfq_id": RFQ,
        "creator_id": "maker",
        "rfq_creator_id": "me",
        "market_ticker": "A-1",
        "contracts_fp": "2.00",
        "yes_bid_dollars": "0.4800",
        "no_bid_dollars": "0.0000",
        "status": "open",
        "created_ts": "2026-11-16T14:00:01Z",
        "updated_ts": "2026-11-16T14:00:01Z",
    }
    return {**plain, **changes}


@pytest.fixture(autouse=True)
def _who(exchange):
    exchange.answers("/communications/id", {"communications_id": "me"})


async def test_a_request_is_made_found_and_withdrawn(keyed, exchange):
    exchange.takes("POST", "/communications/rfqs", {"id": RFQ}, code=201)
    exchange.answers(f"/communications/rfqs/{RFQ}", MISSING, code=404)
    exchange.answers(f"/communications/rfqs/{RFQ}", {"rfq": rfq()})
    found = await keyed.quotes.create_rfq(RfqRequest(market_ref="kalshi:A-1", size=D(2)))
    assert exchange.bodies() == [{"market_ticker": "A-1", "rest_remainder": False, "contracts_fp": "2.00"}]
    assert (found.ref, found.size, found.notional, found.mine) == (f"kalshi:{RFQ}", 2, None, True)
    exchange.takes("DELETE", f"/communications/rfqs/{RFQ}", None, code=204)
    assert (await keyed.quotes.cancel_rfq(found.ref)).status is RfqStatus.CLOSED
    others = [rfq(), rfq(id="other", creator_id="they", contracts_fp="0.00", target_cost_dollars="7.5000")]
    exchange.answers("/communications/rfqs", {"rfqs": others}, status="open", limit=100)
    (theirs,) = (await keyed.quotes.list_rfqs(RfqQuery(mine=False))).items
    assert (theirs.size, theirs.notional, theirs.mine) == (None, D("7.5"), False)


@pytest.mark.parametrize("code, body", [(404, MISSING), (400, {"code": "bad_request", "message": "bad id"})])
async def test_an_id_that_is_none_is_not_found(keyed, exchange, code, body):
    exchange.answers("/communications/rfqs/nothing", body, code=code)
    with pytest.raises(NotFound):
        await keyed.quotes.get_rfq("kalshi:nothing")
    with pytest.raises(NotFound):
        await keyed.quotes.create_quote(QuoteRequest(rfq_ref="kalshi:nothing", yes_bid=D("0.1")))
    with pytest.raises(NotFound, match="names no quote"):
        await keyed.quotes.accept_quote("kalshi:nothing", OutcomeSide.YES)
    assert not exchange.writes


async def test_a_quote_is_given_with_both_bids_and_withdrawn(keyed, exchange):
    path = f"/communications/rfqs/{RFQ}/quotes/{QUOTE}"
    exchange.answers(f"/communications/rfqs/{RFQ}", {"rfq": rfq(creator_id="they")})
    exchange.takes("POST", "/communications/quotes", {"id": QUOTE}, code=201)
    exchange.answers(path, {"quote": quote(creator_id="me", creator_order_id="")})
    request = QuoteRequest(rfq_ref=f"kalshi:{RFQ}", yes_bid=D("0.48"))
    found = await keyed.quotes.create_quote(request)
    assert exchange.bodies() == [
        {"rfq_id": RFQ, "yes_bid": "0.4800", "no_bid": "0.0000", "rest_remainder": False}
    ]
    assert (found.mine, found.yes_bid, found.no_bid, found.order_ref) == (True, D("0.48"), None, None)
    exchange.takes("DELETE", path, None, code=204)
    assert (await keyed.quotes.cancel_quote(found.ref)).status is QuoteStatus.CANCELED
    with pytest.raises(RequestError, match="hundredths of a cent"):
        await keyed.quotes.create_quote(request.model_copy(update={"yes_bid": D("0.48001")}))


async def test_accepting_and_confirming(keyed, exchange):
    path = f"/communications/rfqs/{RFQ}/quotes/{QUOTE}"
    ref = f"kalshi:{RFQ}/{QUOTE}"
    exchange.answers(path, {"quote": quote()})
    exchange.takes("PUT", f"{path}/accept", None, code=204)
    exchange.takes("PUT", f"{path}/confirm", None, code=204)
    accepted = await keyed.quotes.accept_quote(ref, OutcomeSide.YES)
    assert (accepted.ref, accepted.status, accepted.accepted_side) == (ref, QuoteStatus.ACCEPTED, "yes")
    assert (await keyed.quotes.confirm_quote(ref)).status is QuoteStatus.CONFIRMED
    assert exchange.bodies() == [{"accepted_side": "yes"}, {}]


@pytest.mark.parametrize(
    "code, body, kind",
    [
        (400, {"error": {"code": "expired", "message": "expired"}}, OrderRefused),
        (500, {"error": {"code": "internal", "message": "x"}}, UncertainError),
    ],
)
async def test_a_confirmation_that_is_late_or_unclear(keyed, exchange, code, body, kind):
    path = f"/communications/rfqs/{RFQ}/quotes/{QUOTE}"
    exchange.answers(path, {"quote": quote()})
    exchange.takes("PUT", f"{path}/confirm", body, code=code)
    with pytest.raises(kind):
        await keyed.quotes.confirm_quote(f"kalshi:{RFQ}/{QUOTE}")
    assert len(exchange.writes) == 1


async def test_quotes_received_come_before_those_given(keyed, exchange):
    done = quote(id="q2", status="executed", rfq_creator_order_id="o5", accepted_side="no")
    received = {"quotes": [quote(), done], "cursor": ""}
    exchange.answers("/communications/quotes", received, rfq_user_filter="self", limit=100)
    given = {"quotes": [quote(id="q3", creator_id="me", creator_order_id="o6")]}
    exchange.answers("/communications/quotes", given, user_filter="self", limit=98)
    rows = (await keyed.quotes.list_quotes(QuoteListQuery())).items
    assert [(row.mine, row.order_ref) for row in rows] == [
        (False, None),
        (False, "kalshi:o5"),
        (True, "kalshi:o6"),
    ]
    exchange.answers("/communications/quotes", received, rfq_user_filter="self", rfq_id=RFQ, limit=9)
    exchange.answers("/communications/quotes", {"quotes": []}, user_filter="self", rfq_id=RFQ, limit=8)
    query = QuoteListQuery(rfq_ref=f"kalshi:{RFQ}", open_only=True, limit=9)
    assert [row.status for row in (await keyed.quotes.list_quotes(query)).items] == [QuoteStatus.OPEN]


def legs():
    return (
        ComboLeg(market_ref="kalshi:A-1", event_ref="kalshi:A", outcome=OutcomeSide.YES),
        ComboLeg(market_ref="kalshi:B-1", outcome=OutcomeSide.NO),
    )


async def test_a_combo_is_opened_or_given_again(keyed, exchange, row):
    exchange.answers("/markets/B-1", {"market": row("B-1")})
    told = {"event_ticker": "KXMVE-1", "market_ticker": "KXMVE-1-X", "market": row("KXMVE-1-X")}
    exchange.takes("POST", "/multivariate_event_collections/C-R", told)
    request = ComboRequest(collection_ref="kalshi:C-R", legs=legs())
    assert (await keyed.combos.open_combo(request)).ref == "kalshi:KXMVE-1-X"
    assert exchange.bodies() == [
        {
            "selected_markets": [
                {"market_ticker": "A-1", "event_ticker": "A", "side": "yes"},
                {"market_ticker": "B-1", "event_ticker": "B", "side": "no"},
            ],
            "with_market_payload": True,
        }
    ]


async def test_a_combo_that_cannot_be_read_yet_is_waited_for(keyed, exchange, row):
    exchange.answers("/markets/B-1", {"market": row("B-1")})
    told = {"event_ticker": "K", "market_ticker": "K-X"}
    exchange.takes("POST", "/multivariate_event_collections/C-R", told)
    exchange.answers("/historical/markets/K-X", MISSING, code=404)
    exchange.answers("/markets/K-X", MISSING, code=404)
    exchange.answers("/markets/K-X", {"market": row("K-X")})
    found = await keyed.combos.open_combo(ComboRequest(collection_ref="kalshi:C-R", legs=legs()))
    assert found.ref == "kalshi:K-X"


async def test_collections_are_public_and_opening_needs_a_key(kalshi, exchange, sample):
    recorded = sample("multivariate_collections.json")
    rows = list(recorded.values())
    exchange.answers("/multivariate_event_collections", {"multivariate_contracts": rows}, limit=100)
    found = (await kalshi.combos.list_collections(CollectionQuery(open_only=False))).items
    assert len(found) == len(rows)
    for one, plain in zip(found, rows, strict=True):
        assert one.ref == f"kalshi:{plain['collection_ticker']}"
        assert one.series_ref == f"kalshi:{plain['series_ticker']}"
        events = plain["associated_events"]
        tickers = [part["ticker"] for part in events] or plain["associated_event_tickers"]
        assert one.event_refs == tuple(f"kalshi:{ticker}" for ticker in tickers)
        assert (one.min_legs, one.ordered) == (plain["size_min"], plain["is_ordered"])
        limits = [part.get("size_max") for part in events] or [None]
        assert one.max_legs == (plain["size_max"] or (100 if None in limits else min(sum(limits), 100)))
        only = bool(events) and all(part["is_yes_only"] for part in events)
        assert one.yes_only == (plain["is_all_yes"] or only)
        assert one.one_market_per_event == (set(limits) == {1} or plain["is_single_market_per_event"])
        assert one.open_time == datetime.fromisoformat(plain["open_date"]).astimezone(UTC)
    with pytest.raises(PermissionDenied, match="needs a key"):
        await kalshi.combos.open_combo(ComboRequest(collection_ref="kalshi:C-R", legs=legs()))
