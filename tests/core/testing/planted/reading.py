"""Faults of reading: books, listings, prices over time."""

from __future__ import annotations

from datetime import timedelta, timezone
from decimal import Decimal

from pmi_core.errors import NotFound
from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    BookSource,
    BookState,
    MarketQuery,
    MarketStatus,
    OrderBook,
    OutcomeSide,
    Page,
    Trading,
)

from . import alter, but, planted, twist


def level(one, **changes):
    return but(one, **changes)


@planted("books.best_first")
def bids_worst_first(bench):
    twist(bench, "books", "get_book", lambda book, *_: but(book, bids=book.bids[::-1]))


@planted("books.best_first")
def asks_worst_first(bench):
    twist(bench, "books", "get_book", lambda book, *_: but(book, asks=book.asks[::-1]))


@planted("books.no_is_the_mirror")
def no_not_complemented(bench):
    def same(book, ref, *_):
        if not str(ref).endswith("#no"):
            return book
        return but(book.mirror(), outcome=OutcomeSide.NO, source=BookSource.MIRROR)

    twist(bench, "books", "get_book", same)


@planted("books.are_uncrossed")
def crossed(bench):
    def cross(book, *_):
        return (
            but(book, asks=(level(book.asks[0], price=book.bids[0].price), *book.asks[1:]))
            if book.bids
            else book
        )

    twist(bench, "books", "get_book", cross)


@planted("books.prices_are_exact")
def floats(bench):
    def lose(book, *_):
        return but(book, bids=tuple(level(one, price=float(one.price)) for one in book.bids))

    twist(bench, "books", "get_book", lose)


@planted("books.prices_are_exact")
def cents_for_dollars(bench):
    def cents(book, *_):
        return but(book, asks=tuple(level(one, price=one.price * 100) for one in book.asks))

    twist(bench, "books", "get_book", cents)


@planted("pricing.goes_through_the_levels")
def level_lost(bench):
    twist(bench, "books", "get_book", lambda book, *_: but(book, asks=book.asks[:1] + book.asks[2:]))


@planted("books.agree_with_the_market")
def sizes_swapped(bench):
    def swap(book, *_):
        if not book.bids or not book.asks:
            return book
        return but(
            book,
            bids=(level(book.bids[0], size=book.asks[0].size), *book.bids[1:]),
            asks=(level(book.asks[0], size=book.bids[0].size), *book.asks[1:]),
        )

    twist(bench, "books", "get_book", swap)


@planted("books.times_are_now")
def naive_time(bench):
    twist(
        bench,
        "books",
        "get_book",
        lambda book, *_: but(book, received_time=book.received_time.replace(tzinfo=None)),
    )


@planted("books.times_are_now")
def local_time_as_utc(bench):
    twist(
        bench,
        "books",
        "get_book",
        lambda book, *_: but(book, received_time=book.received_time + timedelta(hours=2)),
    )


@planted("markets.times_are_aware")
def time_of_another_zone(bench):
    def moved(page, *_):
        zone = timezone(timedelta(hours=-5))
        return but(
            page, items=tuple(but(one, close_time=one.close_time.astimezone(zone)) for one in page.items)
        )

    twist(bench, "markets", "list_markets", moved)


@planted("books.unknown_is_not_found")
def empty_book_for_unknown(bench):
    healthy = bench.parts["books"].get_book

    async def get_book(market, depth=None):
        try:
            return await healthy(market, depth)
        except NotFound:
            return OrderBook(market_ref=MarketRef(market), received_time=bench.world.clock.now())

    alter(bench, "books", get_book=get_book)


@planted("books.are_snapshots")
def stale_said_live(bench):
    twist(bench, "books", "get_book", lambda book, *_: but(book, state=BookState.LIVE))


@planted("books.depth_is_respected")
def depth_ignored(bench):
    healthy = bench.parts["books"].get_book
    alter(bench, "books", get_book=lambda market, depth=None: healthy(market))


@planted("books.depth_is_respected")
def depth_keeps_the_worst(bench):
    twist(
        bench,
        "books",
        "get_book",
        lambda book, market, depth=None: book,
    )
    healthy = bench.parts["books"].get_book

    async def get_book(market, depth=None):
        book = await healthy(market)
        return book if depth is None else but(book, bids=book.bids[-depth:], asks=book.asks[-depth:])

    alter(bench, "books", get_book=get_book)


@planted("books.several_come_in_order")
def books_in_another_order(bench):
    twist(
        bench, "books", "get_books", lambda books, *_: tuple(sorted(books, key=lambda book: book.market_ref))
    )


@planted("books.speak_of_the_outcome_asked_for")
def outcome_forgotten(bench):
    twist(bench, "books", "get_book", lambda book, *_: but(book, outcome=OutcomeSide.YES))


@planted("markets.pages_add_up")
def last_page_lost(bench):
    def stop(page, query):
        start = int(query.cursor or 0)
        return but(page, cursor=None) if start + 2 * query.limit >= 4 and query.limit < 100 else page

    twist(bench, "markets", "list_markets", stop)


@planted("markets.pages_do_not_repeat")
def cursor_loop(bench):
    twist(
        bench,
        "markets",
        "list_markets",
        lambda page, query: but(page, cursor="0") if query.limit == 3 else page,
    )


@planted("markets.pages_do_not_repeat")
def repeated_row(bench):
    healthy = bench.parts["markets"].list_markets

    async def list_markets(query):
        if query.cursor is None:
            return await healthy(query)
        overlapping = str(int(query.cursor) - 1)
        return await healthy(but(query, cursor=overlapping))

    alter(bench, "markets", list_markets=list_markets)


