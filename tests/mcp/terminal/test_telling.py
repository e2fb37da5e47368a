"""Rows of the journal and drafts, said in a few words."""

from types import SimpleNamespace

import pytest

from pmi_core.desk import AmendDraft, BatchDraft, ConfirmDraft, OrderDraft
from pmi_mcp.terminal.sentence import of_draft
from pmi_mcp.terminal.telling import tells

ONE = {"market_ref": "alpha:RATE-1", "outcome": "yes", "action": "buy", "size": "10", "price": "0.42"}


def entry(kind, /, **body):
    return SimpleNamespace(kind=SimpleNamespace(value=kind), subject="it", body=body)


def test_a_batch_names_each_of_its_orders():
    other = {**ONE, "outcome": "no", "action": "sell", "size": None, "notional": "5"}
    said = of_draft(BatchDraft(orders=(OrderDraft(**ONE), OrderDraft(**other))))
    assert said == (
        "2 orders: buy 10 YES of alpha:RATE-1, at most 0.42 each; "
        "sell NO of alpha:RATE-1 for 5 without fees, at least 0.42 each"
    )


@pytest.mark.parametrize(
    "draft, words",
    [
        (AmendDraft(order_ref="alpha:o1", price="0.4", size="12"), ("alpha:o1", "12", "0.4")),
        (ConfirmDraft(quote_ref="alpha:q1"), ("alpha:q1",)),
    ],
    ids=["amend", "confirm"],
)
def test_what_is_no_order_is_told_with_its_refs(draft, words):
    assert [word in of_draft(draft) for word in words] == [True] * len(words)


@pytest.mark.parametrize(
    "row, said",
    [
        (
            entry("draft", draft={"kind": "place", "order": ONE}),
            "buy 10 YES of alpha:RATE-1, at most 0.42 each",
        ),
        (entry("approval", channel="page", by="the page"), "by page: the page"),
        (entry("refusal", message="too dear"), "too dear"),
        (entry("refusal", by="me", reason=""), "me: no reason given"),
        (entry("intent", kind="place", units=4_370_000), "place it, 4.37 at risk"),
        (entry("answer", state="done", order={"status": "filled"}, order_ref="alpha:o1"), "filled, alpha:o1"),
        (entry("reconciliation", state="unknown", message="no answer"), "unknown, no answer"),
        (entry("reduction", what="cancel", by="me", done=True), "cancel done, me"),
        (entry("reduction", what="cancel", by="", error="Unreachable"), "cancel failed: Unreachable"),
        (entry("something newer", word="said", number=1), "word said"),
    ],
    ids=lambda value: value.kind.value if hasattr(value, "kind") else "",
)
def test_a_row_is_told_in_a_few_words(row, said):
    assert tells(row) == said


@pytest.mark.parametrize("row", [entry("draft", draft={"kind": "place"}), entry("intent"), entry("preview")])
def test_a_row_that_somebody_changed_stops_nothing(row):
    assert "pmi audit verify" in tells(row)
