"""What changed since the last look, as updates: the work behind a subscription."""

from __future__ import annotations

from collections.abc import Iterator
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
from pmi_provider_paper.facts import Best
from pmi_provider_paper.house import House
from pmi_provider_paper.simulation.history import Print

__all__ = ["Watch"]

_HOUR = timedelta(hours=1)


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
        self._listings = [house.listing(ref) for ref in refs]
        self._codes = frozenset(listing.code for listing in self._listings)
        self._books: dict[str, tuple[int, object]] = {}
        self._tickers: dict[str, object] = {}
        self._printed: dict[str, set[str]] = {}
        self._revision = house.memory.revision
        self._since = house.floor.now
        if Channel.TRADE in self._channels:
            for listing in self._listings:
                self._printed[listing.code] = {row.id for row in self._recent(listing, self._since)}

    def look(self, now: datetime, *, move: bool) -> list[Update]:
        """Everything that changed since the last look.

        Args:
            now: the moment of the look.
            move: whether the members may move in the engine now; else only books that stand at the
                present step are compared.
        """
        found: list[Update] = []
        for listing in self._listings:
            if Channel.TRADE in self._channels:
                found += self._trades(listing, now)
            if Channel.BOOK in self._channels:
                found += self._book(listing, now, move=move)
            if Channel.TICKER in self._channels:
                found += self._ticker(listing, now, move=move)
        if Channel.LIFECYCLE in self._channels:
            found += self._lifecycle(now)
        found += self._own(now)
        self._since = max(self._since, now)
        return found

    def _stands(self, listing: Listing, now: datetime) -> bool:
        return self._house.floor.step_of(listing.code) == self._house.crowd.step_of(now)

    def _book(self, listing: Listing, now: datetime, *, move: bool) -> Iterator[Update]:
        if not move and not self._stands(listing, now):
            return
        view: BookView = self._board.view(listing, now)
        levels = (view.bids, view.asks)
        sequence, known = self._books.get(listing.code, (0, None))
        if levels == known:
            return
        self._books[listing.code] = (sequence + 1, levels)
        ref = MarketRef.make(self._house.name, listing.code)
        book = translate.book(ref, view, now, depth=None, sequence=sequence + 1, state=BookState.LIVE)
        yield BookUpdate(book=book, received_time=now)

    def _ticker(self, listing: Listing, now: datetime, *, move: bool) -> Iterator[Update]:
        if not move and not self._stands(listing, now):
            return
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
        return not self._codes or code in self._codes

    def _lifecycle(self, now: datetime) -> Iterator[Update]:
        if self._codes:
            listings = self._listings
        else:
            listings = [
                listing
                for plan in self._house.scenario.listed(now)
                if any(self._since < when <= now for when, _ in self._turns(plan, void=False))
                for listing in self._house.scenario.markets(plan)
            ] + self._house.combos()
        rows: list[tuple[datetime, str, LifecycleKind, Listing]] = []
        for listing in listings:
            void = self._house.crowd.beliefs.is_void(listing)
            for when, kind in self._turns(listing.event, void=void):
                if self._since < when <= now:
                    rows.append((when, listing.code, kind, listing))
        for _, code, kind, listing in sorted(rows, key=lambda row: row[:2]):
            yield LifecycleUpdate(
                kind=kind,
                market_ref=MarketRef.make(self._house.name, code),
                market=self._board.market(listing, now),
                received_time=now,
            )

    def _turns(self, plan: EventPlan, *, void: bool) -> list[tuple[datetime, LifecycleKind]]:
        found = [
            (plan.open_time, LifecycleKind.OPENED),
            (plan.close_time, LifecycleKind.CLOSED),
        ]
        if plan.pause is not None:
            found += [(plan.pause[0], LifecycleKind.PAUSED), (plan.pause[1], LifecycleKind.RESUMED)]
        if void:
            return [*found, (plan.determined_time, LifecycleKind.VOIDED)]
        return [
            *found,
            (plan.determined_time, LifecycleKind.DETERMINED),
            (plan.settled_time, LifecycleKind.SETTLED),
        ]
