"""Opening a venue: the parts, wired to one way out and one set of limits."""

from __future__ import annotations

from pmi_core.errors import SettingsError
from pmi_core.provider import (
    Idempotency,
    IdempotencyKind,
    Netting,
    OpenContext,
    Venue,
    VenueInfo,
    WriteClass,
)
from pmi_core.transport.http import HttpClient, Timeouts
from pmi_core.transport.limits import Limits
from pmi_core.transport.retry import RetryPolicy
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.books import Books
from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.candles import Candles
from pmi_provider_kalshi.client import Client
from pmi_provider_kalshi.costs import Costs
from pmi_provider_kalshi.errors import read_error
from pmi_provider_kalshi.events import Events
from pmi_provider_kalshi.fees import FeeTerms
from pmi_provider_kalshi.limits import READS
from pmi_provider_kalshi.markets import Markets
from pmi_provider_kalshi.milestones import Milestones
from pmi_provider_kalshi.resolver import Resolver
from pmi_provider_kalshi.settings import Environment, KalshiSettings
from pmi_provider_kalshi.status import Status
from pmi_provider_kalshi.trades import Trades

__all__ = ["open_kalshi"]


async def open_kalshi(context: OpenContext) -> Venue:
    """Open the exchange for reading; nothing is sent before the first question.

    Raises:
        SettingsError: the settings are not this provider's, or the address is none.
    """
    settings = context.settings
    if not isinstance(settings, KalshiSettings):
        raise SettingsError(f"venue {context.name!r} needs settings of provider 'kalshi'", venue=context.name)
    name, clock = context.name, context.clock
    http = HttpClient(
        settings.base_url,
        venue=name,
        limits=Limits(READS, clock=clock),
        clock=clock,
        # Where no network is, three tries are enough to say so.
        retry=RetryPolicy(attempts=3, first=0.25, longest=2.0),
        timeouts=Timeouts(connect=min(4.0, settings.timeout), read=settings.timeout, total=settings.timeout),
        read_error=read_error,
        on_call=context.on_call,
        transport=context.transport,
    )
    caller = Caller(http, costs=Costs())
    client = Client(caller)
    archive = Archive(client, clock)
    terms = FeeTerms(step=settings.fee_step, precision=settings.balance_precision)
    return Venue(
        info=VenueInfo(
            name=name,
            provider="kalshi",
            title="Kalshi",
            environment=settings.environment.value,
            # Nobody knows what stands behind an address of one's own, so it counts as the real exchange.
            write_class=WriteClass.DEMO if settings.environment is Environment.DEMO else WriteClass.REAL,
            currency="USD",
            idempotency=Idempotency(IdempotencyKind.CLIENT_ID),
            netting=Netting.NET,
            notes=("Public market data is read without a key; account and orders are not offered.",),
        ),
        resolver=Resolver(client, archive, name),
        closer=http.aclose,
        budgets=http.budgets,
        status=Status(client, clock, name),
        markets=Markets(client, archive, clock, name),
        events=Events(client, archive, clock, name, terms),
        books=Books(client, archive, clock, name),
        trades=Trades(client, archive, name),
        candles=Candles(client, archive, name),
        milestones=Milestones(client, name),
    )
