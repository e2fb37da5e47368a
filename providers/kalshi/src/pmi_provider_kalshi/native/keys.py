"""The account's API keys and tier."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.native.pages import moment_of
from pmi_provider_kalshi.wire.limits import AccountLimits, EndpointCosts
from pmi_provider_kalshi.wire.told import Told

__all__ = ["ApiKey", "KeySet", "VolumeGoal", "VolumeProgress"]

_CAPABILITY: Final = "api_keys"


class ApiKey(Told, frozen=True):
    """A key of the account, never its secret part."""

    api_key_id: str
    name: str = ""
    scopes: tuple[str, ...] = ()
    """``read`` and ``write``, or children of them such as ``write::trade``."""
    subaccount: int | None = None
    """The only subaccount that it may touch; None for all."""
    fcm_subtrader_id: str | None = None

    def may(self, scope: str) -> bool:
        """Whether the key has a scope, by itself or by a wider one."""
        return scope in self.scopes or scope.partition("::")[0] in self.scopes


class VolumeGoal(Told, frozen=True):
    """Contracts within 30 days that earn a tier, and that keep it."""

    level: str
    earn_volume_goal_fp: Decimal
    keep_volume_goal_fp: Decimal


class VolumeProgress(Told, frozen=True):
    """How far the account's trading has come towards the tiers that volume gives."""

    computed_ts: int
    trailing_30d_volume_fp: Decimal
    """Contracts in the 30 days before ``computed``."""
    goals: tuple[VolumeGoal, ...] = ()

    @property
    def computed(self) -> datetime:
        """When the venue counted."""
        return moment_of(self.computed_ts)


class _Progress(msgspec.Struct):
    volume_progress: list[VolumeProgress]


class _Keys(msgspec.Struct):
    api_keys: list[ApiKey]


class KeySet:
    """``venue.native.keys``; needs a key.

    Keys are made and deleted at the venue's site, where a person is asked: a program that could make one
    would hold a private key that nobody gave it, and one that deletes could lock its owner out.
    """

    def __init__(self, caller: Caller, own_id: str | None) -> None:
        self._caller = caller
        self._own_id = own_id

    async def list(self) -> tuple[ApiKey, ...]:
        """GET /api_keys."""
        answer = await self._caller.get(_Keys, "/api_keys", _CAPABILITY, signed=True, rows="api_keys")
        return tuple(answer.api_keys)

    async def own(self) -> ApiKey | None:
        """The key that this venue was opened with: its scopes, and the subaccount that it is locked to."""
        return next((key for key in await self.list() if key.api_key_id == self._own_id), None)

    async def limits(self) -> AccountLimits:
        """GET /account/limits."""
        return await self._caller.get(AccountLimits, "/account/limits", _CAPABILITY, signed=True)

    async def volume_progress(self) -> tuple[VolumeProgress, ...]:
        """GET /account/api_usage_level/volume_progress."""
        path = "/account/api_usage_level/volume_progress"
        answer = await self._caller.get(_Progress, path, _CAPABILITY, signed=True, rows="volume_progress")
        return tuple(answer.volume_progress)

    async def costs(self) -> EndpointCosts:
        """GET /account/endpoint_costs, which is public."""
        return await self._caller.get(EndpointCosts, "/account/endpoint_costs", _CAPABILITY)
