"""Refs: how things at venues are named in text.

``venue:TICKER`` is not a format to take apart by hand: the part before the first colon is
the configured venue's name, the rest is the venue's own shortest stable id.  Refs are strings, so
they travel through JSON, command lines and prompts unchanged; characters that would break that
(spaces, controls, ``#``, ``%``) are percent-encoded inside the native part.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, ClassVar, Final, Self
from urllib.parse import quote, unquote

from pydantic_core import CoreSchema, core_schema

from pmi_core.errors import MalformedRef, RequestError

__all__ = [
    "CollectionRef",
    "EventRef",
    "GroupRef",
    "MarketRef",
    "MilestoneRef",
    "OrderRef",
    "QuoteRef",
    "Ref",
    "RfqRef",
    "SeriesRef",
    "venue_name",
]

_VENUE: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?")
_NATIVE: Final = re.compile(r"[!-\"$-$&-~\u00a1-\ud7ff\ue000-\U0010ffff%]+")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE: Final = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_LONGEST: Final = 400
_ARTICLE: Final = dict.fromkeys("aeiou", "an")
_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]{1,300}")


@lru_cache(maxsize=256)
def _names_venue(text: str) -> bool:
    return _VENUE.fullmatch(text) is not None


def venue_name(text: str) -> str:
    """Check the name of a configured venue: lower-case letters, digits, ``-`` and ``_``.

    Raises:
        MalformedRef: the text cannot name a venue.
    """
    if not _VENUE.fullmatch(text):
        raise MalformedRef(
            f"{text[:60]!r} cannot be a venue's name",
            hint="use lower-case letters, digits, '-' and '_', at most 40 characters",
        )
    return text


class Ref(str):
    """The name of something at a configured venue: ``venue:native``.

    Raises:
        MalformedRef: the text is not of that shape.
    """

    __slots__ = ()
    noun: ClassVar[str] = "thing"
    example: ClassVar[str] = "venue:ID"

    def __new__(cls, text: str) -> Self:
        if type(text) is cls:
            return text
        if not isinstance(text, str):
            raise MalformedRef(
                f"{type(text).__name__} is no text and names no {cls.noun}", hint=f"write {cls.example}"
            )
        venue, colon, native = text.partition(":")
        native = native.partition("#")[0]
        well_formed = (
            colon
            and len(text) <= _LONGEST
            and _VENUE.fullmatch(venue)
            and _NATIVE.fullmatch(native)
            and not _BAD_ESCAPE.search(native)
            and cls._suffix_is_known(text.partition("#"))
        )
        if not well_formed:
            raise MalformedRef(
                f"{text[:80]!r} does not name {_ARTICLE.get(cls.noun[0], 'a')} {cls.noun}",
                hint=f"write VENUE:ID, for example {cls.example}",
            )
        return super().__new__(cls, text)

    @classmethod
    def _suffix_is_known(cls, parts: tuple[str, str, str]) -> bool:
        return not parts[1]

    @classmethod
    def make(cls, venue: str, native: str) -> Self:
        """Join a configured venue's name and the venue's own id.

        Raises:
            MalformedRef: the name cannot be a venue's, or the id cannot be carried.
        """
        if not _names_venue(venue):
            venue_name(venue)  # says what is wrong with it
        if _PLAIN.fullmatch(native):
            return super().__new__(cls, f"{venue}:{native}")  # nothing in it needs encoding or checking
        try:
            return cls(f"{venue}:{quote(native, safe=_SAFE)}")
        except UnicodeEncodeError:
            raise MalformedRef(f"{native[:80]!r} is not text that can be written down") from None

    @property
    def venue(self) -> str:
        """The configured venue's name."""
        return self.partition(":")[0]

    @property
    def native(self) -> str:
        """The venue's own id, decoded."""
        return unquote(self.partition(":")[2].partition("#")[0])

    def at(self, venue: str) -> str:
        """Give the native id after checking that the ref belongs to ``venue``.

        Raises:
            RequestError: the ref names something at another venue.
        """
        if self.venue != venue:
            raise RequestError(
                f"{self} belongs to venue {self.venue!r}, not to {venue!r}",
                venue=venue,
                hint="ask the venue that the ref names",
            )
        return self.native

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        def read(value: str) -> Ref:
            try:
                return cls(value)
            except MalformedRef as error:
                raise ValueError(str(error)) from None

        return core_schema.no_info_after_validator_function(read, core_schema.str_schema())


class SeriesRef(Ref):
    """Names a series of events."""

    __slots__ = ()
    noun = "series"


class EventRef(Ref):
    """Names an event."""

    __slots__ = ()
    noun = "event"


class MarketRef(Ref):
    """Names a market, or one of its outcomes with the suffix ``#yes`` or ``#no``."""

    __slots__ = ()
    noun = "market"
    example = "venue:TICKER or venue:TICKER#no"

    @classmethod
    def _suffix_is_known(cls, parts: tuple[str, str, str]) -> bool:
        return not parts[1] or parts[2] in ("yes", "no")

    @property
    def outcome(self) -> str | None:
        """``yes``, ``no``, or None where the ref names the whole market."""
        return self.partition("#")[2] or None

    @property
    def market(self) -> MarketRef:
        """The same ref without an outcome."""
        return MarketRef(self.partition("#")[0]) if "#" in self else self

    def of(self, outcome: str) -> MarketRef:
        """The ref of one outcome of this market, ``yes`` or ``no``."""
        return MarketRef(f"{self.market}#{outcome}")


class OrderRef(Ref):
    """Names an order; what the venue needs to find it again is inside, opaque."""

    __slots__ = ()
    noun = "order"


class GroupRef(Ref):
    """Names an order group."""

    __slots__ = ()
    noun = "order group"


class RfqRef(Ref):
    """Names a request for quotes."""

    __slots__ = ()
    noun = "request for quotes"


class QuoteRef(Ref):
    """Names a quote given in answer to a request for quotes."""

    __slots__ = ()
    noun = "quote"


class CollectionRef(Ref):
    """Names a collection of events from which combos are built."""

    __slots__ = ()
    noun = "collection"


class MilestoneRef(Ref):
    """Names a milestone: a real-world happening that markets depend on."""

    __slots__ = ()
    noun = "milestone"
