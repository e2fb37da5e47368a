"""What can be chosen for the practice exchange; nothing must be."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from pydantic import Field

from pmi_core.numbers import Amount
from pmi_core.settings import ProviderSettings

__all__ = ["Acceptance", "Fills", "PaperSettings"]


class Acceptance(StrEnum):
    """When an order is decided."""

    IMMEDIATE = "immediate"
    ASYNCHRONOUS = "asynchronous"
    """Placing answers ``pending``; the order meets the book a moment later."""


class Fills(StrEnum):
    """When a fill is final."""

    IMMEDIATE = "immediate"
    DELAYED = "delayed"
    """Fills are pending first, then confirmed or, now and then, undone."""


class PaperSettings(ProviderSettings):
    """Settings of a practice exchange."""

    seed: int = Field(default=1, ge=0, le=2**53)
    """Which world is simulated: the same seed gives the same prices at the same time."""
    account_file: Path | None = Field(default=None, examples=["~/practice.sqlite"])
    """Where the account is kept; otherwise a file named after the venue in the data folder."""
    starting_cash: Amount = Field(default=Decimal(10_000), gt=0, le=10**12, examples=["10000"])
    """Dollars of a new account."""
    live: bool = True
    """Whether prices move and other members trade; markets close and settle either way."""
    pace: Amount = Field(default=Decimal(5), ge=Decimal("0.2"), le=60, examples=["5"])
    """Seconds between two moves of the other members."""
    tick: Amount = Field(default=Decimal(1), ge=Decimal("0.05"), le=60, examples=["1"])
    """Seconds between two looks of an open stream."""
    client_ids: bool = True
    """Whether the exchange knows client order ids; without, an order cannot be looked up by one."""
    acceptance: Acceptance = Acceptance.IMMEDIATE
    acceptance_delay: Amount = Field(default=Decimal(1), ge=0, le=3600, examples=["1"])
    """Seconds until an order is decided, where acceptance is asynchronous."""
    fills: Fills = Fills.IMMEDIATE
    settlement_delay: Amount = Field(default=Decimal(5), ge=0, le=3600, examples=["5"])
    """Seconds until a fill is confirmed or undone, where fills are delayed."""
    failure_percent: int = Field(default=5, ge=0, le=100)
    """How many of a hundred delayed fills are undone."""
