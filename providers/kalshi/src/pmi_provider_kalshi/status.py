"""Whether the exchange works."""

from __future__ import annotations

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.models import ExchangeStatus
from pmi_provider_kalshi.client import Client
from pmi_provider_kalshi.errors import ExchangePaused, placed
from pmi_provider_kalshi.translate.status import status

__all__ = ["Status"]


class Status:
    """The slot ``status``."""

    def __init__(self, client: Client, clock: Clock, venue: str) -> None:
        self._client = client
        self._clock = clock
        self._venue = venue

    @placed(Capability.STATUS)
    async def get_status(self) -> ExchangeStatus:
        """Read the state, which the venue also tells with status 500, 503 or 504."""
        try:
            state = await self._client.exchange_status(capability=Capability.STATUS)
        except ExchangePaused as paused:
            state = paused.state
        return status(state, self._clock.now())
