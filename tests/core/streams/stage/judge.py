"""Compares what a consumer was shown with what was true."""

from __future__ import annotations

from pmi_core.models import BookState, BookUpdate, ConnectionState, ConnectionUpdate, TradeUpdate


def in_ticks(levels):
    return frozenset((int(level.price * 10_000), int(level.size * 100)) for level in levels)


class Judge:
    """Every book must be one that the venue had, in the venue's order, with none left out unless announced.

    Args:
        truth: the venue's books with their history.
        markets: those that were subscribed to.
        every: whether leaving one out must be announced.
    """

    def __init__(self, truth, markets, *, every=True):
        self.truth = truth
        self.markets = markets
        self.every = every
        self.at = dict.fromkeys(markets, -1)
        self.gap = dict.fromkeys(markets, True)
        self.trade = 0
        self.trade_gap = True
        self.states = []
        self.books = 0

    def see(self, update):
        if isinstance(update, ConnectionUpdate):
            self.states.append(update.state)
            if update.state is not ConnectionState.LIVE:
                concerned = [ref.native for ref in update.market_refs] or self.markets
                self.gap.update(dict.fromkeys(concerned, True))
                self.trade_gap = True
        elif isinstance(update, BookUpdate):
            self.book(update)
        elif isinstance(update, TradeUpdate):
            number = int(update.trade.trade_id)
            assert number > self.trade, f"trade {number} came after {self.trade}"
            assert self.trade_gap or not self.every or number == self.trade + 1, "a trade was lost in silence"
            self.trade, self.trade_gap = number, False

    def book(self, update):
        self.books += 1
        book = update.book
        assert book.state is BookState.LIVE
        name = book.market_ref.native
        shown = (in_ticks(book.bids), in_ticks(book.asks))
        assert update.bid == (book.best_bid and book.best_bid.price)
        assert update.ask == (book.best_ask and book.best_ask.price)
        history = self.truth.books[name].history
        # A venue without numbers may say the same twice, which nobody can tell from two that are alike.
        start = max(self.at[name], 0)
        found = next((i for i in range(start, len(history)) if history[i] == shown), None)
        assert found is not None, f"{name} was shown as the venue never had it after state {self.at[name]}"
        if self.every and not self.gap[name]:
            assert found <= self.at[name] + 1, f"{name} skipped states {self.at[name] + 1} to {found - 1}"
        self.at[name], self.gap[name] = found, False

    def up_to_date(self):
        return all(self.at[name] == len(self.truth.books[name].history) - 1 for name in self.markets)
