"""Listens to a venue and writes down all that it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pmi_core.capabilities import Capability
from pmi_core.errors import PmiError, RequestError, SequenceGap
from pmi_core.history.rows import MarketSeen
from pmi_core.history.writer import Recording
from pmi_core.models import ConnectionState, ConnectionUpdate, Delivery, Market, Subscription
from pmi_core.provider import Venue, require

__all__ = ["record"]


def _ignore(gap: SequenceGap) -> None:
    """Nobody listens."""


async def record(
    venue: Venue,
    wanted: Subscription,
    recording: Recording,
    *,
    on_gap: Callable[[SequenceGap], None] = _ignore,
) -> None:
    """Record a subscription until the venue ends it or the task is cancelled.

    Where updates were lost because the recorder was too slow, a row with the state ``gap`` says how
    many, and the subscription is opened anew.

    Args:
        venue: who is listened to.
        wanted: what to hear, with delivery ``every``.
        recording: where it is written; several venues may share one.
        on_gap: told of every loss.

    Raises:
        RequestError: ``wanted`` asks for the newest only, or the recording cannot be written.
        PmiError: the stream failed; the recording says so, too.
    """
    if wanted.delivery is not Delivery.EVERY:
        raise RequestError("a recording keeps every update", hint="ask for delivery 'every'")
    stream = require(venue.stream, Capability.STREAM, venue)
    markets = await _markets(venue, wanted)

    def say(state: ConnectionState, reason: str) -> None:
        now = recording.clock.now()
        recording.put(venue.name, ConnectionUpdate(state=state, reason=reason, received_time=now))

    if recording.continues:
        say(ConnectionState.GAP, "nothing was recorded since the session before")
    else:
        say(ConnectionState.CONNECTING, "the recording begins")
    now = recording.clock.now()
    for market in markets:
        recording.put(venue.name, MarketSeen(market=market, received_time=now))
    reason = "the recording was ended"
    try:
        async with recording.lasting():
            while True:
                try:
                    async with stream.subscribe(wanted) as updates:
                        async for update in updates:
                            recording.put(venue.name, update)
                    reason = "the venue ended the stream"
                    return
                except SequenceGap as gap:
                    say(ConnectionState.GAP, gap.message)
                    on_gap(gap)
    except PmiError as error:
        reason = error.message
        raise
    finally:
        if not recording.is_over:
            say(ConnectionState.CLOSED, reason)


async def _markets(venue: Venue, wanted: Subscription) -> Sequence[Market]:
    if venue.markets is None:
        return ()
    refs = dict.fromkeys(ref.market for ref in wanted.market_refs)
    return [await venue.markets.get_market(ref) for ref in refs]
