"""The newest update of each channel and market, in the order in which they first had news."""

from __future__ import annotations

from pmi_core.models import (
    BookUpdate,
    ConnectionState,
    ConnectionUpdate,
    FillReversed,
    FillUpdate,
    OrderUpdate,
    PositionUpdate,
    TradeUpdate,
    Update,
)

__all__ = ["Newest"]

_EVERYTHING = ""


def _topic(update: Update) -> tuple[str, str]:
    if isinstance(update, BookUpdate):
        return update.type, update.market_ref
    if isinstance(update, TradeUpdate):
        return update.type, update.trade.market_ref
    if isinstance(update, OrderUpdate):
        return update.type, update.order.market_ref
    if isinstance(update, FillUpdate | FillReversed):
        return update.type, update.fill.market_ref
    if isinstance(update, PositionUpdate):
        return update.type, update.position.market_ref
    return update.type, getattr(update, "market_ref", _EVERYTHING)


class Newest:
    """Holds at most one update for each channel and market, and one state for each market.

    A book that waits is withdrawn when its market stops being live: it would be shown as live after
    it was known not to be.
    """

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], Update] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, update: Update) -> None:
        """Keep an update instead of the older one of its topic."""
        if isinstance(update, ConnectionUpdate):
            self._put_state(update)
        else:
            self._waiting[_topic(update)] = update

    def take(self) -> Update:
        """Give what waits longest; of a state, for all markets of which it is the newest."""
        key = next(iter(self._waiting))
        update = self._waiting.pop(key)
        if not isinstance(update, ConnectionUpdate) or not update.market_refs:
            return update
        refs = [
            ref for ref in update.market_refs if ref == key[1] or self._waiting.get((key[0], ref)) is update
        ]
        for ref in refs:
            self._waiting.pop((key[0], ref), None)
        return (
            update
            if len(refs) == len(update.market_refs)
            else update.model_copy(update={"market_refs": tuple(refs)})
        )

    def clear(self) -> None:
        """Forget everything."""
        self._waiting.clear()

    def _put_state(self, update: ConnectionUpdate) -> None:
        dark = update.state is not ConnectionState.LIVE
        if not update.market_refs:
            for key in [key for key in self._waiting if key[0] == update.type or (dark and key[0] == "book")]:
                del self._waiting[key]
            self._waiting[update.type, _EVERYTHING] = update
            return
        for ref in update.market_refs:
            if dark:
                self._waiting.pop(("book", ref), None)
            self._waiting.pop((update.type, ref), None)
            self._waiting[update.type, ref] = update
