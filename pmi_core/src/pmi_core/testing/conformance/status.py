"""Rules of the capability ``status``."""

from __future__ import annotations

from datetime import timedelta

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.models import ExchangeStatus
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs
from pmi_core.testing.conformance.soundness import check_json, check_sound, check_times
from pmi_core.testing.conformance.stage import Contract

__all__ = ["StatusRules"]


class StatusRules(Contract):
    """Whether the venue works."""

    async def test_status_answers(self, venue: Venue) -> None:
        """The status can be read and is whole."""
        reader = needs(venue.status, Capability.STATUS, venue)
        check_sound(await reader.get_status(), ExchangeStatus)

    async def test_status_survives_json(self, venue: Venue) -> None:
        """The status survives a trip through JSON."""
        check_json(await needs(venue.status, Capability.STATUS, venue).get_status())

    async def test_status_time_is_now(self, venue: Venue, clock: Clock) -> None:
        """The status says when it was received: now, in UTC."""
        status = await needs(venue.status, Capability.STATUS, venue).get_status()
        check_times(status)
        assert abs(status.as_of - clock.now()) < timedelta(minutes=5)

    async def test_status_trading_needs_the_exchange(self, venue: Venue) -> None:
        """Trading is not active where the exchange is not, in the whole and in each part."""
        status = await needs(venue.status, Capability.STATUS, venue).get_status()
        assert status.exchange_active or not status.trading_active
        for part in status.parts:
            assert part.exchange_active or not part.trading_active, part.name