@planted("markets.garbage_cursor_ends")
def garbage_cursor_begins_again(bench):
    healthy = bench.parts["markets"].list_markets

    async def list_markets(query):
        if query.cursor and "garbage" in query.cursor:
            page = await healthy(but(query, cursor=None))
            return but(page, cursor=query.cursor)
        return await healthy(query)

    alter(bench, "markets", list_markets=list_markets)


@planted("markets.limit_is_respected")
def limit_ignored(bench):
    healthy = bench.parts["markets"].list_markets
    alter(bench, "markets", list_markets=lambda query: healthy(but(query, limit=1000)))


def each_market(bench, change):
    def changed(page, *_):
        return but(page, items=tuple(change(market) for market in page.items))

    twist(bench, "markets", "list_markets", changed)


@planted("markets.missing_price_is_none")
def missing_price_as_zero(bench):
    def fill(market):
        yes = but(market.yes, bid=market.yes.bid or Decimal(0))
        return but(market, outcomes=(yes, market.no))

    each_market(bench, fill)


@planted("markets.outcomes_are_yes_then_no")
def outcomes_exchanged(bench):
    each_market(bench, lambda market: but(market, outcomes=market.outcomes[::-1]))


@planted("markets.get_agrees_with_listing")
def titles_differ(bench):
    each_market(bench, lambda market: but(market, title=market.title.upper()))


@planted("markets.refs_carry_the_venue")
def refs_carry_the_provider(bench):
    each_market(bench, lambda market: but(market, ref=MarketRef.make("healthy", market.ref.native)))


@planted("markets.open_means_open")
def closed_said_open(bench):
    healthy = bench.parts["markets"].list_markets

    async def list_markets(query: MarketQuery):
        page = await healthy(but(query, status=None))
        opened = {"status": MarketStatus.OPEN, "trading": Trading.OPEN, "result": None, "settled_time": None}
        return Page(items=tuple(but(market, **opened) for market in page.items), cursor=page.cursor)

    alter(bench, "markets", list_markets=list_markets)


@planted("markets.order_is_stable")
def order_unstable(bench):
    turns = []

    def turn(page, *_):
        turns.append(page)
        return but(page, items=page.items[::-1] if len(turns) % 2 else page.items)

    twist(bench, "markets", "list_markets", turn)


@planted("markets.filter_by_status")
def status_filter_ignored(bench):
    healthy = bench.parts["markets"].list_markets
    alter(bench, "markets", list_markets=lambda query: healthy(but(query, status=None)))


@planted("markets.unknown_is_not_found")
def unknown_is_some_market(bench):
    healthy = bench.parts["markets"].get_market
    alter(
        bench,
        "markets",
        get_market=lambda market: healthy(f"{bench.world.name}:RAIN-1" if "NO-SUCH" in market else market),
    )


@planted("markets.answers")
def odd_field_in_a_fast_model(bench):
    each_market(bench, lambda market: but(market, volume="many"))


@planted("events.get_agrees_with_listing")
def exclusivity_forgotten(bench):
    twist(bench, "events", "get_event", lambda event, *_: but(event, mutually_exclusive=None))


@planted("events.markets_name_their_event")
def event_of_strangers(bench):
    def strange(event, *_):
        return but(event, markets=tuple(but(market, event_ref=None) for market in event.markets))

    twist(bench, "events", "get_event", strange)


@planted("search.for_nonsense_is_empty")
def search_gives_everything(bench):
    markets = bench.parts["markets"]
    alter(bench, "search", search=lambda query: markets.list_markets(MarketQuery(limit=query.limit)))


@planted("trades.are_newest_first")
def trades_oldest_first(bench):
    twist(bench, "trades", "list_trades", lambda page, *_: but(page, items=page.items[::-1]))


@planted("trades.keep_to_the_window")
def trades_ignore_the_window(bench):
    healthy = bench.parts["trades"].list_trades

    async def list_trades(query):
        return await healthy(
            but(query, start=None, end=None) if query.start is None else but(query, start=query.end)
        )

    def shifted(page, query):
        hours = timedelta(hours=1) if query.start else timedelta(0)
        return but(page, items=tuple(but(one, time=one.time + hours) for one in page.items))

    alter(bench, "trades", list_trades=list_trades)
    twist(bench, "trades", "list_trades", shifted)


@planted("candles.range_holds_its_ends")
def high_is_the_close(bench):
    twist(
        bench,
        "candles",
        "list_candles",
        lambda candles, *_: tuple(but(one, high=one.low - Decimal("0.01")) for one in candles),
    )


@planted("candles.are_oldest_first")
def candles_newest_first(bench):
    twist(bench, "candles", "list_candles", lambda candles, *_: candles[::-1])


@planted("candles.prices_are_exact")
def silence_has_a_price(bench):
    twist(
        bench,
        "candles",
        "list_candles",
        lambda candles, *_: tuple(but(one, volume=Decimal(0)) for one in candles),
    )


@planted("pricing.never_spends_more")
def quote_overspends(bench):
    twist(bench, "pricing", "get_quote", lambda quote, *_: but(quote, cost=quote.cost * 2))


@planted("pricing.answers_for_the_best_level")
def no_quoted_in_yes_terms(bench):
    healthy = bench.parts["pricing"].get_quote

    async def get_quote(query):
        quote = await healthy(but(query, outcome=OutcomeSide.YES))
        return but(quote, outcome=query.outcome)

    alter(bench, "pricing", get_quote=get_quote)


@planted("milestones.filter_by_event")
def milestones_unfiltered(bench):
    healthy = bench.parts["milestones"].list_milestones
    alter(bench, "milestones", list_milestones=lambda query: healthy(but(query, event_ref=None)))
