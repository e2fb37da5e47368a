"""Orders from the terminal: shown, approved by typing the amount, sent once, written down."""

from __future__ import annotations

import pytest

from pmi_mcp.terminal.exits import Exit

TAKE = ("--buy", "3", "--limit", "0.99", "--tif", "ioc")
REST = ("--buy", "3", "--limit", "0.01")
ASKS = "to approve, Enter to leave it: "


@pytest.fixture
def ref(practice):
    return f"{practice.market()}#yes"


def test_the_person_types_the_amount_and_it_is_sent(practice, ref):
    told = practice.type("order", ref, *TAKE, answers={ASKS: "2.97"})
    assert told.status == Exit.OK, told.out
    assert "you pay at most" in told.out
    assert "Type 2.97 (USD, the most that can be lost)" in told.out
    assert "filled" in told.out
    (order,) = practice.orders()
    assert order["filled"] == "3"
    (position,) = practice.run("positions", "--json").document["items"]
    assert position["size"] == "3"
    journal = practice.run("audit", "show", "--json").document["items"]
    assert [row["kind"] for row in journal] == ["draft", "preview", "approval", "intent", "answer"]
    assert journal[2]["body"]["channel"] == "terminal"


@pytest.mark.parametrize("answer", ["", "2.79"], ids=["nothing", "another amount"])
def test_anything_but_the_amount_sends_nothing_and_ends_the_draft(practice, ref, answer):
    told = practice.type("order", ref, *TAKE, answers={ASKS: answer})
    assert told.status == Exit.REFUSED
    assert "nothing was sent" in told.out
    assert practice.orders() == []
    assert practice.run("approvals", "--json").document["items"] == []


def test_without_a_terminal_it_waits_and_another_terminal_approves(practice, ref):
    waits = practice.run("order", ref, *REST, "--json")
    assert waits.status == Exit.WAITING, waits.err
    assert waits.document["state"] == "waiting"
    code = waits.document["preview"]["code"]
    assert practice.orders() == []
    (item,) = practice.run("approvals", "--json").document["items"]
    assert item["code"] == code

    alone = practice.run("approve", code)
    assert alone.status == Exit.REFUSED
    assert "run this in a terminal" in alone.err

    told = practice.type("approve", code.lower(), answers={ASKS: "0.03"})
    assert told.status == Exit.OK, told.out
    (order,) = practice.orders()
    assert order["status"] == "open"
    again = practice.run("approve", code)
    assert again.status == Exit.REFUSED
    assert "is used already" in again.err
    assert len(practice.orders()) == 1


def test_a_draft_that_was_refused_cannot_be_approved(practice, ref):
    code = practice.run("order", ref, *REST, "--json").document["preview"]["code"]
    assert practice.run("refuse", code, "--reason", "too dear", "--json").document["state"] == "refused"
    told = practice.run("approve", code)
    assert told.status == Exit.REFUSED
    assert "is refused already" in told.err
    assert "too dear" in practice.run("audit", "show", code).out


def test_a_dry_run_can_never_be_sent(practice, ref):
    told = practice.run("order", ref, *TAKE, "--dry-run", "--json")
    assert told.status == Exit.OK
    assert told.document["state"] == "previewed"
    assert practice.run("approve", told.document["preview"]["code"]).status == Exit.REFUSED


def test_nobody_is_asked_only_below_the_ceiling(practice, ref):
    closed = practice.run("order", ref, *REST, "--yes")
    assert closed.status == Exit.REFUSED
    assert "token" in closed.err
    practice.configure(policy='token_ceiling = "1"')
    assert practice.run("order", ref, *TAKE, "--yes").status == Exit.REFUSED, "2.97 is above the ceiling"
    assert practice.orders() == []
    told = practice.run("order", ref, *REST, "--yes", "--json")
    assert told.status == Exit.OK, told.err
    assert told.document["sent"]["orders"][0]["order"]["status"] == "open"


def test_a_terminal_may_not_approve_where_the_policy_wants_the_page(practice, ref):
    practice.configure(policy='approve_with = { paper = "page" }', toml="[approvals]\npage = false")
    waits = practice.run("order", ref, *REST)
    assert waits.status == Exit.WAITING
    assert "pmi approvals --open" in waits.err
    assert "pmi approve " not in waits.err
    code = practice.run("approvals", "--json").document["items"][0]["code"]
    told = practice.run("approve", code)
    assert told.status == Exit.REFUSED
    assert f"pmi approvals --open {code}" in told.err
    opened = practice.run("approvals", "--open", code)
    assert opened.status == Exit.REFUSED
    assert "localhost" not in opened.out + opened.err, "the address is not told where nobody sits"


def test_a_resting_order_is_amended_made_smaller_and_cancelled(practice, ref):
    assert practice.type("order", ref, *REST, answers={ASKS: "0.03"}).status == Exit.OK
    (order,) = practice.orders()
    told = practice.type("amend", order["ref"], "--size", "5", answers={ASKS: "0.02"})
    assert told.status == Exit.OK, told.out
    assert practice.orders()[0]["size"] == "5"
    smaller = practice.run("amend", order["ref"], "--size", "2", "--json")
    assert smaller.status == Exit.OK, smaller.err
    assert smaller.document["order"]["remaining"] == "2"
    gone = practice.run("cancel", order["ref"], "--json")
    assert gone.status == Exit.OK
    assert [row["status"] for row in gone.document["items"]] == ["canceled"]


def test_orders_are_cancelled_by_their_own_ids_by_market_and_by_venue(practice, ref):
    practice.configure(policy='token_ceiling = "1"')
    ids = [
        practice.run("order", ref, *REST, "--yes", "--json").document["sent"]["orders"][0]["client_order_id"]
        for _ in range(2)
    ]
    some = practice.run("cancel", ids[0], "nonesuch", "--json")
    assert some.status == Exit.NO
    assert len(some.document["items"]) == 1
    assert "nonesuch" in some.document["errors"][0]["message"]
    assert len(practice.run("cancel", "--market", ref, "--json").document["items"]) == 1
    nothing = practice.run("cancel", "--all", "paper")
    assert nothing.status == Exit.OK
    assert "no order was working" in nothing.err
    assert practice.run("cancel", "--all", "paper", ids[0]).status == Exit.USAGE


def test_the_kill_switch_is_released_by_a_person_alone(practice, ref):
    assert practice.run("kill", "status").status == Exit.NO
    assert practice.run("kill", "on", "--reason", "lunch").status == Exit.OK
    stopped = practice.run("order", ref, *REST)
    assert stopped.status == Exit.REFUSED
    assert "lunch" in stopped.err
    assert practice.run("cancel", "--all", "paper").status == Exit.OK
    assert practice.run("kill", "off").status == Exit.REFUSED
    assert practice.type("kill", "off", answers={"Type release": "please"}).status == Exit.REFUSED
    assert practice.run("kill", "status", "--json").document["engaged"] is True
    assert practice.type("kill", "off", answers={"Type release": "release"}).status == Exit.OK
    assert practice.run("kill", "status", "--json").document["engaged"] is False
    kills = [
        row for row in practice.run("audit", "show", "--json").document["items"] if row["kind"] == "kill"
    ]
    assert [row["subject"] for row in kills] == ["engaged", "released"]
