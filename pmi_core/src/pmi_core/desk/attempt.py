"""One call that sends, and what its answer proves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pmi_core.capabilities import Capability
from pmi_core.desk.intents import Intent, IntentState
from pmi_core.desk.moving import move
from pmi_core.errors import (
    AccessError,
    BusyError,
    Duplicate,
    PluginError,
    PmiError,
    RequestError,
    SettingsError,
)
from pmi_core.identifiers import GroupRef, OrderRef, QuoteRef
from pmi_core.models import BatchResult, Model, Order, OrderRequest, OrderStatus, OutcomeSide, QuoteRequest
from pmi_core.numbers import ZERO
from pmi_core.provider import Venue, require

__all__ = ["Outcome", "attempt", "attempt_batch", "judge", "request_of", "stand_in"]

_CERTAIN = (RequestError, AccessError, BusyError, PluginError, SettingsError)
"""Errors that say that nothing was done."""
_CERTAIN_NAMES = frozenset(
    {
        *("RequestError", "NotFound", "InvalidOrder", "OffGrid", "BelowMinimum", "WouldCross"),
        *("InsufficientFunds", "MarketNotOpen", "OrderRefused", "MalformedRef"),
        *("AccessError", "BadKey", "ClockSkew", "PermissionDenied", "GeoRestricted", "BusyError"),
    }
)
"""The same by name, as a batch tells them."""
_UNSURE = frozenset({OrderStatus.UNKNOWN, OrderStatus.CREATED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known after a call or a look: done, rejected, absent, or still unknown."""

    state: IntentState
    answer: dict[str, Any]
    """``order`` or another model as plain data, or ``error`` and ``message``."""
    order_ref: str | None = None


def request_of(intent: Intent) -> OrderRequest:
    """The order that an intent is about."""
    return OrderRequest.model_validate(intent.body["request"])


def stand_in(request: OrderRequest, status: OrderStatus, reason: str | None) -> Order:
    """An order that the venue did not describe."""
    return Order(
        client_order_id=request.client_order_id,
        market_ref=request.market_ref,
        outcome=request.outcome,
        action=request.action,
        size=request.size,
        notional=request.notional,
        price=request.price,
        time_in_force=request.time_in_force,
        expires_at=request.expires_at,
        post_only=request.post_only,
        reduce_only=request.reduce_only,
        status=status,
        filled=ZERO,
        remaining=ZERO if status is OrderStatus.REJECTED else request.size,
        fees=ZERO,
        reject_reason=reason,
    )


async def attempt(venue: Venue, intent: Intent, seconds: float) -> Outcome:
    """Send one thing, once; whatever goes wrong is an outcome and not an error."""
    try:
        async with asyncio.timeout(seconds):
            answer = await _call(venue, intent)
    except Exception as error:  # noqa: BLE001 - a provider that fails in any way leaves an order in doubt
        return _failed(error)
    return judge(intent, answer)


async def attempt_batch(venue: Venue, intents: Sequence[Intent], seconds: float) -> list[Outcome]:
    """Send several orders in one call, once."""
    requests = [request_of(intent) for intent in intents]
    try:
        async with asyncio.timeout(seconds):
            results = await require(venue.batch, Capability.BATCH, venue).place_orders(requests)
    except Exception as error:  # noqa: BLE001 - as above
        return [_failed(error)] * len(intents)
    if len(results) != len(intents):
        return [_doubt("the venue answered with another number of results than orders")] * len(intents)
    return [_of_batch(intent, result) for intent, result in zip(intents, results, strict=True)]


def judge(intent: Intent, answer: object) -> Outcome:
    """What an answer proves; anything unexpected proves nothing."""
    if not isinstance(answer, Order):
        if isinstance(answer, Model) and intent.kind not in ("place", "amend"):
            return Outcome(IntentState.DONE, {"result": answer.model_dump(mode="json")})
        return _doubt(f"the venue answered with {type(answer).__name__} instead of an order")
    data = {"order": answer.model_dump(mode="json")}
    if intent.kind == "place" and not _is_the_same(answer, request_of(intent)):
        return _doubt("the venue answered with another order than it was asked for")
    if answer.status is OrderStatus.REJECTED and intent.kind == "place":
        return Outcome(IntentState.REJECTED, data, answer.ref)
    if answer.status in _UNSURE:
        return _doubt(f"the venue calls the order {answer.status.value}")
    return Outcome(IntentState.DONE, data, answer.ref)


def _is_the_same(order: Order, request: OrderRequest) -> bool:
    return order.client_order_id in (None, request.client_order_id) and (
        (order.market_ref, order.outcome, order.action)
        == (request.market_ref, request.outcome, request.action)
    )


async def _call(venue: Venue, intent: Intent) -> object:  # noqa: PLR0911 - one for each kind
    body = intent.body
    match intent.kind:
        case "place":
            return await require(venue.orders, Capability.ORDERS, venue).place_order(request_of(intent))
        case "amend":
            return await require(venue.amend, Capability.AMEND, venue).amend_order(
                OrderRef(body["order_ref"]), price=Decimal(body["price"]), size=Decimal(body["size"])
            )
        case "quote":
            request = QuoteRequest.model_validate(body)
            return await require(venue.quotes, Capability.QUOTES, venue).create_quote(request)
        case "accept":
            return await require(venue.quotes, Capability.QUOTES, venue).accept_quote(
                QuoteRef(body["quote_ref"]), OutcomeSide(body["side"])
            )
        case "confirm":
            quotes = require(venue.quotes, Capability.QUOTES, venue)
            return await quotes.confirm_quote(QuoteRef(body["quote_ref"]))
        case "group":
            groups, ref = require(venue.groups, Capability.GROUPS, venue), GroupRef(body["group_ref"])
            if body["limit"] is None:
                return await groups.reset_group(ref)
            return await groups.set_group_limit(ref, Decimal(body["limit"]))
        case "transfer":
            return await move(venue, intent)
        case _:
            raise RequestError(f"nothing of the kind {intent.kind!r} can be sent")


def _of_batch(intent: Intent, result: BatchResult) -> Outcome:
    if result.client_order_id not in (None, intent.id):
        return _doubt("the venue answered with another order")
    if result.order is not None:
        return judge(intent, result.order)
    told = {"error": result.error, "message": result.message}
    certain = result.error in _CERTAIN_NAMES
    return Outcome(IntentState.REJECTED if certain else IntentState.UNKNOWN, told)


def _failed(error: Exception) -> Outcome:
    """Duplicate is no rejection: a fresh id that was used means that this order arrived before."""
    certain = isinstance(error, _CERTAIN) and not isinstance(error, Duplicate)
    said = error.message if isinstance(error, PmiError) else "the call failed"
    if isinstance(error, TimeoutError):
        said = "no answer came in time"
    facts = {"error": type(error).__name__, "message": said}
    if isinstance(error, PmiError) and error.code:
        facts["code"] = error.code
    return Outcome(IntentState.REJECTED if certain else IntentState.UNKNOWN, facts)


def _doubt(said: str) -> Outcome:
    return Outcome(IntentState.UNKNOWN, {"error": "UncertainError", "message": said})
