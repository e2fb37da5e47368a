"""The exchange's board: markets with their prices, and books, as they stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from pmi_core.exchange.views import BookView
from pmi_core.identifiers import MarketRef
from pmi_core.models import BookSource, BookState, Event, Execution, Market, MarketStatus, OrderBook, Outcome
from pmi_core.numbers import ONE, ZERO
from pmi_provider_paper import translate
from pmi_provider_paper.catalogue import EventPlan, Listing
from pmi_provider_paper.facts import Best, MarketFacts, result_of, status_of, trading_of
from pmi_provider_paper.house import House

__all__ = ["Board"]

_NOTHING = Best(None, None, None, None)
_DAY = timedelta(days=1)


class Board:
    """Reads inside a turn of the house; changes nothing of the account."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._last: dict[str, tuple[datetime, Decimal | None]] = {}

    def best(self, listing: Listing, now: datetime) -> Best:
        """Best prices, from the engine where the account takes part, else from the members."""
        house = self._house
        if not listing.event.is_open(now):
            return _NOTHING
        step = house.crowd.step_of(now)
        code, floor = listing.code, house.floor
        curve = listing.series.execution is Execution.AMM
        if curve or floor.step_of(code) == step or floor.is_used(code) or house.is_touched(code):
            view = self.view(listing, now, depth=1)
            bid, bid_size = view.bids[0] if view.bids else (None, None)
            ask, ask_size = view.asks[0] if view.asks else (None, None)
            return Best(bid, bid_size, ask, ask_size)
        ladder = house.crowd.ladder(listing, step, best_only=True)
        bid, bid_size = ladder.bids[0][:2] if ladder.bids else (None, None)
        ask, ask_size = ladder.asks[0][:2] if ladder.asks else (None, None)
        return Best(bid, bid_size, ask, ask_size)

    def view(self, listing: Listing, now: datetime, depth: int | None = None) -> BookView:
        """The engine's book after the members moved."""
        house = self._house
        if not listing.event.is_open(now):
            curve = listing.series.execution is Execution.AMM
            source = BookSource.CURVE if curve else BookSource.VENUE
            return BookView(listing.code, (), (), 0, source, firm=not curve)
        house.books.absorb(house.floor.bring_to(listing, house.crowd.step_of(now), max(now, house.floor.now)))
        return house.floor.exchange.book(listing.code, depth)

    def last(self, listing: Listing, now: datetime) -> Decimal | None:
        """The price of the newest trade in YES terms, never 0 or 1."""
        found = self._house.history.last(listing, now)
        return found if found is not None and ZERO < found < ONE else None

    def facts(self, listing: Listing, now: datetime) -> MarketFacts:
        """All that changes about a market."""
        house = self._house
        event = listing.event
        void = house.crowd.beliefs.is_void(listing)
        status = status_of(event, now, void=void)
        known = status in (MarketStatus.DETERMINED, MarketStatus.SETTLED, MarketStatus.VOIDED)
        value = house.crowd.beliefs.answer(listing) if known else None
        paid = event.determined_time if status is MarketStatus.VOIDED else event.settled_time
        over = status in (MarketStatus.SETTLED, MarketStatus.VOIDED)
        yesterday = now - _DAY
        memory, history = house.memory, house.history
        volume = history.volume(listing, now) + memory.extra_volume(listing.code, None)
        interest = history.open_interest(listing, volume)
        held = memory.positions.get(listing.code)
        if held is not None:
            interest += held.size
        return MarketFacts(
            now=now,
            status=status,
            trading=trading_of(event, now),
            best=self.best(listing, now),
            last=self.last(listing, now),
            volume=volume,
            volume_24h=history.volume(listing, now, since=yesterday)
            + memory.extra_volume(listing.code, yesterday),
            open_interest=ZERO if over else interest,
            result=result_of(value) if known else None,
            value=value,
            settled_time=paid if over else None,
            final=over,
        )

    def market(self, listing: Listing, now: datetime) -> Market:
        """A market as it stands."""
        return translate.market(self._house.name, listing, self.facts(listing, now))

    def outcomes(self, listing: Listing, now: datetime) -> tuple[Outcome, Outcome]:
        """Both outcomes with their best prices."""
        return translate.outcomes(listing.market.label, self.best(listing, now), self.last(listing, now))

    def event(self, plan: EventPlan, now: datetime, *, with_markets: bool) -> Event:
        """An event, with its markets or without."""
        listings = self.listings(plan) if with_markets else ()
        return translate.event(
            self._house.name, plan, tuple(self.market(listing, now) for listing in listings), now
        )

    def listings(self, plan: EventPlan) -> tuple[Listing, ...]:
        """The markets of an event, or the one market of a combination."""
        combo = self._house.lookup(plan.code)
        if combo is not None and combo.market.legs:
            return (combo,)
        return self._house.scenario.markets(plan)

    def book(
        self,
        ref: MarketRef,
        listing: Listing,
        now: datetime,
        *,
        depth: int | None = None,
        sequence: int | None = None,
        state: BookState = BookState.SNAPSHOT,
    ) -> OrderBook:
        """The book of the outcome that a ref names."""
        view = self.view(listing, now, depth)
        return translate.book(ref, view, now, depth=depth, sequence=sequence, state=state)
