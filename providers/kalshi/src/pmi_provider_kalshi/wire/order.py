"""Orders (OpenAPI 3.34.0, schemas Order and ...OrderV2...)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from pmi_provider_kalshi.wire.moment import Moment

__all__ = [
    "Amended",
    "BatchCanceled",
    "BatchCreated",
    "Canceled",
    "CanceledItem",
    "CreateOrder",
    "Created",
    "CreatedItem",
    "Decreased",
    "ItemError",
    "Order",
    "OrderAnswer",
    "OrdersAnswer",
    "QueuePlace",
    "QueuePosition",
    "QueuePositions",
]

Stamp = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_999)]
"""Milliseconds since 1970, up to the year 9999."""


class Order(msgspec.Struct, gc=False):
    """An order as readings show it; ``outcome_side`` is the exposure that it seeks."""

    order_id: str
    ticker: str
    outcome_side: str
    status: str
    yes_price_dollars: str
    no_price_dollars: str
    fill_count_fp: str
    remaining_count_fp: str
    initial_count_fp: str
    taker_fill_cost_dollars: str
    maker_fill_cost_dollars: str
    taker_fees_dollars: str
    maker_fees_dollars: str
    client_order_id: str = ""
    book_side: str | None = None
    expiration_time: Moment | None = None
    created_time: Moment | None = None
    last_update_time: Moment | None = None
    self_trade_prevention_type: str | None = None
    order_group_id: str | None = None
    subaccount_number: int | None = None
    exchange_index: int = 0


class OrderAnswer(msgspec.Struct):
    """Of GET /portfolio/orders/{order_id}."""

    order: Order


class OrdersAnswer(msgspec.Struct):
    """Of GET /portfolio/orders and GET /historical/orders."""

    orders: list[Order]
    cursor: str | None = None


class CreateOrder(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What is sent to place an order: one book in YES dollars, numbers as text."""

    ticker: str
    client_order_id: str
    side: str
    count: str
    price: str
    time_in_force: str
    self_trade_prevention_type: str
    expiration_time: int | None = None
    post_only: bool | None = None
    reduce_only: bool | None = None
    subaccount: int | None = None
    order_group_id: str | None = None


class Created(msgspec.Struct):
    """What became of an order at once; the averages come only with fills."""

    order_id: str
    fill_count: str
    remaining_count: str
    ts_ms: Stamp
    client_order_id: str | None = None
    average_fill_price: str | None = None
    average_fee_paid: str | None = None


class ItemError(msgspec.Struct):
    """Why one item of a batch was refused."""

    code: str | None = None
    message: str | None = None
    details: str | None = None


class CreatedItem(msgspec.Struct):
    """What became of one order of a batch."""

    order_id: str | None = None
    client_order_id: str | None = None
    fill_count: str | None = None
    remaining_count: str | None = None
    average_fill_price: str | None = None
    average_fee_paid: str | None = None
    ts_ms: Stamp | None = None
    error: ItemError | None = None


class BatchCreated(msgspec.Struct):
    """Of POST /portfolio/events/orders/batched."""

    orders: list[CreatedItem]


class Canceled(msgspec.Struct):
    """Of DELETE /portfolio/events/orders/{order_id}: how many contracts left the book."""

    order_id: str
    reduced_by: str
    ts_ms: Stamp
    client_order_id: str | None = None


class CanceledItem(msgspec.Struct):
    """What became of one cancel of a batch."""

    order_id: str
    reduced_by: str = "0.00"
    ts_ms: Stamp | None = None
    client_order_id: str | None = None
    error: ItemError | None = None


class BatchCanceled(msgspec.Struct):
    """Of DELETE /portfolio/events/orders/batched."""

    orders: list[CanceledItem]


class Amended(msgspec.Struct):
    """Of POST .../{order_id}/amend; counts come only where something filled or the size changed."""

    order_id: str
    ts_ms: Stamp
    client_order_id: str | None = None
    remaining_count: str | None = None
    fill_count: str | None = None
    average_fill_price: str | None = None
    average_fee_paid: str | None = None


class Decreased(msgspec.Struct):
    """Of POST .../{order_id}/decrease."""

    order_id: str
    remaining_count: str
    ts_ms: Stamp
    client_order_id: str | None = None


class QueuePosition(msgspec.Struct):
    """Contracts ahead of one resting order."""

    order_id: str
    queue_position_fp: str


class QueuePositions(msgspec.Struct):
    """Of GET /portfolio/orders/queue_positions, which is not paged."""

    queue_positions: list[QueuePosition] | None = None


class QueuePlace(msgspec.Struct):
    """Of GET /portfolio/orders/{order_id}/queue_position."""

    queue_position_fp: str
