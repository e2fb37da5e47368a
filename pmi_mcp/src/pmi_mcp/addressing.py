"""From what somebody wrote to the market that is meant: a ref, a URL or a venue's own id."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from pmi_core.errors import MalformedRef, NotFound, PmiError, RequestError, Unreachable
from pmi_core.identifiers import MarketRef, Ref, venue_name
from pmi_mcp.asking import ask_all
from pmi_mcp.texts import clean, identifier
from pmi_mcp.times import seconds

if TYPE_CHECKING:
    from pmi_core.provider import Provider, Venue

__all__ = ["Opener", "find_market", "venue_of"]


class Opener(Protocol):
    """Whatever opens venues by name: the registry, or a part of it."""

    @property
    def venue_names(self) -> tuple[str, ...]:
        """The venues that can be asked for."""
        ...

    @property
    def providers(self) -> Mapping[str, Provider]:
        """Working providers by name, configured or not."""
        ...

    def provider_of(self, venue: str) -> Provider:
        """The provider of a configured venue, or an error that names the known ones."""
        ...

    async def venue(self, name: str) -> Venue:
        """The opened venue."""
        ...


def venue_of(opener: Opener, ref: Ref | str, venue: str | None = None) -> str:
    """The configured venue that a ref names; its name is checked against ``venue`` where given.

    Raises:
        ProviderMissing: nothing is configured or installed by that name.
        RequestError: the ref belongs to another venue than the one asked for.
    """
    named = ref.venue if isinstance(ref, Ref) else ref.partition(":")[0]
    if named not in opener.venue_names:
        raise _unknown(opener, named)
    if venue is not None and venue != named:
        raise RequestError(
            f"{identifier(ref)[:80]} belongs to venue {named!r}, not to {clean(venue, 40)!r}",
            venue=venue,
            hint="leave the venue out: the ref names it",
        )
    return named


def _unknown(opener: Opener, named: str) -> PmiError:
    """Why there is no such venue, what there is, and what might be missing."""
    try:
        opener.provider_of(named)
    except RequestError as error:
        if type(error) is RequestError and named not in opener.providers and error.hint is not None:
            try:
                error.hint += (
                    f"; if its provider is not installed: `pip install pmi-provider-{venue_name(named)}`"
                )
            except MalformedRef:
                return error
        return error
    except PmiError as error:
        return error
    return RequestError(
        f"venue {named!r} is not configured",
        hint=f"configured are {', '.join(opener.venue_names) or 'none'}",
    )


async def find_market(
    opener: Opener, text: str, venue: str | None = None, *, patience: float | None = None
) -> tuple[Venue, MarketRef]:
    """Open the venue of a market and name the market, from a ref, a URL or a native id.

    Args:
        opener: opens the venues.
        text: what somebody wrote.
        venue: the venue that is meant, where ``text`` does not say it.
        patience: seconds that a venue may take to look an id up; no limit when None.

    Raises:
        NotFound: no venue knows it.
        MalformedRef: it names a configured venue and then nothing that could be an id.
        RequestError: several venues do, or the venue that it names is not configured.
    """
    text = text.strip()
    if not text:
        raise RequestError("no market was named", hint="give a ref such as venue:TICKER")
    prefix, colon, native = text.partition(":")
    if colon and prefix.lower() in opener.venue_names and not _is_no_id(native):
        named = MarketRef(f"{prefix.lower()}:{native}")
        return await opener.venue(venue_of(opener, named, venue)), named
    if venue is not None:
        opened = await opener.venue(venue_of(opener, venue))
        return opened, await _resolve(opened, text, patience)
    if "://" not in text and (ref := _ref(text)) is not None:
        venue_of(opener, ref)
    return await _search_everywhere(opener, text, patience)


def _is_no_id(native: str) -> bool:
    """Whether what follows a venue's name and a colon is an address or a sentence."""
    return native.startswith("//") or " " in native


def _ref(text: str) -> MarketRef | None:
    try:
        return MarketRef(text)
    except MalformedRef:
        return None


async def _resolve(opened: Venue, text: str, patience: float | None) -> MarketRef:
    try:
        async with asyncio.timeout(patience):
            return await opened.resolve(text)
    except TimeoutError:
        within = "in time" if patience is None else f"within {seconds(patience)}"
        raise Unreachable(
            f"venue {opened.name!r} did not look the id up {within}", venue=opened.name
        ) from None


async def _search_everywhere(opener: Opener, text: str, patience: float | None) -> tuple[Venue, MarketRef]:
    names = opener.venue_names

    async def ask(name: str) -> tuple[Venue, MarketRef]:
        opened = await opener.venue(name)
        return opened, await _resolve(opened, text, patience)

    answers = await ask_all(names, ask)
    found = [answer for answer in answers if isinstance(answer, tuple)]
    if len(found) == 1:
        return found[0]
    shown = clean(repr(text), 90)
    if found:
        refs = [identifier(ref) for _, ref in found]
        raise RequestError(
            f"{shown} names a market at {len(found)} venues", hint=f"choose one: {', '.join(refs)}"
        )
    for answer in answers:
        if isinstance(answer, RequestError) and not isinstance(answer, NotFound):
            raise answer  # the venue understood the text, and says what is to be written instead
    raise NotFound(
        f"{shown} names no market at {_joined(names)}",
        hint=_why_not(names, answers) or "search for it, or give a ref such as venue:TICKER",
    )


def _joined(names: Sequence[str]) -> str:
    return ", ".join(names) or "any venue: none is configured"


def _why_not(names: Sequence[str], answers: Sequence[object]) -> str:
    """The venues that could not be asked; a market may be there all the same."""
    failed = [
        f"{name} could not be asked ({clean(answer.message, 120)})"
        for name, answer in zip(names, answers, strict=True)
        if isinstance(answer, PmiError) and not isinstance(answer, NotFound)
    ]
    return "; ".join(failed)
