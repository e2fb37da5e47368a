"""A small venue in memory: every capability that reads, lists that page, errors on demand."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import ModuleType

from pmi_mcp_world import NOW, World, market

from pmi_core import (
    Balance,
    Capability,
    ExchangeStatus,
    Level,
    OrderBook,
    PriceQuote,
    Provider,
    StatusPart,
    Venue,
    VenueInfo,
    WriteClass,
    hookimpl,
)
from pmi_core.settings import ProviderSettings

__all__ = ["CAN", "NOW", "Account", "Browsing", "Prices", "World", "market", "plugin", "provider"]

CAN = frozenset(
    {
        Capability.STATUS,
        Capability.MARKETS,
        Capability.EVENTS,
        Capability.SEARCH,
        Capability.BOOKS,
        Capability.PRICING,
        Capability.TRADES,
        Capability.CANDLES,
        Capability.MILESTONES,
        Capability.ACCOUNT,
        Capability.ORDERS,
        Capability.QUEUE,
        Capability.GROUPS,
        Capability.QUOTES,
        Capability.COMBOS,
    }
)


class Browsing:
    """Status, markets, events, search, milestones."""

    def __init__(self, world):
        self.world = world

    async def get_status(self):
        await self.world.asked("get_status")
        parts = (StatusPart(name="main", exchange_active=True, trading_active=True),)
        return ExchangeStatus(
            exchange_active=True, trading_active=True, message=self.world.message, parts=parts, as_of=NOW
        )

    async def list_markets(self, query):
        await self.world.asked("list_markets", query)
        rows = [row for row in self.world.markets if query.status in (None, row.status)]
        return self.world.page(rows, query)

    async def get_market(self, ref):
        await self.world.asked("get_market", ref)
        return self.world.one(self.world.markets, ref, "market")

    async def search(self, query):
        await self.world.asked("search", query)
        rows = [row for row in self.world.markets if query.text.lower() in row.title.lower()]
        return self.world.page(rows, query)

    async def list_events(self, query):
        await self.world.asked("list_events", query)
        return self.world.page([self.world.event.model_copy(update={"markets": ()})], query)

    async def get_event(self, ref):
        await self.world.asked("get_event", ref)
        return self.world.one([self.world.event], ref, "event")

    async def list_series(self, query):
        await self.world.asked("list_series", query)
        return self.world.page(self.world.series, query)

    async def get_series(self, ref):
        await self.world.asked("get_series", ref)
        return self.world.one(self.world.series, ref, "series")

    async def list_milestones(self, query):
        await self.world.asked("list_milestones", query)
        return self.world.page(self.world.milestones, query)


class Prices:
    """Books, trades, candles."""

    def __init__(self, world):
        self.world = world

    async def get_book(self, ref, depth=None):
        await self.world.asked("get_book", ref)
        self.world.one(self.world.markets, ref.market, "market")
        book = OrderBook(
            market_ref=ref.market,
            bids=tuple(Level(price=price, size="100") for price in ("0.42", "0.41", "0.40")),
            asks=tuple(Level(price=price, size="50") for price in ("0.44", "0.45")),
            received_time=NOW,
        )
        return book.mirror() if ref.outcome == "no" else book

    async def get_quote(self, query):
        await self.world.asked("get_quote", query)
        self.world.one(self.world.markets, query.market_ref, "market")
        return PriceQuote(
            market_ref=query.market_ref,
            outcome=query.outcome,
            action=query.action,
            size="60",
            average_price="0.45",
            worst_price="0.46",
            cost="27",
            fees="1.05",
            fees_certainty="upper_bound",
            price_after="0.47",
            complete=False,
            firm=True,
            as_of=NOW - timedelta(seconds=2),
        )

    async def get_books(self, refs):
        return tuple([await self.get_book(ref) for ref in refs])

    async def list_trades(self, query):
        await self.world.asked("list_trades", query)
        return self.world.page(self.world.trades, query)

    async def list_candles(self, query):
        await self.world.asked("list_candles", query)
        return tuple(self.world.candles)


class Account:
    """Cash, positions, orders, fills; placing one is a test's failure."""

    def __init__(self, world):
        self.world = world

    async def get_balance(self):
        await self.world.asked("get_balance")
        return (Balance(currency="USD", total="100.00", available="95.90", reserved="4.10", as_of=NOW),)

    async def list_positions(self, query):
        await self.world.asked("list_positions", query)
        return self.world.page(self.world.positions, query)

    async def list_settlements(self, query):
        await self.world.asked("list_settlements", query)
        return self.world.page(self.world.settlements, query)

    async def place_order(self, request):
        raise AssertionError("a server that reads must never place an order")

    cancel_order = place_order

    async def get_order(self, ref):
        await self.world.asked("get_order", ref)
        return self.world.one(self.world.orders, ref, "order")

    async def list_orders(self, query):
        await self.world.asked("list_orders", query)
        rows = [row for row in self.world.orders if not query.statuses or row.status in query.statuses]
        return self.world.page(rows, query)

    async def list_fills(self, query):
        await self.world.asked("list_fills", query)
        return self.world.page(self.world.fills, query)

    async def find_by_client_id(self, client_order_id):
        return None

    async def get_queue_positions(self, refs):
        await self.world.asked("get_queue_positions", refs)
        return {ref: self.world.ahead[ref] for ref in refs if ref in self.world.ahead}

    async def list_groups(self):
        await self.world.asked("list_groups")
        return tuple(self.world.groups)

    async def get_group(self, ref):
        await self.world.asked("get_group", ref)
        return self.world.one(self.world.groups, ref, "group")

    create_group = reset_group = trigger_group = set_group_limit = delete_group = place_order


