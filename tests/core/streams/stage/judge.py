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
        self.at = {name: {0} for name in markets}
        self.gap = dict.fromkeys(markets, True)
        self.trades = {}
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
            self.a_trade(update.trade.market_ref.native, int(update.trade.trade_id))

    def a_trade(self, name, number):
        before = self.trades.get(name, 0)  # the newest of each market wait in no order of their own
        assert number > before, f"trade {number} came after {before}"
        if self.every and not self.trade_gap:
            assert number == max(self.trades.values()) + 1, f"a trade before {number} was lost in silence"
        self.trades[name], self.trade_gap = number, False

    def book(self, update):
        self.books += 1
        book = update.book
        assert book.state is BookState.LIVE
        name = book.market_ref.native
        shown = (in_ticks(book.bids), in_ticks(book.asks))
        assert update.bid == (book.best_bid and book.best_bid.price)
        assert update.ask == (book.best_ask and book.best_ask.price)
        history = self.truth.books[name].history
        # A book that returns to what it was before may be either state; both are kept in mind.
        before = self.at[name]
        alike = {i for i in range(min(before), len(history)) if history[i] == shown}
        assert alike, f"{name} was shown as the venue never had it after state {min(before)}"
        if self.every and not self.gap[name]:
            followed = {i for i in alike if i in before or i - 1 in before}
            assert followed, f"{name} skipped from one of the states {before} to one of {alike}"
            alike = followed
        self.at[name], self.gap[name] = alike, False

    def up_to_date(self):
        return all(len(self.truth.books[name].history) - 1 in self.at[name] for name in self.markets)
