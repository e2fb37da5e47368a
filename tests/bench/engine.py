"""Order events a second through the exchange engine of processor time on one core, and its memory
over time.

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

from pmi_core.errors import NotFound
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
    kept = Retention(events=KEPT, orders=KEPT, fills=200, trades=1000, client_ids=2 * KEPT)
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


def change(engine: Exchange, load: Load) -> AmendOrder | CancelOrder | None:
    """A cancel, or now and then an amend, of some order that rested once."""
    place = load.random.randrange(len(load.resting))
    account, order_id, price = load.resting[place]
    load.resting[place] = load.resting[-1]
    load.resting.pop()
    try:
        order = engine.order(order_id)
    except NotFound:  # over long ago, and dropped
        return None
    if order.is_working and load.random.random() < 0.1:
        load.resting.append((account, order_id, price))
        return AmendOrder(
            time=load.now, account=account, order_id=order_id, price=price, size=order.filled + 30
        )
    return CancelOrder(time=load.now, account=account, order_id=order_id) if order.is_working else None


def run(engine: Exchange, load: Load, commands: int) -> tuple[int, int, float]:
    """Apply places, and cancels or amends of what rests; gives commands, fills and seconds."""
    spent = 0.0
    done = fills = 0
    clock = time.thread_time  # processor time: what else runs on the machine does not count
    apply = engine.apply
    while done < commands:
        batch: list[PlaceOrder | AmendOrder | CancelOrder] = [load.place()]
        while batch:
            command = batch.pop()
            begun = clock()
            happened = apply(command)
            spent += clock() - begun
            done += 1
            fills += sum(1 for event in happened if type(event) is Traded)
            if type(command) is PlaceOrder and command.time_in_force is TimeInForce.GTC:
                accepted = happened[1]
                assert isinstance(accepted, OrderAccepted)
                load.resting.append((command.account, accepted.order_id, command.price))
            if load.resting and (len(load.resting) > 2000 or load.random.random() < 0.42):
                following = change(engine, load)
                if following is not None:
                    batch.append(following)
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
    print(
        f"{commands:,} order commands and {fills:,} fills in {spent:.1f} s of processor time; {heard:,} events heard"
    )
    print(
        f"order events a second: {rate:,.0f} (rounds {rates[0]:,.0f} to {rates[-1]:,.0f}); bound {chosen.bound:,}"
    )
    print(f"order commands a second: {commands / spent:,.0f}")
    print(f"memory: {first / 1e6:.1f} MB, {grown / 1e6:+.1f} MB after {commands + fills:,} more order events")
    flat = grown < 16_000_000
    return 0 if rate >= chosen.bound and flat else 1


if __name__ == "__main__":
    sys.exit(main())