class Negotiation:
    """Requests for quotes, quotes, collections; making any is a test's failure."""

    def __init__(self, world):
        self.world = world

    async def list_rfqs(self, query):
        await self.world.asked("list_rfqs", query)
        rows = [row for row in self.world.rfqs if query.mine in (None, row.mine)]
        return self.world.page(rows, query)

    async def get_rfq(self, ref):
        await self.world.asked("get_rfq", ref)
        return self.world.one(self.world.rfqs, ref, "request")

    async def list_quotes(self, query):
        await self.world.asked("list_quotes", query)
        return self.world.page(self.world.quotes, query)

    async def list_collections(self, query):
        await self.world.asked("list_collections", query)
        return self.world.page(self.world.collections, query)

    async def get_collection(self, ref):
        await self.world.asked("get_collection", ref)
        return self.world.one(self.world.collections, ref, "collection")

    async def create_rfq(self, request):
        raise AssertionError("a server that reads must never negotiate")

    cancel_rfq = create_quote = accept_quote = confirm_quote = cancel_quote = open_combo = create_rfq


def provider(world, can=CAN, keyed=frozenset(), settings=ProviderSettings, opening=None):
    """A provider whose venue shows the world with the capabilities that are asked for."""
    parts = {
        **dict.fromkeys(("status", "markets", "events", "search", "milestones"), Browsing(world)),
        **dict.fromkeys(("books", "pricing", "trades", "candles"), Prices(world)),
        **dict.fromkeys(("account", "orders", "queue", "groups"), Account(world)),
        **dict.fromkeys(("quotes", "combos"), Negotiation(world)),
    }

    async def open_it(context):
        if opening is not None:
            raise opening

        async def resolve(text):
            if world.resolves_slowly:
                await asyncio.sleep(3600)
            if world.refuses_to_resolve is not None:
                raise world.refuses_to_resolve
            native = text.rpartition("/")[2]
            return next((row.ref for row in world.markets if row.ref.native == native), None)

        async def close():
            world.calls.append(("close", None))

        return Venue(
            info=VenueInfo(
                name=context.name,
                provider=context.name,
                title="Test venue",
                environment="test",
                write_class=WriteClass.SIMULATED,
            ),
            resolver=resolve,
            closer=close,
            **{slot.value: parts[slot.value] for slot in can},
        )

    return Provider(
        name=world.venue,
        title="Test venue",
        settings=settings,
        capabilities=can,
        open=open_it,
        keyed=frozenset(keyed),
    )


def plugin(found):
    """A module that brings the provider, as an entry point would load it."""

    @hookimpl
    def pmi_provider():
        return found

    module = ModuleType(f"plugin_{found.name}")
    module.pmi_provider = pmi_provider
    return module
