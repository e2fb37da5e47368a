"""The healthy venue as a provider, whole or with one promise broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from pmi_core import (
    Capability,
    Idempotency,
    IdempotencyKind,
    OpenContext,
    Provider,
    Venue,
    VenueInfo,
    WriteClass,
)
from pmi_core.errors import RequestError
from pmi_core.identifiers import MarketRef

from .handling import Amend, Batch, Groups, Queue
from .quoting import Quotes
from .reading import Books, Candles, Combos, Events, Markets, Milestones, Pricing, Search, Status, Trades
from .streaming import Stream
from .trading import Account, Orders
from .world import World


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass
class Parts:
    """The venue's parts before they are bundled, for a saboteur to change."""

    world: World
    parts: dict[str, Any]
    idempotency: Idempotency = field(
        default_factory=lambda: Idempotency(IdempotencyKind.CLIENT_ID, max_length=32)
    )


Sabotage = Callable[[Parts], None]


def build(context: OpenContext, sabotage: Sabotage | None = None) -> Venue:
    world = World(name=context.name, clock=context.clock)
    groups = Groups(world)
    orders = Orders(world, groups)
    groups.orders = orders

    async def resolve(text: str) -> MarketRef | None:
        try:
            native = MarketRef(text).at(world.name)
        except RequestError:
            native = text
        return world.ref(native) if world.market(native) is not None else None

    async def close() -> None:
        for closer in world.closers:
            closer()
        over_a_socket = getattr(bench.parts["stream"], "aclose", None)
        if over_a_socket is not None:
            await over_a_socket()

    bench = Parts(
        world,
        {
            "status": Status(world),
            "markets": Markets(world),
            "events": Events(world),
            "search": Search(world),
            "books": Books(world),
            "pricing": Pricing(world),
            "trades": Trades(world),
            "candles": Candles(world),
            "milestones": Milestones(world),
            "account": Account(world),
            "orders": orders,
            "amend": Amend(orders),
            "batch": Batch(orders),
            "queue": Queue(orders),
            "groups": groups,
            "quotes": Quotes(world),
            "combos": Combos(world),
            "stream": Stream(world),
        },
    )
    if sabotage is not None:
        sabotage(bench)
    info = VenueInfo(
        name=context.name,
        provider="healthy",
        title="Healthy",
        environment="memory",
        write_class=WriteClass.SIMULATED,
        idempotency=bench.idempotency,
    )
    return Venue(info=info, resolver=resolve, closer=close, **bench.parts)


def healthy_provider(sabotage: Sabotage | None = None) -> Provider:
    async def open_venue(context: OpenContext) -> Venue:
        return build(context, sabotage)

    return Provider(
        name="healthy",
        title="Healthy",
        settings=Settings,
        capabilities=frozenset(Capability),
        open=open_venue,
    )


__all__ = ["Parts", "Sabotage", "build", "healthy_provider"]
