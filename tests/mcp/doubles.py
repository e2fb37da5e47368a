"""A small venue in memory: every reading capability, lists that page, errors on demand."""

from __future__ import annotations

import asyncio
from types import ModuleType

from pmi_mcp_world import NOW, World, market

from pmi_core import (
    Balance,
    Capability,
    ExchangeStatus,
    Level,
    OrderBook,
    Page,
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
        Capability.TRADES,
        Capability.CANDLES,
        Capability.MILESTONES,
        Capability.ACCOUNT,
        Capability.ORDERS,
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
        return Page(items=())

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


def provider(world, can=CAN, keyed=frozenset(), settings=ProviderSettings, opening=None):
    """A provider whose venue shows the world with the capabilities that are asked for."""
    parts = {
        **dict.fromkeys(("status", "markets", "events", "search", "milestones"), Browsing(world)),
        **dict.fromkeys(("books", "trades", "candles"), Prices(world)),
        **dict.fromkeys(("account", "orders"), Account(world)),
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
