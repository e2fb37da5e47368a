"""The trading floor: the exchange engine, with the simulated members' orders brought up to a step.

A market is listed in the engine when somebody first looks at it.  Between two steps nobody but the
account acts; at a step the makers stand where :mod:`pmi_provider_paper.simulation` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Context, Decimal
from itertools import count
from typing import Final

from pmi_core.errors import RequestError
from pmi_core.exchange import Exchange, ExchangeSettings, MarketSpec, PoolSpec, Retention
from pmi_core.exchange.commands import (
    AcceptQuote,
    AddMarket,
    AnyCommand,
    CancelOrder,
    CancelRfq,
    ConfirmQuote,
    CreateQuote,
    CreateRfq,
    Deposit,
    PlaceOrder,
    ReopenMarket,
)
from pmi_core.exchange.events import Event, OrderAccepted, OrderCanceled, QuoteChanged, RfqChanged, Traded
from pmi_core.exchange.views import PositionView
from pmi_core.models import Action, Execution, MarketStatus, OutcomeSide, TimeInForce
from pmi_core.numbers import ONE, ZERO
from pmi_provider_paper.catalogue import Listing
from pmi_provider_paper.simulation.crowd import Crowd, FlowTrade
from pmi_provider_paper.simulation.ladder import grid_table
from pmi_provider_paper.translate import fees_of

__all__ = ["MEMBERS", "TAKERS", "USER", "Floor", "buys_yes"]

USER: Final = "you"
MEMBERS: Final = "members"
TAKERS: Final = "takers"

_WEALTH: Final = Decimal(10) ** 13
_EXACT: Final = Context(prec=40)
_HALF: Final = Decimal("0.5")
_SETTINGS: Final = ExchangeSettings(
    retention=Retention(events=2_000, orders=2_000, fills=0, trades=0, client_ids=50_000)
)


def buys_yes(outcome: OutcomeSide, action: Action) -> bool:
    """Whether an order is on the bid side of the YES book."""
    return (outcome is OutcomeSide.YES) == (action is Action.BUY)


@dataclass(slots=True)
class _Rung:
    """A makers' rung as it stands in the engine: order ids with what is left of each."""

    stamp: int
    orders: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Use:
    """Contracts that the account took out of the makers' rungs on one side."""

    bid: bool
    price: Decimal
    size: Decimal
    sweeping: bool
    """Whether they came from the best rungs up to the price, not from the rung at it."""

    def concerns(self, place: tuple[bool, Decimal]) -> bool:
        """Whether the rung at a place may have given them."""
        bid, price = place
        if bid is not self.bid:
            return False
        if not self.sweeping:
            return price == self.price
        return price >= self.price if bid else price <= self.price


@dataclass(slots=True)
class _Market:
    """What the floor knows of a listed market."""

    listing: Listing
    step: int = -1
    rungs: dict[tuple[bool, Decimal], _Rung] = field(default_factory=dict)
    sold: Decimal = ZERO
    """Net YES contracts that a curve has sold."""


