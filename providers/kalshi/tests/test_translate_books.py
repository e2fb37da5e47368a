"""Two lists of bids into one book."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_core.errors import UnexpectedAnswer
from pmi_core.identifiers import MarketRef
from pmi_core.models import OrderBook
from pmi_core.testing.clock import START
from pmi_core.testing.conformance.soundness import check_json, check_sound
from pmi_core.transport.codec import decode
from pmi_provider_kalshi.translate.books import book
from pmi_provider_kalshi.wire.book import BookAnswer

D = Decimal
REF = MarketRef("kalshi:KXLAKE-26NOV20-T4")


def translated(yes, no, depth=None):
    body = json.dumps({"orderbook_fp": {"yes_dollars": yes, "no_dollars": no}}).encode()
    return book(decode(BookAnswer, body).orderbook_fp, REF, START, depth)


def pairs(levels):
    return [(level.price, level.size) for level in levels]


def test_bids_come_best_first_and_asks_from_the_other_side():
    found = translated(
        [["0.1000", "5.00"], ["0.2000", "1.00"], ["0.2500", "0.01"]],
        [["0.6000", "3.00"], ["0.7000", "44.50"]],
    )
    assert pairs(found.bids) == [(D("0.25"), D("0.01")), (D("0.20"), D("1.00")), (D("0.10"), D("5.00"))]
    assert pairs(found.asks) == [(D("0.3000"), D("44.50")), (D("0.4000"), D("3.00"))]
    assert found.received_time == START
    assert found.market_ref == REF
    check_json(check_sound(found, OrderBook))


def test_the_order_of_levels_says_nothing():
    levels = [["0.1000", "5.00"], ["0.2000", "1.00"], ["0.1500", "2.00"]]
    assert translated(levels, []) == translated(levels[::-1], [])


@pytest.mark.parametrize(
    "body", [{"yes_dollars": None, "no_dollars": None}, {}, {"yes_dollars": [], "no_dollars": []}]
)
def test_an_absent_side_is_empty(body):
    made = decode(BookAnswer, json.dumps({"orderbook_fp": body}).encode())
    found = book(made.orderbook_fp, REF, START)
    assert (found.bids, found.asks) == ((), ())


def test_depth_cuts_each_side_to_the_best():
    levels = [[f"0.{at}000", "1.00"] for at in range(1, 5)]
    found = translated(levels, levels, depth=2)
    assert pairs(found.bids) == [(D("0.4"), D(1)), (D("0.3"), D(1))]
    assert pairs(found.asks) == [(D("0.6"), D(1)), (D("0.7"), D(1))]


def test_a_level_with_nothing_on_it_is_left_out():
    assert pairs(translated([["0.1000", "0.00"], ["0.2000", "1.00"]], []).bids) == [(D("0.2"), D(1))]


prices = st.integers(1, 9_999)
level_lists = st.dictionaries(prices, st.integers(1, 10**9), max_size=30)


@given(level_lists, level_lists)
def test_nothing_is_lost_and_the_mirror_is_exact(yes, no):
    best = max(yes, default=0)
    no = {price: held for price, held in no.items() if price + best < 10_000}

    def written(side):
        return [[f"{D(price) / 10_000:.4f}", f"{D(held) / 100:.2f}"] for price, held in sorted(side.items())]

    found = translated(written(yes), written(no))
    assert {int(level.price * 10_000): int(level.size * 100) for level in found.bids} == yes
    assert {10_000 - int(level.price * 10_000): int(level.size * 100) for level in found.asks} == no
    assert translated(written(no), written(yes)).bids == found.mirror().bids
    assert translated(written(no), written(yes)).asks == found.mirror().asks


@pytest.mark.parametrize(
    "yes, no, said",
    [
        ([["0.6000", "1.00"]], [["0.4000", "1.00"]], "crossed"),
        ([["0.6000", "1.00"], ["0.6000", "2.00"]], [], "twice"),
        ([["0.6000", "-1.00"]], [], "less than nothing"),
        ([["60", "1.00"]], [], "not a price"),
        ([["0.6000", "lots"]], [], "lots"),
    ],
)
def test_a_book_that_makes_no_sense_is_refused(yes, no, said):
    with pytest.raises(UnexpectedAnswer, match=said):
        translated(yes, no)
