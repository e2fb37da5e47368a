"""Numbers that no venue can take, typed by a person or a model: refused in words, and nothing is sent."""

from __future__ import annotations

import dataclasses

import pytest
from pmi_mcp_doubles import provider
from pmi_mcp_world import World

from pmi_core import WriteClass

pytestmark = pytest.mark.anyio

ORDER = {"market": "alpha:RATE-1", "outcome": "yes", "action": "buy", "size": "5", "price": "0.42"}
NUMBERS = [
    "9" * 32,
    "9" * 18,
    "1e12",
    "9" * 18 + "." + "9" * 30,
    "1e30",
    "1e999",
    "-1e30",
    "NaN",
    "sNaN",
    "Infinity",
    "-0",
    "1e-31",
    "",
    "0x10",
    "1,000",
]
CALLS = {
    "create_order": (ORDER, "size"),
    "create_order by money": ({**ORDER, "size": None}, "notional"),
    "create_order at a price": (ORDER, "price"),
    "create_order_group": ({"venue": "alpha"}, "limit"),
    "create_rfq": ({"market": "alpha:RATE-1"}, "size"),
    "amend_order": ({"order": "alpha:o1", "price": "0.42"}, "size"),
    "amend_order to a price": ({"order": "alpha:o1", "size": "5"}, "price"),
}


@pytest.mark.parametrize("call", CALLS)
async def test_a_number_that_no_venue_takes_is_refused_in_words(serve, registry_of, connect, call):
    world = World()
    sold = dataclasses.replace(provider(world), write_class=lambda settings: WriteClass.SIMULATED)
    known, name = CALLS[call]
    given = {key: value for key, value in known.items() if value is not None}
    async with connect(serve(registry=registry_of(sold), toolsets="all")) as client:
        for number in NUMBERS:
            result = await client.result(call.split()[0], **{**given, name: number})
            text = result.content[0].text
            assert result.is_error, (number, text)
            assert "InternalError" not in text, (number, text)
            assert "Traceback" not in text, (number, text)
