"""Resources that somebody watches: heard while they are watched, told of at most twice a second."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, Final

from pmi_core.capabilities import Capability
from pmi_core.errors import AccessError, PluginError, PmiError, RequestError, SettingsError
from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    ACCOUNT_CHANNELS,
    BookState,
    Channel,
    Delivery,
    OrderBook,
    Subscription,
)
from pmi_core.provider import require
from pmi_mcp.addressing import venue_of
from pmi_mcp.live.following import Following

if TYPE_CHECKING:
    from pmi_mcp.settings import ServerSettings
    from pmi_mcp.venues import Venues

__all__ = ["ACCOUNT", "BOOK", "PAUSE", "Watching"]

_log = logging.getLogger(__name__)

BOOK: Final = "pmi://book/"
ACCOUNT: Final = "pmi://account/"

PAUSE: Final = 0.5
"""Seconds from one notice of a resource to the next."""

_RETRY: Final = 10.0
"""Seconds before a venue that could not be heard is tried again."""


_HOPELESS: Final = (RequestError, AccessError, PluginError, SettingsError)
"""What asking the same again would not mend."""


class _Watch:
    """One resource and the number of those who watch it."""

    def __init__(self, watchers: int = 0) -> None:
        self.watchers = watchers
        self.following: Following | None = None
        self.changed = asyncio.Event()
        self.hearing: asyncio.Task[None] | None = None
        self.telling: asyncio.Task[None] | None = None

    @property
    def is_heard(self) -> bool:
        """Whether somebody hears the venue for it, or tries to."""
        return self.hearing is not None and not self.hearing.done()


class Watching:
    """Hears what is watched, and says that it changed; what it is now is for the client to read.

    Args:
        venues: opens venues.
        settings: the limits.
        publish: tells watchers that the resource of a URI changed.
    """

    def __init__(
        self, venues: Venues, settings: ServerSettings, publish: Callable[[str], Awaitable[None]]
    ) -> None:
        self._venues = venues
        self._settings = settings
        self._publish = publish
        self._watches: dict[str, _Watch] = {}
        self._endings: set[asyncio.Task[None]] = set()

    @property
    def uris(self) -> tuple[str, ...]:
        """What is watched now."""
        return tuple(self._watches)

    def add(self, uris: Collection[str]) -> None:
        """Watch these resources, for one client; all or none.

        Raises:
            PmiError: one of them cannot be watched, or they are too many.
        """
        wanted = {uri: self._read(uri) for uri in uris}
        self._count(uris)
        if len(self._watches.keys() | wanted.keys()) > self._settings.live_total:
            raise RequestError(
                "the server watches as many resources as it may",
                code="live_total",
                hint="try again later; a person can raise live_total in [mcp]",
            )
        for uri, (venue, subscription) in wanted.items():
            watch = self._watches.get(uri)
            if watch is None:
                watch = self._watches[uri] = _Watch()
                watch.telling = _apart(self._tell(watch, uri))
            if not watch.is_heard:
                watch.hearing = _apart(self._hear(watch, venue, subscription))
            watch.watchers += 1

    def _count(self, uris: Collection[str]) -> None:
        if len(uris) > self._settings.live_markets:
            raise RequestError(
                f"{len(uris)} resources are more than the {self._settings.live_markets} that one client may watch",
                code="live_markets",
                hint="watch fewer; a person can raise live_markets in [mcp]",
            )

    def remove(self, uris: Collection[str]) -> None:
        """One client watches these no more; what nobody watches is ended in the background."""
        for uri in uris:
            watch = self._watches.get(uri)
            if watch is None:
                continue
            watch.watchers -= 1
            if watch.watchers <= 0:
                del self._watches[uri]
                # Whoever removes may be cancelled itself, and then nothing could be waited for.
                ending = _apart(self._stop(watch))
                self._endings.add(ending)
                ending.add_done_callback(self._endings.discard)

    @contextlib.contextmanager
    def watched(self, uris: Collection[str]) -> Iterator[None]:
        """Watch while the block runs.

        Raises:
            PmiError: as :meth:`add` does.
        """
        self.add(uris)
        try:
            yield
        finally:
            self.remove(uris)

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve until the block ends, which ends every watch."""
        try:
            yield
        finally:
            watches = list(self._watches.values())
            self._watches.clear()
            await asyncio.gather(*(self._stop(watch) for watch in watches), *self._endings)

    def book(self, ref: MarketRef) -> OrderBook | None:
        """The live book of a market that is watched; None where there is none, or none that is live."""
        watch = self._watches.get(f"{BOOK}{ref}")
        if watch is None or watch.following is None:
            return None
        standing = watch.following.inbox.standings[ref]
        if standing.book is None:
            return None
        book = standing.book.book
        return book if book.state is BookState.LIVE else None

    def _read(self, uri: str) -> tuple[str, Subscription]:
        if uri.startswith(BOOK):
            ref = MarketRef(uri.removeprefix(BOOK))
            return venue_of(self._venues, ref), Subscription(
                channels=frozenset({Channel.BOOK}), market_refs=(ref,), delivery=Delivery.LATEST
            )
        if uri.startswith(ACCOUNT):
            return venue_of(self._venues, uri.removeprefix(ACCOUNT)), Subscription(
                channels=ACCOUNT_CHANNELS, delivery=Delivery.LATEST
            )
        raise RequestError(
            "there is no such resource", hint=f"watch {BOOK}VENUE:ID or {ACCOUNT}VENUE", capability="stream"
        )

    async def check(self, uris: Collection[str]) -> None:
        """Ask the venues whether there is what somebody wants to watch; one that is silent stops nothing.

        Raises:
            PmiError: one of them cannot be watched, now or later.
        """
        self._count(uris)
        wanted = [self._read(uri) for uri in uris if not self._is_heard(uri)]
        await asyncio.gather(*(self._check(venue, subscription) for venue, subscription in wanted))

    def _is_heard(self, uri: str) -> bool:
        watch = self._watches.get(uri)
        return watch is not None and watch.is_heard

    async def _check(self, venue: str, wanted: Subscription) -> None:
        try:
            opened = await self._venues.venue(venue)
            require(opened.stream, Capability.STREAM, opened)
            if not wanted.market_refs:
                require(opened.account, Capability.ACCOUNT, opened)
            elif opened.markets is not None:
                await asyncio.gather(
                    *(self._venues.wait(venue, opened.markets.get_market(ref)) for ref in wanted.market_refs)
                )
        except _HOPELESS:
            raise
        except PmiError as error:
            _log.info("venue %s was not asked what it has: %s", venue, type(error).__name__)

    async def _hear(self, watch: _Watch, venue: str, wanted: Subscription) -> None:
        """Hear until nobody watches, or the venue refuses; one that cannot be heard is tried again."""
        while True:
            following = watch.following = Following(self._venues, venue, wanted, room=1)
            following.inbox.on_news = watch.changed.set
            following.start()
            await following.ended()
            _log.warning("a watched resource of venue %s is not heard: %s", venue, following.inbox.reason)
            if isinstance(following.error, _HOPELESS):
                return  # its watchers were told of a change, and reading says why
            await self._venues.clock.sleep(_RETRY)

    async def _tell(self, watch: _Watch, uri: str) -> None:
        while True:
            await watch.changed.wait()
            watch.changed.clear()
            await self._publish(uri)
            await self._venues.clock.sleep(PAUSE)

    async def _stop(self, watch: _Watch) -> None:
        tasks = [task for task in (watch.hearing, watch.telling) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if watch.following is not None:
            await watch.following.aclose()


def _apart(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Do it in the background; nothing of the request that began it stays with what outlives it."""
    return asyncio.create_task(work, context=contextvars.Context())
