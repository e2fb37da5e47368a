"""All desks with their routes."""

from __future__ import annotations

from pmi_provider_kalshi.sandbox.desks.api_keys import ApiKeysDesk
from pmi_provider_kalshi.sandbox.desks.blocks import BlocksDesk
from pmi_provider_kalshi.sandbox.desks.collections import CollectionsDesk
from pmi_provider_kalshi.sandbox.desks.communications import CommunicationsDesk
from pmi_provider_kalshi.sandbox.desks.events import EventsDesk
from pmi_provider_kalshi.sandbox.desks.exchange import ExchangeDesk
from pmi_provider_kalshi.sandbox.desks.groups import GroupsDesk
from pmi_provider_kalshi.sandbox.desks.markets import MarketsDesk
from pmi_provider_kalshi.sandbox.desks.milestones import MilestonesDesk
from pmi_provider_kalshi.sandbox.desks.orders import OrdersDesk
from pmi_provider_kalshi.sandbox.desks.placing import PlacingDesk
from pmi_provider_kalshi.sandbox.desks.portfolio import PortfolioDesk
from pmi_provider_kalshi.sandbox.desks.programs import ProgramsDesk
from pmi_provider_kalshi.sandbox.desks.trades import TradesDesk
from pmi_provider_kalshi.sandbox.desks.transfers import TransfersDesk
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.routes import Route

__all__ = ["all_desks"]

_DESKS = (
    *(MarketsDesk, EventsDesk, TradesDesk, MilestonesDesk, ProgramsDesk, CollectionsDesk),
    *(PlacingDesk, OrdersDesk, GroupsDesk, PortfolioDesk, TransfersDesk),
    *(CommunicationsDesk, BlocksDesk, ApiKeysDesk),
)


def all_desks(office: Office) -> tuple[Route, ...]:
    """Every operation that the sandbox serves."""
    exchange = ExchangeDesk(office)
    routes = exchange.routes()
    for desk in _DESKS:
        routes += desk(office).routes()
    exchange.all_routes = routes
    return routes
