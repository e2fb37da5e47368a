"""Misfortunes on demand: answers that get lost, errors out of the blue, gaps in streams."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from random import Random
from types import MappingProxyType
from typing import Final

from pmi_core.errors import SettingsError

__all__ = ["FAULTS", "Faults"]

FAULTS: Final = MappingProxyType(
    {
        "drop-answer": "the call is carried out and its connection cut before the answer",
        "drop-call": "the connection is cut before the call is carried out",
        "error-500": "the call is not carried out and answered with 500",
        "error-503": "the call is not carried out and answered with 503",
        "slow": "the answer comes three seconds late",
        "drop-socket": "a WebSocket connection is cut before a message",
        "skip-message": "a message of a WebSocket connection is lost, its number used up",
    }
)
"""Name to what happens."""


class Faults:
    """Decides which call meets which misfortune, under a seed.

    Args:
        rates: name to the share of calls, or of messages, between 0 and 1.

    Raises:
        SettingsError: a name or a rate is none.
    """

    def __init__(self, rates: Mapping[str, Decimal], seed: int) -> None:
        self.change(rates)
        self._random = Random(seed)  # noqa: S311 - misfortunes are no secret

    def change(self, rates: Mapping[str, Decimal]) -> None:
        """Take other shares from now on; what is not named does not happen.

        Raises:
            SettingsError: a name or a rate is none; nothing is changed.
        """
        for name, rate in rates.items():
            if name not in FAULTS:
                raise SettingsError(f"{name!r} is no fault", hint=f"give one of {', '.join(FAULTS)}")
            if not 0 <= rate <= 1:
                raise SettingsError(f"fault {name!r} has the rate {rate}", hint="give a rate from 0 to 1")
        self._rates = dict(rates)

    def strikes(self, name: str) -> bool:
        """Whether a fault happens now."""
        rate = self._rates.get(name)
        return rate is not None and Decimal(str(self._random.random())) < rate
