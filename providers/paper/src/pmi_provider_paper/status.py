"""Whether the exchange works: always, while it is open."""

from __future__ import annotations

from pmi_core.models import ExchangeStatus
from pmi_provider_paper.house import House

__all__ = ["PaperStatus"]


class PaperStatus:
    """Keeps :class:`pmi_core.capabilities.StatusReader`."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def get_status(self) -> ExchangeStatus:
        with self._house.turn("status", "get_status") as now:
            message = None if self._house.settings.live else "Prices stand still: live is off."
            return ExchangeStatus(exchange_active=True, trading_active=True, message=message, as_of=now)
