"""Orders as this program last knew them.

Readings of the account lag behind what was acknowledged (0.4 s were recorded), show an order without
the words in which it was given, and need the market's ticker to find it on its shard.  So every
order that was placed or read here is remembered, and a reading is taken in only where it is newer.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any, Final

from pmi_core.clock import Clock
from pmi_core.identifiers import OrderRef
from pmi_core.models import Fill, Order, OrderRequest, TimeInForce
from pmi_core.numbers import ONE
from pmi_provider_kalshi.translate.sides import side_of

__all__ = ["Known", "OrderMemory"]

_MOST: Final = 20_000
_FRESH: Final = 1000


@dataclass(frozen=True, slots=True)
class Known:
    """An order, and where it lives.

    Attributes:
        order: its newest state.
        subaccount: whose it is; None where nobody said.
    """

    order: Order
    subaccount: int | None = None
    since: float = 0.0
    """When it was last acknowledged, on the clock that only goes forward."""

    @property
    def ticker(self) -> str:
        """The market, which leads to the order's shard."""
        return self.order.market_ref.native


class OrderMemory:
    """The newest 20,000 orders by ref and by client order id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[OrderRef, Known] = OrderedDict()
        self._names: dict[str, OrderRef] = {}
        self._asked: OrderedDict[str, OrderRequest] = OrderedDict()
        self._times: OrderedDict[str, datetime] = OrderedDict()

    def asked(self, request: OrderRequest) -> None:
        """Note the words of an order that is about to be sent: the stream may tell of it before its answer."""
        self._asked[request.client_order_id] = request
        while len(self._asked) > _MOST:
            self._asked.popitem(last=False)

    def get(self, ref: OrderRef) -> Known | None:
        """What is known of an order."""
        return self._known.get(ref)

    def named(self, client_order_id: str) -> Known | None:
        """The order with that client order id, if it was met here."""
        ref = self._names.get(client_order_id)
        return None if ref is None else self._known.get(ref)

    def working(self) -> list[Known]:
        """Orders that still work as far as is known."""
        return [known for known in self._known.values() if not known.order.is_terminal]

    def is_fresh(self, known: Known, seconds: float) -> bool:
        """Whether the order was acknowledged within the last seconds."""
        return known.since >= self._clock.monotonic() - seconds

    def fresh(self, seconds: float) -> list[Order]:
        """Orders that were acknowledged within the last seconds, so that readings may not show them yet."""
        found: list[Order] = []
        for known in reversed(self._known.values()):
            if len(found) >= _FRESH:
                break
            if self.is_fresh(known, seconds):
                found.append(known.order)
        return found

    def told(self, order: Order, subaccount: int | None = None) -> Order:
        """Take in what the venue answered to a write: nothing is newer."""
        return self._keep(order, subaccount, self._clock.monotonic())

    def _keep(self, order: Order, subaccount: int | None, since: float) -> Order:
        assert order.ref is not None  # whatever comes from the venue names its order
        known = self._known.pop(order.ref, None)
        if subaccount is None and known is not None:
            subaccount = known.subaccount
        self._known[order.ref] = Known(order, subaccount, since)
        if order.client_order_id is not None:
            self._names[order.client_order_id] = order.ref
        while len(self._known) > _MOST:
            _, oldest = self._known.popitem(last=False)
            if oldest.order.client_order_id is not None:
                self._names.pop(oldest.order.client_order_id, None)
        return order

    def read(self, order: Order, subaccount: int | None = None) -> Order:
        """Take in a reading; gives the order in its own words, in its newest state."""
        assert order.ref is not None  # readings name their orders
        known = self._known.get(order.ref)
        if known is None:
            return self._keep(order, subaccount, -inf)
        reworded = _in_words_of(known.order, order)
        newest = known.order if _is_older(reworded, known.order) else reworded
        return self._keep(newest, subaccount, known.since)

    def heard(self, order: Order, subaccount: int | None = None) -> Order:
        """Take in what the stream told; gives that state itself, in the words in which it was given."""
        assert order.ref is not None  # the stream names its orders
        known = self._known.get(order.ref)
        if known is not None:
            order = _in_words_of(known.order, order)
            if _is_older(order, known.order):
                return order
        else:
            request = self._asked.get(order.client_order_id or "")
            if request is not None:
                order = _in_words_of(_as_asked(request, order), order)
        return self.told(order, subaccount)

    def fill(self, fill: Fill) -> Fill:
        """A fill in the words of its order, where that order is known; its time as it was told first."""
        told = self._times.setdefault(fill.trade_id, fill.time)
        if told is not fill.time and _milliseconds(told) == _milliseconds(fill.time):
            fill = fill.model_copy(update={"time": told})
        while len(self._times) > _MOST:
            self._times.popitem(last=False)
        known = self._known.get(fill.order_ref)
        order = known.order if known is not None else self._asked.get(fill.client_order_id or "")
        if order is None:
            return fill
        changes: dict[str, Any] = {"client_order_id": order.client_order_id}
        if _is_same_side(order, fill) and order.outcome is not fill.outcome:
            changes |= {"outcome": order.outcome, "action": order.action, "price": ONE - fill.price}
        return fill.model_copy(update=changes)


def _as_asked(request: OrderRequest, seen: Order) -> Order:
    """An order whose answer is still on its way, as far as its words go."""
    words = {
        name: getattr(request, name)
        for name in OrderRequest.model_fields
        if name in Order.model_fields and name != "market_ref"
    }
    return seen.model_copy(update=words | {"created_time": None, "updated_time": None})


def _is_same_side(order: Order | OrderRequest, seen: Order | Fill) -> bool:
    return side_of(order.outcome, order.action) == side_of(seen.outcome, seen.action)


def _is_same_end(known: Order, seen: Order) -> bool:
    return known.is_terminal and known.status is seen.status and known.filled == seen.filled


def _in_words_of(known: Order, seen: Order) -> Order:
    """The reading with what only the one who placed the order can know."""
    changes: dict[str, Any] = {
        "client_order_id": seen.client_order_id or known.client_order_id,
        "post_only": known.post_only,
        "reduce_only": known.reduce_only,
        "notional": known.notional,
        "self_trade": seen.self_trade or known.self_trade,
        "group_ref": seen.group_ref or known.group_ref,
        "created_time": _finer(known.created_time, seen.created_time),
        "updated_time": known.updated_time
        if _is_same_end(known, seen)
        else _finer(known.updated_time, seen.updated_time),
        "reject_reason": known.reject_reason,
    }
    if _whole_second(known.expires_at) == seen.expires_at:
        changes |= {"time_in_force": known.time_in_force, "expires_at": known.expires_at}
    elif seen.expires_at is None and known.time_in_force in (TimeInForce.IOC, TimeInForce.FOK):
        changes["time_in_force"] = known.time_in_force
    if seen.is_terminal and known.size is not None and known.size >= seen.filled:
        changes["size"] = known.size  # it may have been amended after it began
    if _is_same_side(known, seen) and known.outcome is not seen.outcome:
        changes |= {"outcome": known.outcome, "action": known.action, "price": ONE - seen.price}
        if seen.average_price is not None:
            changes["average_price"] = ONE - seen.average_price
        if seen.filled_notional is not None:
            changes["filled_notional"] = seen.filled - seen.filled_notional
    return seen.model_copy(update=changes)


def _is_older(seen: Order, known: Order) -> bool:
    if known.is_terminal and not seen.is_terminal:
        return True
    if seen.filled != known.filled:
        return seen.filled < known.filled
    if seen.updated_time is None or known.updated_time is None:
        return False
    return _milliseconds(seen.updated_time) < _milliseconds(known.updated_time)


def _finer(known: datetime | None, seen: datetime | None) -> datetime | None:
    """The time that was told first, where both are the same millisecond."""
    if known is None or seen is None:
        return known if seen is None else seen
    return known if _milliseconds(known) == _milliseconds(seen) else seen


def _milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _whole_second(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(microsecond=0)
