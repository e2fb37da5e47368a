"""An author's words against the order, read as somebody would who wants it to pass."""

from __future__ import annotations

import pytest

from pmi_core.desk.intent import compare_intent
from pmi_core.desk.lettering import oddities, plain_letters

pytestmark = pytest.mark.anyio

SIDE, WRONG_OUTCOME = "speaks of", "the text names"
SIZE, PRICE, MONEY = "contracts, the order has", "says a price of", "in money"
LEANS, FORBIDS = "the text leans", "the text says not to"


@pytest.mark.parametrize(
    "text, change, told",
    [
        ("buy 100 yes at 40 cents", {"action": "sell"}, [SIDE, SIZE, PRICE]),
        ("buy 10 yes at 51 cents", {"action": "sell"}, [SIDE]),
        ("Buy 10 YES at 51c, no rush", {"outcome": "no"}, [WRONG_OUTCOME]),
        ("buy YES and not NO", {"outcome": "no"}, [WRONG_OUTCOME]),
        ("buy a hundred yes at forty cents", {}, [SIZE, PRICE]),
        ("buy twenty-five contracts", {}, [SIZE]),
        ("two thousand five hundred shares", {}, [SIZE]),
        ("1k contracts of yes", {}, [SIZE]),
        ("buy 1,000 yes", {}, [SIZE]),
        ("buy at 40", {}, [PRICE]),
        ("@ .4", {}, [PRICE]),
        ("limit of 40%", {}, [PRICE]),
        ("spend $5 on yes", {"size": "100"}, [MONEY]),
        ("for 5 dollars", {"size": "100"}, [MONEY]),
        ("do not buy this", {}, [FORBIDS]),
        ("Never buy here", {}, [FORBIDS]),
        ("go short here", {}, [LEANS]),
        ("bet against it", {}, [LEANS]),
        ("long yes", {"outcome": "no"}, [WRONG_OUTCOME, LEANS]),
        ("not a joke: sell 10", {}, [SIDE]),
        ("\u0455ell 10", {}, [SIDE]),
        ("s\u200bell 10 of n\u043e", {}, [SIDE, WRONG_OUTCOME]),
        ("\uff33\uff25\uff2c\uff2c 10", {}, [SIDE]),
        ("s\u0336e\u0336l\u0336l\u0336 10", {}, [SIDE]),
        ("se\nll", {}, []),
    ],
)
async def test_what_contradicts_the_order_is_told(draft, text, change, told):
    found = compare_intent(draft(**change, intent=text))
    assert len(found) == len(told), found
    for sentence, part in zip(found, told, strict=True):
        assert part in sentence


@pytest.mark.parametrize(
    "text, change",
    [
        ("", {}),
        ("rest a small bid far below the market", {}),
        ("Buy ten contracts of YES for fifty-one cents", {}),
        ("don't sell, buy 10 yes at 51", {}),
        ("buy yes instead of no", {}),
        ("my model says 60%, so buy at 51", {}),
        ("the 2026 election closes at 15:00", {}),
        ("hedge against inflation, as long as it lasts", {}),
        ("in short: 10 contracts, no more", {}),
        ("short it", {"outcome": "no"}),
        ("spend 6 dollars", {}),
        ("sell ten no at 51 cents", {"action": "sell", "outcome": "no"}),
        ("buy 60 dollars of yes", {"size": None, "notional": "60"}),
    ],
)
async def test_what_fits_the_order_is_not_doubted(draft, text, change):
    assert compare_intent(draft(**change, intent=text)) == ()


@pytest.mark.parametrize(
    "text, says",
    [
        ("a\u202eb", "turn the direction"),
        ("a\u2066b", "turn the direction"),
        ("red \x1b[31mtext", "control or invisible"),
        ("zero\u200bwidth", "control or invisible"),
        ("hangul \u3164 filler", "control or invisible"),
        ("tags \U000e0061\U000e0062", "control or invisible"),
        ("Will \u0410nna win?", "reads 'anna'"),
        ("\u0399phone", "several alphabets"),
    ],
)
async def test_what_deceives_the_eye_is_told(text, says):
    (sentence,) = oddities(text, "the title")
    assert sentence.startswith("the title ")
    assert says in sentence


@pytest.mark.parametrize(
    "text",
    [
        "Plain text, with (marks) & numbers 1/2",
        "caf\u00e9 na\u00efve",
        "\u041f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440 and more",
        "\u0643\u064e\u062a\u064e\u0628\u064e",
        "family \U0001f468\u200d\U0001f469\u200d\U0001f467 and \u2764\ufe0f",
        "two\nlines",
    ],
)
async def test_ordinary_writing_is_none_the_worse(text):
    assert oddities(text, "the title") == ()


async def test_a_text_reads_as_the_eye_reads_it():
    assert plain_letters("BU\u200b\u0443 \uff11\uff10 \u0443\u0435\u0455") == "buy 10 yes"


async def test_a_title_and_a_text_that_deceive_are_pointed_out(open_desk, venue, draft):
    plain = venue.market
    venue.market = lambda ref: plain(ref).model_copy(update={"title": "Heads\u202e?sliaT"})
    async with open_desk(venue) as desk:
        preview = await desk.preview(draft(intent="b\u200buy"))
        assert preview.warnings == (
            "the text holds control or invisible characters",
            "the market's title holds marks that turn the direction of writing",
        )
