"""All desks with their routes."""

from __future__ import annotations

from pmi_provider_kalshi.sandbox.desks.exchange import ExchangeDesk
from pmi_provider_kalshi.sandbox.desks.markets import MarketsDesk
from pmi_provider_kalshi.sandbox.desks.orders import OrdersDesk
from pmi_provider_kalshi.sandbox.desks.placing import PlacingDesk
from pmi_provider_kalshi.sandbox.desks.portfolio import PortfolioDesk
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.routes import Route

__all__ = ["all_desks"]

_DESKS = (MarketsDesk, PlacingDesk, OrdersDesk, PortfolioDesk)


def all_desks(office: Office) -> tuple[Route, ...]:
    """Every operation that the sandbox serves."""
    exchange = ExchangeDesk(office)
    routes = exchange.routes()
    for desk in _DESKS:
        routes += desk(office).routes()
    exchange.all_routes = routes
    return routes
