"""The two private attributes of the framework by which live data reaches clients; nothing else knows them.

The framework has no public way to serve subscriptions to resources, nor to learn that a session ended; the
kit that it is built upon has both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from fastmcp import FastMCP

__all__ = ["Connection", "connection_of", "handle"]


class Connection(Protocol):
    """What is used of the kit's connection: with a handshake it lives as long as the client's session."""

    session_id: str | None
    state: dict[str, Any]
    exit_stack: AsyncExitStack


def connection_of(session: Any) -> Connection:
    """What lies under the session of a request.

    Raises:
        AttributeError: the framework changed.
    """
    connection: Connection = session._connection  # noqa: SLF001 - the only way to the end of a session
    return connection


def handle(
    server: FastMCP[Any], method: str, params: type[Any], handler: Callable[[Any, Any], Awaitable[Any]]
) -> None:
    """Serve one method of the protocol that the framework does not serve.

    Raises:
        AttributeError: the framework changed.
    """
    server._mcp_server.add_request_handler(method, params, handler)  # noqa: SLF001 - the framework offers no other
