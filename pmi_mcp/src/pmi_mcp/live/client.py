"""Which client calls: what its subscriptions belong to, and whether anybody learns that it is gone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastmcp.server.dependencies import get_access_token
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from pmi_mcp.live.framework import connection_of

if TYPE_CHECKING:
    from fastmcp import Context

__all__ = ["ANYBODY", "HERE", "Client", "client_of"]

_STATE = "pmi.client"


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who subscribes; two are the same when their keys are.

    Attributes:
        key: None where requests come without a session and without a token: then whoever knows the
            id of a subscription may read it, and nobody can list it.
        leaves_unseen: whether it may go without anybody noticing, so that what it does not read ends.
    """

    key: Hashable
    leaves_unseen: bool = False

    @property
    def is_known(self) -> bool:
        """Whether its requests can be told from those of others."""
        return self.key is not None


HERE = Client("the client of this process")
"""Where a process serves one client by pipes, whatever comes is from it."""

ANYBODY = Client(None, leaves_unseen=True)
"""Over HTTP, without session and token."""


def client_of(context: Context, gone: Callable[[Client], Awaitable[None]]) -> Client:
    """Who made this request.

    Args:
        context: the request.
        gone: called when the session of a client has ended, where it has one.
    """
    request = context.request_context
    assert request is not None, "tools are called in requests"
    over_http = request.request is not None
    connection = connection_of(request.session)
    has_session = request.protocol_version not in MODERN_PROTOCOL_VERSIONS and (
        not over_http or connection.session_id is not None
    )
    if has_session:
        known = connection.state.get(_STATE)
        if not isinstance(known, Client):
            known = connection.state[_STATE] = Client(object(), leaves_unseen=over_http)
            connection.exit_stack.push_async_callback(gone, known)
        return known
    if not over_http:
        return HERE
    token = get_access_token()
    if token is None:
        return ANYBODY
    return Client((token.client_id, str(token.claims.get("sub"))), leaves_unseen=True)
