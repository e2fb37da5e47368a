"""Balances, positions, settlements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from pmi_core.identifiers import EventRef, MarketRef
from pmi_core.models import Balance, MarketResult, OutcomeSide, Position, Settlement
from pmi_core.numbers import ONE, WIDE, ZERO
from pmi_provider_kalshi.translate.blame import field, reading, word
from pmi_provider_kalshi.translate.numbers import contracts, dollars, moment, number
from pmi_provider_kalshi.wire import account as wire

__all__ = ["balances", "position", "settlement", "shard_amounts"]

_CENT: Final = Decimal("0.01")
_RESULTS: Final = {"yes": MarketResult.YES, "no": MarketResult.NO, "scalar": MarketResult.FRACTION}


def shard_amounts(rows: Sequence[wire.IndexedBalance] | None, what: str, venue: str) -> dict[int, Decimal]:
    """Dollars by shard.

    Raises:
        UnexpectedAnswer: an amount is none, or a shard comes twice.
    """
    found: dict[int, Decimal] = {}
    with reading(what, venue):
        for row in rows or ():
            if row.exchange_index in found:
                raise ValueError(f"shard {row.exchange_index} comes twice")
            found[row.exchange_index] = field("balance", dollars, row.balance)
    return found


def balances(
    row: wire.BalanceAnswer, resting: dict[int, Decimal], now: datetime, venue: str
) -> tuple[Balance, ...]:
    """One row for each shard, or one for everything where the key sees no shards.

    Args:
        row: what is free for new orders.
        resting: what is held for open orders, by shard.
        now: when it was read.
        venue: the venue's name, for errors.
    """
    free = shard_amounts(row.balance_breakdown, "the balance", venue)
    with reading("the balance", venue):
        if not free:
            whole = field("balance_dollars", dollars, row.balance_dollars)
            return (_balance(whole, sum(resting.values(), ZERO), None, now),)
        return tuple(
            _balance(free.get(shard, ZERO), resting.get(shard, ZERO), str(shard), now)
            for shard in sorted(free.keys() | resting.keys())
        )


def _balance(free: Decimal, held: Decimal, compartment: str | None, now: datetime) -> Balance:
    return Balance(
        currency="USD", total=free + held, available=free, reserved=held, compartment=compartment, as_of=now
    )


def position(row: wire.MarketPosition, now: datetime, venue: str) -> Position:
    """Translate what is held of a market.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the market.
    """
    with reading(f"position in {row.ticker}", venue):
        held = field("position_fp", number, row.position_fp)
        cost = field("market_exposure_dollars", dollars, row.market_exposure_dollars)
        return Position(
            market_ref=MarketRef.make(venue, row.ticker),
            outcome=OutcomeSide.NO if held < ZERO else OutcomeSide.YES,
            size=abs(held),
            average_price=_average(cost, abs(held)),
            cost=cost,
            realized_pnl=field("realized_pnl_dollars", dollars, row.realized_pnl_dollars),
            fees=field("fees_paid_dollars", dollars, row.fees_paid_dollars),
            as_of=now,
        )


def _average(cost: Decimal, held: Decimal) -> Decimal | None:
    """None also where netting across an event gave more back than one contract costs."""
    if not held:
        return None
    found = WIDE.divide(cost, held).quantize(Decimal("0.000001"), context=WIDE).normalize(WIDE)
    return found if ZERO <= found <= ONE else None


def settlement(row: wire.Settlement, venue: str) -> Settlement:
    """Translate a settlement; its cents become dollars.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the market.
    """
    with reading(f"settlement of {row.ticker}", venue):
        result = word("market_result", _RESULTS, row.market_result)
        paid = {MarketResult.YES: ONE, MarketResult.NO: ZERO}.get(result)
        if row.value is not None:
            paid = row.value * _CENT
        time = moment(row.settled_time)
        if time is None:
            raise ValueError("settled_time is the zero time")
        return Settlement(
            market_ref=MarketRef.make(venue, row.ticker),
            event_ref=EventRef.make(venue, row.event_ticker) if row.event_ticker else None,
            result=result,
            settlement_value=paid,
            yes_size=field("yes_count_fp", contracts, row.yes_count_fp),
            no_size=field("no_count_fp", contracts, row.no_count_fp),
            cost=field("yes_total_cost_dollars", dollars, row.yes_total_cost_dollars)
            + field("no_total_cost_dollars", dollars, row.no_total_cost_dollars),
            payout=row.revenue * _CENT,
            fees=field("fee_cost", dollars, row.fee_cost),
            time=time,
        )
