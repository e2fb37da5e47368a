"""Combos: markets whose result follows from the results of other markets."""

from __future__ import annotations

from pmi_core.errors import Duplicate, InvalidOrder, MarketNotOpen, NotFound
from pmi_core.exchange.commands import AddCollection, Leg, OpenCombo
from pmi_core.exchange.events import ComboOpened
from pmi_core.exchange.lifecycle import Lifecycle
from pmi_core.exchange.market import Market
from pmi_core.exchange.specs import CollectionSpec, MarketSpec
from pmi_core.exchange.state import State
from pmi_core.exchange.units import SCALE
from pmi_core.models.market import MarketResult, MarketStatus, OutcomeSide

__all__ = ["Combos"]

_RESULTS = (MarketStatus.DETERMINED, MarketStatus.SETTLED)
_ENDED = (MarketStatus.SETTLED, MarketStatus.VOIDED)


class Combos:
    """Commands on collections, and what happens to combos when their legs end.

    A combo pays the product of what its legs pay: 1 if every leg hits, 0 as soon as one misses, the
    product of the fractions otherwise.  A void leg counts as 1, as if it had not been chosen; a
    combo of void legs only is void itself.
    """

    def __init__(self, state: State, lifecycle: Lifecycle) -> None:
        self._state = state
        self._lifecycle = lifecycle
        lifecycle.followers.append(self)

    def add_collection(self, command: AddCollection) -> None:
        """List a collection."""
        state = self._state
        spec = command.spec
        if spec.id in state.collections:
            raise Duplicate(f"collection {spec.id!r} is listed already", code="collection")
        for event_id in spec.event_ids:
            if event_id not in state.events:
                raise NotFound(f"there is no event {event_id!r}", hint="list it first", code="event")
        state.collections[spec.id] = spec

    def key(self, collection_id: str, legs: tuple[Leg, ...]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What makes two combinations the same.

        Raises:
            NotFound: there is no such collection.
        """
        spec = self._state.collections.get(collection_id)
        if spec is None:
            raise NotFound(f"there is no collection {collection_id!r}", code="collection")
        if not all(type(leg.outcome) is OutcomeSide for leg in legs):
            raise InvalidOrder("a leg's outcome is OutcomeSide.YES or OutcomeSide.NO", code="kind")
        pairs = tuple((leg.market_id, leg.outcome.value) for leg in legs)
        return collection_id, pairs if spec.ordered else tuple(sorted(pairs))

    def open_combo(self, command: OpenCombo) -> None:
        """Open a combination's market."""
        state = self._state
        key = self.key(command.collection_id, command.legs)
        spec = state.collections[command.collection_id]
        existing = state.combos.get(key)
        if existing is not None:
            state.log.emit(ComboOpened, existing, spec.id, False)
            return
        self._check(spec, command.legs)
        count = sum(1 for collection_id, _ in state.combos if collection_id == spec.id)
        legs = [state.markets[leg.market_id] for leg in command.legs]
        closes = [market.close_time for market in legs]
        last = None if None in closes else max(close for close in closes if close is not None)
        market = self._lifecycle.list_market(
            MarketSpec(
                id=f"{spec.id}-{count + 1}",
                price_grid=spec.price_grid,
                size_step=spec.size_step,
                min_size=spec.min_size,
                fees=spec.fees,
                fee_rebates=spec.fee_rebates,
                currency=spec.currency,
                settlement_delay=spec.settlement_delay,
                close_time=last,
            )
        )
        state.combos[key] = market.id
        market.collection_id = spec.id
        market.legs = command.legs
        for leg in legs:
            leg.combos.append(market.id)
        state.log.emit(ComboOpened, market.id, spec.id, True)
        self._derive(market)

    def _check(self, spec: CollectionSpec, legs: tuple[Leg, ...]) -> None:
        if not spec.min_legs <= len(legs) <= spec.max_legs:
            raise InvalidOrder(
                f"a combo of {spec.id!r} has {spec.min_legs} to {spec.max_legs} legs, not {len(legs)}",
                code="legs",
            )
        if len({leg.market_id for leg in legs}) < len(legs):
            raise InvalidOrder("each leg of a combo is another market", code="legs")
        events = []
        for leg in legs:
            market = self._state.market(leg.market_id)
            if market.event_id is None or market.event_id not in spec.event_ids:
                raise InvalidOrder(f"{market.id} is in no event of {spec.id!r}", code="legs")
            if market.status in _ENDED or market.status is MarketStatus.DETERMINED:
                raise MarketNotOpen(f"{market.id} is {market.status} already", code=market.status.value)
            if spec.yes_only and leg.outcome is not OutcomeSide.YES:
                raise InvalidOrder(f"the legs of a combo of {spec.id!r} are all YES", code="legs")
            events.append(market.event_id)
        if spec.one_market_per_event and len(set(events)) < len(events):
            raise InvalidOrder(f"a combo of {spec.id!r} has one leg per event", code="legs")

    def follow(self, leg: Market) -> None:
        """A leg ended: determine what follows from it."""
        for market_id in leg.combos:
            self._derive(self._state.markets[market_id])

    def unfollow(self, leg: Market) -> None:
        """A leg is open again: what it had decided is open too, unless it still follows."""
        for market_id in leg.combos:
            combo = self._state.markets[market_id]
            if combo.status is MarketStatus.DETERMINED and self._value(combo) is None:
                self._lifecycle.reopen_until(combo, leg.close_time)

    def _derive(self, combo: Market) -> None:
        if combo.status in _ENDED:
            return
        legs = [self._state.markets[leg.market_id] for leg in combo.legs]
        if all(leg.result is MarketResult.VOID for leg in legs):
            self._lifecycle.void_now(combo)
            return
        value = self._value(combo)
        if value is not None and value != combo.value:
            self._lifecycle.determine_at(combo, value)
        elif value is None and combo.status is MarketStatus.DETERMINED:
            self._lifecycle.reopen_until(combo, None)

    def _value(self, combo: Market) -> int | None:
        """What the combo pays as far as its legs are known; None while that is open.

        A product of fractions is cut to the unit, never up.
        """
        product, divisor, known = SCALE, 1, True
        for leg in combo.legs:
            market = self._state.markets[leg.market_id]
            if market.result is MarketResult.VOID:
                continue
            if market.status not in _RESULTS or market.value is None:
                known = False
                continue
            product *= market.value if leg.outcome is OutcomeSide.YES else SCALE - market.value
            divisor *= SCALE
        if product == 0:
            return 0
        return product // divisor if known else None
