"""What the stream says (AsyncAPI of 2026-10-26; recorded frames of 2026-06): one struct for each type.

``sid`` is the number of a subscription, ``seq`` counts its messages where the venue counts them.
Fields that the venue calls deprecated are read only where they tell more than their successors.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pmi_provider_kalshi.wire.market import PriceRange
from pmi_provider_kalshi.wire.moment import Moment
from pmi_provider_kalshi.wire.order import Stamp

__all__ = [
    "ComboLifecycleFrame",
    "Delta",
    "DeltaBody",
    "Envelope",
    "ErrorBody",
    "ErrorFrame",
    "Fill",
    "FillFrame",
    "Frame",
    "Lifecycle",
    "LifecycleFrame",
    "Listed",
    "Named",
    "OkFrame",
    "Order",
    "OrderFrame",
    "Position",
    "PositionFrame",
    "Snapshot",
    "SnapshotBody",
    "Subscribed",
    "SubscribedBody",
    "Ticker",
    "TickerFrame",
    "Trade",
    "TradeFrame",
    "Unsubscribed",
    "read_envelope",
    "read_frame",
]

Side = Literal["yes", "no"]


class DeltaBody(msgspec.Struct, gc=False):
    """A level changed by so many contracts; the price is in dollars of its own side."""

    market_ticker: str
    price_dollars: str
    delta_fp: str
    side: Side
    ts_ms: Stamp | None = None


class Delta(msgspec.Struct, gc=False, tag="orderbook_delta"):
    """A change of a book."""

    sid: int
    seq: int
    msg: DeltaBody


class SnapshotBody(msgspec.Struct):
    """Bids on both sides, each in dollars of its own side; an empty side is absent."""

    market_ticker: str
    yes_dollars_fp: list[tuple[str, str]] | None = None
    no_dollars_fp: list[tuple[str, str]] | None = None


class Snapshot(msgspec.Struct, tag="orderbook_snapshot"):
    """A whole book; ``id`` where it was asked for."""

    sid: int
    seq: int
    msg: SnapshotBody
    id: int = 0


class Trade(msgspec.Struct, gc=False):
    """Two orders met."""

    trade_id: str
    market_ticker: str
    yes_price_dollars: str
    count_fp: str
    taker_outcome_side: str
    ts_ms: Stamp
    is_block_trade: bool = False


class TradeFrame(msgspec.Struct, gc=False, tag="trade"):
    """A public trade."""

    sid: int
    seq: int
    msg: Trade


class Ticker(msgspec.Struct, gc=False):
    """Prices and counts of a market; zeros mean that there is nothing."""

    market_ticker: str
    price_dollars: str
    yes_bid_dollars: str
    yes_ask_dollars: str
    yes_bid_size_fp: str
    yes_ask_size_fp: str
    volume_fp: str
    open_interest_fp: str
    ts_ms: Stamp | None = None


class TickerFrame(msgspec.Struct, gc=False, tag="ticker"):
    """Prices of a market, not counted."""

    sid: int
    msg: Ticker


class Order(msgspec.Struct, gc=False):
    """An order of the account's as it stands after a change."""

    order_id: str
    ticker: str
    outcome_side: str
    status: str
    yes_price_dollars: str
    fill_count_fp: str
    remaining_count_fp: str
    initial_count_fp: str
    taker_fill_cost_dollars: str
    maker_fill_cost_dollars: str
    taker_fees_dollars: str
    maker_fees_dollars: str
    client_order_id: str = ""
    order_group_id: str | None = None
    self_trade_prevention_type: str | None = None
    created_time: Moment | None = None
    created_ts_ms: Stamp | None = None
    last_update_time: Moment | None = None
    last_updated_ts_ms: Stamp | None = None
    expiration_time: Moment | None = None
    expiration_ts_ms: Stamp | None = None
    subaccount_number: int | None = None
    exchange_index: int = 0


class OrderFrame(msgspec.Struct, gc=False, tag="user_order"):
    """An order of the account's, not counted."""

    sid: int
    msg: Order


class Fill(msgspec.Struct, gc=False):
    """An execution of the account's."""

    trade_id: str
    order_id: str
    market_ticker: str
    is_taker: bool
    yes_price_dollars: str
    count_fp: str
    fee_cost: str
    outcome_side: str
    ts_ms: Stamp
    client_order_id: str = ""
    subaccount: int | None = None


class FillFrame(msgspec.Struct, gc=False, tag="fill"):
    """An execution of the account's, not counted."""

    sid: int
    msg: Fill


class Position(msgspec.Struct, gc=False):
    """What the account holds of a market: YES contracts above 0, NO contracts below."""

    market_ticker: str
    position_fp: str
    position_cost_dollars: str
    realized_pnl_dollars: str
    fees_paid_dollars: str
    subaccount: int | None = None


class PositionFrame(msgspec.Struct, gc=False, tag="market_position"):
    """What the account holds of a market, not counted."""

    sid: int
    msg: Position


class Lifecycle(msgspec.Struct, gc=False):
    """What happened to a market."""

    market_ticker: str
    event_type: str
    yes_sub_title: str | None = None
    price_ranges: tuple[PriceRange, ...] | None = None


class LifecycleFrame(msgspec.Struct, gc=False, tag="market_lifecycle_v2"):
    """A market that is no combo came, changed or went."""

    sid: int
    seq: int
    msg: Lifecycle


class ComboLifecycleFrame(msgspec.Struct, gc=False, tag="multivariate_market_lifecycle"):
    """A combo came, changed or went."""

    sid: int
    seq: int
    msg: Lifecycle


class SubscribedBody(msgspec.Struct):
    """The number of a channel's subscription."""

    channel: str
    sid: int


class Subscribed(msgspec.Struct, tag="subscribed"):
    """A channel was subscribed to, or more markets of it; not counted."""

    msg: SubscribedBody
    id: int = 0


class Unsubscribed(msgspec.Struct, tag="unsubscribed"):
    """A subscription ended; its last message."""

    sid: int
    id: int = 0
    seq: int = 0


class Listed(msgspec.Struct):
    """One of the subscriptions that there are."""

    channel: str
    sid: int


class OkFrame(msgspec.Struct, tag="ok"):
    """A command was carried out: an update of a subscription, or a listing of all."""

    id: int = 0
    sid: int = 0
    seq: int = 0
    msg: msgspec.Raw = msgspec.Raw()


class ErrorBody(msgspec.Struct):
    """Why not."""

    code: int
    msg: str = ""
    market_ticker: str | None = None
    market_tickers: list[str] | None = None


class ErrorFrame(msgspec.Struct, tag="error"):
    """A command was refused, or a subscription ended."""

    msg: ErrorBody
    id: int = 0
    sid: int = 0
    seq: int = 0


Frame = (
    Delta
    | Snapshot
    | TradeFrame
    | TickerFrame
    | OrderFrame
    | FillFrame
    | PositionFrame
    | LifecycleFrame
    | ComboLifecycleFrame
    | Subscribed
    | Unsubscribed
    | OkFrame
    | ErrorFrame
)


class Envelope(msgspec.Struct):
    """What every message has, where the whole of it cannot be read."""

    type: str
    sid: int = 0
    seq: int = 0
    id: int = 0
    msg: msgspec.Raw = msgspec.Raw()


class Named(msgspec.Struct):
    """The market of a body that cannot be read as a whole."""

    market_ticker: str = ""


read_frame = msgspec.json.Decoder(Frame).decode
read_envelope = msgspec.json.Decoder(Envelope).decode
