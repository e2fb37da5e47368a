"""Tools that follow markets and accounts while they change."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.errors import RequestError
from pmi_core.identifiers import MarketRef
from pmi_core.models import ACCOUNT_CHANNELS, Channel, Delivery, Subscription
from pmi_mcp.addressing import venue_of
from pmi_mcp.live.reading import answer_of, read_bookmark
from pmi_mcp.live.subscriber import Subscriber
from pmi_mcp.live.subscriptions import Taken
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.views.values import moment, name_of, present
from pmi_mcp.wording import checked

__all__ = ["TOOLS", "list_subscriptions", "read_updates", "subscribe", "unsubscribe"]

_Word = Literal["book", "ticker", "trades", "orders", "fills", "positions", "lifecycle"]
_CHANNELS: dict[str, Channel] = {
    "book": Channel.BOOK,
    "ticker": Channel.TICKER,
    "trades": Channel.TRADE,
    "orders": Channel.ORDER,
    "fills": Channel.FILL,
    "positions": Channel.POSITION,
    "lifecycle": Channel.LIFECYCLE,
}
_OF_MARKETS = frozenset({Channel.BOOK, Channel.TICKER, Channel.TRADE})
_WORDS = {channel: word for word, channel in _CHANNELS.items()}
_SubscriptionId = Annotated[str, Field(description="Id from subscribe")]


async def subscribe(
    subscriber: Subscriber,
    *,
    markets: Annotated[list[str] | None, Field(description="Refs at one venue")] = None,
    updates: Annotated[
        list[_Word] | None, Field(description="Default: book; without markets: orders, fills, positions")
    ] = None,
    venue: Annotated[str | None, Field(description="Needed without markets")] = None,
) -> Answer:
    """Begin to follow markets, or the account."""
    texts = list(dict.fromkeys(markets or ()))
    channels = frozenset(_CHANNELS[word] for word in updates or ()) or (
        frozenset({Channel.BOOK}) if texts else ACCOUNT_CHANNELS
    )
    most = subscriber.subscriptions.settings.live_markets
    if len(texts) > most:
        raise RequestError(
            f"{len(texts)} markets are more than the {most} that one client may follow",
            code="live_markets",
            hint="name fewer; a person can raise live_markets in [mcp]",
        )
    refs: list[MarketRef] = []
    for text in texts:
        _, ref = await subscriber.venues.locate(text, venue)
        refs.append(ref.market)
    unnamed = [_WORDS[channel] for channel in _CHANNELS.values() if channel in channels & _OF_MARKETS]
    if unnamed and not refs:
        raise RequestError(
            f"name the markets to follow {' and '.join(unnamed)} of",
            hint="give markets, or leave updates out to follow orders, fills and positions",
        )
    name = _one_venue(subscriber, refs, venue)
    wanted = checked(
        Subscription,
        channels=channels,
        market_refs=tuple(dict.fromkeys(refs)),
        delivery=Delivery.EVERY,
    )
    taken = await subscriber.subscriptions.open(subscriber.client, name, wanted)
    return Answer(
        facts={"subscription": taken.id, "venue": name, "updates": _words(taken)},
        name="markets",
        rows=[name_of(ref) for ref in wanted.market_refs],
        advice="all are followed",
    )


def _one_venue(subscriber: Subscriber, refs: list[MarketRef], venue: str | None) -> str:
    names = sorted({ref.venue for ref in refs} or ({venue} if venue is not None else set()))
    if not names:
        able = subscriber.venues.able(Capability.STREAM)
        if len(able) != 1:
            raise RequestError("no venue was named", hint=f"name markets, or one of {', '.join(able)}")
        names = list(able)
    if len(names) > 1:
        raise RequestError(
            f"these markets are at {len(names)} venues: {', '.join(names)}",
            hint="subscribe once for each venue",
        )
    return venue_of(subscriber.venues, names[0])


async def read_updates(
    subscriber: Subscriber,
    *,
    subscription: _SubscriptionId,
    cursor: Annotated[str | None, Field(description="From the last answer; else from the beginning")] = None,
    wait: Annotated[int, Field(ge=0, le=25, description="Seconds to wait for news")] = 20,
    depth: Annotated[int, Field(ge=1, le=50, description="Levels a side")] = 5,
) -> Answer:
    """Tell what is new."""
    subscriptions = subscriber.subscriptions
    taken = subscriptions.find(subscriber.client, subscription)
    inbox = taken.following.inbox
    after = read_bookmark(cursor, taken.id, inbox)
    with subscriptions.reading(taken):
        await inbox.newer(after.revision, float(wait), subscriber.venues.clock)
        return answer_of(taken.id, inbox, after, depth, subscriptions.settings.answer_bytes)


async def unsubscribe(
    subscriber: Subscriber,
    *,
    subscription: Annotated[str | None, Field(description="All of this client when left out")] = None,
) -> Answer:
    """End one subscription or all."""
    subscriptions, client = subscriber.subscriptions, subscriber.client
    if subscription is not None:
        gone = [subscriptions.find(client, subscription)]
    elif client.is_known:
        gone = list(subscriptions.of(client))
    else:
        raise _unknown()
    for taken in gone:
        await subscriptions.close(taken)
    return Answer(name="ended", rows=[taken.id for taken in gone], advice="all are ended")


async def list_subscriptions(subscriber: Subscriber) -> Answer:
    """List what the client follows."""
    if not subscriber.client.is_known:
        raise _unknown()
    rows = [_row(taken) for taken in subscriber.subscriptions.of(subscriber.client)]
    return Answer(name="subscriptions", rows=rows, advice="end some of them")


def _unknown() -> RequestError:
    return RequestError(
        "requests of this connection cannot be told from those of other clients",
        hint="name a subscription by the id that subscribe gave",
        capability="stream",
    )


def _words(taken: Taken) -> list[str]:
    channels = taken.following.wanted.channels
    return [word for channel, word in _WORDS.items() if channel in channels]


def _row(taken: Taken) -> dict[str, object]:
    following = taken.following
    refs = following.wanted.market_refs
    return present(
        {
            "subscription": taken.id,
            "venue": following.venue,
            "updates": _words(taken),
            "markets": [name_of(ref) for ref in refs[:10]],
            "more_markets": len(refs) - 10 if len(refs) > 10 else None,
            "state": following.inbox.state.value,
            "since": moment(following.started),
            "last_heard": moment(following.inbox.heard),
        }
    )


TOOLS = (
    ToolSpec(
        function=subscribe,
        title="Subscribe",
        description="Follow markets or the account live; then call read_updates again and again.",
        toolset=Toolset.LIVE,
        needs=(Capability.STREAM,),
        listens=True,
    ),
    ToolSpec(
        function=read_updates,
        title="Read updates",
        description="What is new in a subscription: the newest of each market, and events in order."
        " A book is there only while its market's state is live. lost_events counts what was missed.",
        toolset=Toolset.LIVE,
        needs=(Capability.STREAM,),
        listens=True,
    ),
    ToolSpec(
        function=unsubscribe,
        title="Unsubscribe",
        description="End a subscription, or all.",
        toolset=Toolset.LIVE,
        needs=(Capability.STREAM,),
        listens=True,
    ),
    ToolSpec(
        function=list_subscriptions,
        title="Subscriptions",
        description="What this client follows, and whether it is live.",
        toolset=Toolset.LIVE,
        needs=(Capability.STREAM,),
        listens=True,
    ),
)
