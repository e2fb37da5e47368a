"""The venues that a server may ask: what each can do, opened on first use, never waited for forever."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import PmiError, RequestError, Unreachable
from pmi_core.identifiers import EventRef, MarketRef, Ref, SeriesRef
from pmi_core.provider import require
from pmi_mcp.addressing import find_market, venue_of
from pmi_mcp.texts import identifier
from pmi_mcp.times import seconds

if TYPE_CHECKING:
    from pmi_core.errors import NotFound
    from pmi_core.plugins.registry import Registry
    from pmi_core.provider import Provider, Venue

__all__ = ["Venues"]

Answer = TypeVar("Answer")
Kind = TypeVar("Kind", bound=Ref)

_REMEMBERED = 5_000
_READERS: tuple[tuple[type[Ref], str], ...] = (
    (MarketRef, "get_market"),
    (EventRef, "get_event"),
    (SeriesRef, "get_series"),
)


class Venues:
    """A registry, seen by the tools.

    Args:
        registry: what is installed and configured.
        only: names of the venues that may be asked; all configured ones when empty.
        patience: seconds that one venue may take for one answer.
        scan_rows: rows of a listing that a search looks at where a venue has no search.
        clock: what ``7d`` is counted back from.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        only: Iterable[str] = (),
        patience: float = 30.0,
        scan_rows: int = 2_000,
        clock: Clock | None = None,
    ) -> None:
        self.registry = registry
        self.patience = patience
        self.scan_rows = scan_rows
        self.clock = clock or SystemClock()
        self._only = tuple(dict.fromkeys(only))
        for name in self._only:
            registry.provider_of(name)
        self._seen: OrderedDict[tuple[type[Ref], str], None] = OrderedDict()
        self._keyed: dict[str, bool] = {}

    @property
    def venue_names(self) -> tuple[str, ...]:
        """The venues that may be asked, in the configuration's order."""
        configured = self.registry.venue_names
        return tuple(name for name in configured if not self._only or name in self._only)

    @property
    def providers(self) -> Mapping[str, Provider]:
        """Working providers by name, configured or not."""
        return self.registry.providers

    def provider_of(self, venue: str) -> Provider:
        """The provider of a venue, or an error that names the known ones."""
        found = self.registry.provider_of(venue)
        if venue not in self.venue_names:
            raise RequestError(
                f"venue {venue!r} is configured, but this server was started without it",
                hint=f"ask {', '.join(self.venue_names)}",
            )
        return found

    def capabilities(self, venue: str) -> frozenset[Capability]:
        """What the venue can do as it is configured, without opening it; nothing if it is broken."""
        try:
            provider = self.registry.provider_of(venue)
        except PmiError:
            return frozenset()
        if provider.keyed and not self._may_have_key(venue):
            return provider.capabilities - provider.keyed
        return provider.capabilities

    def _may_have_key(self, venue: str) -> bool:
        """Whether a secret is set; settings that are wrong are left for the first question to tell."""
        if venue not in self._keyed:
            try:
                self._keyed[venue] = self.registry.settings_of(venue).may_have_key
            except PmiError:
                self._keyed[venue] = True
        return self._keyed[venue]

    def able(self, *capabilities: Capability) -> tuple[str, ...]:
        """The venues that have at least one of the capabilities; all venues for none."""
        if not capabilities:
            return self.venue_names
        return tuple(name for name in self.venue_names if self.capabilities(name).intersection(capabilities))

    def choose(self, venue: str | None, *capabilities: Capability) -> tuple[str, ...]:
        """The venue that was asked for, or every one that is able.

        Raises:
            RequestError: no venue of that name is configured.
        """
        return self.able(*capabilities) if venue is None else (venue_of(self, venue),)

    def names_for(
        self, kind: type[Kind], ref: str | None, venue: str | None, capability: Capability
    ) -> tuple[tuple[str, ...], Kind | None]:
        """The venues to ask, and the ref by which the question is narrowed, where one was given.

        Raises:
            RequestError: the ref is none, or belongs to another venue than the one asked for.
        """
        if ref is None:
            return self.choose(venue, capability), None
        read = kind(ref.strip())
        return (venue_of(self, read, venue),), read

    async def venue(self, name: str) -> Venue:
        """The opened venue.

        Raises:
            PmiError: it cannot be opened; the error says why.
        """
        self.provider_of(name)
        return await self.wait(name, self.registry.venue(name))

    async def part(self, name: str, capability: Capability) -> Any:
        """The part of an opened venue that has the capability.

        Raises:
            CapabilityMissing: it has none.
        """
        opened = await self.venue(name)
        return require(getattr(opened, capability.value), capability, opened)

    async def locate(self, text: str, venue: str | None) -> tuple[Venue, MarketRef]:
        """The opened venue of a market, and the market's ref."""
        try:
            return await find_market(self, text, venue, patience=self.patience)
        except PmiError as error:
            self._conceal(error, error.venue)
            raise

    async def find(self, text: str, venue: str | None, capability: Capability) -> tuple[Any, MarketRef]:
        """The part that answers questions about a market, and the market's ref."""
        opened, ref = await self.locate(text, venue)
        return require(getattr(opened, capability.value), capability, opened), ref

    async def wait(self, name: str, answer: Awaitable[Answer]) -> Answer:
        """Await a venue's answer, for as long as patience lasts; its errors repeat none of its secrets.

        Raises:
            Unreachable: it took longer.
        """
        try:
            async with asyncio.timeout(self.patience):
                return await answer
        except TimeoutError:
            raise Unreachable(
                f"venue {name!r} gave no answer within {seconds(self.patience)}", venue=name
            ) from None
        except PmiError as error:
            self._conceal(error, name)
            raise

    def conceal(self, text: str, venue: str) -> str:
        """A venue's words, or general ones where they hold a piece of one of its secrets."""
        error = PmiError(text)
        self._conceal(error, venue)
        return error.message

    def _conceal(self, error: PmiError, venue: str | None) -> None:
        """Put general words in the place of those that hold a piece of a venue's secret."""
        if venue is None or venue not in self.venue_names:
            return
        try:
            settings = self.registry.settings_of(venue)
        except PmiError:
            return
        error.message = settings.conceal(error.message)
        error.hint = settings.conceal(error.hint) if error.hint else None
        error.code = settings.conceal(error.code) if error.code else None

    def remember(self, refs: Iterable[Ref]) -> None:
        """Keep refs that were shown, so that a mistyped one can be put right later."""
        for ref in refs:
            self._seen[type(ref), str(ref)] = None
            self._seen.move_to_end((type(ref), str(ref)))
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    def with_nearest(self, error: NotFound, ref: Ref) -> NotFound:
        """The same error with what was shown before and is probably meant: the tool that reads what the
        ref names, or refs of the same kind that resemble it.
        """
        from difflib import get_close_matches

        kind = type(ref)
        other = next(
            (tool for one, tool in _READERS if one is not kind and (one, str(ref)) in self._seen), None
        )
        alike = [seen for one, seen in self._seen if one is kind and seen != ref]
        if other is not None:
            error.hint = f"{other} reads {identifier(ref)}"
        elif alike := get_close_matches(str(ref), alike, n=3, cutoff=0.75):
            error.hint = f"did you mean {' or '.join(identifier(seen) for seen in alike)}?"
        error.venue = error.venue or ref.venue
        return error
