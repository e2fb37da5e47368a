"""Opening the exchange: every part of the venue over one house."""

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
from pmi_provider_paper.account import PaperAccount
from pmi_provider_paper.amend import PaperAmend
from pmi_provider_paper.batch import PaperBatch
from pmi_provider_paper.board import Board
from pmi_provider_paper.books import PaperBooks
from pmi_provider_paper.candles import PaperCandles
from pmi_provider_paper.combos import PaperCombos
from pmi_provider_paper.counter import Counter
from pmi_provider_paper.events import PaperEvents
from pmi_provider_paper.groups import PaperGroups
from pmi_provider_paper.house import House
from pmi_provider_paper.markets import PaperMarkets
from pmi_provider_paper.milestones import PaperMilestones
from pmi_provider_paper.negotiations import Negotiations
from pmi_provider_paper.orders import PaperOrders
from pmi_provider_paper.pricing import PaperPricing
from pmi_provider_paper.queue import PaperQueue
from pmi_provider_paper.quotes import PaperQuotes
from pmi_provider_paper.search import PaperSearch
from pmi_provider_paper.settings import Acceptance, Fills, PaperSettings
from pmi_provider_paper.status import PaperStatus
from pmi_provider_paper.store import Store, account_path
from pmi_provider_paper.stream import PaperStream
from pmi_provider_paper.trades import PaperTrades

__all__ = ["open_paper"]

_LONGEST = 64


async def open_paper(context: OpenContext) -> Venue:
    """Open a practice exchange.

    Raises:
        SettingsError: the settings are another provider's, or the account file cannot be used.
    """
    settings = context.settings
    if not isinstance(settings, PaperSettings):
        raise SettingsError(
            f"venue {context.name!r} was given {type(settings).__name__}",
            venue=context.name,
            hint="give PaperSettings",
        )
    store = Store(account_path(settings.account_file, context.data_dir))
    house = House(
        context.name,
        settings,
        store,
        context.clock,
        context.on_call,
    )
    board, counter, negotiations = Board(house), Counter(house), Negotiations(house)
    markets, account = PaperMarkets(house, board), PaperAccount(house, board)
    try:
        with house.turn("status", None):
            # A turn reads the account, so that a damaged file is refused now and not at the first order.
            number = store.account()
    except BaseException:
        house.close()
        raise

    async def close() -> None:
        house.close()

    return Venue(
        info=_info(context.name, settings, number),
        resolver=markets.resolve,
        closer=close,
        status=PaperStatus(house),
        markets=markets,
        events=PaperEvents(house, board),
        search=PaperSearch(house, board),
        books=PaperBooks(house, board),
        pricing=PaperPricing(house, board),
        trades=PaperTrades(house),
        candles=PaperCandles(house),
        milestones=PaperMilestones(house),
        account=account,
        orders=PaperOrders(house, counter),
        amend=PaperAmend(house, counter),
        batch=PaperBatch(house, counter),
        queue=PaperQueue(house, counter),
        groups=PaperGroups(house),
        quotes=PaperQuotes(house, negotiations),
        combos=PaperCombos(house, board),
        stream=PaperStream(house, board, account),
    )


def _info(name: str, settings: PaperSettings, account: str) -> VenueInfo:
    notes = ["A practice exchange: prices, results and other members are simulated."]
    if not settings.live:
        notes.append("Prices stand still, because the setting live is off.")
    if settings.acceptance is Acceptance.ASYNCHRONOUS:
        notes.append("Orders are pending first and decided a moment later.")
    if settings.fills is Fills.DELAYED:
        notes.append("Fills are pending first, and now and then one is undone.")
    kind = IdempotencyKind.CLIENT_ID if settings.client_ids else IdempotencyKind.NONE
    return VenueInfo(
        name=name,
        provider="paper",
        title="Paper exchange",
        environment="practice",
        write_class=WriteClass.SIMULATED,
        currency="USD",
        idempotency=Idempotency(kind, max_length=_LONGEST if settings.client_ids else None),
        netting=Netting.NET,
        account=account,
        notes=tuple(notes),
    )
