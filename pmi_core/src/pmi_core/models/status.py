"""Whether the venue works at all."""

from __future__ import annotations

from pmi_core.models.model import Model, Time

__all__ = ["ExchangeStatus", "StatusPart"]


class StatusPart(Model):
    """One separately stopped part of a venue."""

    name: str
    exchange_active: bool
    trading_active: bool


class ExchangeStatus(Model):
    """Whether the venue answers and trades."""

    exchange_active: bool
    """Whether anything works, cancelling included."""
    trading_active: bool
    """Whether orders can be placed."""
    resume_time: Time | None = None
    """When the venue expects to be back, where it says."""
    message: str | None = None
    parts: tuple[StatusPart, ...] = ()
    as_of: Time
