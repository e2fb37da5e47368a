"""Opening a venue: the parts, wired to one way out and one set of limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from pmi_core.clock import Clock
from pmi_core.errors import SettingsError
from pmi_core.provider import (
    Idempotency,
    IdempotencyKind,
    Netting,
    OpenContext,
    VenueInfo,
)
from pmi_core.transport.http import HttpClient, Timeouts
from pmi_core.transport.limits import Limits
from pmi_core.transport.retry import RetryPolicy
from pmi_provider_kalshi.account import Account
from pmi_provider_kalshi.amend import Amend
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.batch import Batch
from pmi_provider_kalshi.books import Books
from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.candles import Candles
from pmi_provider_kalshi.client import Client
from pmi_provider_kalshi.combos import Combos
from pmi_provider_kalshi.communications import Communications
from pmi_provider_kalshi.costs import Costs
from pmi_provider_kalshi.errors import read_error
from pmi_provider_kalshi.events import Events
from pmi_provider_kalshi.fees import FeeTerms
from pmi_provider_kalshi.finding import Finder
from pmi_provider_kalshi.groups import Groups
from pmi_provider_kalshi.learning import learn_limits
from pmi_provider_kalshi.limits import BALANCES, READS, WRITES
from pmi_provider_kalshi.markets import Markets
from pmi_provider_kalshi.memory import OrderMemory
from pmi_provider_kalshi.milestones import Milestones
from pmi_provider_kalshi.native.sets import Native
from pmi_provider_kalshi.orders import Orders
from pmi_provider_kalshi.portfolio import Portfolio
from pmi_provider_kalshi.queue import Queue
from pmi_provider_kalshi.quotes import Quotes
from pmi_provider_kalshi.resolver import Resolver
from pmi_provider_kalshi.settings import KalshiSettings
from pmi_provider_kalshi.signing import signer_of
from pmi_provider_kalshi.status import Status
from pmi_provider_kalshi.stream import Stream
from pmi_provider_kalshi.trades import Trades
from pmi_provider_kalshi.transfers import CashMoves
from pmi_provider_kalshi.venue import KalshiVenue

__all__ = ["open_kalshi"]

Close = Callable[[], Awaitable[None]]

_NO_KEY: Final = "Public data is read without a key; account and orders need api_key_id and private_key_path in the settings."


async def open_kalshi(context: OpenContext) -> KalshiVenue:
    """Open the exchange; without a key nothing is sent before the first question.

    With a key the account's limits and the costs of calls are asked for at once; where they cannot
    be had, the documented ones of the lowest tier hold.

    Raises:
        SettingsError: the settings are not this provider's, the address is none, or the key cannot sign.
    """
    settings = context.settings
    if not isinstance(settings, KalshiSettings):
        raise SettingsError(f"venue {context.name!r} needs settings of provider 'kalshi'", venue=context.name)
    name, clock = context.name, context.clock
    signer = signer_of(settings)
    limits = Limits(READS, *(() if signer is None else (WRITES, BALANCES)), clock=clock)
    http = HttpClient(
        settings.base_url,
        venue=name,
        limits=limits,
        signer=signer,
        clock=clock,
        # Where no network is, three tries are enough to say so.
        retry=RetryPolicy(attempts=3, first=0.25, longest=2.0),
        timeouts=Timeouts(connect=min(4.0, settings.timeout), read=settings.timeout, total=settings.timeout),
        read_error=read_error,
        on_call=context.on_call,
        transport=context.transport,
    )
    caller = Caller(http, costs=Costs(), keyed=signer is not None, subaccount=settings.subaccount)
    client = Client(caller)
    archive = Archive(client, clock)
    terms = FeeTerms(step=settings.fee_step, precision=settings.balance_precision)
    memory = OrderMemory(clock)
    stream: Stream | None = None
    if signer is not None and settings.stream_url is not None:
        stream = Stream(
            settings.stream_url,
            signer=signer,
            archive=archive,
            memory=memory,
            subaccount=settings.subaccount,
            clock=clock,
            venue=name,
        )
    if signer is not None:
        await learn_limits(Portfolio(caller), caller.costs, limits)
    native = Native.over(caller, settings.api_key_id)
    return KalshiVenue(
        info=VenueInfo(
            name=name,
            provider="kalshi",
            title="Kalshi",
            environment=settings.environment.value,
            write_class=settings.write_class,
            currency="USD",
            idempotency=Idempotency(IdempotencyKind.CLIENT_ID, max_length=64),
            netting=Netting.NET,
            account=settings.account,
            notes=() if signer is not None else (_NO_KEY,),
        ),
        resolver=Resolver(client, archive, name),
        closer=http.aclose if stream is None else _both(stream.aclose, http.aclose),
        budgets=http.budgets,
        status=Status(client, clock, name),
        markets=Markets(client, archive, clock, name),
        events=Events(client, archive, clock, name, terms),
        books=Books(client, archive, clock, name),
        trades=Trades(client, archive, name),
        candles=Candles(client, archive, name),
        milestones=Milestones(client, name),
        native=native,
        transfers=None if signer is None else CashMoves(Portfolio(caller), native.shards, native.subaccounts),
        faults=caller.faults,
        combos=Combos(Communications(caller), archive, clock, name),
        stream=stream,
        notices=None if stream is None else stream.notices,
        **(_keyed(caller, archive, memory, clock, name) if signer is not None else {}),
    )


def _both(first: Close, second: Close) -> Close:
    """End one thing, then the other, whatever becomes of the first."""

    async def close() -> None:
        try:
            await first()
        finally:
            await second()

    return close


def _keyed(caller: Caller, archive: Archive, memory: OrderMemory, clock: Clock, name: str) -> dict[str, Any]:
    """The slots that need a key, around one memory of orders."""
    portfolio = Portfolio(caller)
    finder = Finder(portfolio, memory, clock, name)
    orders = Orders(portfolio, archive, finder, memory, name)
    return {
        "account": Account(portfolio, archive, clock, name),
        "orders": orders,
        "amend": Amend(portfolio, archive, finder, memory, name),
        "batch": Batch(caller, portfolio, orders, finder, memory, name),
        "queue": Queue(portfolio, finder, name),
        "groups": Groups(portfolio, name),
        "quotes": Quotes(Communications(caller), caller.faults, clock, name),
    }
