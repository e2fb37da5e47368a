"""What the stream's error codes mean (AsyncAPI of 2026-10-26, error codes)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from pmi_core.errors import (
    BusyError,
    PermissionDenied,
    PmiError,
    RequestError,
    UnexpectedAnswer,
    VenueError,
)

__all__ = ["CODES", "Outcome", "Refusal", "refusal"]


class Outcome(Enum):
    """What becomes of what an error is about."""

    REFUSED = "refused"
    """It will never be served as it was asked."""
    LATER = "later"
    """It may be asked again in a while."""
    ENDED = "ended"
    """The subscription is over, and is to be made anew."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error code in neutral words."""

    outcome: Outcome
    error: type[PmiError]
    words: str
    hint: str | None = None


def _ours(words: str) -> Refusal:
    """The command itself was wrong."""
    return Refusal(Outcome.REFUSED, RequestError, words, "look for a newer version of the provider")


CODES: Final = {
    1: Refusal(Outcome.LATER, VenueError, "it could not process a message"),
    2: _ours("a command lacked its parameters"),
    3: _ours("a command named no channels"),
    4: _ours("a command named no subscriptions"),
    5: _ours("it does not know a command"),
    7: Refusal(Outcome.ENDED, VenueError, "it does not know a subscription any more"),
    8: _ours("it does not know a channel"),
    9: Refusal(
        Outcome.REFUSED,
        PermissionDenied,
        "the channel needs a key that may read the account",
        "give the key the scope read",
    ),
    10: Refusal(Outcome.ENDED, VenueError, "a channel failed"),
    11: _ours("a parameter is invalid"),
    12: _ours("a command named not exactly one subscription"),
    13: _ours("it does not support an action"),
    14: Refusal(Outcome.REFUSED, RequestError, "the channel wants markets to be named"),
    15: _ours("a command lacked its action"),
    18: Refusal(Outcome.LATER, BusyError, "a command took it too long"),
    19: _ours("a shard factor is not above 0"),
    20: _ours("a shard key came without its factor"),
    21: _ours("a shard key is out of range"),
    22: _ours("a shard factor is above 100"),
    23: _ours("a command is refused for a reason that the venue does not document"),
    24: _ours("the channel wants indices to be named"),
    25: Refusal(Outcome.ENDED, VenueError, "this program read too slowly for a subscription"),
    26: Refusal(
        Outcome.REFUSED,
        RequestError,
        "a subscription takes no more markets",
        "subscribe to fewer markets at once",
    ),
    27: Refusal(Outcome.LATER, BusyError, "too many commands came at once"),
    28: _ours("the channel wants underlyings to be named"),
}
"""Every code that is in use; 6, 16 and 17 are retired."""

_UNKNOWN: Final = Refusal(
    Outcome.REFUSED, UnexpectedAnswer, "it names a reason that the venue does not document"
)


def refusal(code: int, said: str) -> tuple[Outcome, PmiError]:
    """What becomes of what an error is about, and the error that says so."""
    known = CODES.get(code, _UNKNOWN)
    quoted = " ".join(said.split())[:200]
    text = f"the venue refuses: {known.words}" + (f" ({quoted})" if quoted else "")
    return known.outcome, known.error(text, hint=known.hint, code=str(code))
