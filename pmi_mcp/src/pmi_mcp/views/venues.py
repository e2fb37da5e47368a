"""Venues themselves as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmi_mcp.texts import clean
from pmi_mcp.views.values import currency, label, moment, present

if TYPE_CHECKING:
    from pmi_core.models import ExchangeStatus
    from pmi_core.provider import Budget, Provider, Venue

__all__ = ["declared_view", "opened_view", "status_view"]


def declared_view(name: str, provider: Provider) -> dict[str, Any]:
    """What is known of a configured venue before it is opened."""
    return present(
        {
            "venue": name,
            "provider": provider.name if provider.name != name else None,
            "title": clean(provider.title, 80),
            "can": sorted(slot.value for slot in provider.capabilities - provider.keyed),
            "can_with_key": sorted(slot.value for slot in provider.keyed),
        }
    )


def opened_view(venue: Venue) -> dict[str, Any]:
    """What an opened venue says of itself, and what is left of its rate limits."""
    info = venue.info
    return present(
        {
            "venue": info.name,
            "provider": info.provider if info.provider != info.name else None,
            "title": clean(info.title, 80),
            "environment": clean(info.environment, 40),
            "orders_move": info.write_class.value,
            "currency": currency(info.currency),
            "positions": info.netting.value,
            "can": sorted(slot.value for slot in venue.capabilities),
            "notes": [clean(note, 300) for note in info.notes if note],
            "budgets": [_budget(budget) for budget in venue.budgets()],
        }
    )


def _budget(budget: Budget) -> dict[str, Any]:
    return present(
        {
            "name": clean(budget.name, 60),
            "left": f"{budget.available:g} of {budget.capacity:g}",
            "per_second": f"{budget.rate:g}",
            "waiting": budget.waiting or None,
        }
    )


def status_view(name: str, status: ExchangeStatus) -> dict[str, Any]:
    """Whether a venue answers and trades."""
    return present(
        {
            "venue": name,
            "exchange_active": status.exchange_active,
            "trading_active": status.trading_active,
            "resumes": moment(status.resume_time),
            "message": label(status.message, 400),
            "parts": [
                {
                    "name": label(part.name, 60),
                    "exchange_active": part.exchange_active,
                    "trading_active": part.trading_active,
                }
                for part in status.parts[:40]
            ],
            "as_of": moment(status.as_of),
        }
    )
