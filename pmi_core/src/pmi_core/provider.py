"""A provider is the installed plugin; a venue is what it opens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from pydantic import BaseModel

from pmi_core.calls import Budget, CallRecord
from pmi_core.capabilities import (
    AccountReader,
    BatchTrader,
    BookReader,
    CandleReader,
    Capability,
    ComboBuilder,
    EventReader,
    GroupKeeper,
    MarketReader,
    MarketSearcher,
    MilestoneReader,
    OrderAmender,
    OrderPlacer,
    QueueReader,
    QuotePricer,
    QuoteTrader,
    StatusReader,
    TradeReader,
    UpdateStream,
)
from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import CapabilityMissing, NotFound
from pmi_core.identifiers import MarketRef

__all__ = [
    "Budget",
    "CallRecord",
    "Idempotency",
    "IdempotencyKind",
    "Netting",
    "OpenContext",
    "Provider",
    "SandboxRequest",
    "Venue",
    "VenueInfo",
    "WriteClass",
    "require",
]

Part = TypeVar("Part")


class WriteClass(StrEnum):
    """What an order at this venue, as it is opened, moves."""

    SIMULATED = "simulated"
    DEMO = "demo"
    """Play money or a venue's test environment."""
    REAL = "real"


class IdempotencyKind(StrEnum):
    """How an order can be recognised after an answer was lost."""

    CLIENT_ID = "client_id"
    """The venue keeps the client order id and gives it back to the letter."""
    PRECOMPUTED = "precomputed"
    """The venue's order id follows from the order's content, and the provider finds the order by it."""
    NONE = "none"
    """The venue never hears of the client order id: readings carry none, and none finds an order."""


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The venue's key for an order, and what may stand in it."""

    kind: IdempotencyKind
    max_length: int | None = None
    alphabet: str | None = None
    """Characters allowed in a client order id; None for any printable ASCII."""


class Netting(StrEnum):
    """Whether YES and NO of one market can be held at once."""

    NET = "net"
    GROSS = "gross"


def _ignore(record: CallRecord) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenContext:
    """What a provider is given to open a venue."""

    name: str
    """The configured venue's name: the prefix of its refs."""
    settings: Any
    """An instance of the provider's settings model."""
    clock: Clock = field(default_factory=SystemClock)
    data_dir: Path | None = None
    """Where the venue may keep files; None only where nothing may be kept."""
    transport: Any = None
    """An ``httpx2.AsyncBaseTransport`` to use instead of the network, for tests and replay."""
    on_call: Callable[[CallRecord], None] = _ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueInfo:
    """What the opened venue says of itself."""

    name: str
    """The configured name."""
    provider: str
    title: str
    environment: str
    write_class: WriteClass
    currency: str = "USD"
    idempotency: Idempotency = Idempotency(IdempotencyKind.NONE)
    netting: Netting = Netting.NET
    account: str | None = None
    """Which account is opened, as a short text that is no secret and stays the same, such as a key's
    id; what was approved for one account is void for another.  None where that cannot be told: then
    what was approved is void once a setting that is no secret has changed."""
    notes: tuple[str, ...] = ()
    """Sentences that a user should know, such as why a capability is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """An opened venue: a frozen bundle of parts, each a small Protocol or None.

    Use as an async context manager, or call :meth:`aclose` yourself.
    """

    info: VenueInfo
    resolver: Callable[[str], Awaitable[MarketRef | None]]
    """Turns any native id or URL of the venue into a ref, or None; used by :meth:`resolve`."""
    closer: Callable[[], Awaitable[None]]
    """Gives back what was opened; safe to call twice."""
    budgets: Callable[[], tuple[Budget, ...]] = tuple
    """What is left of the rate limits, right now."""

    status: StatusReader | None = None
    markets: MarketReader | None = None
    events: EventReader | None = None
    search: MarketSearcher | None = None
    books: BookReader | None = None
    pricing: QuotePricer | None = None
    trades: TradeReader | None = None
    candles: CandleReader | None = None
    milestones: MilestoneReader | None = None
    account: AccountReader | None = None
    orders: OrderPlacer | None = None
    amend: OrderAmender | None = None
    batch: BatchTrader | None = None
    queue: QueueReader | None = None
    groups: GroupKeeper | None = None
    quotes: QuoteTrader | None = None
    combos: ComboBuilder | None = None
    stream: UpdateStream | None = None

    @property
    def name(self) -> str:
        """The configured name: the prefix of the venue's refs."""
        return self.info.name

    @property
    def capabilities(self) -> frozenset[Capability]:
        """The slots that are filled."""
        return frozenset(slot for slot in Capability if getattr(self, slot.value) is not None)

    async def resolve(self, text: str) -> MarketRef:
        """Turn a ref, any other native id, or a URL of the venue into a market's ref.

        Raises:
            NotFound: the venue knows nothing by that text.
        """
        found = await self.resolver(text.strip())
        if found is None:
            raise NotFound(
                f"{text[:80]!r} names no market at {self.name}",
                venue=self.name,
                hint="search for it, or give the market's ref",
            )
        return found

    async def aclose(self) -> None:
        """Give back everything that was opened; may be called twice."""
        await self.closer()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


