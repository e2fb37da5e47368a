"""Letters that deceive the eye: what they are taken for, and whether a text has any."""

from __future__ import annotations

import re
from unicodedata import category, name, normalize

__all__ = ["oddities", "plain_letters"]

_POSERS = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u0501\u051b\u051d\u0442\u043a\u043c"
    "\u03b1\u03bf\u03bd\u03c1\u03b5\u03b9\u03c5\u0131\u026a\u0274\u1d0f\u029f\u1d07\ua731\u028f\u0299",
    "aeopcyxsijhdqwtkm" + "aovpeiu" + "iinolesyb",
)
"""Small letters of other alphabets, and small capitals, that are read as Latin ones."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
_SPACES = frozenset("\n\t\r")
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f\u00ad")
"""Found in ordinary writing and pictures."""


def plain_letters(text: str) -> str:
    """The text as it reads: small Latin letters for those that look like them, nothing hidden."""
    folded = normalize("NFKC", text).casefold().translate(_POSERS)
    bare = "".join(
        " " if letter in _SPACES else letter
        for letter in normalize("NFD", folded)
        if letter in _SPACES or (category(letter) not in _HIDDEN | {"Mn", "Me"} and letter not in _BLANK)
    )
    return bare.replace("\u2019", "'").replace("\u2044", "/")


def oddities(text: str, what: str) -> tuple[str, ...]:
    """Sentences about what a reader cannot see or would misread in a text, which they call ``what``."""
    found = []
    letters = set(text) - _SPACES
    if letters & _TURNING:
        found.append(f"{what} holds marks that turn the direction of writing")
    hidden = {letter for letter in letters - _TURNING if category(letter) in _HIDDEN or letter in _BLANK}
    if hidden - _JOINERS:
        found.append(f"{what} holds control or invisible characters")
    posing = next((word for word in _WORD.findall(text) if _is_mixed(word)), None)
    if posing is not None:
        found.append(
            f"{what} has a word with letters of several alphabets, which reads {plain_letters(posing)!r}"
        )
    return tuple(found)


def _is_mixed(word: str) -> bool:
    alphabets = {name(letter, "").split(" ", 1)[0] for letter in word}
    return len(alphabets & set(_ALPHABETS)) > 1
