"""Words to search by: tags of categories, competitions and scopes of sports (public)."""

from __future__ import annotations

from typing import Final

import msgspec

from pmi_provider_kalshi.caller import Caller

__all__ = ["Competition", "FilterSet", "Sport", "SportFilters"]

_CAPABILITY: Final = "search_filters"


class Competition(msgspec.Struct, frozen=True):
    """What can be asked of a competition."""

    scopes: tuple[str, ...] = ()


class Sport(msgspec.Struct, frozen=True):
    """What can be asked of a sport, and its competitions by name."""

    scopes: tuple[str, ...] = ()
    competitions: dict[str, Competition] = {}


class SportFilters(msgspec.Struct, frozen=True):
    """All sports by name, and the order in which the venue shows them."""

    filters_by_sports: dict[str, Sport]
    sport_ordering: tuple[str, ...] = ()


class _Tags(msgspec.Struct):
    tags_by_categories: dict[str, tuple[str, ...] | None]


class FilterSet:
    """``venue.native.filters``."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def tags_by_category(self) -> dict[str, tuple[str, ...]]:
        """GET /search/tags_by_categories."""
        answer = await self._caller.get(_Tags, "/search/tags_by_categories", _CAPABILITY)
        return {name: tags or () for name, tags in answer.tags_by_categories.items()}

    async def by_sport(self) -> SportFilters:
        """GET /search/filters_by_sport."""
        return await self._caller.get(SportFilters, "/search/filters_by_sport", _CAPABILITY)