class Floor:
    """Engine and members; every command goes through :meth:`apply`."""

    def __init__(self, crowd: Crowd, now: datetime) -> None:
        self.crowd = crowd
        self.exchange = Exchange(_SETTINGS)
        self.now = now
        self._markets: dict[str, _Market] = {}
        self._names = count(1)
        self._used: dict[str, tuple[int, list[_Use]]] = {}
        for member in (MEMBERS, TAKERS):
            self.exchange.apply(Deposit(time=now, account=member, amount=_WEALTH))

    @property
    def listed(self) -> int:
        """How many markets the engine holds."""
        return len(self._markets)

    def knows(self, code: str) -> bool:
        """Whether the engine holds a market."""
        return code in self._markets

    def apply(self, command: AnyCommand) -> tuple[Event, ...]:
        """Carry out a command and keep book of the members' orders.

        Raises:
            RequestError: the engine refused it.
        """
        happened = self.exchange.apply(command)
        self.now = max(self.now, command.time)
        for event in happened:
            if isinstance(event, Traded):
                self._note_trade(event)
            elif isinstance(event, OrderCanceled) and event.account == MEMBERS:
                self._forget(event.market_id, event.order_id)
        return happened

    def _note_trade(self, event: Traded) -> None:
        state = self._markets[event.market_id]
        if state.listing.series.execution is Execution.AMM and not event.off_book:
            up = buys_yes(event.taker_outcome, event.taker_action)
            state.sold += event.size if up else -event.size
        elif event.maker_account == MEMBERS:
            for rung in state.rungs.values():
                if event.maker_order_id in rung.orders:
                    left = rung.orders[event.maker_order_id] - event.size
                    if left > 0:
                        rung.orders[event.maker_order_id] = left
                    else:
                        del rung.orders[event.maker_order_id]
                    break

    def _forget(self, code: str, order: str) -> None:
        for rung in self._markets[code].rungs.values():
            rung.orders.pop(order, None)

    def list_market(self, listing: Listing, now: datetime, *, closes: bool = True) -> None:
        """Make sure that the engine holds a market; it is open at once."""
        if listing.code in self._markets:
            self._reopen(listing, now)
            return
        series, event = listing.series, listing.event
        pool = None
        if series.execution is Execution.AMM:
            pool = PoolSpec(liquidity=Decimal(max(series.activity * 20, 400)), initial_price=_HALF)
        self._markets[listing.code] = _Market(listing)
        self.apply(
            AddMarket(
                time=now,
                spec=MarketSpec(
                    id=listing.code,
                    execution=series.execution,
                    pool=pool,
                    price_grid=grid_table(series.grid).model,
                    size_step=series.size_step,
                    fees=fees_of(series),
                    close_time=event.next_closing(now) if closes and now < event.close_time else None,
                ),
            )
        )

    def _reopen(self, listing: Listing, now: datetime) -> None:
        """Open a market again whose event was broken off and goes on; the makers come anew."""
        event, code = listing.event, listing.code
        if event.broken_off is None or not event.is_open(now):
            return
        if self.exchange.market(code).status is MarketStatus.CLOSED:
            self.apply(ReopenMarket(time=now, market_id=code, close_time=event.close_time))
            self._markets[code].step = -1

    def place(
        self,
        now: datetime,
        account: str,
        listing: Listing,
        *,
        yes: bool,
        price: Decimal,
        size: Decimal,
        resting: bool,
    ) -> tuple[Event, ...]:
        """Let a member buy YES, or NO at ``1 - price``; ``price`` is in YES terms."""
        return self.apply(
            PlaceOrder(
                time=now,
                account=account,
                market_id=listing.code,
                client_order_id=f"s{next(self._names)}",
                outcome=OutcomeSide.YES if yes else OutcomeSide.NO,
                action=Action.BUY,
                price=price if yes else ONE - price,
                size=size,
                time_in_force=TimeInForce.GTC if resting else TimeInForce.IOC,
            )
        )

    def bring_to(self, listing: Listing, step: int, now: datetime) -> list[Event]:
        """Let the makers stand where they stand from ``step`` on, unless they were there already."""
        self.list_market(listing, now)
        state = self._markets[listing.code]
        if state.step >= step:
            return []
        state.step = step
        if listing.series.execution is Execution.AMM:
            return self.move_curve(listing, self._target(listing, step), now)
        return self.requote(listing, step, now)

    def step_of(self, code: str) -> int:
        """The step at which a market's makers stand; -1 where nobody looked."""
        return self._markets[code].step if code in self._markets else -1

    def requote(self, listing: Listing, step: int, now: datetime) -> list[Event]:
        """Cancel rungs that no longer stand and fill up those that do."""
        state = self._markets[listing.code]
        if not listing.event.is_open(now):
            return []
        ladder = self.crowd.ladder(listing, step)
        wanted = {(True, rung.price): rung for rung in ladder.bids}
        wanted |= {(False, rung.price): rung for rung in ladder.asks}
        sizes = self._left(listing.code, step, {place: rung.size for place, rung in wanted.items()})
        happened: list[Event] = []
        for place, rung in list(state.rungs.items()):
            if place not in wanted or wanted[place].stamp != rung.stamp:
                for order in list(rung.orders):
                    happened += self.apply(CancelOrder(time=now, account=MEMBERS, order_id=order))
                del state.rungs[place]
        for place, target in wanted.items():
            rung = state.rungs.setdefault(place, _Rung(target.stamp))
            missing = sizes[place] - sum(rung.orders.values(), ZERO)
            if missing > 0:
                events = self.place(
                    now, MEMBERS, listing, yes=place[0], price=target.price, size=missing, resting=True
                )
                happened += events
                self._adopt(rung, events, missing)
        return happened

    def use(self, code: str, step: int, *, bid: bool, price: Decimal, size: Decimal, sweeping: bool) -> None:
        """Remember, on a floor built anew, what the account took from the makers at a step."""
        known = self._used.get(code)
        uses = known[1] if known is not None and known[0] == step else []
        self._used[code] = step, [*uses, _Use(bid, price, size, sweeping)]

    def is_used(self, code: str) -> bool:
        """Whether something is remembered that the makers' next move will show."""
        return code in self._used

    def stay(self, code: str, step: int) -> None:
        """Leave a curve where the account moved it until the step is over."""
        self._markets[code].step = step

    def _left(
        self, code: str, step: int, sizes: dict[tuple[bool, Decimal], Decimal]
    ) -> dict[tuple[bool, Decimal], Decimal]:
        """What the rungs of a step, best first, still have after the account took from them."""
        at, uses = self._used.pop(code, (step, []))
        for use in uses if at == step else ():
            wanted = use.size
            for place, there in list(sizes.items()):
                if use.concerns(place):
                    taken = min(wanted, there)
                    sizes[place] = there - taken
                    wanted -= taken
        return sizes

    def _adopt(self, rung: _Rung, events: Iterable[Event], size: Decimal) -> None:
        order, left = "", size
        for event in events:
            if isinstance(event, OrderAccepted) and event.account == MEMBERS:
                order = event.order_id
            elif isinstance(event, Traded) and event.taker_account == MEMBERS:
                left -= event.size
        if order and left > 0:
            rung.orders[order] = left

    def rung_at(self, code: str, *, bid: bool, price: Decimal) -> int | None:
        """The stamp of the makers' rung at a price, or None where none stands."""
        rung = self._markets[code].rungs.get((bid, price))
        return None if rung is None else rung.stamp

    def take(self, listing: Listing, trade: FlowTrade, now: datetime) -> tuple[Event, ...]:
        """Let a member take what it takes in the simulation, from whoever is first in the queue."""
        return self.place(
            now, TAKERS, listing, yes=trade.taker_yes, price=trade.price, size=trade.size, resting=False
        )

    def _target(self, listing: Listing, step: int) -> Decimal:
        """Net sales at which a curve shows the members' price."""
        price = self.crowd.curve_price(listing, step)
        liquidity = Decimal(max(listing.series.activity * 20, 400))
        odds = _EXACT.divide(price, 1 - price).ln(_EXACT)
        step_size = listing.series.size_step
        return (_EXACT.multiply(odds, liquidity) // step_size) * step_size

    def curve_sold(self, code: str) -> Decimal:
        """Net YES contracts that a market's curve has sold."""
        return self._markets[code].sold

    def move_curve(self, listing: Listing, target: Decimal, now: datetime) -> list[Event]:
        """Let members trade with a curve until its net sales are ``target``."""
        wanted = target - self._markets[listing.code].sold
        if not wanted or now >= listing.event.close_time:
            return []
        prices = grid_table(listing.series.grid).prices
        yes = wanted > 0
        limit = prices[-1] if yes else prices[0]
        return list(self.place(now, TAKERS, listing, yes=yes, price=limit, size=abs(wanted), resting=False))

    def deal(
        self,
        now: datetime,
        listing: Listing,
        *,
        maker: str,
        asker: str,
        side: OutcomeSide,
        bid: Decimal,
        size: Decimal,
    ) -> list[Event]:
        """Trade off the book: the maker buys ``side`` at ``bid`` from the asker.

        Raises:
            RequestError: one of them cannot pay, or the market does not trade.
        """
        self.list_market(listing, now)
        asked = self.apply(CreateRfq(time=now, account=asker, market_id=listing.code, size=size))
        rfq = next(event.rfq_id for event in asked if isinstance(event, RfqChanged))
        try:
            return [*asked, *self._agree(now, rfq, maker=maker, asker=asker, side=side, bid=bid)]
        except RequestError:
            self.apply(CancelRfq(time=now, account=asker, rfq_id=rfq))
            raise

    def _agree(
        self, now: datetime, rfq: str, *, maker: str, asker: str, side: OutcomeSide, bid: Decimal
    ) -> list[Event]:
        given = self.apply(
            CreateQuote(
                time=now,
                account=maker,
                rfq_id=rfq,
                yes_bid=bid if side is OutcomeSide.YES else None,
                no_bid=bid if side is OutcomeSide.NO else None,
            )
        )
        quote = next(event.quote_id for event in given if isinstance(event, QuoteChanged))
        happened = list(given)
        happened += self.apply(AcceptQuote(time=now, account=asker, quote_id=quote, side=side))
        happened += self.apply(ConfirmQuote(time=now, account=maker, quote_id=quote))
        return happened

    # ------------------------------------------------------------------------------------ reading

    def listing(self, code: str) -> Listing:
        """A market that the engine holds."""
        return self._markets[code].listing

    def cash(self, account: str) -> Decimal:
        """All money of an account, reserved money included."""
        return self.exchange.balance(account).total

    def holding(self, account: str, code: str) -> PositionView | None:
        """What an account holds in a market; None if it never traded there."""
        return self.exchange.position(account, code) if code in self._markets else None

    def value(self, code: str) -> Decimal | None:
        """What a market paid for YES; None while it is not known, and when void."""
        return self.exchange.market(code).value
