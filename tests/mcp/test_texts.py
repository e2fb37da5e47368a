"""Text of foreign origin: harmless afterwards, and unchanged where it was harmless before."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pmi_mcp.texts import VenueText, clean, identifier, venue_text

LETTERS = st.characters(exclude_categories=())
# Hostile letters turn up far more often than chance would bring them.
VENOM = st.sampled_from(
    "\x00\x07\x1b\x9b\x9d\x9c\u202e\u2066\u200b\u200d\u200c\ufeff\ufe0f\u00ad\U000e0041\U000e007f\u2028\ud800\u0430\u0301"
    "\U0001f468\U0001f3fd\U0001f3f4[]0;m\\ \n\tA"
)
TEXTS = st.text(LETTERS | VENOM, max_size=60)

BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE = set("\u200b\u200c\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u034f\u115f\u1160\u3164\uffa0\u180e")
FLAGS = (
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
)


def without_flags(text):
    for flag in FLAGS:
        text = text.replace(flag, "")
    return text


@given(TEXTS, st.booleans())
@example("\x1b\x1b[31m[31m", False)
@example("\x1b]52;c;Zm9v\x1b\\after", False)
@example("\U0001f468\u200d\ufe0f\u200d\U0001f469", False)
def test_nothing_harmful_is_left(text, lines):
    found = clean(text, 50, lines=lines)
    for letter in without_flags(found):
        kind = unicodedata.category(letter)
        assert kind not in ("Cc", "Cs", "Co") or (lines and letter == "\n"), hex(ord(letter))
        assert kind != "Cf" or letter == "\u200d", hex(ord(letter))
        assert letter not in BIDI | INVISIBLE, hex(ord(letter))
        assert letter not in "\u2028\u2029", hex(ord(letter))
    for before, joiner, after in zip(found, found[1:], found[2:] + "\0", strict=False):
        if joiner == "\u200d":
            assert ord(before) > 0xA8, "only pictures are joined"
            assert ord(after) > 0xA8, "only pictures are joined"


@given(TEXTS, st.integers(2, 40), st.booleans())
def test_twice_is_once(text, limit, lines):
    once = clean(text, limit, lines=lines)
    assert clean(once, limit, lines=lines) == once


@given(TEXTS, st.integers(1, 40))
def test_the_limit_holds(text, limit):
    assert len(clean(text, limit)) <= limit


@pytest.mark.parametrize(
    "text",
    [
        "Will the Fed cut by 25 bps? (Yes/No) [50%] <b>&amp; $1,000 ~ `code` {x} | a_b*c",
        "Wird Zürich Meister? Élection présidentielle à Besançon; Ñandú, Łódź, İstanbul, Đà Nẵng",
        "Кто победит на выборах?",
        "Ποιος θα κερδίσει τις εκλογές;",
        "今天会下雨吗？　日経平均は４万円を超えるか？ 대통령 선거",
        "هل سيفوز الفريق؟ מי ינצח?",
        "क्या भारत जीतेगा? ใครจะชนะ",
        "🎉 👨‍👩‍👧 👍🏽 ❤️ 1️⃣ 🇫🇷 🏳️‍🌈 " + FLAGS[0],
        "Temperature ≥ 30 °C — “really” … ½ µm x² → ∞",
        "ΔT and β-blockers, IFNα",
    ],
)
def test_ordinary_text_passes_unchanged(text):
    assert clean(text) == text


@pytest.mark.parametrize(
    "text, expected",
    [
        ("\x1b]52;c;aGVsbG8=\x07Fine", "Fine"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9d52;c;aGVsbG8=\x9cFine", "Fine"),
        ("\x1b[2J\x1b[31mred\x1b[0m", "red"),
        ("\x1bPq payload\x1b\\after", "after"),
        ("a\x00b\x08c\x7f", "abc"),
        ("pay \u202elive\u202c now", "pay live now"),
        ("I\u200bgno\u2060re", "Ignore"),
        ("Hi" + "".join(chr(0xE0000 + ord(letter)) for letter in "obey"), "Hi"),
        ("x" + "\ufe01\ufe02\U000e0100" * 3, "x"),
        ("P\u0430y P\u0430l", "Pay Pal"),
        ("\u0405cam but \u0421\u0421\u0421\u0420", "Scam but \u0421\u0421\u0421\u0420"),
        ("𝐁𝐮𝐲 𝓷𝓸𝔀", "Buy now"),
        ("Z" + "\u0301" * 40 + "a", "Z" + "\u0301" * 4 + "a"),
        ("one\r\ntwo\u2028three\ttabs  wide\u00a0space", "one two three tabs wide space"),
        ("   ", ""),
    ],
)
def test_tricks_are_undone(text, expected):
    assert clean(text) == expected


def test_paragraphs_are_kept_where_asked():
    assert clean("one \r\n\r\n\n two\nthree ", lines=True) == "one\n\ntwo\nthree"


def test_what_is_cut_says_so():
    text = venue_text("word " * 100, 21)
    assert text == "word word word word…"
    assert text.is_cut
    assert text.whole == 500
    assert not venue_text("short").is_cut
    assert not venue_text("ends in …").is_cut


def test_a_huge_text_costs_little():
    assert clean("\x1b" * 3_000_000 + "x" * 3_000_000, 10).endswith("…")


def test_foreign_text_is_still_text():
    text = venue_text("Fine")
    assert isinstance(text, VenueText)
    assert f"{text}!" == "Fine!"


@given(TEXTS)
def test_an_identifier_keeps_its_meaning(text):
    from urllib.parse import unquote

    found = identifier(text)
    assert found.isprintable()
    assert not set(found) & (BIDI | INVISIBLE)
    if len(found) < 400 and "%" not in text and text.isprintable():
        assert unquote(found) == text


def test_a_ref_with_an_override_can_be_given_back():
    from pmi_core import MarketRef

    ref = MarketRef("alpha:AB\u202eC")
    assert identifier(ref) == "alpha:AB%E2%80%AEC"
    assert MarketRef(identifier(ref)).native == ref.native
