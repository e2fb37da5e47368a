"""``pmi cancel`` with several names: together where the venue can, each with its own answer."""

from __future__ import annotations

import dataclasses

import pytest

from pmi_core import Capability, NotFound, Unreachable
from pmi_core.models import BatchResult, OrderStatus
from pmi_mcp.terminal.exits import Exit


class Cancelling:
    """The part of a venue that cancels, alone or together; what is written in ``failures`` fails."""

    def __init__(self, world, failures):
        self.world = world
        self.failures = failures

    def _gone(self, ref):
        if ref.native in self.failures:
            raise self.failures[ref.native]
        order = self.world.one(self.world.orders, ref, "order")
        return order.model_copy(update={"status": OrderStatus.CANCELED})

    async def cancel_order(self, ref):
        self.world.calls.append(("cancel_order", (ref.native,)))
        return self._gone(ref)

    async def cancel_orders(self, refs):
        self.world.calls.append(("cancel_orders", tuple(ref.native for ref in refs)))
        results = []
        for ref in refs:
            try:
                results.append(BatchResult(order_ref=ref, order=self._gone(ref)))
            except (NotFound, Unreachable) as error:
                name = type(error).__name__
                results.append(BatchResult(order_ref=ref, error=name, message=error.message))
        return tuple(results)


@pytest.fixture
def failures():
    return {}


@pytest.fixture(params=[True, False], ids=["together", "one by one"])
def together(request, world, failures, monkeypatch):
    """Whether the venue takes several in one call."""
    import pmi_mcp_doubles

    make = pmi_mcp_doubles.provider

    def provider(one):
        found = make(one)
        part = Cancelling(one, failures)

        async def open_it(context):
            batch = {"batch": part} if request.param else {}
            return dataclasses.replace(await found.open(context), orders=part, **batch)

        more = {Capability.BATCH} if request.param else set()
        return dataclasses.replace(found, open=open_it, capabilities=found.capabilities | more)

    monkeypatch.setattr(pmi_mcp_doubles, "provider", provider)
    return request.param


def cancelled(world):
    """What was asked of the venue to cancel, call by call."""
    return [names for what, names in world.calls if what.startswith("cancel_order")]


def test_orders_are_cancelled_in_one_call_where_the_venue_takes_several(pmi, world, together):
    told = pmi("cancel", "alpha:o0", "alpha:o1", " alpha:o0 ", "--json", worlds=[world])
    assert told.status == Exit.OK, told.err
    assert [row["ref"] for row in told.document["items"]] == ["alpha:o0", "alpha:o1"]
    assert told.document["errors"] == []
    expected = [("o0", "o1")] if together else [("o0",), ("o1",)]
    assert sorted(cancelled(world)) == expected


@pytest.mark.usefixtures("together")
def test_each_order_has_its_own_answer_and_the_worst_one_is_the_exit_status(pmi, world, failures):
    failures["o1"] = Unreachable("the line is dead")
    names = ("alpha:o0", "alpha:o1", "alpha:o9", "nonesuch")
    told = pmi("cancel", *names, "--json", worlds=[world])
    assert told.status == Exit.UNREACHABLE
    assert [row["ref"] for row in told.document["items"]] == ["alpha:o0"]
    failed = {row["message"].partition(": ")[0]: row for row in told.document["errors"]}
    assert {name: row["error"] for name, row in failed.items()} == {
        "alpha:o1": "Unreachable",
        "alpha:o9": "NotFound",
        "nonesuch": "NotFound",
    }
    assert failed["alpha:o1"]["order_ref"] == "alpha:o1"
    assert "give the order's ref" in failed["nonesuch"]["message"]

    said = pmi("cancel", *names, worlds=[world])
    assert said.status == Exit.UNREACHABLE
    assert "alpha:o0" in said.out
    assert [line for line in said.err.splitlines() if line.startswith("error: ")] == [
        f"error: {row['message']}" for row in told.document["errors"]
    ]


@pytest.mark.usefixtures("together")
def test_an_order_that_is_not_there_is_an_answer_of_no(pmi, world):
    assert pmi("cancel", "alpha:o9", worlds=[world]).status == Exit.NO
    assert pmi("cancel", "alpha:o0", "alpha:o9", worlds=[world]).status == Exit.NO
