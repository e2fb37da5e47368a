"""What a person reads before deciding."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest

from pmi_core.desk import (
    AcceptDraft,
    AmendDraft,
    BatchDraft,
    ConfirmDraft,
    GroupDraft,
    IntentState,
    QuoteDraft,
    SentOrder,
)
from pmi_core.models import Order, OrderStatus
from pmi_mcp.approvals import amounts
from pmi_mcp.approvals.browser import open_browser
from pmi_mcp.approvals.outcome import line_of
from pmi_mcp.approvals.sheet import sheet_of
from pmi_mcp.approvals.subject import read_subject

pytestmark = pytest.mark.anyio


async def shown(opened, visit, draft):
    preview = await opened.desk.preview(draft)
    return preview, (await visit(await opened.page.address(preview.code)).look()).text


async def test_an_order_is_told_whole(stage, visit, order):
    async with stage() as opened:
        preview, text = await shown(opened, visit, order(size="25", price="0.53"))
        for words in (
            "<h1>Buy 25 YES, at most 53 cents each</h1>",
            "Will the upper bound of the policy rate",
            "fake:RATE-4#yes",
            "<dd>fake</dd>",
            "<dd>test</dd>",
            "<dd>one</dd>",
            "<strong>Simulated</strong>",
            "$13.25",
            f"${preview.max_loss}",
            "You receive if YES",
            "$25.00",
            "25 contracts would trade at once, for 51.4 cents on average.",
            "Written by the model",
            "The rate decision looks under-priced",
            "the limit price is tradable",
            preview.orders[0].request.client_order_id,
            preview.digest,
        ):
            assert words in text, words
        taken = [line for line in text.splitlines() if "taken" in line and "<td" in line]
        assert [("51¢" in line, "15</td>" in line) for line in taken] == [(False, False), (True, True)]
        assert "10</td>" in taken[0]


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"action": "sell", "size": "5", "price": "0.49"}, ["Sell 5 YES, at least 49 cents"]),
        (
            {"action": "sell", "size": "5", "price": "0.49"},
            ["You receive", "Look twice", "that opens a position"],
        ),
        ({"size": None, "notional": "20"}, ["Buy YES for $20.00 without fees, at most 53 cents each"]),
        ({"price": "0.20", "post_only": True}, ["Nothing trades at once", "it never takes"]),
        ({"size": "100", "price": "0.52"}, ["55 contracts would trade at once", "the rest waits."]),
        ({"size": "100", "price": "0.52", "time_in_force": "ioc"}, ["the rest is cancelled."]),
        (
            {"outcome": "no", "price": "0.51", "intent": ""},
            ["Buy 25 NO, at most", "The model did not say what this is for."],
        ),
        ({"intent": "buy 30 contracts"}, ["Look twice", "the text says 30 contracts, the order has 25"]),
    ],
)
async def test_each_kind_of_order_has_its_words(stage, visit, order, changes, words):
    async with stage() as opened:
        _, text = await shown(opened, visit, order(**changes))
        assert [word for word in words if word not in text] == []


async def test_a_batch_shows_every_leg_and_the_sum(stage, visit, order):
    async with stage() as opened:
        legs = (order(intent="first"), order(outcome="no", price="0.45", size="40"), order(size="1"))
        preview, text = await shown(opened, visit, BatchDraft(orders=legs, intent="spread it"))
        assert "<h1>Place 3 orders, each of which succeeds or fails by itself</h1>" in text
        assert f"${preview.max_loss}" in text
        assert [f"{n} of 3" in text for n in (1, 2, 3)] == [True] * 3
        assert text.count("Book and details of order") == 3
        assert "spread it" in text
        assert "first" in text


async def test_a_change_shows_what_the_order_is_now(stage, visit, order):
    async with stage() as opened:
        made = opened.venue.execute(order(size="10", price="0.40").request("first"))
        draft = AmendDraft(order_ref=made.ref, price="0.42", size="12", intent="more")
        _, text = await shown(opened, visit, draft)
        assert (
            f"Change order {made.ref} to 12 contracts in all, filled part included, at 42 cents "
            "(buy 12 YES, at most 42 cents each)"
        ) in text
        assert "10 contracts at 40 cents" in text


async def test_a_book_that_cannot_be_read_is_said_to_be_so(stage, visit, order):
    async with stage() as opened:
        preview = await opened.preview()

        async def broken(market, depth=None):
            from pmi_core import Unreachable

            raise Unreachable("gone", venue="fake")

        opened.venue.get_book = broken
        text = (await visit(await opened.page.address(preview.code)).look()).text
        assert "cannot be read from here" in text
        assert "$13.25" in text


DEALS = [
    (
        QuoteDraft(rfq_ref="alpha:r2", yes_bid="0.41", no_bid="0.55"),
        "Answer request alpha:r2: buy YES at 41 cents or NO at 55 cents",
        {"Asked for": "500 contracts", "Market": "alpha:RATE-1", "What is left over": "is dropped"},
    ),
    (
        AcceptDraft(quote_ref="alpha:q1", side="no"),
        "Accept quote alpha:q1: its maker gets NO, this account YES",
        {
            "Maker's bid for NO": "55 cents",
            "Size": "500 contracts",
            "Sides": "the maker gets NO, you get YES",
        },
    ),
    (
        ConfirmDraft(quote_ref="alpha:q1"),
        "Confirm the accepted quote alpha:q1; the trade happens",
        {"Accepted side": "NO", "Question": "Will the rate be above 1 %?"},
    ),
    (
        GroupDraft(group_ref="alpha:g1"),
        "Let order group alpha:g1 work again",
        {"Limit now": "100 contracts in 15 seconds", "State now": "working", "Orders in it": "1"},
    ),
    (
        GroupDraft(group_ref="alpha:g1", limit="250"),
        "Set the limit of order group alpha:g1 to 250 contracts",
        {"Order group": "alpha:g1"},
    ),
    (
        GroupDraft(group_ref="alpha:g1", limit="1"),
        "Set the limit of order group alpha:g1 to 1 contract",
        {"Order group": "alpha:g1"},
    ),
]


@pytest.mark.parametrize("draft, sentence, facts", DEALS, ids=lambda value: getattr(value, "kind", ""))
async def test_what_is_no_order_is_told_too(stage, registry_of, world, draft, sentence, facts):
    from pmi_mcp_doubles import provider

    async with stage() as opened:
        preview = await opened.preview()
    changes = {"draft": draft, "orders": (), "venue": "alpha"}
    preview = preview.model_copy(update=changes)
    assert sheet_of(preview, (), ()).heading == sentence
    async with registry_of(provider(world)) as registry:
        told = dict(await read_subject(registry, preview))
        assert {name: told.get(name) for name in facts} == facts
    async with registry_of() as empty:
        told = await read_subject(empty, preview)
        assert told[0][1].startswith("alpha:")
        assert "could not be asked" in told[-1][1]


@pytest.mark.parametrize(
    "status, filled, kind, words",
    [
        ("filled", "10", "good", "10 contracts at 51 cents on average, fees $0.18."),
        (
            "partial",
            "4",
            "wait",
            "4 of 10 contracts at 51 cents on average, fees $0.18; the rest waits",
        ),
        ("open", "0", "wait", "It waits in the book as fake:o1."),
        ("pending", "0", "wait", "The venue took it"),
        ("canceled", "0", "bad", "Nothing was filled."),
        ("expired", "4", "bad", "4 of 10 contracts"),
        ("rejected", "0", "bad", "too late"),
        ("unknown", "0", "doubt", "does not say"),
    ],
)
def test_every_end_has_its_sentence(status, filled, kind, words):
    made = Order(
        ref="fake:o1",
        client_order_id="c",
        market_ref="fake:M",
        outcome="yes",
        action="buy",
        size="10",
        price="0.52",
        time_in_force="gtc",
        status=OrderStatus(status),
        filled=filled,
        remaining="0",
        average_price="0.51" if filled != "0" else None,
        fees="0.18",
        reject_reason="too late" if status == "rejected" else None,
    )
    sent = SentOrder(
        client_order_id="c",
        code="AAAA-BBBB",
        kind="place",
        venue="fake",
        market="fake:M",
        state=IntentState.DONE,
        order=made,
        order_ref=made.ref,
        reason=made.reject_reason,
    )
    line = line_of(sent, "USD")
    assert line.kind == kind
    assert words in line.says
    for state, word in ((IntentState.UNKNOWN, "Unknown"), (IntentState.ABSENT, "Not there")):
        assert line_of(sent.model_copy(update={"state": state}), "USD").word == word


def test_amounts_are_exact_and_say_their_currency():
    assert amounts.price(Decimal("0.685"), "USD") == "68.5 cents"
    assert amounts.price(Decimal("0.01"), "USD") == "1 cent"
    assert amounts.price(Decimal("0.10"), "USDC") == "0.1 USDC"
    assert amounts.average(Decimal("0.5123456789"), "USD") == "about 51.23 cents"
    assert amounts.money(Decimal("1234567.5"), "USD") == "$1,234,567.50"
    assert amounts.money(Decimal("-0.000001"), "USD") == "-$0.000001"
    assert amounts.money(Decimal(5), "M\u202e$") == "5.00 M$"
    assert amounts.contracts(Decimal(1)) == "1 contract"
    assert amounts.contracts(Decimal("1000.25")) == "1,000.25 contracts"
    assert [amounts.span(seconds) for seconds in (-1, 1, 59, 60, 299.9)] == [
        "0 seconds",
        "1 second",
        "59 seconds",
        "1:00 minutes",
        "4:59 minutes",
    ]


async def test_a_browser_gets_the_address_and_this_process_keeps_its_output(tmp_path, monkeypatch, capfd):
    script, seen = tmp_path / "browse.py", tmp_path / "seen"
    script.write_text(f"import sys; print('noise'); open({str(seen)!r}, 'w').write(sys.argv[1])")
    monkeypatch.setenv("BROWSER", f"{sys.executable} {script} %s")
    assert await open_browser("http://localhost:1/token") is True
    assert seen.read_text() == "http://localhost:1/token"
    assert capfd.readouterr().out == ""
