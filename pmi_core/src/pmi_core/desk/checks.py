"""Whether the market takes an order, and what in it looks like a slip of the finger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pmi_core.analysis.cost import FillCost
from pmi_core.desk.facts import Facts, reference_price
from pmi_core.desk.risk import Risk, free_to_sell
from pmi_core.errors import (
    BelowMinimum,
    InsufficientFunds,
    InvalidOrder,
    MarketNotOpen,
    OffGrid,
    RequestError,
    WouldCross,
)
from pmi_core.models import Action, Execution, Model, OrderRequest
from pmi_core.numbers import Rounding, counted, plain
from pmi_core.settings import PolicySettings

__all__ = ["Check", "Severity", "check_order", "failure"]

_FAR = Decimal("0.10")
_NEAR_ENOUGH = Decimal("0.02")
"""A distance that is no slip, however cheap the outcome is."""
_MUCH = Decimal("0.5")
_WIDE = Decimal("0.10")
_SWEEP = Decimal("0.05")
_OF_CASH = Decimal("0.25")


class Severity(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    """A person should look twice."""
    FAIL = "fail"
    """The order cannot be."""


class Check(Model):
    """One thing that was looked at."""

    name: str
    severity: Severity
    says: str
    """One sentence."""


_ERRORS: dict[str, type[RequestError]] = {
    "market": MarketNotOpen,
    "price": OffGrid,
    "size": BelowMinimum,
    "crossing": WouldCross,
    "cash": InsufficientFunds,
}


def failure(checks: tuple[Check, ...], venue: str) -> RequestError | None:
    """The error of the first failed check, telling all of them; None when none failed."""
    failed = [check for check in checks if check.severity is Severity.FAIL]
    if not failed:
        return None
    kind = _ERRORS.get(failed[0].name, InvalidOrder)
    return kind("; ".join(check.says for check in failed), venue=venue, code=failed[0].name)


def check_order(
    request: OrderRequest,
    facts: Facts,
    *,
    risk: Risk,
    taking: FillCost | None,
    policy: PolicySettings,
    now: datetime,
) -> Iterator[Check]:
    """Look at everything that can be known before sending."""
    yield _market(facts, now)
    yield _price(request, facts)
    yield _size(request, facts)
    yield from _times(request, facts, now)
    yield from _crossing(request, facts)
    yield _cash(risk, facts)
    yield from _position(request, facts)
    yield from _fees(facts, taking)
    yield from _fingers(request, facts, taking, policy)


def _check(name: str, severity: Severity, says: str) -> Check:
    return Check(name=name, severity=severity, says=says)


def _market(facts: Facts, now: datetime) -> Check:
    market = facts.market
    if market.execution is Execution.FORECAST:
        return _check("market", Severity.FAIL, "nothing is traded in this market")
    if not market.is_open:
        state = f"{market.status.value}, trading {market.trading.value}"
        return _check("market", Severity.FAIL, f"the market takes no orders now ({state})")
    if market.close_time is not None and market.close_time <= now:
        return _check("market", Severity.FAIL, f"the market closed at {market.close_time.isoformat()}")
    return _check("market", Severity.OK, "the market is open")


def _price(request: OrderRequest, facts: Facts) -> Check:
    grid = facts.market.price_grid
    if grid is None or grid.contains(request.price):
        return _check("price", Severity.OK, "the limit price is tradable")
    near = {grid.snap(request.price, towards=way) for way in (Rounding.FLOOR, Rounding.CEILING)}
    told = " and ".join(plain(price) for price in sorted(price for price in near if price is not None))
    return _check(
        "price", Severity.FAIL, f"the limit {plain(request.price)} is between two ticks; next are {told}"
    )


def _size(request: OrderRequest, facts: Facts) -> Check:
    market, size = facts.market, request.size
    if size is None:
        return _check("size", Severity.OK, f"for {plain(request.notional or Decimal(0))} {market.currency}")
    if market.min_size is not None and size < market.min_size:
        return _check(
            "size",
            Severity.FAIL,
            f"{plain(size)} is below the minimum of {counted(market.min_size, 'contract')}",
        )
    if market.size_step and size % market.size_step:
        return _check(
            "size", Severity.FAIL, f"{plain(size)} is no multiple of {counted(market.size_step, 'contract')}"
        )
    return _check("size", Severity.OK, counted(size, "contract"))


def _times(request: OrderRequest, facts: Facts, now: datetime) -> Iterator[Check]:
    if request.expires_at is None:
        return
    if request.expires_at <= now:
        yield _check("expiry", Severity.FAIL, "the order would expire before it is sent")
    elif facts.market.close_time is not None and request.expires_at > facts.market.close_time:
        yield _check("expiry", Severity.WARN, "the order would outlive the market")


def _crossing(request: OrderRequest, facts: Facts) -> Iterator[Check]:
    if not request.post_only or facts.book is None:
        return
    buying = request.action is Action.BUY
    best = facts.book.best_ask if buying else facts.book.best_bid
    if best is not None and (request.price >= best.price if buying else request.price <= best.price):
        yield _check(
            "crossing",
            Severity.FAIL,
            f"a post-only order at {plain(request.price)} would meet {plain(best.price)}",
        )


def _cash(risk: Risk, facts: Facts) -> Check:
    currency, free = facts.market.currency, facts.cash
    if free is None:
        return _check("cash", Severity.WARN, "the venue does not tell how much cash there is")
    if free < risk.cash:
        return _check(
            "cash", Severity.FAIL, f"{plain(risk.cash)} {currency} may be needed, {plain(free)} is free"
        )
    if risk.loss > free * _OF_CASH:
        share = f"{risk.loss / free:.0%}"
        return _check("cash", Severity.WARN, f"{share} of the free {plain(free)} {currency} is at risk")
    return _check("cash", Severity.OK, f"{plain(free)} {currency} is free")


def _position(request: OrderRequest, facts: Facts) -> Iterator[Check]:
    if request.action is not Action.SELL or request.size is None:
        return
    free = free_to_sell(facts, request.outcome)
    if free >= request.size:
        return
    if request.reduce_only and free == 0:
        yield _check("position", Severity.FAIL, "a reduce-only order needs a position, and none is free")
    elif not request.reduce_only:
        more = counted(request.size - free, "contract")
        yield _check("position", Severity.WARN, f"{more} more sold than free: that opens a position")


def _fees(facts: Facts, taking: FillCost | None) -> Iterator[Check]:
    quoted = taking is not None and taking.by_venue and taking.complete
    if facts.fees is None and not quoted:
        yield _check("fees", Severity.FAIL, "the venue does not say what it charges here")


def _fingers(
    request: OrderRequest, facts: Facts, taking: FillCost | None, policy: PolicySettings
) -> Iterator[Check]:
    """Distance from the middle, way through the book, share of what is within reach."""
    middle = reference_price(facts.market, facts.book, request.outcome)
    if middle is None:
        yield _check("distance", Severity.WARN, "nobody quotes here: there is no price to compare with")
    else:
        yield from _distance(request, middle)
        yield from _middle_says(facts)
    yield from _sweep(request, facts, taking)
    most = policy.max_depth_share
    if taking is not None and taking.by_venue and not taking.available and most is not None:
        yield _check(
            "depth",
            Severity.FAIL,
            "the venue does not say how much is within reach; max_depth_share needs it",
        )
    if taking is None or not taking.available or request.post_only:
        return
    share = taking.size / taking.available
    if most is not None and share > most:
        yield _check(
            "depth",
            Severity.FAIL,
            f"the order takes {share:.0%} of what is within reach; {most:.0%} is the most",
        )
    elif share > _MUCH:
        yield _check("depth", Severity.WARN, f"the order takes {share:.0%} of what is within reach")


def _distance(request: OrderRequest, middle: Decimal) -> Iterator[Check]:
    """Far is ten cents, or half of what the cheaper outcome is worth."""
    worse = request.price - middle if request.action is Action.BUY else middle - request.price
    cheap = min(middle, 1 - middle)
    if worse > _FAR or (worse > _NEAR_ENOUGH and worse > cheap / 2):
        yield _check(
            "distance",
            Severity.WARN,
            f"the limit {plain(request.price)} is {plain(worse)} worse than the middle {plain(middle)}",
        )


def _middle_says(facts: Facts) -> Iterator[Check]:
    book = facts.book
    if book is None:
        return
    if book.spread is None:
        side = "buys" if not book.bids else "sells"
        yield _check("spread", Severity.WARN, f"nobody {side} here: the price is that of one side only")
    elif book.spread > _WIDE:
        yield _check(
            "spread", Severity.WARN, f"bid and ask are {plain(book.spread)} apart: the middle says little"
        )


def _sweep(request: OrderRequest, facts: Facts, taking: FillCost | None) -> Iterator[Check]:
    """How far the order itself would push the price."""
    book = facts.book
    if book is None or taking is None or taking.worst_price is None:
        return
    best = book.best_ask if request.action is Action.BUY else book.best_bid
    if best is not None and abs(taking.worst_price - best.price) > _SWEEP:
        yield _check(
            "sweep",
            Severity.WARN,
            f"the order would trade from {plain(best.price)} as far as {plain(taking.worst_price)}",
        )
