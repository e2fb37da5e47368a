"""What the account has: money, positions, settlements."""

from __future__ import annotations

from pmi_core.identifiers import EventRef, MarketRef
from pmi_core.models.market import MarketResult, OutcomeSide
from pmi_core.models.model import Model, Time
from pmi_core.numbers import Amount, Price, Quantity

__all__ = ["Balance", "Position", "Settlement"]


class Balance(Model):
    """Cash in one currency; ``total = available + reserved``."""

    currency: str
    total: Amount
    available: Amount
    """Free for new orders."""
    reserved: Amount
    """Held for open orders."""
    compartment: str | None = None
    """The part of the venue that holds it, where money does not move between parts by itself."""
    as_of: Time


class Position(Model):
    """Contracts of one outcome that the account holds."""

    market_ref: MarketRef
    event_ref: EventRef | None = None
    outcome: OutcomeSide
    size: Quantity
    """0 for a position that was closed and still reports realized_pnl."""
    average_price: Price | None = None
    """Cost per contract held, in terms of ``outcome``; None when nothing is held."""
    cost: Amount
    """What the contracts held have cost, fees excluded."""
    realized_pnl: Amount
    """Of what was closed or settled, fees excluded."""
    fees: Amount
    """Paid over the life of the position."""
    currency: str = "USD"
    mark: Price | None = None
    """What one contract would fetch now, where the venue says; in terms of ``outcome``."""
    as_of: Time


class Settlement(Model):
    """A market of the account was settled."""

    market_ref: MarketRef
    event_ref: EventRef | None = None
    result: MarketResult
    settlement_value: Price | None = None
    """Paid per YES contract; None when void."""
    yes_size: Quantity
    no_size: Quantity
    cost: Amount
    payout: Amount
    fees: Amount
    currency: str = "USD"
    time: Time