def require(part: Part | None, capability: Capability, venue: Venue) -> Part:
    """Give the part, or say in one sentence that the venue has none.

    Raises:
        CapabilityMissing: the slot is empty.
    """
    if part is None:
        has = ", ".join(sorted(venue.capabilities)) or "nothing"
        notes = " ".join(venue.info.notes)
        raise CapabilityMissing(
            f"venue {venue.name!r} has no {capability.value}; it has {has}",
            venue=venue.name,
            capability=capability.value,
            hint=notes or None,
        )
    return part


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxRequest:
    """How a provider's sandbox is wanted."""

    port: int = 0
    """Of this machine, to listen on; 0 takes a free one."""
    seed: int = 1
    """Of everything that is left to chance."""
    private_key_path: Path | None = None
    """A key to accept; None makes one, where the venue's protocol asks for keys."""
    read_lag: Decimal = Decimal(0)
    """Seconds by which reads of the account trail what was written."""
    faults: Mapping[str, Decimal] = field(default_factory=dict)
    """Misfortunes by name, each with the share of calls that meet it; names are the sandbox's own."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What only this sandbox knows."""
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What a plugin declares, without opening anything."""

    name: str
    """Equal to the entry point's name."""
    title: str
    settings: type[BaseModel]
    """The settings model; its fields are ``PMI_<NAME>_<FIELD>`` in the environment."""
    capabilities: frozenset[Capability]
    """Every slot that the venue can fill."""
    open: Callable[[OpenContext], Awaitable[Venue]]
    keyed: frozenset[Capability] = frozenset()
    """Slots that stay empty without credentials."""
    write_class: Callable[[Any], WriteClass] | None = None
    """What an order moves at a venue with these settings, told without opening it; the opened venue says
    the same.  None where that cannot be told, which counts as real money."""
    reset: Callable[[OpenContext], Awaitable[str]] | None = None
    """Starts a practice account over and says in one sentence what was forgotten; None where an
    account cannot start over."""
    sandbox: Callable[[SandboxRequest], AbstractAsyncContextManager[Mapping[str, str]]] | None = None
    """Serves the venue's own wire protocol on this machine for as long as the context is open, and
    gives what a client needs to know, such as ``rest_url``; None where there is no sandbox.

    Raises SettingsError on entering: something that was asked for cannot be."""
    homepage: str | None = None
    gaps: Mapping[str, str] = field(default_factory=dict)
    """Contract rules that cannot be kept: rule name to ``not_yet: ...``, ``venue: ...`` or
    ``never: ...`` with the reason."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """What the venue offers and the provider leaves out on purpose: what, and why; for people to read."""
