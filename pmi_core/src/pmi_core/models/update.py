"""What a stream says: typed updates, connection state among them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from pmi_core.identifiers import MarketRef
from pmi_core.models.account import Position
from pmi_core.models.book import OrderBook
from pmi_core.models.fill import Fill
from pmi_core.models.market import Market, Outcome
from pmi_core.models.model import Model, Time, set_extra, set_names, set_private, set_values
from pmi_core.models.order import Order
from pmi_core.models.question import Question
from pmi_core.models.trade import Trade
from pmi_core.numbers import Quantity

__all__ = [
    "ACCOUNT_CHANNELS",
    "BookUpdate",
    "Channel",
    "ConnectionState",
    "ConnectionUpdate",
    "Delivery",
    "FillReversed",
    "FillUpdate",
    "LaterBook",
    "LifecycleKind",
    "LifecycleUpdate",
    "OrderUpdate",
    "PositionUpdate",
    "Subscription",
    "TickerUpdate",
    "TradeUpdate",
    "Update",
]


class Channel(StrEnum):
    """What can be subscribed to."""

    BOOK = "book"
    TICKER = "ticker"
    TRADE = "trade"
    ORDER = "order"
    FILL = "fill"
    POSITION = "position"
    LIFECYCLE = "lifecycle"


ACCOUNT_CHANNELS = frozenset({Channel.ORDER, Channel.FILL, Channel.POSITION})
"""Channels that concern the account and need no markets."""


class Delivery(StrEnum):
    """What happens when the consumer is slower than the venue."""

    EVERY = "every"
    """Every update, in a bounded buffer; overflow ends the stream with an error that counts
    what was lost."""
    LATEST = "latest"
    """Only the newest per market and channel; memory is bounded whatever the consumer does."""


class Subscription(Question):
    """What to hear about."""

    channels: frozenset[Channel] = Field(min_length=1)
    market_refs: tuple[MarketRef, ...] = ()
    """Required for book, ticker and trade; empty means every market for lifecycle."""
    delivery: Delivery = Delivery.EVERY
    buffer: int = Field(default=10_000, ge=1)
    """Updates kept for a slow consumer in ``every`` mode."""

    @model_validator(mode="after")
    def _names_markets(self) -> Subscription:
        needs = {Channel.BOOK, Channel.TICKER, Channel.TRADE} & self.channels
        if needs and not self.market_refs:
            raise ValueError(f"name the markets to hear {', '.join(sorted(needs))} of")
        return self


class ConnectionState(StrEnum):
    """What a stream knows of itself."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    """Connected, but nothing arrives that should."""
    RESYNCING = "resyncing"
    GAP = "gap"
    """Updates were lost; the next book is a fresh snapshot."""
    CLOSED = "closed"


class _Stamped(Model):
    received_time: Time


_BOOK_FIELDS = {"received_time", "type", "book"}


class LaterBook(Protocol):
    """A book as it stood at one moment, which is built only when somebody looks at it."""

    @property
    def market_ref(self) -> MarketRef: ...

    @property
    def bid(self) -> Decimal | None: ...

    @property
    def ask(self) -> Decimal | None: ...

    def build(self) -> OrderBook:
        """The whole book, the same however late it is asked for."""
        ...


class BookUpdate(_Stamped):
    """The whole book of a market, in YES terms, exactly as it stood after one change.

    ``book`` may be built when it is first read; ``market_ref``, ``bid`` and ``ask`` are there at once.
    """

    type: Literal["book"] = "book"
    book: OrderBook

    @classmethod
    def later(cls, book: LaterBook, received_time: datetime) -> BookUpdate:
        """An update whose book is built when it is first read; ``received_time`` is in UTC."""
        # As `trusted` does, without its detours: this is done for every message of a busy book.
        made: BookUpdate = object.__new__(cls)
        set_values(made, {"type": "book", "received_time": received_time, "_later": book})
        set_names(made, _BOOK_FIELDS)
        set_extra(made, None)
        set_private(made, None)
        return made

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            values = self.__dict__
            if name != "book" or "_later" not in values:
                return super().__getattr__(name)
            book = values["book"] = values["_later"].build()
            del values["_later"]
            return book

    @property
    def market_ref(self) -> MarketRef:
        """Whose book it is."""
        source: LaterBook | OrderBook = self.__dict__.get("_later") or self.book
        return source.market_ref

    @property
    def bid(self) -> Decimal | None:
        """The highest bid; None where there is none."""
        later: LaterBook | None = self.__dict__.get("_later")
        if later is not None:
            return later.bid
        level = self.book.best_bid
        return None if level is None else level.price

    @property
    def ask(self) -> Decimal | None:
        """The lowest ask; None where there is none."""
        later: LaterBook | None = self.__dict__.get("_later")
        if later is not None:
            return later.ask
        level = self.book.best_ask
        return None if level is None else level.price

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BookUpdate):
            return NotImplemented
        return self.received_time == other.received_time and self.book == other.book

    def __hash__(self) -> int:
        return hash((self.received_time, self.book))

    def __repr_args__(self) -> Any:
        yield from (("received_time", self.received_time), ("type", self.type), ("book", self.book))

    def __iter__(self) -> Any:
        self.book  # noqa: B018 - builds it, so that the fields are all there
        return super().__iter__()

    def __getstate__(self) -> dict[Any, Any]:
        self.book  # noqa: B018
        return super().__getstate__()

    def __copy__(self) -> BookUpdate:
        self.book  # noqa: B018
        return super().__copy__()

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> BookUpdate:
        return self.__copy__()  # frozen, and so is all that it holds

    @model_serializer(mode="wrap")
    def _whole(self, handler: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]  # noqa: ANN202
        # A return type would stand in the JSON schema instead of the fields.
        self.book  # noqa: B018
        return handler(self)


class TickerUpdate(_Stamped):
    """Best prices and volume of a market."""

    type: Literal["ticker"] = "ticker"
    market_ref: MarketRef
    yes: Outcome
    no: Outcome
    volume: Quantity | None = None
    open_interest: Quantity | None = None
    venue_time: Time | None = None


class TradeUpdate(_Stamped):
    """A public trade."""

    type: Literal["trade"] = "trade"
    trade: Trade


class OrderUpdate(_Stamped):
    """An own order changed."""

    type: Literal["order"] = "order"
    order: Order


class FillUpdate(_Stamped):
    """An own order was filled, or a fill was confirmed."""

    type: Literal["fill"] = "fill"
    fill: Fill


class FillReversed(_Stamped):
    """The venue undid a fill."""

    type: Literal["fill_reversed"] = "fill_reversed"
    fill: Fill
    reason: str | None = None


class PositionUpdate(_Stamped):
    """An own position changed."""

    type: Literal["position"] = "position"
    position: Position


class LifecycleKind(StrEnum):
    """What happened to a market."""

    CREATED = "created"
    OPENED = "opened"
    PAUSED = "paused"
    RESUMED = "resumed"
    CLOSED = "closed"
    CLOSE_TIME_CHANGED = "close_time_changed"
    DETERMINED = "determined"
    SETTLED = "settled"
    VOIDED = "voided"
    REOPENED = "reopened"
    GRID_CHANGED = "grid_changed"


class LifecycleUpdate(_Stamped):
    """A market came, changed its state, or went."""

    type: Literal["lifecycle"] = "lifecycle"
    kind: LifecycleKind
    market_ref: MarketRef
    market: Market | None = None
    """The market afterwards, where the venue sends enough to know it."""


class ConnectionUpdate(_Stamped):
    """The stream itself changed its state."""

    type: Literal["connection"] = "connection"
    state: ConnectionState
    reason: str | None = None
    market_refs: tuple[MarketRef, ...] = ()
    """Which markets are concerned; empty means all of the subscription."""


Update = Annotated[
    BookUpdate
    | TickerUpdate
    | TradeUpdate
    | OrderUpdate
    | FillUpdate
    | FillReversed
    | PositionUpdate
    | LifecycleUpdate
    | ConnectionUpdate,
    Field(discriminator="type"),
]
"""Any update; ``type`` says which."""
