"""Structured targets: the players, teams and things that markets are about (public)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.native.pages import Listing, limit_of
from pmi_provider_kalshi.wire.moment import Moment

__all__ = ["StructuredTarget", "TargetSet"]

_CAPABILITY: Final = "structured_targets"
_MOST: Final = 2000


class StructuredTarget(msgspec.Struct, frozen=True):
    """What a market is about; the shape of ``details`` depends on ``type``."""

    id: str
    name: str = ""
    type: str = ""
    details: dict[str, Any] = {}
    source_id: str | None = None
    source_ids: dict[str, Any] | None = None
    last_updated_ts: Moment | None = None


class _One(msgspec.Struct):
    structured_target: StructuredTarget


class _Many(msgspec.Struct):
    structured_targets: list[StructuredTarget]
    cursor: str | None = None


class TargetSet:
    """``venue.native.targets``."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def get(self, target_id: str) -> StructuredTarget:
        """GET /structured_targets/{structured_target_id}."""
        path = "/structured_targets/{target_id}"
        return (await self._caller.get(_One, path, _CAPABILITY, target_id=target_id)).structured_target

    async def list(
        self,
        *,
        ids: Sequence[str] = (),
        kind: str | None = None,
        competition: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Listing[StructuredTarget]:
        """GET /structured_targets, at most 2000 a page."""
        params = {
            "ids": [*ids],
            "type": kind,
            "competition": competition,
            "page_size": limit_of(limit, _MOST),
            "cursor": cursor,
        }
        answer = await self._caller.get(
            _Many, "/structured_targets", _CAPABILITY, params=params, rows="structured_targets"
        )
        return Listing(tuple(answer.structured_targets), answer.cursor or None)
