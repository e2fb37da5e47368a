"""Rules of the capability ``search``."""

from __future__ import annotations

from pmi_core.capabilities import Capability
from pmi_core.models import Market, MarketStatus, SearchQuery
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs
from pmi_core.testing.conformance.samples import Subjects, a_market
from pmi_core.testing.conformance.soundness import check_refs, check_sound, check_unique
from pmi_core.testing.conformance.stage import Contract

__all__ = ["SearchRules"]


class SearchRules(Contract):
    """Free-text search of the venue."""

    async def test_search_answers_by_title(self, venue: Venue, subjects: Subjects) -> None:
        """Searching for a market's title finds it; rows are whole and carry the configured name."""
        searcher = needs(venue.search, Capability.SEARCH, venue)
        market = await a_market(venue, subjects)
        page = await searcher.search(SearchQuery(text=market.title[:400], limit=50))
        for found in page.items:
            check_sound(found, Market)
            check_refs(found, venue.name)
        assert market.ref in {found.ref for found in page.items}
        check_unique((found.ref for found in page.items), "the market")

    async def test_search_limit_is_respected(self, venue: Venue, subjects: Subjects) -> None:
        """A search gives no more rows than were asked for."""
        searcher = needs(venue.search, Capability.SEARCH, venue)
        word = max((await a_market(venue, subjects)).title.split(), key=len)
        assert len((await searcher.search(SearchQuery(text=word, limit=1))).items) <= 1

    async def test_search_keeps_to_the_status(self, venue: Venue, subjects: Subjects) -> None:
        """A search among open markets gives open markets only."""
        searcher = needs(venue.search, Capability.SEARCH, venue)
        word = max((await a_market(venue, subjects)).title.split(), key=len)
        page = await searcher.search(SearchQuery(text=word, status=MarketStatus.OPEN, limit=50))
        assert {found.status for found in page.items} <= {MarketStatus.OPEN}

    async def test_search_for_nonsense_is_empty(self, venue: Venue) -> None:
        """Text that matches nothing gives an empty page, not an error and not everything."""
        searcher = needs(venue.search, Capability.SEARCH, venue)
        page = await searcher.search(SearchQuery(text="qxzjvkw qqqqzzzz", limit=50))
        assert page.items == ()
        assert page.cursor is None
