"""Free-text search over the listed markets."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from pmi_core.models import Market, Page, SearchQuery
from pmi_provider_paper.board import Board
from pmi_provider_paper.catalogue import Listing
from pmi_provider_paper.house import House
from pmi_provider_paper.paging import cut_page

__all__ = ["PaperSearch"]

_TITLE = 4
_LABEL = 3
_ELSEWHERE = 1


def _words(text: str) -> frozenset[str]:
    return frozenset("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())


@lru_cache(maxsize=4096)
def _fields(listing: Listing) -> tuple[tuple[int, frozenset[str]], ...]:
    series = listing.series
    about = " ".join((listing.event.title, series.title, series.category, *series.tags, listing.code))
    return (
        (_TITLE, _words(listing.market.title)),
        (_LABEL, _words(listing.market.label)),
        (_ELSEWHERE, _words(about)),
    )


class PaperSearch:
    """Keeps :class:`pmi_core.capabilities.MarketSearcher`: most matching words first."""

    def __init__(self, house: House, board: Board) -> None:
        self._house = house
        self._board = board

    async def search(self, query: SearchQuery) -> Page[Market]:
        with self._house.turn("search", "search") as now:
            return cut_page(
                self._ranked(query, now),
                query.limit,
                query.cursor,
                key=lambda listing: listing.code,
                show=lambda listing: self._board.market(listing, now),
            )

    def _ranked(self, query: SearchQuery, now: datetime) -> list[Listing]:
        house = self._house
        wanted = _words(query.text)
        found: list[tuple[int, int, Listing]] = []
        listings = [
            listing for plan in house.scenario.listed(now) for listing in house.scenario.markets(plan)
        ]
        for place, listing in enumerate([*listings, *house.combos()]):
            if query.status is not None and house.status(listing, now) is not query.status:
                continue
            score = self._score(listing, wanted)
            if score:
                found.append((-score, place, listing))
        best = -found[0][0] if (found := sorted(found, key=lambda row: row[:2])) else 0
        # Rows with far fewer of the words are noise beside a good match.
        return [listing for score, _, listing in found if -score * 3 >= best]

    def _score(self, listing: Listing, wanted: frozenset[str]) -> int:
        score = 0
        for word in wanted:
            score += sum(weight for weight, words in _fields(listing) if word in words) or any(
                len(word) > 2 and one.startswith(word) for _, words in _fields(listing) for one in words
            )
        return score
