"""Waiting for what a stream says, and for what a venue was told."""

from __future__ import annotations

import asyncio

from pmi_core.models import BookUpdate, ConnectionState, ConnectionUpdate
from stage.polymarket_shaped import PolymarketShaped


async def until(updates, found, *, within=20):
    seen = []
    async with asyncio.timeout(within):
        async for update in updates:
            seen.append(update)
            if found(update):
                return seen
    raise AssertionError("the stream ended")


def is_state(*states):
    return lambda update: isinstance(update, ConnectionUpdate) and update.state in states


def a_book(update):
    return isinstance(update, BookUpdate)


live = is_state(ConnectionState.LIVE)


async def settled(found, *, within=20):
    async with asyncio.timeout(within):
        while not found():
            await asyncio.sleep(0.005)


def served(server):
    """Whose books the venue sends."""
    (session,) = server.sessions
    return set(
        session.assets if isinstance(session, PolymarketShaped) else session.markets["orderbook_delta"]
    )
