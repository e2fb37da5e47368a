"""Keeping secrets out of sentences, logs and printed requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pmi_core.errors import PmiError

__all__ = ["HIDDEN", "excerpt", "scrub", "without"]

HIDDEN: Final = "[hidden]"
_SHORTEST: Final = 4
"""Shorter values (a nonce of one digit, a version) would cut holes into every sentence."""
_LONGEST: Final = 160
_READ: Final = 4096


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret value replaced, the longest first."""
    for secret in sorted((value for value in secrets if len(value) >= _SHORTEST), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def excerpt(body: bytes, secrets: Iterable[str] = ()) -> str:
    """The first characters of an answer, fit for one line of a sentence."""
    text = without(body[:_READ].decode("utf-8", "replace"), secrets)
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return f"{line[:_LONGEST]}..." if len(line) > _LONGEST or len(body) > _READ else line


def scrub(error: PmiError, secrets: Iterable[str]) -> None:
    """Replace secret values that a venue repeated in what an error tells."""
    known = tuple(secrets)
    if not known:
        return
    error.message = without(error.message, known)
    error.hint = error.hint and without(error.hint, known)
    error.code = error.code and without(error.code, known)
    error.args = tuple(without(part, known) if isinstance(part, str) else part for part in error.args)
