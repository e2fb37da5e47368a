"""What changed since the last look, as updates: the work behind a subscription."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from pmi_core.exchange.views import BookView
from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    BookState,
    BookUpdate,
    Channel,
    FillReversed,
    FillSettlement,
    FillUpdate,
    LifecycleKind,
    LifecycleUpdate,
    OrderUpdate,
    PositionUpdate,
    Subscription,
    TickerUpdate,
    TradeUpdate,
    Update,
)
from pmi_provider_paper import translate, wording
from pmi_provider_paper.account import PaperAccount
from pmi_provider_paper.board import Board
from pmi_provider_paper.catalogue import EventPlan, Listing
from pmi_provider_paper.catalogue.scenario import listed_time
from pmi_provider_paper.facts import Best
from pmi_provider_paper.house import House
from pmi_provider_paper.simulation.history import Print

__all__ = ["Watch"]

_HOUR = timedelta(hours=1)
_PUBLIC = frozenset({Channel.BOOK, Channel.TICKER, Channel.TRADE})
_PORTION = 20
"""Markets in one turn: some milliseconds, in which nothing else of the process runs."""

_Row = tuple[datetime, str, LifecycleKind, Listing]


class Watch:
    """Looks at what one subscription wants; to be used where the house is at rest or in a turn.

    Raises:
        NotFound: a market of the subscription does not exist.
    """

    def __init__(self, house: House, board: Board, account: PaperAccount, wanted: Subscription) -> None:
        self._house = house
        self._board = board
        self._account = account
        self._channels = wanted.channels
        refs = dict.fromkeys(MarketRef(ref).market for ref in wanted.market_refs)
        self._listings = {listing.code: listing for listing in map(house.listing, refs)}
        self._books: dict[str, tuple[int, object]] = {}
        self._tickers: dict[str, object] = {}
        self._printed: dict[str, set[str]] = {}
        self._revision = house.memory.revision
        self._since = house.floor.now
        self._combos = set(house.memory.combos)
        if Channel.TRADE in self._channels:
            for listing in self._listings.values():
                self._printed[listing.code] = {row.id for row in self._recent(listing, self._since)}

    def portions(self) -> Iterator[Sequence[Listing]]:
        """The markets of the subscription, a few at a time: a look at a thousand would hold everybody up."""
        if _PUBLIC & self._channels:
            listings = list(self._listings.values())
            yield from (listings[at : at + _PORTION] for at in range(0, len(listings), _PORTION))

    def look(self, listings: Iterable[Listing], now: datetime, *, move: bool) -> list[Update]:
        """What changed about some markets since the last look at them.

        Args:
            listings: of the subscription.
            now: the moment of the look.
            move: whether the members may move in the engine now; else only books that stand at the
                present step are compared.
        """
        found: list[Update] = []
        for listing in listings:
            if Channel.TRADE in self._channels:
                found += self._trades(listing, now)
            if move or self._stands(listing, now):
                if Channel.BOOK in self._channels:
                    found += self._book(listing, now)
                if Channel.TICKER in self._channels:
                    found += self._ticker(listing, now)
        return found

    def touched(self) -> list[Listing]:
        """Markets of the subscription of which the account's own records changed since the last look."""
        if not _PUBLIC & self._channels:
            return []
        memory = self._house.memory
        codes = {one.market for one in memory.orders.values() if one.revision > self._revision}
        codes |= {one.market for one in memory.prints.values() if one.revision > self._revision}
        codes |= {one.id for one in memory.positions.values() if one.revision > self._revision}
        return [listing for code, listing in self._listings.items() if code in codes]

    def look_around(self, now: datetime) -> list[Update]:
        """What else changed since the last look: the lives of markets, and the account's own records."""
        found: list[Update] = []
        if Channel.LIFECYCLE in self._channels:
            found += self._lifecycle(now)
        found += self._own(now)
        self._since = max(self._since, now)
        return found

    def forget(self) -> None:
        """Tell every book and ticker anew at the next look, because the consumer was told to trust none."""
        self._books = {code: (sequence, None) for code, (sequence, _) in self._books.items()}
        self._tickers.clear()

    def _stands(self, listing: Listing, now: datetime) -> bool:
        return self._house.floor.step_of(listing.code) == self._house.crowd.step_of(now)

    def _book(self, listing: Listing, now: datetime) -> Iterator[Update]:
        view: BookView = self._board.view(listing, now)
        levels = (view.bids, view.asks)
        sequence, known = self._books.get(listing.code, (0, None))
        if levels == known:
            return
        self._books[listing.code] = (sequence + 1, levels)
        ref = MarketRef.make(self._house.name, listing.code)
        book = translate.book(ref, view, now, depth=None, sequence=sequence + 1, state=BookState.LIVE)
        yield BookUpdate(book=book, received_time=now)

    def _ticker(self, listing: Listing, now: datetime) -> Iterator[Update]:
        facts = self._board.facts(listing, now)
        seen: tuple[Best, object, object] = (facts.best, facts.last, facts.volume)
        if self._tickers.get(listing.code) == seen:
            return
        self._tickers[listing.code] = seen
        yes, no = translate.outcomes(listing.market.label, facts.best, facts.last)
        yield TickerUpdate(
            market_ref=MarketRef.make(self._house.name, listing.code),
            yes=yes,
            no=no,
            volume=facts.volume,
            open_interest=facts.open_interest,
            venue_time=now,
            received_time=now,
        )

    def _recent(self, listing: Listing, now: datetime) -> Iterator[Print]:
        crowd = self._house.crowd
        for hour in range(crowd.hour_of(self._since - _HOUR), crowd.hour_of(now) + 1):
            yield from self._house.history.hour(listing, hour, now)

    def _trades(self, listing: Listing, now: datetime) -> Iterator[Update]:
        known = self._printed[listing.code]
        recent = list(self._recent(listing, now))
        for row in recent:
            if row.id not in known:
                yield TradeUpdate(
                    trade=translate.trade(self._house.name, listing.code, row), received_time=now
                )
        self._printed[listing.code] = {row.id for row in recent}

    def _own(self, now: datetime) -> Iterator[Update]:
        """Changes of orders, fills and positions, in the order in which they were recorded."""
        memory, name, since = self._house.memory, self._house.name, self._revision
        self._revision = memory.revision
        if memory.revision == since:
            return
        rows: list[tuple[int, Update]] = []
        if Channel.ORDER in self._channels:
            for order in memory.orders.values():
                if order.revision > since and self._is_wanted(order.market):
                    update = OrderUpdate(order=wording.order(name, order), received_time=now)
                    rows.append((order.revision, update))
        if Channel.FILL in self._channels:
            for fill in memory.fills.values():
                if fill.revision > since and self._is_wanted(fill.market):
                    shown = wording.fill(name, fill)
                    undone = fill.settlement is FillSettlement.FAILED
                    rows.append(
                        (
                            fill.revision,
                            FillReversed(fill=shown, reason=fill.reason, received_time=now)
                            if undone
                            else FillUpdate(fill=shown, received_time=now),
                        )
                    )
        if Channel.POSITION in self._channels:
            for position in memory.positions.values():
                if position.revision > since and self._is_wanted(position.id):
                    held = self._account.position(position, now)
                    rows.append((position.revision, PositionUpdate(position=held, received_time=now)))
        yield from (update for _, update in sorted(rows, key=lambda row: row[0]))

    def _is_wanted(self, code: str) -> bool:
        return not self._listings or code in self._listings

    def _lifecycle(self, now: datetime) -> Iterator[Update]:
        rows = self._new_combos(now)
        if self._listings:
            listings = list(self._listings.values())
        else:
            listings = [
                listing
                for plan in self._house.scenario.listed(now)
                if any(self._since < when <= now for when, _ in self._turns(plan, void=False))
                for listing in self._house.scenario.markets(plan)
            ] + self._house.combos()
        for listing in listings:
            void = self._house.crowd.beliefs.is_void(listing)
            for when, kind in self._turns(listing.event, void=void):
                if listing.market.legs and kind is LifecycleKind.CREATED:
                    continue  # a combination is created when somebody opens it
                if self._since < when <= now:
                    rows.append((when, listing.code, kind, listing))
        for _, code, kind, listing in sorted(rows, key=lambda row: row[:2]):
            yield LifecycleUpdate(
                kind=kind,
                market_ref=MarketRef.make(self._house.name, code),
                market=self._board.market(listing, now),
                received_time=now,
            )

    def _new_combos(self, now: datetime) -> list[_Row]:
        """Combinations that were opened, here or by another process, since the last look."""
        found = [code for code in self._house.memory.combos if code not in self._combos]
        self._combos.update(found)
        if self._listings:
            return []
        listings = [(code, self._house.lookup(code)) for code in found]
        return [
            (now, code, kind, listing)
            for code, listing in listings
            if listing is not None
            for kind in (LifecycleKind.CREATED, LifecycleKind.OPENED)
        ]

    def _turns(self, plan: EventPlan, *, void: bool) -> list[tuple[datetime, LifecycleKind]]:
        found = [
            (listed_time(plan), LifecycleKind.CREATED),
            (plan.open_time, LifecycleKind.OPENED),
            (plan.close_time, LifecycleKind.CLOSED),
        ]
        found += [(until, LifecycleKind.CLOSE_TIME_CHANGED) for until, _ in plan.moved_closes]
        if plan.broken_off is not None:
            closed, reopened = plan.broken_off
            found += [(closed, LifecycleKind.CLOSED), (reopened, LifecycleKind.REOPENED)]
        if plan.pause is not None:
            found += [(plan.pause[0], LifecycleKind.PAUSED), (plan.pause[1], LifecycleKind.RESUMED)]
        if void:
            return [*found, (plan.determined_time, LifecycleKind.VOIDED)]
        return [
            *found,
            (plan.determined_time, LifecycleKind.DETERMINED),
            (plan.settled_time, LifecycleKind.SETTLED),
        ]
