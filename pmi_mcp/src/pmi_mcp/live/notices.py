"""Notices that a resource changed, in both eras of the protocol."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ResourceUpdated
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    EmptyResult,
    SubscribeRequestParams,
    SubscriptionsListenRequestParams,
    UnsubscribeRequestParams,
)

from pmi_core.errors import PmiError
from pmi_mcp.failures import describe, sentence
from pmi_mcp.live.framework import Connection, connection_of, handle
from pmi_mcp.live.watching import Watching

if TYPE_CHECKING:
    from fastmcp import FastMCP

    from pmi_mcp.settings import ServerSettings
    from pmi_mcp.venues import Venues

__all__ = ["Notices"]

_log = logging.getLogger(__name__)

_URIS = "pmi.watched"
_PATIENCE = 5.0
"""Seconds that a client with a session has to take a notice before it gets no more."""


class Notices:
    """Serves ``subscriptions/listen``, and ``resources/subscribe`` of clients with a handshake.

    Args:
        venues: opens venues.
        settings: the limits.
    """

    def __init__(self, venues: Venues, settings: ServerSettings) -> None:
        self.watching = Watching(venues, settings, self._publish)
        self._bus = InMemorySubscriptionBus()
        self._most = settings.live_total
        self._sessions: dict[str, dict[int, Any]] = {}
        """By URI and identity of the connection, a session by which its client is told."""

    def offer(self, server: FastMCP[Any]) -> None:
        """Serve the methods at a server."""
        listening = ListenHandler(self._bus, max_subscriptions=self._most, max_buffered_events=256)
        handle(server, "subscriptions/listen", SubscriptionsListenRequestParams, self._listener(listening))
        handle(server, "resources/subscribe", SubscribeRequestParams, self._subscribe)
        handle(server, "resources/unsubscribe", UnsubscribeRequestParams, self._unsubscribe)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve until the block ends."""
        async with self.watching.serving():
            try:
                yield
            finally:
                self._sessions.clear()

    def _listener(self, listening: ListenHandler) -> Callable[[Any, Any], Awaitable[Any]]:
        async def listen(context: Any, params: SubscriptionsListenRequestParams) -> Any:
            uris = {str(uri) for uri in params.notifications.resource_subscriptions or ()}
            with ExitStack() as stack:
                try:
                    await self.watching.check(uris)
                    stack.enter_context(self.watching.watched(uris))
                except PmiError as error:
                    raise _refused(error) from None
                return await listening(context, params)

        return listen

    async def _subscribe(self, context: Any, params: SubscribeRequestParams) -> EmptyResult:
        uri = str(params.uri)
        connection = connection_of(context.session)
        mine: dict[str, None] | None = connection.state.get(_URIS)
        if mine is None:
            mine = connection.state[_URIS] = {}
            connection.exit_stack.callback(self._leave, connection, mine)
        if uri not in mine:
            try:
                await self.watching.check([uri])
                is_gone = connection.state.get(_URIS) is not mine
                if is_gone:
                    return EmptyResult()  # nobody is left to be told
                self.watching.add({*mine, uri})
            except PmiError as error:
                raise _refused(error) from None
            self.watching.remove(mine)  # they were counted again only to hold the limit
            mine[uri] = None
        self._sessions.setdefault(uri, {})[id(connection)] = context.session
        return EmptyResult()

    async def _unsubscribe(self, context: Any, params: UnsubscribeRequestParams) -> EmptyResult:
        uri = str(params.uri)
        connection = connection_of(context.session)
        mine = connection.state.get(_URIS, {})
        if uri in mine:
            self._forget(id(connection), mine, uri)
        return EmptyResult()

    def _leave(self, connection: Connection, mine: dict[str, None]) -> None:
        connection.state.pop(_URIS, None)
        self._forget(id(connection), mine)

    def _forget(self, connection: int, mine: dict[str, None], *uris: str) -> None:
        """Tell a client nothing more of these, or of anything."""
        for uri in uris or tuple(mine):
            mine.pop(uri, None)
            told = self._sessions.get(uri, {})
            told.pop(connection, None)
            if not told:
                self._sessions.pop(uri, None)
            self.watching.remove([uri])

    async def _publish(self, uri: str) -> None:
        await self._bus.publish(ResourceUpdated(uri=uri))
        for connection, session in list(self._sessions.get(uri, {}).items()):
            try:
                async with asyncio.timeout(_PATIENCE):
                    await session.send_resource_updated(uri)
            except Exception as error:  # noqa: BLE001 - whatever a broken connection raises, the others are told
                _log.info("a client takes no notices any more: %s", type(error).__name__)
                self._sessions.get(uri, {}).pop(connection, None)


def _refused(error: PmiError) -> MCPError:
    return MCPError(INVALID_PARAMS, sentence(describe(error)))
