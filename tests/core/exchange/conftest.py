"""An exchange with a short way to say things to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pmi_core.errors import RequestError
from pmi_core.exchange import Exchange, ExchangeSettings, MarketSpec, commands, events
from pmi_core.models import Action, OutcomeSide, TimeInForce

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Desk:
    """Speaks to one exchange; after every command the books balance."""

    def __init__(self, *, settings: ExchangeSettings | None = None, market: bool = True, **spec) -> None:
        self.settings = settings
        self.exchange = Exchange(settings)
        self.now = START
        self.count = 0
        self.audited = True
        for name in ("ann", "bob", "cat"):
            self.do(commands.Deposit, account=name, amount=Decimal(1000))
        if market:
            self.list_market("M", **spec)

    def list_market(self, name, **spec):
        return self.do(commands.AddMarket, spec=MarketSpec(id=name, **spec))

    def at(self, seconds) -> datetime:
        return START + timedelta(seconds=seconds)

    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)
        return self.do(commands.Advance)

    def do(self, kind, **facts):
        happened = self.exchange.apply(kind(time=self.now, **facts))
        if self.audited:
            self.exchange.assert_balanced()
        return happened

    def refused(self, error, kind, **facts) -> RequestError:
        """The command is refused with exactly this error and changes nothing."""
        before = self.exchange.snapshot()
        with pytest.raises(RequestError) as caught:
            self.exchange.apply(kind(time=self.now, **facts))
        assert type(caught.value) is error, caught.value
        assert self.exchange.snapshot() == before
        return caught.value

    def order(self, account, what, price, size=None, **facts):
        """The fields of an order; ``what`` is for example ``buy yes``."""
        action, outcome = what.split()
        self.count += 1
        return {
            "account": account,
            "market_id": "M",
            "client_order_id": f"c{self.count}",
            "action": Action(action),
            "outcome": OutcomeSide(outcome),
            "price": Decimal(price),
            "size": None if size is None else Decimal(size),
            **facts,
            "time_in_force": TimeInForce(facts.get("time_in_force", "gtc")),
        }

    def place(self, account, what, price, size=None, **facts):
        order = self.order(account, what, price, size, **facts)
        self.do(commands.PlaceOrder, **order)
        return self.exchange.find_by_client_id(account, order["client_order_id"])

    def reject(self, error, account, what, price, size=None, **facts):
        return self.refused(error, commands.PlaceOrder, **self.order(account, what, price, size, **facts))

    def look(self, order):
        return self.exchange.order(order.id)

    def book(self, market="M"):
        found = self.exchange.book(market)
        return [[(str(price), int(size)) for price, size in side] for side in (found.bids, found.asks)]

    def cash(self, account):
        return self.exchange.balance(account).total

    def available(self, account):
        return self.exchange.balance(account).available

    def held(self, account, market="M"):
        """Signed: YES positive."""
        position = self.exchange.position(account, market)
        if position is None:
            return 0
        return position.size if position.outcome is OutcomeSide.YES else -position.size

    def traded(self, happened):
        return [(str(one.price), int(one.size)) for one in happened if isinstance(one, events.Traded)]


@pytest.fixture(scope="session")
def new_desk():
    """Makes desks."""
    return Desk


@pytest.fixture
def desk():
    """A desk with one market of cent prices and whole contracts, without fees."""
    return Desk()
