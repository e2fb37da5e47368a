"""Reviewers refuse orders; listeners hear about calls and disturb nothing."""

from __future__ import annotations

import sys

import pytest

from pmi_core import CallRecord, Capability, MarketRef, OrderDraft, Refusal
from pmi_core.plugins.hookspecs import hookspec
from pmi_core.plugins.loading import HOOKS

RECORD = CallRecord(venue="coin", capability=Capability.BOOKS, method="get_book", seconds=0.1, attempts=1)
DRAFT = OrderDraft(
    market_ref=MarketRef("coin:HEADS"),
    outcome="yes",
    action="buy",
    size="1",
    price="0.5",
)
HEAD = "from pmi_core import Refusal, hookimpl\nheard = []\n"


def test_the_hooks_are_these_three():
    from pmi_core.plugins import hookspecs

    marked = [
        name for name, value in vars(hookspecs).items() if hasattr(value, f"{hookspec.project_name}_spec")
    ]
    assert sorted(marked) == sorted(HOOKS)


def test_pmi_provider_is_listed_with_the_plugins_hooks(install, load):
    install("coin")
    install("ear", HEAD + "@hookimpl\ndef pmi_call_finished(): ...\n")
    hooks = {one.name: one.hooks for one in load().loaded}
    assert hooks == {"coin": ("pmi_provider",), "ear": ("pmi_call_finished",)}


def test_pmi_review_order_first_reason_wins(install, load):
    install("a", HEAD + "@hookimpl\ndef pmi_review_order(draft): heard.append(draft)\n")
    install(
        "b",
        HEAD + "@hookimpl(tryfirst=True)\n"
        "def pmi_review_order(draft): return Refusal(reason=f'not {draft.price}', rule='price')\n",
    )
    install("c", HEAD + "@hookimpl(trylast=True)\ndef pmi_review_order(draft): raise SystemError\n")
    assert load().review_order(DRAFT) == Refusal(reason="not 0.5", rule="price", by="b")


def test_pmi_review_order_lets_through_what_nobody_refuses(install, load):
    module = install("a", HEAD + "@hookimpl\ndef pmi_review_order(draft): heard.append(draft)\n")
    assert load().review_order(DRAFT) is None
    assert sys.modules[module].heard == [DRAFT]


@pytest.mark.parametrize("failure", ["RuntimeError('x')", "AssertionError"])
def test_pmi_review_order_that_fails_refuses(install, load, caplog, failure):
    install("a", HEAD + f"@hookimpl\ndef pmi_review_order(draft): raise {failure}\n")
    reason = load().review_order(DRAFT)
    assert reason.by == "a"
    assert reason.reason.startswith("plugin 'a' could not review the order")
    assert "failed to review" in caplog.text


def test_pmi_review_order_that_answers_with_something_else_refuses(install, load):
    install("a", HEAD + "@hookimpl\ndef pmi_review_order(draft): return 'fine by me'\n")
    assert "it answered with str" in load().review_order(DRAFT).reason


def test_pmi_call_finished_reaches_everybody(install, load, caplog):
    first = install("a", HEAD + "@hookimpl\ndef pmi_call_finished(record): heard.append(record)\n")
    install("b", HEAD + "@hookimpl\ndef pmi_call_finished(record): raise RuntimeError('deaf')\n")
    last = install("c", HEAD + "@hookimpl\ndef pmi_call_finished(record): heard.append(record)\n")
    plugins = load()
    plugins.call_finished(RECORD)
    plugins.call_finished(RECORD)
    assert sys.modules[first].heard == sys.modules[last].heard == [RECORD, RECORD]
    assert caplog.text.count("plugin b failed to hear about a call") == 2
    assert "deaf" in caplog.text
