"""Order events a second through the exchange engine on one core, and its memory over time.

An order event is one accepted order command (place, cancel, amend, decrease) or one fill; the
orders' other side, the ledger, and the event stream with a listener are part of the work.  The
load enters by the public edge: `Exchange.apply` with Decimal prices and sizes.  Building the
commands is the caller's work and is not timed; everything from `apply` on is.

    python tests/bench/engine.py [--events 400000] [--bound 40000]

Exits with 1 below the bound, or when memory grows although history is bounded.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from pmi_core.exchange import Exchange, ExchangeSettings, MarketSpec, Retention
from pmi_core.exchange.commands import AddMarket, AmendOrder, CancelOrder, Deposit, PlaceOrder
from pmi_core.exchange.events import OrderAccepted, Traded
from pmi_core.models import Action, OutcomeSide, QuadraticFee, SelfTradePolicy, TimeInForce

START = datetime(2026, 1, 1, tzinfo=UTC)
MARKETS = 8
ACCOUNTS = 40
ROUND = 20_000
KEPT = 20_000


def exchange() -> Exchange:
    """Eight markets with fees, forty funded accounts, bounded history."""
    kept = Retention(events=KEPT, orders=KEPT, fills=1000, trades=1000, client_ids=5 * KEPT)
    engine = Exchange(ExchangeSettings(retention=kept))
    fees = QuadraticFee(taker_rate=Decimal("0.07"), maker_rate=Decimal("0.0175"), step=Decimal("0.0001"))
    for number in range(MARKETS):
        spec = MarketSpec(id=f"M{number}", fees=fees, size_step=Decimal("0.01"))
        engine.apply(AddMarket(time=START, spec=spec))
    for number in range(ACCOUNTS):
        engine.apply(Deposit(time=START, account=f"a{number}", amount=Decimal(10_000_000)))
    return engine


class Load:
    """A mixed load around a price that wanders: two thirds rest near the touch, a sixth takes, and
    most of what rests is canceled again or amended.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.number = 0
        self.now = START
        self.middle = [50] * MARKETS
        self.resting: list[tuple[str, str, Decimal]] = []
        self.prices = [Decimal(cent) / 100 for cent in range(100)]
        self.sizes = [Decimal(size) for size in range(1, 26)]

    def place(self) -> PlaceOrder:
        """The next order."""
        dice = self.random
        self.number += 1
        self.now += timedelta(microseconds=25)
        market = dice.randrange(MARKETS)
        if dice.random() < 0.02:
            self.middle[market] = min(max(self.middle[market] + dice.choice((-1, 1)), 20), 80)
        takes = dice.random() < 0.22
        buys = dice.random() < 0.5
        distance = -dice.randrange(0, 3) if takes else dice.randrange(1, 12)
        cent = self.middle[market] - distance if buys else self.middle[market] + distance
        yes = dice.random() < 0.5
        return PlaceOrder(
            time=self.now,
            account=f"a{dice.randrange(ACCOUNTS)}",
            market_id=f"M{market}",
            client_order_id=f"c{self.number}",
            outcome=OutcomeSide.YES if yes else OutcomeSide.NO,
            action=Action.BUY if buys == yes else Action.SELL,
            price=self.prices[cent if yes else 100 - cent],
            size=self.sizes[dice.randrange(25)],
            time_in_force=TimeInForce.IOC if takes and dice.random() < 0.5 else TimeInForce.GTC,
            self_trade=SelfTradePolicy.CANCEL_MAKER,
        )


def run(engine: Exchange, load: Load, commands: int) -> tuple[int, int, float]:
    """Apply places, and cancels or amends of what rests; gives commands, fills and seconds."""
    spent = 0.0
    done = fills = 0
    clock = time.perf_counter
    apply = engine.apply
    dice = load.random
    while done < commands:
        order = load.place()
        begun = clock()
        happened = apply(order)
        spent += clock() - begun
        done += 1
        traded = 0
        for event in happened:
            if type(event) is Traded:
                fills += 1
                traded += 1
        accepted = happened[1]
        assert isinstance(accepted, OrderAccepted)
        if order.time_in_force is TimeInForce.GTC and not traded:
            load.resting.append((order.account, accepted.order_id, order.price))
        while len(load.resting) > 2000 or (load.resting and dice.random() < 0.42):
            place = dice.randrange(len(load.resting))
            account, order_id, price = load.resting[place]
            load.resting[place] = load.resting[-1]
            load.resting.pop()
            if dice.random() < 0.1 and engine._state.orders.get(order_id) and engine._state.orders[order_id].status is None:
                change = AmendOrder(time=load.now, account=account, order_id=order_id, price=price, size=Decimal(30))
            elif order_id in engine._state.orders:
                change = CancelOrder(time=load.now, account=account, order_id=order_id)
            else:
                continue
            begun = clock()
            happened = apply(change)
            spent += clock() - begun
            if happened:
                done += 1
                fills += sum(1 for event in happened if type(event) is Traded)
    return done, fills, spent


def resident() -> int:
    """Bytes in memory now, or the peak where the system does not say."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> int:
    """Measure, print, judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=400_000, help="order events to run")
    options.add_argument("--bound", type=int, default=40_000, help="order events a second to reach")
    chosen = options.parse_args()
    engine, load = exchange(), Load(7)
    heard = 0

    def listen(events: tuple[object, ...]) -> None:
        nonlocal heard
        heard += len(events)

    engine.subscribe(listen)
    run(engine, load, 5 * KEPT)  # until the bounded history is full
    gc.collect()
    gc.freeze()
    first = resident()
    commands = fills = 0
    spent = 0.0
    rates = []
    while commands + fills < chosen.events:
        done, filled, seconds = run(engine, load, ROUND)
        rates.append((done + filled) / seconds)
        commands, fills, spent = commands + done, fills + filled, spent + seconds
    engine.assert_balanced()
    grown = resident() - first
    rate = (commands + fills) / spent
    rates.sort()
    print(f"{commands:,} order commands and {fills:,} fills in {spent:.1f} s; {heard:,} events heard")
    print(f"order events a second: {rate:,.0f} (rounds {rates[0]:,.0f} to {rates[-1]:,.0f}); bound {chosen.bound:,}")
    print(f"order commands a second: {commands / spent:,.0f}")
    print(f"memory: {first / 1e6:.1f} MB, {grown / 1e6:+.1f} MB after {commands + fills:,} more order events")
    flat = grown < 16_000_000
    return 0 if rate >= chosen.bound and flat else 1


if __name__ == "__main__":
    sys.exit(main())
