"""Text that a venue, its users or anybody else wrote, made safe to show.

One function for every surface: tool results, the terminal, pages and logs.  What it gives back
holds no control character, no escape sequence, no direction override, no invisible character and
no letter of one alphabet posing as another; ordinary text in any language passes unchanged.
"""

from __future__ import annotations

import re
from typing import Final, Self
from unicodedata import category
from urllib.parse import quote

__all__ = ["VenueText", "clean", "identifier", "venue_text"]

# ECMA-48: strings (OSC, DCS, SOS, PM, APC) up to their end, then CSI, then two-character sequences.
_SEQUENCES: Final = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-Z\\^-~]?"
)
_PLAIN: Final = re.compile(r"[!-~]*(?: [!-~]+)*")
_SPACES: Final = re.compile(r" {2,}")
_LINE_ENDS: Final = re.compile(r" *\n[ \n]*\n *| *\n *")
_MARKS: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{5,}"
)
_MARKS_KEPT: Final = 4

# Pictures that joiners may join and variation selectors may colour.
_PICTURE: Final = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_FLAGS: Final = "\U0001f3f4(?:\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073))\U000e007f"
_EMOJI: Final = re.compile(
    f"{_FLAGS}|[0-9#*]\ufe0f?\u20e3"
    f"|{_PICTURE}[\ufe0e\ufe0f]?(?:\u200d{_PICTURE}\ufe0f?)*"
    "|[\u200c\u200d\ufe0e\ufe0f\U000e0020-\U000e007f]"
)
_JOINING: Final = frozenset("\u200c\u200d\ufe0e\ufe0f") | {chr(code) for code in range(0xE0020, 0xE0080)}

# Letters that look like Latin ones; folded only inside words that also hold Latin letters.
_POSERS: Final = {
    **dict(
        zip(
            "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u0501\u051b\u051d",
            "aeopcyxsijhdqw",
            strict=True,
        )
    ),  # Cyrillic small
    **dict(
        zip(
            "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408",
            "ABEKMHOPCTYXSIJ",
            strict=True,
        )
    ),  # Cyrillic capital
    **dict(
        zip(
            "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03bd",
            "ABEZHIKMNOPTYXov",
            strict=True,
        )
    ),  # Greek
}
_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = re.compile(r"[A-Za-z]")
_POSING: Final = re.compile(f"[{''.join(_POSERS)}]")

_LOOSE_ENDS: Final = " \n\U0001f3f4" + "".join(_JOINING)

_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(code)
    for start, end in ((0x180B, 0x180F), (0xFE00, 0xFE0D), (0xE0100, 0xE01EF))
    for code in range(start, end + 1)
}
_STYLED: Final = range(0x1D400, 0x1D800)
_DROPPED_KINDS: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class _Letters(dict[int, str | None]):
    """What becomes of each character on its own; filled as characters turn up."""

    def __missing__(self, code: int) -> str | None:
        letter = chr(code)
        kind = category(letter)
        kept: str | None = letter
        if letter in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029":
            kept = "\n"
        elif letter == "\t" or (kind == "Zs" and letter != "\u3000"):
            kept = " "
        elif letter in _JOINING:
            kept = letter
        elif letter in _INVISIBLE or (kind in _DROPPED_KINDS and not _may_be_newer(code, kind)):
            kept = None
        elif code in _STYLED:
            kept = _unstyled(letter)
        if len(self) < 50_000:
            self[code] = kept
        return kept


_LETTERS: Final = _Letters()


def _may_be_newer(code: int, kind: str) -> bool:
    """Whether a character without a meaning here may be a newer picture or ideograph."""
    return (
        kind == "Cn"
        and (0x1F000 <= code <= 0x1FAFF or 0x20000 <= code <= 0x3FFFD)
        and code & 0xFFFE != 0xFFFE
    )


def _unstyled(letter: str) -> str:
    """The letter behind a mathematical alphabet: script, bold and double-struck ones pose as text."""
    from unicodedata import normalize

    return normalize("NFKC", letter)


def _joined(found: re.Match[str]) -> str:
    text = found.group()
    return "" if text in _JOINING else text


def _unposed(found: re.Match[str]) -> str:
    word = found.group()
    if word.isascii() or not _LATIN.search(word):
        return word
    return _POSING.sub(lambda poser: _POSERS[poser.group()], word)


def _line_end(found: re.Match[str]) -> str:
    return "\n\n" if found.group().count("\n") > 1 else "\n"


def clean(text: str, limit: int = 200, *, lines: bool = False) -> str:
    """Make text safe to show, in at most ``limit`` characters; doing it twice changes nothing.

    Escape sequences go with their content, line ends become spaces unless ``lines`` keeps them,
    and what is cut ends in ``…``.
    """
    if len(text) <= limit and _PLAIN.fullmatch(text):
        return text
    reach = limit * 4 + 1_000
    beyond = len(text) > reach
    text = text[:reach]
    if "\x1b" in text or not text.isascii():
        text = _SEQUENCES.sub("", text)
    text = text.replace("\r\n", "\n").translate(_LETTERS)
    if not text.isascii():
        text = _EMOJI.sub(_joined, text)
        text = _MARKS.sub(lambda run: run.group()[:_MARKS_KEPT], text)
        text = _WORD.sub(_unposed, text)
    text = text if lines else text.replace("\n", " ")
    text = _LINE_ENDS.sub(_line_end, _SPACES.sub(" ", text)).strip()
    if len(text) > limit or beyond:
        text = text[: max(limit - 1, 0)].rstrip(_LOOSE_ENDS) + "…"
    return text


def identifier(text: str) -> str:
    """A ref or id with every unsafe character percent-encoded, so that it still means the same."""
    if text.isascii() and text.isprintable():
        return text[:400]
    safe = (
        letter
        if letter.isprintable() and letter not in _JOINING and _LETTERS[ord(letter)] == letter
        else quote(letter.encode("utf-8", "replace"))
        for letter in text
    )
    return "".join(safe)[:400]


class VenueText(str):
    """Sanitized text of foreign origin: data, never instructions.

    Its type is its mark: an answer lists the fields that hold it.
    """

    __slots__ = ("whole",)
    whole: int
    """How many characters the text had before it was cut."""

    def __new__(cls, text: str, whole: int) -> Self:
        made = super().__new__(cls, text)
        made.whole = whole
        return made

    @property
    def is_cut(self) -> bool:
        """Whether a part of the text is missing."""
        return self.whole > len(self)


def venue_text(text: str, limit: int = 200, *, lines: bool = False) -> VenueText:
    """Sanitize text of foreign origin and mark it as such."""
    safe = clean(text, limit, lines=lines)
    cut = safe.endswith("…") and len(text) > limit
    return VenueText(safe, len(text) if cut else len(safe))
